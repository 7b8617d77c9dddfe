//! Philosophers at a round table, with a fork between each two: to eat, one needs both.
//!
//! If everybody takes the left fork first, it can happen that each holds one and waits for the
//! other, and then nothing will ever happen again. It needs a circle of tasks that each hold one
//! lock and want the next, so it is enough to make the circle impossible: by an order in which
//! all locks are taken, or by one seat less than there are philosophers.

use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::{Mutex, Semaphore};
use wakeline::time::sleep;
use wakeline::{println, random, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who eats, how often, and how the forks are taken.
    pub struct Settings {
        /// How many philosophers there are, and forks.
        philosophers: u32 = 5, 2..=50;
        /// How many times each eats.
        meals: u32 = 3, 1..=100;
        /// How the forks are taken.
        policy: Taking = Ordered;
        /// The least time a philosopher thinks before each meal.
        think_min_ms: u64 = 0 ms, 0..=60_000;
        /// The greatest.
        think_max_ms: u64 = 600 ms, 0..=60_000;
        /// How long it takes from the first fork to the second.
        reach_ms: u64 = 100 ms, 0..=60_000;
        /// How long a meal takes.
        eat_ms: u64 = 400 ms, 0..=60_000;
    }
    ordered { think_min_ms <= think_max_ms; }
    presets {
        deadlock { policy = "left-first"; think_max_ms = 0; }
        two_locks { policy = "left-first"; think_max_ms = 0; philosophers = 2; meals = 1; }
        lucky { policy = "left-first"; reach_ms = 0; }
        seats { policy = "seats"; think_max_ms = 0; }
    }
}

choice! {
    /// How the forks are taken.
    pub enum Taking {
        /// Of the two, the one with the lower number first.
        Ordered = "ordered",
        /// The left one first.
        LeftFirst = "left-first",
        /// The left one first, but not everybody may sit down at once.
        Seats = "seats",
    }
}

/// What is on the table.
struct Table {
    settings: Settings,
    forks: Vec<Mutex<()>>,
    seats: Semaphore,
}

/// Sets the table and waits until everybody has eaten.
pub async fn main(settings: Settings) -> Result<(), String> {
    let fork = |number| Mutex::named(&format!("fork {number}"), ());
    let seats = match settings.policy {
        Taking::Seats => settings.philosophers - 1,
        Taking::Ordered | Taking::LeftFirst => settings.philosophers,
    };
    let table = Rc::new(Table {
        forks: (1..=settings.philosophers).map(fork).collect(),
        seats: Semaphore::named("seats", seats as usize),
        settings: settings.clone(),
    });

    let mut guests = Vec::new();
    for number in 1..=settings.philosophers {
        let dine = table.clone().dine(number);
        guests.push(spawn_named(format!("philosopher {number}"), dine));
    }
    for guest in guests {
        guest.await.map_err(|error| error.to_string())??;
    }
    println!("{} meals", settings.philosophers * settings.meals);
    Ok(())
}

impl Table {
    async fn dine(self: Rc<Self>, number: u32) -> Result<(), String> {
        let mut random = random::stream(&format!("philosopher {number}"));
        let settings = &self.settings;
        // Each has the fork of its own number on the left, and the next one's on the right. For
        // the last one at the round table, that is the first.
        let (left, right) = (number, number % settings.philosophers + 1);
        let (first, second) = match settings.policy {
            Taking::Ordered => (left.min(right), left.max(right)),
            Taking::LeftFirst | Taking::Seats => (left, right),
        };
        for meal in 1..=settings.meals {
            let think = random.range(settings.think_min_ms..=settings.think_max_ms);
            sleep(Duration::from_millis(think)).await;

            let seat = self.seats.acquire().await;
            let _seat = seat.map_err(|closed| closed.to_string())?;
            let _first = self.fork(first).lock().await;
            println!("philosopher {number}: has fork {first}, reaches for fork {second}");
            sleep(Duration::from_millis(settings.reach_ms)).await;
            let _second = self.fork(second).lock().await;
            println!("philosopher {number}: eats meal {meal}");
            sleep(Duration::from_millis(settings.eat_ms)).await;
        }
        Ok(())
    }

    fn fork(&self, number: u32) -> &Mutex<()> {
        &self.forks[number as usize - 1]
    }
}
