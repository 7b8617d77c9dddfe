//! Measures a jump to any moment of a long log:
//! `cargo run --release --example state_at -p wakeline-timeline`.
//!
//! For logs of a million events and ten to a hundred thousand tasks, prints how long the state
//! at a random moment takes: the least of the jumps, the median, the 99th percentile and the
//! greatest. Each jump is made three times, of which the least counts: what else the machine did
//! meanwhile is not what is measured. Beside it stands what the checkpoints take.

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
        "{:>9} {:>7} | {:>7} {:>7} {:>7} {:>7} | {:>11}",
        "events", "tasks", "min", "median", "p99", "max", "checkpoints"
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
            "{:>9} {:>7} | {:>5.2}ms {:>5.2}ms {:>5.2}ms {:>5.2}ms | {:>8.1} MB",
            model.len(),
            tasks,
            at(0.0),
            at(0.5),
            at(0.99),
            at(1.0),
            model.memory().checkpoints as f64 / 1e6,
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
    let once = |step: usize| {
        let begun = Instant::now();
        let state = black_box(model.state_at(step));
        let time = begun.elapsed();
        drop(state);
        time
    };
    (0..JUMPS)
        .map(|_| {
            let step = next();
            once(step).min(once(step)).min(once(step))
        })
        .collect()
}
