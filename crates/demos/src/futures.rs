//! A value that is not there yet, and that somebody gives by hand.
//!
//! A future of this kind has two sides. Any number of tasks wait for it, and functions can be
//! registered to be called when it is done; all of them are served in the order in which they
//! came. On the other side somebody resolves it, once, with a result or with an error. If nobody
//! ever does, nobody ever goes on: the future itself cannot know that it was forgotten.

use std::time::Duration;

use wakeline::sync::Promise;
use wakeline::task::{Builder, JoinHandle, handle, list};
use wakeline::time::sleep;
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// Who waits, and what they will be told.
    pub struct Settings {
        /// How many tasks wait for the answer.
        waiters: u32 = 3, 0..=100;
        /// How many functions are called when it is there.
        callbacks: u32 = 2, 0..=100;
        /// When it is given.
        delay_ms: u64 = 1_000 ms, 0..=60_000;
        /// What is given.
        outcome: Outcome = Resolved;
        /// When the main task looks at everybody.
        look_ms: u64 = 500 ms, 0..=60_000;
    }
    presets {
        tutorial { waiters = 1; callbacks = 0; outcome = "resolved"; }
        failed { outcome = "failed"; }
        forgotten { outcome = "forgotten"; }
        crowd { waiters = 60; callbacks = 10; }
    }
}

choice! {
    /// What becomes of the answer.
    pub enum Outcome {
        /// It is a result.
        Resolved = "resolved",
        /// It is an error.
        Failed = "failed",
        /// It is never given.
        Forgotten = "forgotten",
    }
}

/// What everybody waits for.
type Answer = Result<u32, String>;

/// Sets everybody to wait, looks at them, and waits itself.
pub async fn main(settings: Settings) -> Result<(), String> {
    let answer: Promise<Answer> = Promise::named("answer");
    let waiters: Vec<JoinHandle<Answer>> = (1..=settings.waiters)
        .map(|number| {
            let task = Builder::new().name(format!("waiter {number}"));
            task.spawn_fallible(wait(number, answer.clone()))
        })
        .collect();
    for number in 1..=settings.callbacks {
        answer.on_complete(move |answer| println!("callback {number}: called with {answer:?}"));
    }
    let resolver = spawn_named("resolver", resolve(settings.clone(), answer.clone()));

    sleep(Duration::from_millis(settings.look_ms)).await;
    look(&answer);

    for (number, waiter) in (1..).zip(waiters) {
        match waiter.await.map_err(|error| error.to_string())? {
            Ok(number_given) => println!("waiter {number} returned {number_given}"),
            Err(error) => eprintln!("waiter {number} failed: {error}"),
        }
    }
    // Whoever comes late does not wait: the answer stays.
    let late = answer.wait().await;
    resolver.await.map_err(|error| error.to_string())?;
    println!("main: asks late, and gets {late:?} at once");
    Ok(())
}

/// Waits for the answer and returns it, whatever it is.
async fn wait(number: u32, answer: Promise<Answer>) -> Answer {
    println!("waiter {number}: waits");
    let given = answer.wait().await;
    if let Some(me) = handle() {
        // The new name is in the log, and in every list from now on.
        me.set_name(format!("waiter {number}, told"));
    }
    println!("waiter {number}: was told {given:?}");
    given
}

/// Gives the answer when it is time.
async fn resolve(settings: Settings, answer: Promise<Answer>) {
    sleep(Duration::from_millis(settings.delay_ms)).await;
    let given = match settings.outcome {
        Outcome::Resolved => Ok(42),
        Outcome::Failed => Err("there is no answer".to_owned()),
        Outcome::Forgotten => return println!("resolver: has forgotten what it was here for"),
    };
    println!("resolver: gives {given:?}");
    if answer.complete(given).is_err() {
        eprintln!("resolver: somebody else was quicker");
    }
}

/// Says whether the answer is there, and what every task is doing.
fn look(answer: &Promise<Answer>) {
    let state = match answer.get() {
        None => "not there".to_owned(),
        Some(Ok(number)) => format!("there: {number}"),
        Some(Err(error)) => format!("an error: {error}"),
    };
    println!("main: the answer is {state}");
    for task in list() {
        let name = task.name.unwrap_or_default();
        println!("main: {name} (task {}) is {:?}", task.id, task.state);
    }
}
