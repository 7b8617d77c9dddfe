//! A flag that many wait for, and that releases them all at once.
//!
//! Whoever comes while it is set does not wait. Whoever comes after it was cleared waits for the
//! next time, and if there is none, for ever: a flag that is set and cleared at once is only for
//! those who wait already.

use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Event;
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println, random, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// Who waits, and when the flag is set.
    pub struct Settings {
        /// How many waiters there are.
        waiters: u32 = 6, 1..=200;
        /// The greatest time until a waiter comes.
        arrival_max_ms: u64 = 3_500 ms, 0..=60_000;
        /// How long the flag is clear before each time it is set.
        set_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long it stays set.
        open_ms: u64 = 300 ms, 0..=60_000;
        /// How many times it is set.
        times: u32 = 2, 1..=20;
        /// How long a waiter waits before it goes away.
        patience_ms: u64 = 4_000 ms, 0..=60_000;
    }
    presets {
        tutorial {
            waiters = 2; arrival_max_ms = 0; set_ms = 2000; open_ms = 0; times = 1;
        }
        missed { open_ms = 0; times = 1; }
        crowd { waiters = 60; times = 3; }
    }
}

/// Sets and clears the flag, and counts who went on because of it.
pub async fn main(settings: Settings) -> Result<(), String> {
    let open = Rc::new(Event::named("open"));
    let mut waiters = Vec::new();
    for number in 1..=settings.waiters {
        let wait = wait(number, settings.clone(), open.clone());
        waiters.push(spawn_named(format!("waiter {number}"), wait));
    }
    let keeper = spawn_named("keeper", keep(settings.clone(), open));

    let mut passed = 0;
    for waiter in waiters {
        if waiter.await.map_err(|error| error.to_string())? {
            passed += 1;
        }
    }
    keeper.await.map_err(|error| error.to_string())?;
    println!("{passed} passed, {} went away", settings.waiters - passed);
    Ok(())
}

/// Sets the flag from time to time, and clears it again.
async fn keep(settings: Settings, open: Rc<Event>) {
    for _ in 0..settings.times {
        sleep(Duration::from_millis(settings.set_ms)).await;
        println!("keeper: sets the flag");
        open.set();
        sleep(Duration::from_millis(settings.open_ms)).await;
        println!("keeper: clears the flag");
        open.clear();
    }
}

/// Comes at some time, and waits for the flag. Whether it was set in time.
async fn wait(number: u32, settings: Settings, open: Rc<Event>) -> bool {
    let mut random = random::stream(&format!("waiter {number}"));
    let arrival = random.range(0..=settings.arrival_max_ms);
    sleep(Duration::from_millis(arrival)).await;

    let came = now();
    let state = if open.is_set() { "set" } else { "clear" };
    println!("waiter {number}: comes, the flag is {state}");
    let patience = Duration::from_millis(settings.patience_ms);
    let passes = timeout(patience, open.wait()).await.is_ok();
    let waited = (now() - came).as_millis();
    if passes {
        println!("waiter {number}: goes on after {waited} ms");
    } else {
        eprintln!("waiter {number}: goes away after {waited} ms");
    }
    passes
}
