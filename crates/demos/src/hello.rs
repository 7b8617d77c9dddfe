//! Greetings that take their time: one after the other, then all at once.
//!
//! One after the other, the whole takes the sum of the delays; at once, the longest of them.

use std::time::Duration;

use wakeline::println;
use wakeline::time::{now, sleep};

use crate::parameters::{choice, parameters};

parameters! {
    /// Which greetings, and how.
    pub struct Hello {
        /// How long the first greeting takes, and every other one after it.
        first_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the second greeting takes, and every other one after it.
        second_ms: u64 = 2_000 ms, 0..=60_000;
        /// How many greetings there are.
        greetings: u32 = 2, 2..=50;
        /// In which way they are run.
        mode: Mode = Both;
    }
    presets {
        tutorial { mode = "sequential"; }
        concurrent { mode = "concurrent"; }
        crowd { greetings = 12; mode = "concurrent"; }
    }
}

choice! {
    /// In which way the greetings are run.
    pub enum Mode {
        /// One after the other.
        Sequential = "sequential",
        /// All at once.
        Concurrent = "concurrent",
        /// First the one way, then the other.
        Both = "both",
    }
}

/// Runs the greetings.
pub async fn main(hello: Hello) -> Result<(), String> {
    if hello.mode != Mode::Concurrent {
        let start = now();
        one_after_the_other(&hello).await;
        println!("one after the other: {} ms", (now() - start).as_millis());
    }
    if hello.mode != Mode::Sequential {
        let start = now();
        all_at_once(&hello).await?;
        println!("all at once: {} ms", (now() - start).as_millis());
    }
    Ok(())
}

async fn one_after_the_other(hello: &Hello) {
    for number in 1..=hello.greetings {
        greet(number, hello.delay_of(number)).await;
    }
}

async fn all_at_once(hello: &Hello) -> Result<(), String> {
    // Every task is under way before the first one is awaited.
    let mut greetings = Vec::new();
    for number in 1..=hello.greetings {
        let greeting = greet(number, hello.delay_of(number));
        greetings.push(wakeline::spawn_named(
            format!("greeting {number}"),
            greeting,
        ));
    }
    for greeting in greetings {
        greeting.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn greet(number: u32, delay: Duration) {
    println!("greeting {number}: hello …");
    sleep(delay).await;
    println!("greeting {number}: … world, after {} ms", delay.as_millis());
}

impl Hello {
    fn delay_of(&self, number: u32) -> Duration {
        Duration::from_millis(if number % 2 == 1 {
            self.first_ms
        } else {
            self.second_ms
        })
    }
}
