//! Downloads of different sizes, handled as they arrive.
//!
//! All are under way at once. Whoever handles them in the order in which they were started waits
//! for the first one, however large it is, while smaller ones lie there finished; whoever takes
//! them as they come always has something to do as soon as there is something. With a line of
//! their own they do not disturb each other; on a shared one they take turns, a chunk at a time.

use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Mutex;
use wakeline::task::{JoinHandle, JoinSet};
use wakeline::time::{now, sleep};
use wakeline::{println, random, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// What is downloaded, over what, and how it is handled.
    pub struct Settings {
        /// How many files there are.
        files: u32 = 6, 1..=100;
        /// The size of the first file.
        first_bytes: u64 = 1_500_000 bytes, 0..=100_000_000;
        /// The size of the second.
        second_bytes: u64 = 1_200_000 bytes, 0..=100_000_000;
        /// The size of the third.
        third_bytes: u64 = 800_000 bytes, 0..=100_000_000;
        /// The size of the fourth.
        fourth_bytes: u64 = 2_000_000 bytes, 0..=100_000_000;
        /// The greatest size of each further file.
        further_max_bytes: u64 = 1_000_000 bytes, 0..=100_000_000;
        /// How much goes over a line in a second.
        bandwidth: u64 = 1_000_000 bytes, 1_000..=1_000_000_000;
        /// Whether each file has a line of its own.
        line: Line = Own;
        /// How much goes over a shared line at a time.
        chunk_bytes: u64 = 100_000 bytes, 10_000..=10_000_000;
        /// Which file is handled next.
        order: Order = Completion;
        /// How long it takes to handle a file.
        handle_ms: u64 = 100 ms, 0..=60_000;
    }
    presets {
        tutorial { files = 4; first_bytes = 500_000; handle_ms = 0; }
        in_order_of_start { order = "start"; first_bytes = 3_000_000; }
        shared_line { line = "shared"; }
    }
}

choice! {
    /// Whether each file has a line of its own.
    pub enum Line {
        /// It has.
        Own = "own",
        /// All share one.
        Shared = "shared",
    }
}

choice! {
    /// Which file is handled next.
    pub enum Order {
        /// The one that arrives next.
        Completion = "completion",
        /// The one that was started next.
        Start = "start",
    }
}

/// Downloads and handles every file.
pub async fn main(settings: Settings) -> Result<(), String> {
    let line = Rc::new(Mutex::named("line", ()));
    let download = |number| {
        download(
            number,
            size(number, &settings),
            settings.clone(),
            line.clone(),
        )
    };
    let files = 1..=settings.files;
    match settings.order {
        Order::Completion => {
            let mut downloads = JoinSet::new();
            for number in files {
                downloads.spawn_named(format!("file {number}"), download(number));
            }
            while let Some(arrived) = downloads.join_next().await {
                handle(arrived.map_err(|error| error.to_string())?, &settings).await;
            }
        }
        Order::Start => {
            let downloads: Vec<JoinHandle<u32>> = files
                .map(|number| spawn_named(format!("file {number}"), download(number)))
                .collect();
            for arrived in downloads {
                handle(arrived.await.map_err(|error| error.to_string())?, &settings).await;
            }
        }
    }
    println!("{} files handled", settings.files);
    Ok(())
}

/// The size of a file in bytes.
fn size(number: u32, settings: &Settings) -> u64 {
    match number {
        1 => settings.first_bytes,
        2 => settings.second_bytes,
        3 => settings.third_bytes,
        4 => settings.fourth_bytes,
        _ => random::stream(&format!("file {number}")).range(0..=settings.further_max_bytes),
    }
}

/// Downloads a file of this size and returns its number.
async fn download(number: u32, size: u64, settings: Settings, line: Rc<Mutex<()>>) -> u32 {
    let start = now();
    match settings.line {
        Line::Own => sleep(duration(size, settings.bandwidth)).await,
        Line::Shared => {
            let mut rest = size;
            while rest > 0 {
                let chunk = rest.min(settings.chunk_bytes);
                let _line = line.lock().await;
                sleep(duration(chunk, settings.bandwidth)).await;
                rest -= chunk;
            }
        }
    }
    let took = (now() - start).as_millis();
    println!("file {number}: {size} bytes are here after {took} ms");
    number
}

/// How long so many bytes take, in whole milliseconds.
fn duration(bytes: u64, bandwidth: u64) -> Duration {
    Duration::from_millis(bytes.saturating_mul(1000).div_ceil(bandwidth))
}

async fn handle(number: u32, settings: &Settings) {
    println!("main: handles file {number}");
    sleep(Duration::from_millis(settings.handle_ms)).await;
}
