//! Waiting for some of many: the first that is done, the first that fails, all, or whoever is done
//! by a deadline.
//!
//! Nothing happens by itself to those that are not waited for any more: they would go on, so they
//! are aborted, and waited for once more until they are gone. While the wait lasts, a task that is
//! done may bring another one.

use std::time::Duration;

use futures_util::future::select_all;
use wakeline::task::{Builder, JoinHandle};
use wakeline::time::{sleep, timeout};
use wakeline::{eprintln, println, random};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who works for how long, and who is waited for.
    pub struct Settings {
        /// Who is waited for.
        mode: Mode = FirstCompleted;
        /// How many workers there are at first.
        workers: u32 = 5, 1..=100;
        /// How long the first worker takes.
        first_ms: u64 = 300 ms, 0..=60_000;
        /// How long the second worker takes.
        second_ms: u64 = 500 ms, 0..=60_000;
        /// How long the third worker takes.
        third_ms: u64 = 700 ms, 0..=60_000;
        /// The least time each further worker takes.
        further_min_ms: u64 = 200 ms, 0..=60_000;
        /// The greatest.
        further_max_ms: u64 = 1_500 ms, 0..=60_000;
        /// How many workers in a hundred fail at the end of their work.
        failure_rate: f64 = 20.0 percent, 0.0..=100.0;
        /// The time after which nobody is waited for, in the mode with a deadline.
        deadline_ms: u64 = 1_000 ms, 0..=60_000;
        /// How many workers in a hundred bring another one when they are done.
        respawn_rate: f64 = 30.0 percent, 0.0..=100.0;
        /// How many workers may be brought in all.
        respawn_limit: u32 = 5, 0..=100;
    }
    ordered { further_min_ms <= further_max_ms; }
    presets {
        tutorial { workers = 3; failure_rate = 0.0; respawn_rate = 0.0; }
        first_failed { mode = "first-failed"; failure_rate = 40.0; }
        all { mode = "all"; respawn_rate = 60.0; }
        deadline { mode = "deadline"; workers = 8; further_max_ms = 3000; }
    }
}

choice! {
    /// Who is waited for.
    pub enum Mode {
        /// The first that is done, well or not.
        FirstCompleted = "first-completed",
        /// The first that fails; all, if none does.
        FirstFailed = "first-failed",
        /// All.
        All = "all",
        /// Whoever is done by the deadline.
        Deadline = "deadline",
    }
}

/// A worker that is waited for.
struct Worker {
    number: u32,
    handle: JoinHandle<Result<Done, String>>,
}

/// What a worker leaves behind.
struct Done {
    brings_another: bool,
}

/// What has become of those that were waited for.
#[derive(Default)]
struct Tally {
    done: u32,
    failed: u32,
    brought: u32,
}

/// Waits for whom the mode says, and sends the others home.
pub async fn main(settings: Settings) -> Result<(), String> {
    let mut workers: Vec<Worker> = (1..=settings.workers)
        .map(|number| start(number, &settings))
        .collect();
    let mut tally = Tally::default();
    let waiting = wait(&mut workers, &mut tally, &settings);
    if settings.mode == Mode::Deadline {
        let limit = Duration::from_millis(settings.deadline_ms);
        match timeout(limit, waiting).await {
            Ok(result) => result?,
            Err(_) => eprintln!("main: the time is up"),
        }
    } else {
        waiting.await?;
    }

    workers.iter().for_each(|worker| worker.handle.abort());
    let mut cancelled = 0;
    for worker in workers {
        // It may have been done at the very moment at which the wait was over.
        if worker.handle.await.is_err() {
            println!("main: worker {} is cancelled", worker.number);
            cancelled += 1;
        }
    }
    println!(
        "{} done, {} failed, {cancelled} cancelled, {} brought",
        tally.done, tally.failed, tally.brought
    );
    Ok(())
}

/// Takes one worker after the other out of the list as they end, until that is enough.
async fn wait(
    workers: &mut Vec<Worker>,
    tally: &mut Tally,
    settings: &Settings,
) -> Result<(), String> {
    while !workers.is_empty() {
        let handles = workers.iter_mut().map(|worker| &mut worker.handle);
        let (joined, place, _) = select_all(handles).await;
        let number = workers.remove(place).number;
        match joined.map_err(|error| error.to_string())? {
            Ok(done) => {
                println!("main: worker {number} is done");
                tally.done += 1;
                if settings.mode == Mode::FirstCompleted {
                    break;
                }
                if done.brings_another && tally.brought < settings.respawn_limit {
                    tally.brought += 1;
                    let another = settings.workers + tally.brought;
                    println!("main: worker {number} brings worker {another}");
                    workers.push(start(another, settings));
                }
            }
            Err(error) => {
                eprintln!("main: {error}");
                tally.failed += 1;
                if matches!(settings.mode, Mode::FirstCompleted | Mode::FirstFailed) {
                    break;
                }
            }
        }
    }
    Ok(())
}

fn start(number: u32, settings: &Settings) -> Worker {
    let task = Builder::new().name(format!("worker {number}"));
    let handle = task.spawn_fallible(work(number, settings.clone()));
    Worker { number, handle }
}

/// Works for a while, and fails or not.
async fn work(number: u32, settings: Settings) -> Result<Done, String> {
    let mut random = random::stream(&format!("worker {number}"));
    let length = match number {
        1 => settings.first_ms,
        2 => settings.second_ms,
        3 => settings.third_ms,
        _ => random.range(settings.further_min_ms..=settings.further_max_ms),
    };
    let fails = random.chance(settings.failure_rate / 100.0);
    let brings_another = random.chance(settings.respawn_rate / 100.0);
    sleep(Duration::from_millis(length)).await;
    if fails {
        return Err(format!("worker {number} had no luck"));
    }
    Ok(Done { brings_another })
}
