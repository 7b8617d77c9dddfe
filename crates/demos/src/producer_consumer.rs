//! Producers and consumers with a bounded queue between them.
//!
//! When the queue is full, producers wait; when it is empty, consumers do. That is all the
//! coordination there is, and it keeps a fast side from running away from a slow one. How the
//! consumers learn that nothing more will come is the other half of the story: by a sentinel each,
//! by the closing of the queue, or not at all, in which case they are cancelled when the queue has
//! been worked off.

use std::time::Duration;

use wakeline::sync::mpsc::{Receiver, UnboundedSender, unbounded_channel};
use wakeline::sync::queue::{self, Queue};
use wakeline::task::JoinHandle;
use wakeline::time::{interval, sleep};
use wakeline::{eprintln, println, random, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who works, on what, and how fast.
    pub struct Settings {
        /// How many producers there are.
        producers: u32 = 3, 1..=50;
        /// How many consumers there are.
        consumers: u32 = 2, 1..=50;
        /// How many items each producer makes.
        items: u32 = 6, 0..=10_000;
        /// Produce without end, whatever `items` says.
        endless: bool = false;
        /// How many items the queue holds.
        capacity: usize = 4, 1..=1_000;
        /// The least time it takes to produce an item.
        produce_min_ms: u64 = 200 ms, 0..=60_000;
        /// The greatest.
        produce_max_ms: u64 = 800 ms, 0..=60_000;
        /// The least time it takes to consume an item.
        consume_min_ms: u64 = 200 ms, 0..=60_000;
        /// The greatest.
        consume_max_ms: u64 = 600 ms, 0..=60_000;
        /// How many items in a hundred turn out to be bad.
        failure_rate: f64 = 10.0 percent, 0.0..=100.0;
        /// How the consumers are told to go home.
        shutdown: Shutdown = Sentinel;
        /// Whether somebody watches the queue.
        monitor: bool = true;
        /// How often.
        monitor_ms: u64 = 1_000 ms, 1..=60_000;
    }
    ordered {
        produce_min_ms <= produce_max_ms;
        consume_min_ms <= consume_max_ms;
    }
    presets {
        tutorial {
            producers = 1; consumers = 1; items = 10; capacity = 5;
            produce_min_ms = 500; produce_max_ms = 500;
            consume_min_ms = 200; consume_max_ms = 200;
            failure_rate = 0.0; shutdown = "sentinel"; monitor = false;
        }
        full_queue { producers = 4; consumers = 1; capacity = 2; }
        empty_queue { producers = 1; consumers = 4; items = 12; }
        endless { endless = true; }
    }
}

choice! {
    /// How the consumers learn that nothing more will come.
    pub enum Shutdown {
        /// Each is sent a last item that says so.
        Sentinel = "sentinel",
        /// The queue is closed.
        Close = "close",
        /// They do not: they are cancelled when every item is done.
        JoinThenCancel = "join-then-cancel",
    }
}

/// What goes through the queue.
enum Parcel {
    Item(Item),
    /// The sentinel: go home.
    Stop,
}

/// An item brings its own work with it, so that what there is to do does not depend on who does
/// it.
struct Item {
    number: u32,
    work: Duration,
    bad: bool,
}

/// What a consumer says about an item.
struct Report {
    consumer: u32,
    item: u32,
    outcome: Result<(), BadItem>,
}

struct BadItem;

/// What the collector knows in the end.
#[derive(Default)]
struct Tally {
    consumed: Vec<u32>,
    bad: Vec<u32>,
}

/// Sets everybody to work, and sends them home.
pub async fn main(settings: Settings) -> Result<(), String> {
    let queue = queue::Builder::new("queue")
        .describe(|parcel| match parcel {
            Parcel::Item(item) => item.number.to_string(),
            Parcel::Stop => "stop".to_owned(),
        })
        .bounded(settings.capacity);
    let (results, reports) = unbounded_channel();

    let producers: Vec<_> = (1..=settings.producers)
        .map(|number| {
            let work = produce(number, settings.clone(), queue.clone());
            spawn_named(format!("producer {number}"), work)
        })
        .collect();
    let consumers: Vec<_> = (1..=settings.consumers)
        .map(|number| {
            let work = consume(number, queue.clone(), results.clone());
            spawn_named(format!("consumer {number}"), work)
        })
        .collect();
    // The collector is done when the last consumer has let go of its sender.
    drop(results);
    let collector = spawn_named("collector", collect(reports));
    let monitor = settings
        .monitor
        .then(|| spawn_named("monitor", watch(queue.clone(), settings.monitor_ms)));

    for producer in producers {
        producer.await.map_err(|error| error.to_string())?;
    }
    println!("main: every producer is done, {} items wait", queue.len());
    send_home(settings.shutdown, &queue, consumers).await?;
    let tally = collector.await.map_err(|error| error.to_string())?;
    if let Some(monitor) = monitor {
        cancel(monitor).await?;
    }

    println!(
        "main: consumed {}, bad {}",
        tally.consumed.len(),
        tally.bad.len()
    );
    Ok(())
}

/// Makes items and puts them into the queue, waiting whenever it is full.
async fn produce(number: u32, settings: Settings, queue: Queue<Parcel>) {
    let mut round = 0;
    while settings.endless || round < settings.items {
        // The producers number their items like cards that are dealt: 0 to the first, 1 to the
        // second, and so on.
        let item = round * settings.producers + (number - 1);
        let mut random = random::stream(&format!("item {item}"));
        let effort = random.range(settings.produce_min_ms..=settings.produce_max_ms);
        let work = random.range(settings.consume_min_ms..=settings.consume_max_ms);
        let bad = random.chance(settings.failure_rate / 100.0);

        sleep(Duration::from_millis(effort)).await;
        let parcel = Parcel::Item(Item {
            number: item,
            work: Duration::from_millis(work),
            bad,
        });
        if queue.put(parcel).await.is_err() {
            eprintln!("producer {number}: the queue is closed");
            return;
        }
        println!("producer {number}: item {item} is in the queue");
        round += 1;
    }
}

/// Takes items from the queue and works on them, waiting whenever it is empty.
async fn consume(number: u32, queue: Queue<Parcel>, results: UnboundedSender<Report>) {
    while let Some(parcel) = queue.get().await {
        let Parcel::Item(item) = parcel else {
            queue.task_done();
            break;
        };
        sleep(item.work).await;
        let report = Report {
            consumer: number,
            item: item.number,
            outcome: if item.bad { Err(BadItem) } else { Ok(()) },
        };
        if results.send(report).is_err() {
            eprintln!("consumer {number}: nobody takes reports");
        }
        queue.task_done();
    }
    println!("consumer {number}: goes home");
}

/// Gathers what the consumers report.
async fn collect(mut reports: Receiver<Report>) -> Tally {
    let mut tally = Tally::default();
    while let Some(Report {
        consumer,
        item,
        outcome,
    }) = reports.recv().await
    {
        match outcome {
            Ok(()) => {
                println!("consumer {consumer}: item {item} is consumed");
                tally.consumed.push(item);
            }
            Err(BadItem) => {
                eprintln!("consumer {consumer}: item {item} is bad");
                tally.bad.push(item);
            }
        }
    }
    tally
}

/// Says from time to time how full the queue is.
async fn watch(queue: Queue<Parcel>, every_ms: u64) {
    let mut ticks = interval(Duration::from_millis(every_ms));
    loop {
        ticks.tick().await;
        println!("monitor: {} in the queue", queue.len());
    }
}

/// Ends the consumers in the chosen way, and waits until they are gone.
async fn send_home(
    shutdown: Shutdown,
    queue: &Queue<Parcel>,
    consumers: Vec<JoinHandle<()>>,
) -> Result<(), String> {
    match shutdown {
        Shutdown::Sentinel => {
            for _ in &consumers {
                let sent = queue.put(Parcel::Stop).await;
                sent.map_err(|_| "the queue is closed".to_owned())?;
            }
        }
        Shutdown::Close => queue.close(),
        Shutdown::JoinThenCancel => {
            queue.join().await;
            for consumer in consumers {
                cancel(consumer).await?;
            }
            return Ok(());
        }
    }
    for consumer in consumers {
        consumer.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Ends a task that would go on for ever, and waits until it is gone.
async fn cancel(task: JoinHandle<()>) -> Result<(), String> {
    task.abort();
    match task.await {
        Err(error) if !error.is_cancelled() => Err(error.to_string()),
        _ => Ok(()),
    }
}
