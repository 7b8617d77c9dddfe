//! What operations cost: how often, how long, and how much memory.
//!
//! A profiler is a function around a future: it reads the clock before and after. The time it
//! finds is the time until the result, waiting included, which for asynchronous code is what
//! matters; the log holds the same figures, by task.
//!
//! Memory is a matter of shape. Who collects everything before going on holds all of it at once;
//! who hands on each item as it comes holds one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use wakeline::task::JoinHandle;
use wakeline::time::{now, sleep};
use wakeline::{println, random, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// The operations, and the items that pass through memory.
    pub struct Settings {
        /// How many fast operations there are.
        fast: u32 = 10, 0..=200;
        /// How long each takes.
        fast_ms: u64 = 100 ms, 0..=60_000;
        /// How many slow operations there are.
        slow: u32 = 5, 0..=200;
        /// The least time a slow one takes.
        slow_min_ms: u64 = 500 ms, 0..=60_000;
        /// The greatest.
        slow_max_ms: u64 = 1_000 ms, 0..=60_000;
        /// How many operations of all sorts there are.
        mixed: u32 = 8, 0..=200;
        /// The least time one of those takes.
        mixed_min_ms: u64 = 200 ms, 0..=60_000;
        /// The greatest.
        mixed_max_ms: u64 = 800 ms, 0..=60_000;
        /// Whether operations run all at once.
        concurrent: bool = true;
        /// How many items pass through memory; 0 for none.
        items: u32 = 20, 0..=1_000;
        /// How large an item is.
        item_bytes: u64 = 10_000 bytes, 1..=1_000_000;
        /// How long it takes to read an item, and to write it.
        item_ms: u64 = 20 ms, 0..=10_000;
        /// What is held in memory.
        memory: Memory = Both;
    }
    ordered { slow_min_ms <= slow_max_ms; mixed_min_ms <= mixed_max_ms; }
    presets {
        tutorial { items = 0; }
        one_by_one { concurrent = false; items = 0; }
        buffered { fast = 0; slow = 0; mixed = 0; items = 200; memory = "buffered"; }
        streamed { fast = 0; slow = 0; mixed = 0; items = 200; memory = "streamed"; }
    }
}

choice! {
    /// What is held in memory.
    pub enum Memory {
        /// Everything, before the first item goes on.
        Buffered = "buffered",
        /// One item at a time.
        Streamed = "streamed",
        /// First the one way, then the other.
        Both = "both",
    }
}

/// Runs the operations and the items, and prints what they cost.
pub async fn main(settings: Settings) -> Result<(), String> {
    let profiler = Rc::new(Profiler::default());
    let kinds = [
        ("fast", settings.fast, settings.fast_ms, settings.fast_ms),
        (
            "slow",
            settings.slow,
            settings.slow_min_ms,
            settings.slow_max_ms,
        ),
        (
            "mixed",
            settings.mixed,
            settings.mixed_min_ms,
            settings.mixed_max_ms,
        ),
    ];
    let mut running: Vec<JoinHandle<()>> = Vec::new();
    for (kind, count, least, greatest) in kinds {
        for number in 1..=count {
            let name = format!("{kind} {number}");
            let length = random::stream(&name).range(least..=greatest);
            let profiler = profiler.clone();
            let operation = spawn_named(name, async move {
                let operation = sleep(Duration::from_millis(length));
                profiler.measure(kind, operation).await;
            });
            if settings.concurrent {
                running.push(operation);
            } else {
                operation.await.map_err(|error| error.to_string())?;
            }
        }
    }
    for operation in join_all(running).await {
        operation.map_err(|error| error.to_string())?;
    }
    profiler.report();

    if settings.items > 0 && settings.memory != Memory::Streamed {
        buffered(&settings).await;
    }
    if settings.items > 0 && settings.memory != Memory::Buffered {
        streamed(&settings).await;
    }
    Ok(())
}

/// Figures of everything that was measured, by kind.
#[derive(Default)]
struct Profiler {
    kinds: RefCell<BTreeMap<&'static str, Figures>>,
}

struct Figures {
    calls: u32,
    total: Duration,
    least: Duration,
    greatest: Duration,
}

impl Profiler {
    /// Awaits an operation, and notes how long that took.
    async fn measure<F: Future>(&self, kind: &'static str, operation: F) -> F::Output {
        let start = now();
        let output = operation.await;
        self.note(kind, now() - start);
        output
    }

    fn note(&self, kind: &'static str, took: Duration) {
        let mut kinds = self.kinds.borrow_mut();
        let figures = kinds.entry(kind).or_insert(Figures {
            calls: 0,
            total: Duration::ZERO,
            least: Duration::MAX,
            greatest: Duration::ZERO,
        });
        figures.calls += 1;
        figures.total += took;
        figures.least = figures.least.min(took);
        figures.greatest = figures.greatest.max(took);
    }

    fn report(&self) {
        for (kind, figures) in &*self.kinds.borrow() {
            println!(
                "{kind}: {} calls, total {} ms, mean {} ms, min {} ms, max {} ms",
                figures.calls,
                figures.total.as_millis(),
                (figures.total / figures.calls).as_millis(),
                figures.least.as_millis(),
                figures.greatest.as_millis()
            );
        }
    }
}

/// Reads every item, and only then writes the first.
async fn buffered(settings: &Settings) {
    let memory = Meter::default();
    let mut items = Vec::new();
    for _ in 0..settings.items {
        items.push(read(settings, &memory).await);
    }
    for item in items {
        write(settings, item).await;
    }
    println!("buffered: at most {} bytes held", memory.most.get());
}

/// Writes each item before it reads the next.
async fn streamed(settings: &Settings) {
    let memory = Meter::default();
    for _ in 0..settings.items {
        let item = read(settings, &memory).await;
        write(settings, item).await;
    }
    println!("streamed: at most {} bytes held", memory.most.get());
}

async fn read<'a>(settings: &Settings, memory: &'a Meter) -> Item<'a> {
    sleep(Duration::from_millis(settings.item_ms)).await;
    memory.held.set(memory.held.get() + settings.item_bytes);
    memory.most.set(memory.most.get().max(memory.held.get()));
    Item {
        bytes: settings.item_bytes,
        memory,
    }
}

async fn write(settings: &Settings, item: Item<'_>) {
    sleep(Duration::from_millis(settings.item_ms)).await;
    drop(item);
}

/// How much memory is held, and the most that ever was.
#[derive(Default)]
struct Meter {
    held: Cell<u64>,
    most: Cell<u64>,
}

/// An item in memory, as far as the meter is concerned.
struct Item<'a> {
    bytes: u64,
    memory: &'a Meter,
}

impl Drop for Item<'_> {
    fn drop(&mut self) {
        self.memory.held.set(self.memory.held.get() - self.bytes);
    }
}
