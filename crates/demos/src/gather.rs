//! Many workers, awaited together.
//!
//! Results come in the order of the workers, whoever was first. What happens when one fails is a
//! choice: either its error stands in its place and the others go on, or the whole is off and the
//! others are aborted. Nobody aborts them by itself: a handle that is dropped lets its task run.

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use wakeline::task::{Builder, JoinHandle};
use wakeline::time::sleep;
use wakeline::{eprintln, println, random};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who works for how long, and what becomes of failures.
    pub struct Settings {
        /// How many workers there are.
        workers: u32 = 6, 1..=200;
        /// How long the first worker takes.
        first_ms: u64 = 2_000 ms, 0..=60_000;
        /// How long the second worker takes.
        second_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the third worker takes.
        third_ms: u64 = 3_000 ms, 0..=60_000;
        /// The least time each further worker takes.
        further_min_ms: u64 = 500 ms, 0..=60_000;
        /// The greatest.
        further_max_ms: u64 = 2_500 ms, 0..=60_000;
        /// How many workers in a hundred fail at the end of their work.
        failure_rate: f64 = 25.0 percent, 0.0..=100.0;
        /// What becomes of failures.
        failures: Failures = Collect;
    }
    ordered { further_min_ms <= further_max_ms; }
    presets {
        tutorial { workers = 3; failure_rate = 0.0; }
        first_failure_ends_all { failures = "abort"; failure_rate = 50.0; }
        crowd { workers = 60; }
    }
}

choice! {
    /// What becomes of failures.
    pub enum Failures {
        /// They are returned beside the results.
        Collect = "collect",
        /// The first aborts the rest.
        Abort = "abort",
    }
}

type Outcome = Result<u64, String>;

/// Sets everybody to work and awaits them together.
pub async fn main(settings: Settings) -> Result<(), String> {
    let workers: Vec<JoinHandle<Outcome>> = (1..=settings.workers)
        .map(|number| {
            let task = Builder::new().name(format!("worker {number}"));
            task.spawn_fallible(work(number, settings.clone()))
        })
        .collect();
    match settings.failures {
        Failures::Collect => collect(workers).await,
        Failures::Abort => all_or_nothing(workers).await,
    }
    Ok(())
}

/// Every result and every error, in the order of the workers.
async fn collect(workers: Vec<JoinHandle<Outcome>>) {
    let outcomes = join_all(workers).await;
    let mut good = 0;
    for (number, outcome) in (1..).zip(outcomes) {
        match outcome {
            Ok(Ok(result)) => {
                println!("worker {number} returned {result}");
                good += 1;
            }
            Ok(Err(error)) => eprintln!("{error}"),
            Err(error) => eprintln!("worker {number}: {error}"),
        }
    }
    println!("{good} results");
}

/// Every result, or the first error and nothing else.
async fn all_or_nothing(mut workers: Vec<JoinHandle<Outcome>>) {
    let each = workers.iter_mut().map(|worker| async move {
        match worker.await {
            Ok(outcome) => outcome,
            Err(error) => Err(error.to_string()),
        }
    });
    let error = match try_join_all(each).await {
        Ok(results) => {
            for (number, result) in (1..).zip(&results) {
                println!("worker {number} returned {result}");
            }
            return println!("{} results", results.len());
        }
        Err(error) => error,
    };
    workers.retain(|worker| !worker.is_finished());
    eprintln!("{error}; aborting {} others", workers.len());
    workers.iter().for_each(JoinHandle::abort);
    join_all(workers).await;
}

/// Works for a while and returns how long that was.
async fn work(number: u32, settings: Settings) -> Outcome {
    let mut random = random::stream(&format!("worker {number}"));
    let length = match number {
        1 => settings.first_ms,
        2 => settings.second_ms,
        3 => settings.third_ms,
        _ => random.range(settings.further_min_ms..=settings.further_max_ms),
    };
    sleep(Duration::from_millis(length)).await;
    if random.chance(settings.failure_rate / 100.0) {
        return Err(format!("worker {number} had no luck"));
    }
    println!("worker {number}: done");
    Ok(length)
}
