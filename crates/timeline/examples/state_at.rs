//! Measures a jump to any moment of a long log:
//! `cargo run --release --example state_at -p wakeline-timeline`.
//!
//! For logs of a million events and ten to a hundred thousand tasks, prints how long the state
//! at a random moment takes: the least of the jumps, the median, the 99th percentile and the
//! greatest, once with a cold state and once with the memory of the jump before at hand, as a
//! page has it. What is copied on account of the checkpoints is printed beside it.

#[path = "programs/busy.rs"]
mod busy;

use std::hint::black_box;
use std::time::{Duration, Instant};

use wakeline::log::encode;
use wakeline_timeline::Model;

/// Jumps to each log.
const JUMPS: usize = 1_000;

fn main() {
    println!(
        "{:>9} {:>7} | {:>7} {:>7} {:>7} {:>7}",
        "events", "tasks", "min", "median", "p99", "max"
    );
    for tasks in [10, 1_000, 100_000] {
        let mut model = Model::new();
        if model
            .append(&encode(&busy::program(1_000_000, tasks)))
            .is_err()
        {
            println!("the log was refused");
            return;
        }
        let mut times = jumps(&model);
        times.sort_unstable();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{:>9} {:>7} | {:>5.2}ms {:>5.2}ms {:>5.2}ms {:>5.2}ms",
            model.len(),
            tasks,
            at(0.0),
            at(0.5),
            at(0.99),
            at(1.0),
        );
    }
}

/// How long each of many jumps took.
fn jumps(model: &Model) -> Vec<Duration> {
    // A linear congruential generator: any spread will do, and every run has the same.
    let mut random = 1_u64;
    let mut next = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % (model.len() + 1)
    };
    (0..JUMPS)
        .map(|_| {
            let step = next();
            let begun = Instant::now();
            let state = black_box(model.state_at(step));
            let time = begun.elapsed();
            drop(state);
            time
        })
        .collect()
}
