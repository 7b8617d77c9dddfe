//! Children that end together.
//!
//! A group does not end before the last of its children has, so nothing it started outlives it.
//! When one fails, the others are asked to stop, and they may clean up first, which can take time
//! and can fail as well. Whatever failed on the way is reported together: the first error does
//! not hide the others.

use std::time::Duration;

use wakeline::cancel::cancellable;
use wakeline::task::{Stop, TaskGroup, group};
use wakeline::time::{now, sleep};
use wakeline::{eprintln, println, random};

use crate::parameters::parameters;

parameters! {
    /// The children, and which of them fails when.
    pub struct Settings {
        /// How many children there are.
        children: u32 = 5, 0..=200;
        /// How long the first child takes.
        first_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the second child takes.
        second_ms: u64 = 500 ms, 0..=60_000;
        /// How long the third child takes.
        third_ms: u64 = 1_500 ms, 0..=60_000;
        /// The least time each further child takes.
        further_min_ms: u64 = 500 ms, 0..=60_000;
        /// The greatest.
        further_max_ms: u64 = 2_500 ms, 0..=60_000;
        /// Which child fails; 0 for none.
        failing: u32 = 3, 0..=200;
        /// How long it has worked when it fails.
        fail_ms: u64 = 700 ms, 0..=60_000;
        /// How long a child that is asked to stop cleans up.
        cleanup_ms: u64 = 200 ms, 0..=60_000;
        /// How many in a hundred fail to clean up.
        cleanup_failure_rate: f64 = 0.0 percent, 0.0..=100.0;
    }
    ordered { further_min_ms <= further_max_ms; }
    presets {
        tutorial { children = 3; failing = 0; }
        one_fails { children = 3; failing = 1; fail_ms = 300; }
        all_fail { children = 8; failing = 1; fail_ms = 300; cleanup_failure_rate = 100.0; }
        too_late { children = 3; failing = 3; fail_ms = 4000; }
    }
}

/// Runs the children in a group and tells what failed.
pub async fn main(settings: Settings) -> Result<(), String> {
    let start = now();
    let ended = group(async |group: &TaskGroup<String>| {
        let mut children = Vec::new();
        for number in 1..=settings.children {
            let work = work(number, settings.clone());
            children.push(group.spawn_cancellable(format!("child {number}"), work));
        }
        // The group would wait for them anyway; this is for their results.
        let mut results = Vec::new();
        for child in children {
            results.push(child.await);
        }
        Ok(results)
    })
    .await;
    let took = (now() - start).as_millis();
    match ended {
        Ok(results) => {
            let results: Vec<u64> = results.into_iter().flatten().collect();
            println!("all well after {took} ms: {results:?}");
        }
        Err(error) => {
            let failures = error.failures();
            eprintln!("{} failed, after {took} ms:", failures.len());
            for failure in failures {
                eprintln!("- {failure}");
            }
        }
    }
    Ok(())
}

/// Works, unless it is asked to stop; then it cleans up.
async fn work(number: u32, settings: Settings) -> Result<u64, Stop<String>> {
    let mut random = random::stream(&format!("child {number}"));
    let length = match number {
        _ if number == settings.failing => settings.fail_ms,
        1 => settings.first_ms,
        2 => settings.second_ms,
        3 => settings.third_ms,
        _ => random.range(settings.further_min_ms..=settings.further_max_ms),
    };
    let asked = cancellable(sleep(Duration::from_millis(length))).await;
    let Err(cancelled) = asked else {
        if number == settings.failing {
            return Err(Stop::Failed(format!("child {number} had no luck")));
        }
        println!("child {number}: done after {length} ms");
        return Ok(length);
    };

    println!("child {number}: asked to stop, cleans up");
    sleep(Duration::from_millis(settings.cleanup_ms)).await;
    if random.chance(settings.cleanup_failure_rate / 100.0) {
        return Err(Stop::Failed(format!("child {number} could not clean up")));
    }
    println!("child {number}: has cleaned up");
    Err(Stop::Cancelled(cancelled))
}
