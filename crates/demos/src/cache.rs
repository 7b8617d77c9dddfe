//! A cache before something slow: entries live for a time, and the one not used for longest goes.
//!
//! When many ask for the same missing key at once, each would load it: a stampede. With a single
//! flight, the first starts a task that loads, and everybody waits for the same promise. That is a
//! task of its own, so that it goes on even if whoever was first goes away.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Promise;
use wakeline::time::{Instant, now, sleep};
use wakeline::{println, random, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// The cache, and who asks it for what.
    pub struct Settings {
        /// How many entries the cache holds.
        size: usize = 3, 1..=1_000;
        /// How long an entry lives.
        ttl_ms: u64 = 2_000 ms, 0..=600_000;
        /// How many keys there are.
        keys: u32 = 5, 1..=1_000;
        /// How long it takes to load the value of a key.
        load_ms: u64 = 500 ms, 0..=60_000;
        /// Whether only one loads a key at a time.
        single_flight: bool = true;
        /// How many clients there are.
        clients: u32 = 4, 1..=200;
        /// How many times each asks.
        requests: u32 = 6, 1..=1_000;
        /// How many times in a row a client asks for the same key.
        burst: u32 = 2, 1..=1_000;
        /// How long it pauses before it asks for another.
        pause_ms: u64 = 700 ms, 0..=60_000;
    }
    presets {
        tutorial {
            ttl_ms = 5000; keys = 1; clients = 1; requests = 3; pause_ms = 6000;
        }
        stampede {
            keys = 1; clients = 20; ttl_ms = 1000; burst = 1; single_flight = false;
        }
        single_flight { keys = 1; clients = 20; ttl_ms = 1000; burst = 1; }
        too_small { size = 1; keys = 8; clients = 8; }
    }
}

/// The cache and what it has seen.
struct Cache {
    settings: Settings,
    state: RefCell<State>,
}

// Never borrowed across an await.
#[derive(Default)]
struct State {
    entries: BTreeMap<u32, Entry>,
    /// The loads under way that others may join.
    flights: BTreeMap<u32, Promise<u32>>,
    /// Counts the uses, to know which entry was not used for longest.
    uses: u64,
    loading: u32,
    tally: Tally,
}

struct Entry {
    value: u32,
    expires: Instant,
    used: u64,
}

#[derive(Default)]
struct Tally {
    hits: u32,
    misses: u32,
    expired: u32,
    evicted: u32,
    loads: u32,
    most_loading: u32,
}

/// Has every client ask.
pub async fn main(settings: Settings) -> Result<(), String> {
    let cache = Rc::new(Cache {
        settings: settings.clone(),
        state: RefCell::default(),
    });
    let mut clients = Vec::new();
    for number in 1..=settings.clients {
        let ask = ask(number, cache.clone());
        clients.push(spawn_named(format!("client {number}"), ask));
    }
    for client in clients {
        client.await.map_err(|error| error.to_string())?;
    }
    let tally = &cache.state.borrow().tally;
    println!(
        "{} hits, {} misses, {} expired, {} evicted, {} loads, at most {} at once",
        tally.hits, tally.misses, tally.expired, tally.evicted, tally.loads, tally.most_loading
    );
    Ok(())
}

async fn ask(number: u32, cache: Rc<Cache>) {
    let settings = &cache.settings;
    let mut random = random::stream(&format!("client {number}"));
    let mut key = 0;
    for request in 0..settings.requests {
        if request % settings.burst == 0 {
            if request > 0 {
                sleep(Duration::from_millis(settings.pause_ms)).await;
            }
            key = 1 + random.below(u64::from(settings.keys)) as u32;
        }
        let asked = now();
        let value = cache.clone().value(key).await;
        let took = (now() - asked).as_millis();
        println!("client {number}: key {key} is {value}, after {took} ms");
    }
}

impl Cache {
    /// The value of a key, from the cache or loaded.
    async fn value(self: Rc<Self>, key: u32) -> u32 {
        if let Some(value) = self.find(key) {
            return value;
        }
        if !self.settings.single_flight {
            return self.load(key).await;
        }
        let under_way = self.state.borrow().flights.get(&key).cloned();
        let flight = under_way.unwrap_or_else(|| self.start_flight(key));
        flight.wait().await
    }

    /// The value of a key if there is an entry that is alive.
    fn find(&self, key: u32) -> Option<u32> {
        let state = &mut *self.state.borrow_mut();
        state.uses += 1;
        match state.entries.get_mut(&key) {
            Some(entry) if now() < entry.expires => {
                entry.used = state.uses;
                state.tally.hits += 1;
                return Some(entry.value);
            }
            Some(_) => {
                println!("cache: key {key} has expired");
                state.entries.remove(&key);
                state.tally.expired += 1;
            }
            None => {}
        }
        state.tally.misses += 1;
        None
    }

    /// Starts to load a key for everybody who wants it.
    fn start_flight(self: &Rc<Self>, key: u32) -> Promise<u32> {
        let flight = Promise::named(&format!("key {key}"));
        let mut state = self.state.borrow_mut();
        state.flights.insert(key, flight.clone());
        let (cache, landing) = (self.clone(), flight.clone());
        spawn_named(format!("load key {key}"), async move {
            let value = cache.load(key).await;
            cache.state.borrow_mut().flights.remove(&key);
            // Nobody else completes it.
            let _ = landing.complete(value);
        });
        flight
    }

    /// Loads the value of a key, and keeps it.
    async fn load(&self, key: u32) -> u32 {
        {
            let state = &mut *self.state.borrow_mut();
            state.loading += 1;
            state.tally.loads += 1;
            state.tally.most_loading = state.tally.most_loading.max(state.loading);
            println!("cache: loads key {key}, {} loads under way", state.loading);
        }
        sleep(Duration::from_millis(self.settings.load_ms)).await;

        let state = &mut *self.state.borrow_mut();
        state.loading -= 1;
        state.uses += 1;
        let entry = Entry {
            value: key * 100,
            expires: now() + Duration::from_millis(self.settings.ttl_ms),
            used: state.uses,
        };
        let value = entry.value;
        state.entries.insert(key, entry);
        if state.entries.len() > self.settings.size {
            let oldest = state.entries.iter().min_by_key(|(_, entry)| entry.used);
            if let Some((&key, _)) = oldest {
                println!("cache: key {key} has to go");
                state.entries.remove(&key);
                state.tally.evicted += 1;
            }
        }
        value
    }
}
