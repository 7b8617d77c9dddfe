//! Writes the log of a real program of a given size, in the binary form that the page opens:
//! `cargo run --release --example busy_log -p wakeline-timeline -- EVENTS TASKS FILE`.

#[path = "programs/busy.rs"]
mod busy;

use std::process::ExitCode;
use std::{env, fs};

use wakeline::log::encode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [events, tasks, file] = &*arguments else {
        eprintln!("usage: busy_log EVENTS TASKS FILE");
        return ExitCode::from(2);
    };
    let (Ok(events), Ok(tasks)) = (events.parse(), tasks.parse()) else {
        eprintln!("EVENTS and TASKS are whole numbers up to {}", u32::MAX);
        return ExitCode::from(2);
    };
    match fs::write(file, encode(&busy::program(events, tasks))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {file}: {error}");
            ExitCode::FAILURE
        }
    }
}
