//! The real binary.

use std::process::{Command, Output, Stdio};

/// The command with these arguments, in English unless they say otherwise.
pub(crate) fn wakeline(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wakeline"));
    command
        .args(arguments)
        .env("LC_ALL", "en")
        .stdin(Stdio::null());
    command
}

/// Runs a command that ends by itself: exit status, output, error output.
pub(crate) fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = wakeline(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}
