//! Cancelling a task at a moment, and what that takes along.
//!
//! A task that is aborted is dropped where it waits. Three things follow. What it owns is dropped
//! with it, so a task that owns helpers takes them along, if it says so. Cleanup that has to wait
//! cannot do so in a `Drop`, so it is a task of its own. And what must not be cut in two is a
//! task of its own, too: whoever awaits it can be cancelled without harm to it.

use std::time::Duration;

use wakeline::sync::mpsc::{UnboundedSender, unbounded_channel};
use wakeline::task::JoinHandle;
use wakeline::time::sleep;
use wakeline::{println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// Who works for how long, and what happens to the first.
    pub struct Settings {
        /// How long the first worker takes.
        first_ms: u64 = 5_000 ms, 0..=60_000;
        /// How long the second worker takes.
        second_ms: u64 = 3_000 ms, 0..=60_000;
        /// How long the third worker takes.
        third_ms: u64 = 4_000 ms, 0..=60_000;
        /// How often a worker reports.
        report_ms: u64 = 1_000 ms, 1..=60_000;
        /// When the first worker is cancelled.
        cancel_ms: u64 = 2_000 ms, 0..=60_000;
        /// How long the cleanup after a cancelled worker takes; 0 for none.
        cleanup_ms: u64 = 800 ms, 0..=60_000;
        /// Whether each worker has a helper.
        helpers: bool = true;
        /// How long a worker takes to save its results at the end; 0 for not at all.
        save_ms: u64 = 400 ms, 0..=60_000;
        /// Whether saving goes on when the worker is cancelled meanwhile.
        shield: bool = true;
    }
    presets {
        tutorial { cleanup_ms = 0; helpers = false; save_ms = 0; }
        shielded { first_ms = 1500; save_ms = 1000; shield = true; }
        cut_in_two { first_ms = 1500; save_ms = 1000; shield = false; }
    }
}

/// Held by everybody who still has something to do.
type StillBusy = UnboundedSender<()>;

/// Sets three workers to work, has the first cancelled, and waits until everything is over.
pub async fn main(settings: Settings) -> Result<(), String> {
    let (busy, mut all_done) = unbounded_channel();
    let lengths = [settings.first_ms, settings.second_ms, settings.third_ms];
    let workers: Vec<JoinHandle<()>> = (1..)
        .zip(lengths)
        .map(|(number, length)| {
            let work = work(number, length, settings.clone(), busy.clone());
            spawn_named(format!("worker {number}"), work)
        })
        .collect();
    drop(busy);

    let first = workers[0].abort_handle();
    let supervisor = spawn_named("supervisor", async move {
        sleep(Duration::from_millis(settings.cancel_ms)).await;
        println!("supervisor: cancels worker 1");
        first.abort();
    });

    for (number, worker) in (1..).zip(workers) {
        match worker.await {
            Ok(()) => println!("worker {number} completed"),
            Err(error) if error.is_cancelled() => println!("worker {number} was cancelled"),
            Err(error) => return Err(error.to_string()),
        }
    }
    // If worker 1 was done before, there is nobody left to cancel.
    supervisor.abort();
    let _ = supervisor.await;
    // Cleanup and saving outlive their worker. When the last of them lets go of its sender, there
    // is nothing more to come.
    let nobody_says_anything = all_done.recv().await;
    debug_assert!(nobody_says_anything.is_none());
    println!("everything is over");
    Ok(())
}

async fn work(number: u32, length_ms: u64, settings: Settings, busy: StillBusy) {
    let mut cleanup = Cleanup {
        number,
        length: Duration::from_millis(settings.cleanup_ms),
        busy: busy.clone(),
        is_needed: settings.cleanup_ms > 0,
    };
    let helper = settings
        .helpers
        .then(|| Helper(spawn_named(format!("helper {number}"), help(number))));

    let mut left = length_ms;
    while left > 0 {
        let step = left.min(settings.report_ms);
        sleep(Duration::from_millis(step)).await;
        left -= step;
        println!("worker {number}: {left} ms to go");
    }
    drop(helper);

    if settings.save_ms > 0 {
        let saving = save(number, Duration::from_millis(settings.save_ms), busy);
        if settings.shield {
            // If we are cancelled here, only the handle is dropped.
            let _ = spawn_named(format!("saving {number}"), saving).await;
        } else {
            saving.await;
        }
    }
    cleanup.is_needed = false;
}

/// Must not be cut in two: half a file is worse than none.
async fn save(number: u32, length: Duration, busy: StillBusy) {
    println!("worker {number}: begins to save");
    sleep(length).await;
    println!("worker {number}: has saved");
    drop(busy);
}

/// Would go on for ever.
async fn help(number: u32) {
    loop {
        sleep(Duration::from_millis(700)).await;
        println!("helper {number}: helps");
    }
}

/// A helper that ends with whoever owns it.
struct Helper(JoinHandle<()>);

impl Drop for Helper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Cleans up after a worker that did not come to its end.
struct Cleanup {
    number: u32,
    length: Duration,
    busy: StillBusy,
    is_needed: bool,
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        if !self.is_needed {
            return;
        }
        let (number, length, busy) = (self.number, self.length, self.busy.clone());
        let cleanup = async move {
            println!("worker {number}: cleanup begins");
            sleep(length).await;
            println!("worker {number}: cleanup is done");
            drop(busy);
        };
        drop(spawn_named(format!("cleanup {number}"), cleanup));
    }
}
