//! A counter that many tasks increase, with a lock around it and without.
//!
//! To increase is to read, to take some time, and to write. Whoever reads in the meantime reads
//! the old value, and one of the two writes is lost. One thread is no protection: what matters is
//! the `await` in the middle.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Mutex;
use wakeline::time::sleep;
use wakeline::{println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// Who increases the counter, and how.
    pub struct Settings {
        /// How many tasks there are.
        tasks: u32 = 5, 1..=200;
        /// How many times each increases the counter.
        rounds: u32 = 2, 1..=100;
        /// How long it takes from reading to writing.
        section_ms: u64 = 300 ms, 0..=60_000;
        /// How long a task rests after each round.
        pause_ms: u64 = 0 ms, 0..=60_000;
        /// Whether there is a lock around it.
        lock: bool = true;
    }
    presets {
        tutorial { tasks = 5; rounds = 1; section_ms = 1000; }
        lost_updates { lock = false; }
        rested { rounds = 3; pause_ms = 2000; }
    }
}

/// Has everybody count, and compares.
pub async fn main(settings: Settings) -> Result<(), String> {
    let counted = if settings.lock {
        count_locked(&settings).await?
    } else {
        count_unlocked(&settings).await?
    };
    let expected = settings.tasks * settings.rounds;
    println!(
        "counted {counted} of {expected}, {} lost",
        expected - counted
    );
    Ok(())
}

async fn count_locked(settings: &Settings) -> Result<u32, String> {
    let counter = Rc::new(Mutex::named("counter", 0));
    let mut tasks = Vec::new();
    for number in 0..settings.tasks {
        let (settings, counter) = (settings.clone(), counter.clone());
        tasks.push(spawn_named(format!("task {number}"), async move {
            for round in 1..=settings.rounds {
                // Whoever comes later stands in line; the guard goes to the first one there.
                let mut value = counter.lock().await;
                let read = *value;
                println!("task {number}, round {round}: reads {read}");
                sleep(Duration::from_millis(settings.section_ms)).await;
                *value = read + 1;
                println!("task {number}, round {round}: writes {}", *value);
                drop(value);
                rest(&settings).await;
            }
        }));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    let value = counter.lock().await;
    Ok(*value)
}

async fn count_unlocked(settings: &Settings) -> Result<u32, String> {
    let counter = Rc::new(Cell::new(0));
    let mut tasks = Vec::new();
    for number in 0..settings.tasks {
        let (settings, counter) = (settings.clone(), counter.clone());
        tasks.push(spawn_named(format!("task {number}"), async move {
            for round in 1..=settings.rounds {
                let read = counter.get();
                println!("task {number}, round {round}: reads {read}");
                // Meanwhile the others read the same value.
                sleep(Duration::from_millis(settings.section_ms)).await;
                counter.set(read + 1);
                println!("task {number}, round {round}: writes {}", counter.get());
                rest(&settings).await;
            }
        }));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    Ok(counter.get())
}

async fn rest(settings: &Settings) {
    if settings.pause_ms > 0 {
        sleep(Duration::from_millis(settings.pause_ms)).await;
    }
}
