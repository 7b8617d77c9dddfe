//! A bounded buffer, built by hand from a lock and two condition variables.
//!
//! A producer that finds the buffer full waits until it is told that there is space, a consumer
//! that finds it empty until it is told that there is an item. To be told is no promise: who was
//! notified stands in line for the lock like everybody else, and when its turn comes the item may
//! be gone. Therefore whoever was woken looks again, in a loop.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::{Condvar, Mutex, MutexGuard};
use wakeline::time::sleep;
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who makes and takes items, and how they tell each other.
    pub struct Settings {
        /// How many producers there are.
        producers: u32 = 2, 1..=50;
        /// How many consumers there are.
        consumers: u32 = 3, 1..=50;
        /// How many items each producer makes.
        items: u32 = 5, 0..=1_000;
        /// How many items each consumer takes before it goes home; 0 for as many as there are.
        takes: u32 = 0, 0..=1_000;
        /// How many items the buffer holds.
        bound: usize = 3, 1..=1_000;
        /// How long it takes to make an item.
        produce_ms: u64 = 300 ms, 0..=60_000;
        /// How long it takes to use an item up.
        consume_ms: u64 = 500 ms, 0..=60_000;
        /// Whom a notification reaches.
        notify: Notify = One;
        /// Whether who was notified looks again before it goes on.
        look_again: bool = true;
    }
    presets {
        tutorial {
            producers = 1; consumers = 2; items = 5; takes = 1; bound = 5;
            produce_ms = 500; consume_ms = 0;
        }
        full_buffer { producers = 3; consumers = 1; produce_ms = 100; }
        stampede { consumers = 6; consume_ms = 100; notify = "all"; }
        looks_once { consumers = 6; consume_ms = 100; notify = "all"; look_again = false; }
    }
}

choice! {
    /// Whom a notification reaches.
    pub enum Notify {
        /// The first who waits.
        One = "one",
        /// Everybody who waits.
        All = "all",
    }
}

/// The buffer and what is told about it.
struct Buffer {
    settings: Settings,
    state: Mutex<State>,
    /// There is space, or nobody will ever make some.
    space: Condvar,
    /// There are items, or nobody will ever bring one.
    items: Condvar,
    /// How often somebody was notified and found nothing.
    in_vain: Cell<u32>,
}

/// What the lock protects.
struct State {
    waiting: VecDeque<u32>,
    consumed: Vec<u32>,
    producers: u32,
    consumers: u32,
}

/// Has everybody make, take and tell.
pub async fn main(settings: Settings) -> Result<(), String> {
    let state = State {
        waiting: VecDeque::new(),
        consumed: Vec::new(),
        producers: settings.producers,
        consumers: settings.consumers,
    };
    let buffer = Rc::new(Buffer {
        settings: settings.clone(),
        state: Mutex::named("buffer", state),
        space: Condvar::named("space"),
        items: Condvar::named("items"),
        in_vain: Cell::new(0),
    });

    let mut tasks = Vec::new();
    for number in 1..=settings.consumers {
        let consume = buffer.clone().consume(number);
        tasks.push(spawn_named(format!("consumer {number}"), consume));
    }
    for number in 1..=settings.producers {
        let produce = buffer.clone().produce(number);
        tasks.push(spawn_named(format!("producer {number}"), produce));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }

    let state = buffer.state.lock().await;
    println!(
        "{} consumed, {} left, {} woken in vain",
        state.consumed.len(),
        state.waiting.len(),
        buffer.in_vain.get()
    );
    Ok(())
}

impl Buffer {
    async fn produce(self: Rc<Self>, number: u32) {
        for round in 0..self.settings.items {
            let item = round * self.settings.producers + (number - 1);
            sleep(Duration::from_millis(self.settings.produce_ms)).await;

            let bound = self.settings.bound;
            let must_wait = |state: &State| state.waiting.len() >= bound && state.consumers > 0;
            let mut state = self.lock_when_not(must_wait, &self.space).await;
            if state.consumers == 0 && state.waiting.len() >= bound {
                eprintln!("producer {number}: nobody will make space for item {item}");
                break;
            }
            state.waiting.push_back(item);
            match state.waiting.len() {
                inside if inside > bound => {
                    eprintln!("producer {number}: item {item}, {inside} inside: too many");
                }
                inside => println!("producer {number}: item {item}, {inside} inside"),
            }
            self.tell(&self.items);
        }
        let mut state = self.state.lock().await;
        state.producers -= 1;
        if state.producers == 0 {
            // No item will come any more: those who wait for one must know.
            self.items.notify_all();
        }
    }

    async fn consume(self: Rc<Self>, number: u32) {
        let mut taken = 0;
        while self.settings.takes == 0 || taken < self.settings.takes {
            let must_wait = |state: &State| state.waiting.is_empty() && state.producers > 0;
            let mut state = self.lock_when_not(must_wait, &self.items).await;
            let Some(item) = state.waiting.pop_front() else {
                if state.producers == 0 {
                    break;
                }
                eprintln!("consumer {number}: was notified, but there is no item");
                continue;
            };
            state.consumed.push(item);
            println!("consumer {number}: takes item {item}");
            self.tell(&self.space);
            drop(state);
            taken += 1;
            sleep(Duration::from_millis(self.settings.consume_ms)).await;
        }
        let mut state = self.state.lock().await;
        state.consumers -= 1;
        if state.consumers == 0 {
            self.space.notify_all();
        }
    }

    /// Takes the lock, and waits for the condition as long as it must.
    async fn lock_when_not<'a>(
        &'a self,
        must_wait: impl Fn(&State) -> bool,
        condition: &'a Condvar,
    ) -> MutexGuard<'a, State> {
        let mut state = self.state.lock().await;
        while must_wait(&state) {
            // Releases the lock while it waits.
            state = condition.wait(state).await;
            if must_wait(&state) {
                self.in_vain.set(self.in_vain.get() + 1);
            }
            if !self.settings.look_again {
                break;
            }
        }
        state
    }

    fn tell(&self, condition: &Condvar) {
        match self.settings.notify {
            Notify::One => {
                condition.notify_one();
            }
            Notify::All => {
                condition.notify_all();
            }
        }
    }
}
