//! What can become of a task: it completes, it fails, it is cancelled while it waits, or it is
//! cancelled before it was polled even once. Its cleanup runs in every case.
//!
//! Cleanup is a value with a `Drop`: when the task's future goes, whatever the reason, so does the
//! value. That holds even for a task that never ran, because the value was moved into its future
//! before.

use std::time::Duration;

use wakeline::task::{Builder, JoinHandle};
use wakeline::time::sleep;
use wakeline::{eprintln, println};

use crate::parameters::parameters;

parameters! {
    /// How many tasks there are of each fate, and how long they take.
    pub struct Settings {
        /// How long each of a task's two stages takes.
        stage_ms: u64 = 500 ms, 0..=60_000;
        /// How many tasks complete.
        completing: u32 = 1, 0..=50;
        /// How many tasks fail after their first stage.
        failing: u32 = 1, 0..=50;
        /// How many tasks are cancelled while they wait.
        cancelled: u32 = 1, 0..=50;
        /// When.
        cancel_ms: u64 = 750 ms, 0..=60_000;
        /// How many tasks are cancelled before their first poll.
        never_polled: u32 = 1, 0..=50;
    }
    presets {
        tutorial { completing = 3; failing = 0; cancelled = 0; never_polled = 0; }
        all_fail { completing = 0; failing = 4; cancelled = 0; never_polled = 0; }
        too_late { cancel_ms = 2000; }
    }
}

/// What is to become of a task.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Completes,
    Fails,
    IsCancelled,
    IsNeverPolled,
}

/// Runs a task for each fate and tells what became of it.
pub async fn main(settings: Settings) -> Result<(), String> {
    let fates = [
        ("completing", Fate::Completes, settings.completing),
        ("failing", Fate::Fails, settings.failing),
        ("cancelled", Fate::IsCancelled, settings.cancelled),
        ("never polled", Fate::IsNeverPolled, settings.never_polled),
    ];
    let mut tasks = Vec::new();
    for (kind, fate, count) in fates {
        for number in 1..=count {
            let name = format!("{kind} {number}");
            let task = live(name.clone(), fate, settings.stage_ms);
            tasks.push((name, fate, task));
        }
    }

    abort(&tasks, Fate::IsNeverPolled);
    if settings.cancelled > 0 {
        sleep(Duration::from_millis(settings.cancel_ms)).await;
        abort(&tasks, Fate::IsCancelled);
    }
    for (name, _, task) in tasks {
        match task.await {
            Ok(Ok(stages)) => println!("{name}: completed, {stages} stages"),
            Ok(Err(error)) => eprintln!("{name}: failed: {error}"),
            Err(error) if error.is_cancelled() => println!("{name}: cancelled"),
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
    Ok(())
}

type Life = JoinHandle<Result<u32, &'static str>>;

/// Starts a task with a life of two stages.
fn live(name: String, fate: Fate, stage_ms: u64) -> Life {
    // Made here and moved into the task: it is dropped with the future, polled or not.
    let cleanup = Cleanup { name: name.clone() };
    let stage = Duration::from_millis(stage_ms);
    Builder::new().name(name).spawn_fallible(async move {
        println!("{}: first stage", cleanup.name);
        sleep(stage).await;
        if fate == Fate::Fails {
            return Err("the first stage came to nothing");
        }
        println!("{}: second stage", cleanup.name);
        sleep(stage).await;
        Ok(2)
    })
}

fn abort(tasks: &[(String, Fate, Life)], which: Fate) {
    for (_, fate, task) in tasks {
        if *fate == which {
            task.abort();
        }
    }
}

/// What has to be done at the end of a task, however it ends.
struct Cleanup {
    name: String,
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        println!("{}: cleanup", self.name);
    }
}
