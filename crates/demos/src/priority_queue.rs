//! Items that are served by priority, and not by arrival.
//!
//! The smallest number is the most urgent; of equal ones, whoever came first is first. If urgent
//! items come as fast as they can be served, the others wait to the end: they starve. Aging helps:
//! an item that has waited for a while counts as more urgent.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::queue::{Builder, PriorityQueue};
use wakeline::time::{Instant, now, sleep};
use wakeline::{println, random, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// What comes, how urgent it is, and how fast it is served.
    pub struct Settings {
        /// How many items come.
        items: u32 = 15, 1..=1_000;
        /// How many levels of priority there are.
        levels: u32 = 3, 1..=10;
        /// How many items in a hundred are of the first level, whatever their turn.
        urgent_rate: f64 = 20.0 percent, 0.0..=100.0;
        /// The time from one item to the next; 0 for all at once.
        arrive_ms: u64 = 100 ms, 0..=60_000;
        /// How many servers there are.
        servers: u32 = 1, 1..=50;
        /// How long it takes to serve an item.
        serve_ms: u64 = 250 ms, 0..=60_000;
        /// After what wait an item counts as one level more urgent; 0 for never.
        aging_ms: u64 = 0 ms, 0..=60_000;
    }
    presets {
        tutorial { items = 3; urgent_rate = 0.0; arrive_ms = 0; serve_ms = 0; }
        ties { levels = 1; }
        starvation { items = 60; urgent_rate = 80.0; arrive_ms = 200; serve_ms = 260; }
        aging {
            items = 60; urgent_rate = 80.0; arrive_ms = 200; serve_ms = 260; aging_ms = 300;
        }
    }
}

/// What waits. Items are compared by their first field, and if that is equal, by their number,
/// which is the order of arrival.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    rank: u64,
    number: u32,
    priority: u32,
    arrived: Instant,
}

/// The longest wait for each priority.
type Waits = Rc<RefCell<BTreeMap<u32, Duration>>>;

/// Puts every item into the queue, and has it served.
pub async fn main(settings: Settings) -> Result<(), String> {
    let queue: PriorityQueue<Item> = Builder::new("queue")
        .describe(|item: &Item| format!("{} (priority {})", item.number, item.priority))
        .unbounded_in_order();
    let waits = Waits::default();

    let servers: Vec<_> = (1..=settings.servers)
        .map(|number| {
            let serve = serve(number, settings.serve_ms, queue.clone(), waits.clone());
            spawn_named(format!("server {number}"), serve)
        })
        .collect();

    for number in 1..=settings.items {
        if settings.arrive_ms > 0 {
            sleep(Duration::from_millis(settings.arrive_ms)).await;
        }
        let item = arrive(number, &settings);
        println!("main: item {number} comes, of priority {}", item.priority);
        let put = queue.put(item).await;
        put.map_err(|_| "the queue is closed".to_owned())?;
    }
    queue.close();
    for server in servers {
        server.await.map_err(|error| error.to_string())?;
    }
    for (priority, wait) in waits.borrow().iter() {
        println!("priority {priority} waited up to {} ms", wait.as_millis());
    }
    Ok(())
}

/// An item with its priority and its rank in the queue.
fn arrive(number: u32, settings: &Settings) -> Item {
    // The levels take turns, the last one first.
    let turn = (settings.levels + number - 2) % settings.levels + 1;
    let mut random = random::stream(&format!("item {number}"));
    let priority = match random.chance(settings.urgent_rate / 100.0) {
        true => 1,
        false => turn,
    };
    let arrived = now();
    let rank = match settings.aging_ms {
        0 => u64::from(priority),
        // All items in the queue grow older at the same pace, so who is ahead of whom never
        // changes: it is enough to count each level as so much time that one came later.
        aging => arrived.as_nanos() / 1_000_000 + u64::from(priority) * aging,
    };
    Item {
        rank,
        number,
        priority,
        arrived,
    }
}

async fn serve(number: u32, serve_ms: u64, queue: PriorityQueue<Item>, waits: Waits) {
    while let Some(item) = queue.get().await {
        let waited = now() - item.arrived;
        println!(
            "server {number}: takes item {} of priority {} after {} ms",
            item.number,
            item.priority,
            waited.as_millis()
        );
        {
            let mut waits = waits.borrow_mut();
            let longest = waits.entry(item.priority).or_default();
            *longest = waited.max(*longest);
        }
        sleep(Duration::from_millis(serve_ms)).await;
        queue.task_done();
    }
}
