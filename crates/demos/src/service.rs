//! Services that start in order, work, and stop in the reverse order when somebody asks for it.
//!
//! A graceful stop is a drain: nothing new is let in, what is there is worked off. But the time
//! for it is limited, and a service that is not done by then is cancelled where it stands, and
//! its work is left over. The last to start stops first, because it may need those before it.

use std::time::Duration;

use wakeline::sync::CancellationToken;
use wakeline::sync::queue::{Builder, Queue};
use wakeline::task::JoinHandle;
use wakeline::time::{now, sleep, timeout_at};
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// What the services have to do, and when they must stop.
    pub struct Settings {
        /// How many services there are.
        services: u32 = 3, 1..=50;
        /// How long each takes to start.
        start_ms: u64 = 200 ms, 0..=60_000;
        /// How many items wait for each when it starts.
        queued: u32 = 5, 0..=1_000;
        /// The time from one further item to the next; 0 for none.
        arrive_ms: u64 = 250 ms, 0..=60_000;
        /// How long an item takes.
        item_ms: u64 = 100 ms, 0..=60_000;
        /// When the signal to shut down comes, after all have started.
        signal_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the services may drain, all together.
        drain_ms: u64 = 1_000 ms, 0..=60_000;
    }
    presets {
        tutorial { services = 1; start_ms = 0; arrive_ms = 0; signal_ms = 0; }
        out_of_time { queued = 20; drain_ms = 700; }
        idle { queued = 0; arrive_ms = 0; }
    }
}

/// A service that runs, with its work.
struct Service {
    number: u32,
    queue: Queue<u32>,
    worker: JoinHandle<()>,
}

/// Starts the services in order, and stops them when the signal comes.
pub async fn main(settings: Settings) -> Result<(), String> {
    let shutdown = CancellationToken::named("shutdown");
    let mut running = Vec::new();
    for number in 1..=settings.services {
        running.push(start(number, &settings, &shutdown).await?);
    }
    spawn_named("signal", {
        let (shutdown, delay) = (shutdown.clone(), Duration::from_millis(settings.signal_ms));
        async move {
            sleep(delay).await;
            shutdown.cancel();
        }
    });

    shutdown.cancelled().await;
    println!("main: shuts down");
    let until = now() + Duration::from_millis(settings.drain_ms);
    let mut left_over = 0;
    while let Some(service) = running.pop() {
        let Service {
            number,
            queue,
            mut worker,
        } = service;
        // Lets nothing more in, but what is inside can still be taken.
        queue.close();
        match timeout_at(until, &mut worker).await {
            Ok(ended) => ended.map_err(|error| error.to_string())?,
            Err(_) => {
                worker.abort();
                // Cancelled, or done at the very last moment.
                let _ = worker.await;
                eprintln!(
                    "service {number}: out of time, {} items left",
                    queue.unfinished()
                );
            }
        }
        left_over += queue.unfinished();
        println!("service {number}: has stopped");
    }
    println!("all stopped, {left_over} items left over");
    Ok(())
}

/// Starts a service, with some work to begin with and more to come.
async fn start(
    number: u32,
    settings: &Settings,
    shutdown: &CancellationToken,
) -> Result<Service, String> {
    sleep(Duration::from_millis(settings.start_ms)).await;
    let queue = Builder::new(format!("work {number}"))
        .describe(u32::to_string)
        .unbounded();
    for item in 1..=settings.queued {
        let put = queue.put(item).await;
        put.map_err(|_| "the queue is closed".to_owned())?;
    }
    if settings.arrive_ms > 0 {
        let feed = feed(settings.clone(), queue.clone());
        let shutdown = shutdown.clone();
        spawn_named(format!("clients {number}"), async move {
            // Whatever the outcome: there is nothing more to bring.
            let _ = shutdown.run_until_cancelled(feed).await;
        });
    }
    let worker = serve(number, settings.item_ms, queue.clone());
    let worker = spawn_named(format!("service {number}"), worker);
    println!("service {number}: has started");
    Ok(Service {
        number,
        queue,
        worker,
    })
}

/// Brings further items until the queue is closed.
async fn feed(settings: Settings, queue: Queue<u32>) {
    let mut item = settings.queued;
    loop {
        sleep(Duration::from_millis(settings.arrive_ms)).await;
        item += 1;
        if queue.put(item).await.is_err() {
            return;
        }
    }
}

/// Works until the queue is closed and empty.
async fn serve(number: u32, item_ms: u64, queue: Queue<u32>) {
    while let Some(item) = queue.get().await {
        sleep(Duration::from_millis(item_ms)).await;
        println!("service {number}: item {item} is done");
        queue.task_done();
    }
}
