//! Opens a log as the page does, in pieces, and says what that takes:
//! `cargo run --release --example open -p wakeline-timeline -- FILE`, or without a file with logs
//! of a million slices on a thousand and on a hundred thousand tasks.
//!
//! Printed are the time in all, that of reading and packing the events alone, and the bytes of
//! memory of each part, for each event.

#[path = "programs/busy.rs"]
mod busy;

use std::env;
use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use wakeline::log::{Decoder, Log, encode};
use wakeline_timeline::Model;

fn main() -> ExitCode {
    let Some(file) = env::args().nth(1) else {
        for tasks in [1_000, 100_000] {
            open(&encode(&busy::program(1_430_000, tasks)));
        }
        return ExitCode::SUCCESS;
    };
    match fs::read(&file) {
        Ok(bytes) => {
            open(&bytes);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("cannot read {file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open(bytes: &[u8]) {
    let mut least = Duration::MAX;
    let mut opened = None;
    for _ in 0..3 {
        let begun = Instant::now();
        let mut model = Model::new();
        let read = model.append_file(bytes.len(), |part| bytes[part].to_vec());
        least = least.min(begun.elapsed());
        if let Err(error) = read {
            println!("the log was refused: {error}");
            return;
        }
        opened = Some(model);
    }
    let mut reading = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let mut log = Log::new();
        if Decoder::new().read(&mut log, bytes).is_ok() {
            log.columns.pack();
        }
        reading = reading.min(begun.elapsed());
    }
    let Some(model) = opened else { return };
    let events = model.len().max(1) as f64;
    println!(
        "{} events, {} slices on {} lanes: {:.0} ms, of which reading {:.0} ms",
        model.len(),
        model.lanes().slices_len(),
        model.lanes().len(),
        least.as_secs_f64() * 1e3,
        reading.as_secs_f64() * 1e3,
    );
    let memory = model.memory();
    for (name, bytes) in [
        ("events", memory.events),
        ("text", memory.text),
        ("lanes", memory.lanes),
        ("links", memory.links),
        ("state", memory.state),
        ("checkpoints", memory.checkpoints),
        ("depths", memory.depths),
        ("in all", memory.total()),
    ] {
        println!(
            "  {name:>11} {:>7.2} MB {:>6.2} B an event",
            bytes as f64 / 1e6,
            bytes as f64 / events
        );
    }
}
