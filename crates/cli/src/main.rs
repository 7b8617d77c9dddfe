//! The `wakeline` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wakeline_cli::main(std::env::args_os())
}
