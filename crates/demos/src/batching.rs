//! Single operations put together into batches.
//!
//! Each call costs something, however much is in it, so it pays to put several items into one. A
//! batch goes out when it is full, or when its first item has waited for long enough: by size or
//! by time. Small batches waste calls, and large ones make the first item wait for the last.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Semaphore;
use wakeline::sync::mpsc::{self, Receiver, UnboundedSender};
use wakeline::time::{Instant, now, sleep, timeout_at};
use wakeline::{println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// What comes, how it is put together, and what a call costs.
    pub struct Settings {
        /// How many items come.
        items: u32 = 20, 1..=1_000;
        /// The time from one item to the next; 0 for all at once.
        arrive_ms: u64 = 80 ms, 0..=60_000;
        /// How many items a batch holds.
        batch: usize = 5, 1..=1_000;
        /// How long a batch that is not full waits for more.
        linger_ms: u64 = 300 ms, 0..=60_000;
        /// What a call costs, however much is in it.
        call_ms: u64 = 200 ms, 0..=60_000;
        /// What each item costs besides.
        item_ms: u64 = 20 ms, 0..=60_000;
        /// How many calls may be under way at once.
        at_once: usize = 2, 1..=1_000;
    }
    presets {
        tutorial { arrive_ms = 0; call_ms = 0; item_ms = 100; at_once = 20; }
        one_by_one { batch = 1; }
        by_time { batch = 1000; }
        waits_to_be_full { batch = 15; linger_ms = 10000; }
    }
}

struct Item {
    number: u32,
    arrived: Instant,
}

/// The calls that were made.
#[derive(Default)]
struct Tally {
    batches: Cell<u32>,
    /// From the arrival of an item to the end of its call, of all items together.
    waited: Cell<Duration>,
}

/// Puts what comes into batches, and makes a call for each.
pub async fn main(settings: Settings) -> Result<(), String> {
    let (sender, receiver) = mpsc::Builder::new("items")
        .describe(|item: &Item| item.number.to_string())
        .unbounded();
    spawn_named("source", arrive(settings.clone(), sender));

    let tally = Rc::new(Tally::default());
    collect(&settings, receiver, &tally).await?;
    println!(
        "{} items in {} batches, each took {} ms on average",
        settings.items,
        tally.batches.get(),
        tally.waited.get().as_millis() / u128::from(settings.items)
    );
    Ok(())
}

async fn arrive(settings: Settings, items: UnboundedSender<Item>) {
    for number in 1..=settings.items {
        if settings.arrive_ms > 0 {
            sleep(Duration::from_millis(settings.arrive_ms)).await;
        }
        let arrived = now();
        if items.send(Item { number, arrived }).is_err() {
            return;
        }
    }
}

/// Makes batches until no item comes any more, and waits for the last call.
async fn collect(
    settings: &Settings,
    mut items: Receiver<Item>,
    tally: &Rc<Tally>,
) -> Result<(), String> {
    let calls = Rc::new(Semaphore::named("calls", settings.at_once));
    let mut under_way = Vec::new();
    while let Some(first) = items.recv().await {
        // From now on it is a question of size and time.
        let until = now() + Duration::from_millis(settings.linger_ms);
        let mut batch = vec![first];
        while batch.len() < settings.batch {
            match timeout_at(until, items.recv()).await {
                Ok(Some(item)) => batch.push(item),
                // Nothing more will come, or not in time.
                Ok(None) | Err(_) => break,
            }
        }
        tally.batches.set(tally.batches.get() + 1);
        let number = tally.batches.get();
        println!("main: batch {number} goes out with {} items", batch.len());
        let call = call(
            number,
            batch,
            settings.clone(),
            calls.clone(),
            tally.clone(),
        );
        under_way.push(spawn_named(format!("batch {number}"), call));
    }
    for call in under_way {
        call.await.map_err(|error| error.to_string())??;
    }
    Ok(())
}

/// Makes the call for a batch when there is room for it.
async fn call(
    number: u32,
    batch: Vec<Item>,
    settings: Settings,
    calls: Rc<Semaphore>,
    tally: Rc<Tally>,
) -> Result<(), String> {
    let _permit = calls.acquire().await.map_err(|closed| closed.to_string())?;
    sleep(Duration::from_millis(settings.call_ms)).await;
    for item in &batch {
        sleep(Duration::from_millis(settings.item_ms)).await;
        println!("batch {number}: item {}", item.number);
    }
    for item in &batch {
        tally
            .waited
            .set(tally.waited.get() + (now() - item.arrived));
    }
    Ok(())
}
