//! A table that many read at once and one writes alone.
//!
//! Readers do not disturb each other, so they share the lock; a writer needs it alone. The line is
//! first come, first served: a writer that stands in it keeps later readers out, and is served as
//! soon as the readers before it are done. A writer that does not stand in line, but looks from
//! time to time whether nobody reads, may look in vain for as long as readers overlap.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::random::{self, Random};
use wakeline::sync::RwLock;
use wakeline::time::{now, sleep};
use wakeline::{println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who reads and writes, how often, and for how long.
    pub struct Settings {
        /// How many readers there are.
        readers: u32 = 4, 0..=100;
        /// How many writers there are.
        writers: u32 = 2, 0..=100;
        /// How many times each of them comes.
        rounds: u32 = 3, 1..=100;
        /// How long a reader reads.
        read_ms: u64 = 400 ms, 0..=60_000;
        /// How long a writer writes.
        write_ms: u64 = 300 ms, 0..=60_000;
        /// The least time before each round.
        pause_min_ms: u64 = 50 ms, 0..=60_000;
        /// The greatest.
        pause_max_ms: u64 = 500 ms, 0..=60_000;
        /// How a writer waits.
        writers_wait: Manner = InLine;
        /// How often a writer looks that does not stand in line.
        look_ms: u64 = 100 ms, 1..=60_000;
    }
    ordered { pause_min_ms <= pause_max_ms; }
    presets {
        many_readers { readers = 20; writers = 1; }
        starving_writer {
            readers = 8; writers = 1; rounds = 8; pause_max_ms = 200; writers_wait = "looking";
        }
        writers_only { readers = 0; writers = 5; }
    }
}

choice! {
    /// How a writer waits.
    pub enum Manner {
        /// In line with everybody else.
        InLine = "in-line",
        /// It does not: it looks again and again whether the table is free.
        Looking = "looking",
    }
}

/// What everybody shares.
struct Library {
    settings: Settings,
    /// Its value is the number of the version.
    table: RwLock<u32>,
    reading: Cell<u32>,
    most_reading: Cell<u32>,
    longest_wait: Cell<Duration>,
}

/// Lets everybody read and write.
pub async fn main(settings: Settings) -> Result<(), String> {
    let library = Rc::new(Library {
        table: RwLock::named("table", 0),
        reading: Cell::new(0),
        most_reading: Cell::new(0),
        longest_wait: Cell::new(Duration::ZERO),
        settings: settings.clone(),
    });
    let mut tasks = Vec::new();
    for number in 1..=settings.readers {
        let reader = library.clone().read(number);
        tasks.push(spawn_named(format!("reader {number}"), reader));
    }
    for number in 1..=settings.writers {
        let writer = library.clone().write(number);
        tasks.push(spawn_named(format!("writer {number}"), writer));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    println!(
        "version {}, at most {} read at once, a writer waited up to {} ms",
        *library.table.read().await,
        library.most_reading.get(),
        library.longest_wait.get().as_millis()
    );
    Ok(())
}

impl Library {
    async fn read(self: Rc<Self>, number: u32) {
        let mut random = random::stream(&format!("reader {number}"));
        for _ in 0..self.settings.rounds {
            self.pause(&mut random).await;
            let version = self.table.read().await;
            self.reading.set(self.reading.get() + 1);
            let most = self.most_reading.get().max(self.reading.get());
            self.most_reading.set(most);
            println!(
                "reader {number}: reads version {}, {} at it",
                *version,
                self.reading.get()
            );
            sleep(Duration::from_millis(self.settings.read_ms)).await;
            self.reading.set(self.reading.get() - 1);
        }
    }

    async fn write(self: Rc<Self>, number: u32) {
        let mut random = random::stream(&format!("writer {number}"));
        for _ in 0..self.settings.rounds {
            self.pause(&mut random).await;
            let asked = now();
            let mut version = match self.settings.writers_wait {
                Manner::InLine => self.table.write().await,
                Manner::Looking => loop {
                    // Whoever only looks has no place in line, and no turn that ever comes.
                    if let Ok(version) = self.table.try_write() {
                        break version;
                    }
                    sleep(Duration::from_millis(self.settings.look_ms)).await;
                },
            };
            let waited = now() - asked;
            self.longest_wait.set(self.longest_wait.get().max(waited));
            sleep(Duration::from_millis(self.settings.write_ms)).await;
            *version += 1;
            println!(
                "writer {number}: wrote version {}, after a wait of {} ms",
                *version,
                waited.as_millis()
            );
        }
    }

    async fn pause(&self, random: &mut Random) {
        let pause = random.range(self.settings.pause_min_ms..=self.settings.pause_max_ms);
        sleep(Duration::from_millis(pause)).await;
    }
}
