//! Three operations, fast, medium and slow, each under the same time limit.
//!
//! Two things are easy to get wrong. An operation that is done at the very instant of its
//! deadline is in time: its value is looked at first. And a limit can only stop an operation that
//! waits; one that holds the thread cannot be interrupted, whatever the clock says.

use std::time::Duration;

use wakeline::println;
use wakeline::time::{block, now, sleep, timeout};

use crate::parameters::{choice, parameters};

parameters! {
    /// The operations and their limit.
    pub struct Limits {
        /// How long the fast operation takes.
        fast_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the medium operation takes.
        medium_ms: u64 = 3_000 ms, 0..=60_000;
        /// How long the slow operation takes.
        slow_ms: u64 = 5_000 ms, 0..=60_000;
        /// How long each may take.
        limit_ms: u64 = 3_000 ms, 0..=60_000;
        /// In which way they are run.
        mode: Mode = Sequential;
        /// What an operation does meanwhile.
        operation: Operation = Waits;
    }
    presets {
        tutorial { mode = "sequential"; operation = "waits"; }
        concurrent { mode = "concurrent"; }
        uninterruptible { operation = "blocks"; }
    }
}

choice! {
    /// In which way the operations are run.
    pub enum Mode {
        /// One after the other.
        Sequential = "sequential",
        /// All at once.
        Concurrent = "concurrent",
    }
}

choice! {
    /// What an operation does while it takes its time.
    pub enum Operation {
        /// It waits, and others can go on.
        Waits = "waits",
        /// It holds the only thread.
        Blocks = "blocks",
    }
}

/// Runs the operations and counts those that were in time.
pub async fn main(limits: Limits) -> Result<(), String> {
    let operations = [
        ("fast", limits.fast_ms),
        ("medium", limits.medium_ms),
        ("slow", limits.slow_ms),
    ];
    let mut in_time = 0;
    match limits.mode {
        Mode::Sequential => {
            for (name, length) in operations {
                in_time += u32::from(attempt(name, length, limits.clone()).await);
            }
        }
        Mode::Concurrent => {
            let tasks = operations.map(|(name, length)| {
                wakeline::spawn_named(name, attempt(name, length, limits.clone()))
            });
            for task in tasks {
                in_time += u32::from(task.await.map_err(|error| error.to_string())?);
            }
        }
    }
    println!("{in_time} of 3 in time");
    Ok(())
}

/// Whether the operation answered within its limit.
async fn attempt(name: &str, length_ms: u64, limits: Limits) -> bool {
    let start = now();
    let limit = Duration::from_millis(limits.limit_ms);
    let length = Duration::from_millis(length_ms);
    let answer = timeout(limit, perform(limits.operation, length)).await;
    let took = now() - start;
    match answer {
        Ok(()) if took > limit => {
            // The limit passed while nobody could look: the operation held the thread.
            let late = (took - limit).as_millis();
            println!("{name}: answered, but {late} ms late; nothing could interrupt it");
            false
        }
        Ok(()) if took == limit => {
            println!("{name}: answered at the very instant of its deadline, which is in time");
            true
        }
        Ok(()) => {
            println!("{name}: answered in time, after {} ms", took.as_millis());
            true
        }
        Err(_) => {
            println!("{name}: timed out after {} ms", took.as_millis());
            false
        }
    }
}

async fn perform(operation: Operation, length: Duration) {
    match operation {
        Operation::Waits => sleep(length).await,
        Operation::Blocks => block(length),
    }
}
