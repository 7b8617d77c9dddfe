//! A stream of measurements: sensors, a ring buffer, batches, subscribers, alerts, statistics.
//!
//! Readings come when they come. What cannot be processed at once is kept in a ring buffer, which
//! gives up the oldest when it is full: of measurements, the newest are worth the most. At fixed
//! times a batch is taken out and published to everybody who subscribed; a reading beyond the
//! threshold is an alert. The readings are made up here, or come from a WebSocket.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::broadcast::{self, RecvError};
use wakeline::task::JoinHandle;
use wakeline::time::{interval, interval_at, now, sleep};
use wakeline::{eprintln, println, spawn_named};

use crate::companion::feed::{Feed, Reading};
use crate::outside::{Message, Outside};
use crate::parameters::{choice, parameters};

parameters! {
    /// How much is measured, and what becomes of it.
    pub struct Settings {
        /// Where readings come from.
        source: Source = Generated;
        /// How many sensors take turns.
        sensors: u64 = 3, 1..=100;
        /// The time between two readings.
        interval_ms: u64 = 100 ms, 1..=10_000;
        /// For how long readings are taken.
        duration_ms: u64 = 5_000 ms, 1..=600_000;
        /// How many readings the ring buffer holds.
        capacity: usize = 50, 1..=10_000;
        /// How many readings there are in a batch at most.
        batch: usize = 10, 1..=1_000;
        /// The time between two batches.
        every_ms: u64 = 500 ms, 1..=60_000;
        /// How many subscribe to the batches.
        subscribers: u32 = 2, 0..=50;
        /// How long a subscriber takes for a batch.
        work_ms: u64 = 50 ms, 0..=60_000;
        /// A reading above this many degrees is an alert.
        threshold: f64 = 25.0, -50.0..=100.0;
        /// The time between two reports of statistics.
        report_ms: u64 = 2_000 ms, 10..=600_000;
    }
    presets {
        tutorial { interval_ms = 100; duration_ms = 10000; batch = 10; every_ms = 50; work_ms = 10; }
        feed { source = "feed"; }
        overrun { interval_ms = 5; capacity = 20; every_ms = 500; batch = 10; }
        slow_subscriber { work_ms = 3000; }
    }
}

choice! {
    /// Where readings come from.
    pub enum Source {
        /// They are made up here.
        Generated = "generated",
        /// From a WebSocket of the companion server.
        Feed = "feed",
    }
}

/// How many batches may wait for a subscriber before it misses the oldest.
const WAITING: usize = 4;

/// One batch, shared by everybody who gets it.
type Batch = Rc<[Reading]>;

/// What has been measured and not processed.
struct Ring {
    readings: RefCell<VecDeque<Reading>>,
    capacity: usize,
    dropped: Cell<u64>,
    /// No further readings will come.
    over: Cell<bool>,
}

impl Ring {
    fn push(&self, reading: Reading) {
        let mut readings = self.readings.borrow_mut();
        if readings.len() == self.capacity {
            readings.pop_front();
            self.dropped.set(self.dropped.get() + 1);
        }
        readings.push_back(reading);
    }

    fn take(&self, most: usize) -> Batch {
        let mut readings = self.readings.borrow_mut();
        let count = readings.len().min(most);
        readings.drain(..count).collect()
    }

    fn is_empty(&self) -> bool {
        self.readings.borrow().is_empty()
    }
}

/// What was processed.
#[derive(Default)]
struct Statistics {
    processed: Cell<u64>,
    batches: Cell<u64>,
    largest: Cell<usize>,
    alerts: Cell<u64>,
    sum_of_tenths: Cell<i64>,
}

/// Measures, processes and publishes until the time is up.
pub async fn main(
    settings: Settings,
    outside: Rc<dyn Outside>,
    server: String,
) -> Result<(), String> {
    let ring = Rc::new(Ring {
        readings: RefCell::default(),
        capacity: settings.capacity,
        dropped: Cell::new(0),
        over: Cell::new(false),
    });
    let statistics = Rc::new(Statistics::default());
    let (batches, _) = broadcast::channel::<Batch>(WAITING);

    let mut subscribers = Vec::new();
    for number in 1..=settings.subscribers {
        let receiver = batches.subscribe();
        let work = Duration::from_millis(settings.work_ms);
        let subscriber = subscribe(number, receiver, work);
        subscribers.push(spawn_named(format!("subscriber {number}"), subscriber));
    }
    let source = source(&settings, ring.clone(), outside, server);
    let reporter = spawn_named(
        "statistics",
        report(settings.report_ms, statistics.clone(), ring.clone()),
    );

    process(&settings, &ring, &statistics, &batches).await;
    // Without a sender, the subscribers come to their end.
    drop(batches);
    reporter.abort();
    let outcome = source.await.map_err(|error| error.to_string())?;
    for subscriber in subscribers {
        subscriber.await.map_err(|error| error.to_string())?;
    }
    let (processed, batches) = (statistics.processed.get(), statistics.batches.get());
    println!(
        "{processed} processed in {batches} batches, the largest of {}; {} dropped, {} alerts",
        statistics.largest.get(),
        ring.dropped.get(),
        statistics.alerts.get()
    );
    outcome
}

/// Starts whatever the readings come from.
fn source(
    settings: &Settings,
    ring: Rc<Ring>,
    outside: Rc<dyn Outside>,
    server: String,
) -> JoinHandle<Result<(), String>> {
    let feed = Feed {
        sensors: settings.sensors,
        interval_ms: settings.interval_ms,
        count: settings.duration_ms / settings.interval_ms,
        seed: wakeline::random::stream("sensors").bits() >> 12,
    };
    let source = settings.source;
    spawn_named("source", async move {
        let outcome = match source {
            Source::Generated => {
                measure(feed, &ring).await;
                Ok(())
            }
            Source::Feed => listen(feed, &ring, outside, server).await,
        };
        if let Err(reason) = &outcome {
            eprintln!("source: {reason}");
        }
        ring.over.set(true);
        outcome
    })
}

/// Makes readings up.
async fn measure(feed: Feed, ring: &Ring) {
    let period = Duration::from_millis(feed.interval_ms);
    let mut ticks = interval_at(now() + period, period);
    for number in 0..feed.count {
        ticks.tick().await;
        ring.push(feed.reading(number));
    }
}

/// Takes readings from a WebSocket until it is closed.
async fn listen(
    feed: Feed,
    ring: &Ring,
    outside: Rc<dyn Outside>,
    server: String,
) -> Result<(), String> {
    let Some(host) = server.strip_prefix("http") else {
        return Err(format!("{server:?} is no address of a server"));
    };
    let Feed {
        sensors,
        interval_ms,
        count,
        seed,
    } = feed;
    let query = format!("sensors={sensors}&ms={interval_ms}&count={count}&seed={seed}");
    let url = format!("ws{host}/api/socket/feed?{query}");
    let socket = outside.connect(&url).await;
    let socket = socket.map_err(|error| format!("{server}: {error}"))?;
    while let Some(message) = socket.receive().await {
        let reading = match message {
            Ok(Message::Text(text)) => Reading::from_json(&text),
            Ok(Message::Bytes(_)) => None,
            Err(error) => return Err(error.to_string()),
        };
        match reading {
            Some(reading) => ring.push(reading),
            None => eprintln!("source: this is no reading"),
        }
    }
    match socket.closed() {
        Some(close) if close.code != 1000 => Err(format!("the feed broke off ({close})")),
        _ => Ok(()),
    }
}

/// Takes batches out of the ring, and publishes them.
async fn process(
    settings: &Settings,
    ring: &Ring,
    statistics: &Statistics,
    batches: &broadcast::Sender<Batch>,
) {
    // Tenths of a degree, as sensors have them.
    let threshold = (settings.threshold * 10.0) as i64;
    let period = Duration::from_millis(settings.every_ms);
    let mut ticks = interval_at(now() + period, period);
    loop {
        let was_over = ring.over.get();
        ticks.tick().await;
        let batch = ring.take(settings.batch);
        if batch.is_empty() {
            if was_over && ring.is_empty() {
                return;
            }
            continue;
        }
        let count = batch.len();
        statistics.batches.set(statistics.batches.get() + 1);
        statistics
            .processed
            .set(statistics.processed.get() + count as u64);
        statistics.largest.set(statistics.largest.get().max(count));
        for reading in batch.iter() {
            statistics
                .sum_of_tenths
                .set(statistics.sum_of_tenths.get() + reading.tenths);
            if reading.tenths > threshold {
                statistics.alerts.set(statistics.alerts.get() + 1);
                let degrees = degrees(reading.tenths);
                eprintln!("alert: sensor {} measures {degrees} °C", reading.sensor);
            }
        }
        // Nobody may have subscribed.
        let _ = batches.send(batch);
    }
}

/// One subscriber: works on batches, and hears of those that it missed.
async fn subscribe(number: u32, mut batches: broadcast::Receiver<Batch>, work: Duration) {
    let (mut taken, mut missed) = (0, 0);
    loop {
        match batches.recv().await {
            Ok(batch) => {
                taken += batch.len();
                sleep(work).await;
            }
            Err(RecvError::Lagged(count)) => {
                missed += count;
                eprintln!("subscriber {number}: missed {count} batches");
            }
            Err(RecvError::Closed) => break,
        }
    }
    println!("subscriber {number}: {taken} readings, {missed} batches missed");
}

/// Reports at fixed times, until it is not needed any more.
async fn report(every_ms: u64, statistics: Rc<Statistics>, ring: Rc<Ring>) {
    let mut ticks = interval(Duration::from_millis(every_ms));
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let processed = statistics.processed.get();
        let mean = match i64::try_from(processed) {
            Ok(count) if count > 0 => degrees(statistics.sum_of_tenths.get() / count),
            _ => "–".to_owned(),
        };
        println!(
            "statistics: {processed} processed, mean {mean} °C, {} alerts, {} dropped",
            statistics.alerts.get(),
            ring.dropped.get()
        );
    }
}

/// Tenths of a degree as degrees.
fn degrees(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}
