//! What an event loop is made of: a queue of what is ready, and a heap of what will be.
//!
//! A callback that is registered "soon" goes to the end of the ready queue, and the queue is first
//! in, first out. One that is registered for later waits among the timers, and comes out by its
//! deadline, whatever the order of registration; of equal deadlines, the one registered first
//! comes first. Tasks and callbacks stand in the same queue and use the same timers.

use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::mpsc::{UnboundedSender, unbounded_channel};
use wakeline::task::{AbortHandle, Callback, call_at, call_later, call_soon};
use wakeline::time::{now, sleep};
use wakeline::{println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// What is registered, and for when.
    pub struct Settings {
        /// How many callbacks are called soon.
        soon: u32 = 3, 0..=100;
        /// How many moments there are at which callbacks are called later.
        later: u32 = 3, 0..=50;
        /// The time to the first of these moments, and from each to the next.
        later_ms: u64 = 100 ms, 0..=60_000;
        /// How many callbacks share each of these moments.
        ties: u32 = 2, 1..=20;
        /// The moment of the callback that is registered for a time instead of after a delay.
        at_ms: u64 = 200 ms, 0..=60_000;
        /// How long the task sleeps that is there besides.
        sleeper_ms: u64 = 250 ms, 0..=60_000;
    }
    presets {
        tutorial { soon = 1; later = 1; ties = 1; }
        ties { soon = 0; later = 1; ties = 8; at_ms = 100; sleeper_ms = 100; }
        crowd { soon = 20; later = 8; ties = 5; }
    }
}

/// Registers everything and waits until everything was called.
pub async fn main(settings: Settings) -> Result<(), String> {
    let start = now();
    let (pending, mut called) = unbounded_channel();
    let sleeper = spawn_named("sleeper", async move {
        println!("sleeper: sleeps");
        sleep(Duration::from_millis(settings.sleeper_ms)).await;
        println!("sleeper: is awake");
    });
    let mut living = Living {
        tasks: vec![("sleeper".to_owned(), sleeper.abort_handle())],
        callbacks: Vec::new(),
    };

    for number in 1..=settings.soon {
        let name = format!("soon {number}");
        let callback = call_soon(say(name.clone(), pending.clone()));
        living.callbacks.push((name, callback));
    }
    // The last moment is registered first: the heap puts that right.
    for moment in (1..=settings.later).rev() {
        for tie in 1..=settings.ties {
            let delay = Duration::from_millis(settings.later_ms) * moment;
            let name = format!("later {moment}.{tie}");
            let callback = call_later(delay, say(name.clone(), pending.clone()));
            living.callbacks.push((name, callback));
        }
    }
    let living = Rc::new(living);
    let moment = start + Duration::from_millis(settings.at_ms);
    call_at(moment, {
        let (say, living) = (say("at".to_owned(), pending), living.clone());
        move || {
            say();
            living.list();
        }
    });
    println!("main: everything is registered, nothing was called");
    living.list();

    while called.recv().await.is_some() {}
    sleeper.await.map_err(|error| error.to_string())?;
    living.list();
    Ok(())
}

/// A callback that says its name, and that it was called.
fn say(name: String, pending: UnboundedSender<()>) -> impl FnOnce() {
    move || {
        println!("{name}: called");
        // Main may have gone without waiting for us.
        let _ = pending.send(());
    }
}

/// Everything that was started, by name.
struct Living {
    tasks: Vec<(String, AbortHandle)>,
    callbacks: Vec<(String, Callback)>,
}

impl Living {
    /// Lists what has not come to its end.
    fn list(&self) {
        let tasks = self.tasks.iter().filter(|(_, task)| !task.is_finished());
        let callbacks = self.callbacks.iter().filter(|(_, call)| call.is_pending());
        let names: Vec<&str> = tasks
            .map(|(name, _)| &**name)
            .chain(callbacks.map(|(name, _)| &**name))
            .collect();
        match names.len() {
            0 => println!("alive: nothing"),
            count => println!("alive: {count}: {}", names.join(", ")),
        }
    }
}
