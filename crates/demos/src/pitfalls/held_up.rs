//! Who holds up others: a lock that is held too long, a queue without bound, and a task that is
//! always ready.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::mpsc::{self, Receiver};
use wakeline::sync::{Event, Mutex};
use wakeline::task::{JoinHandle, yield_now};
use wakeline::time::{now, sleep};
use wakeline::{eprintln, println, spawn_named};

use super::Settings;

/// Wrong: the lock is held while each task waits for something that needs no lock.
pub(super) async fn lock_held(settings: &Settings) -> Result<(), String> {
    let total = Rc::new(Mutex::named("total", 0));
    let start = now();
    let tasks = (1..=settings.times).map(|number| {
        let (total, step) = (total.clone(), Duration::from_millis(settings.step_ms));
        spawn_named(format!("holds {number}"), async move {
            let mut total = total.lock().await;
            sleep(step).await;
            *total += 1;
        })
    });
    all(tasks.collect()).await?;
    let took = (now() - start).as_millis();
    eprintln!("wrong: {} in {took} ms, one at a time", *total.lock().await);
    Ok(())
}

/// Right: first wait, then lock, and only for the change.
pub(super) async fn lock_released(settings: &Settings) -> Result<(), String> {
    let total = Rc::new(Mutex::named("total", 0));
    let start = now();
    let tasks = (1..=settings.times).map(|number| {
        let (total, step) = (total.clone(), Duration::from_millis(settings.step_ms));
        spawn_named(format!("changes {number}"), async move {
            sleep(step).await;
            *total.lock().await += 1;
        })
    });
    all(tasks.collect()).await?;
    let took = (now() - start).as_millis();
    println!("right: {} in {took} ms, all at once", *total.lock().await);
    Ok(())
}

async fn all(tasks: Vec<JoinHandle<()>>) -> Result<(), String> {
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Wrong: the sender is never held up, and what the receiver cannot take piles up in memory.
pub(super) async fn unbounded(settings: &Settings) {
    let (sender, receiver) = mpsc::Builder::new("pile")
        .describe(u32::to_string)
        .unbounded();
    let (step, count) = (Duration::from_millis(settings.step_ms), settings.times * 2);
    spawn_named("quick", async move {
        for item in 1..=count {
            if sender.send(item).is_err() {
                return;
            }
            sleep(step).await;
        }
    });
    let most = take_slowly(receiver, step).await;
    eprintln!("wrong: up to {most} of {count} items were in the queue");
}

/// Right: a queue that is full holds up the sender until there is room.
pub(super) async fn bounded(settings: &Settings) {
    let (sender, receiver) = mpsc::Builder::new("belt")
        .describe(u32::to_string)
        .bounded(1);
    let (step, count) = (Duration::from_millis(settings.step_ms), settings.times * 2);
    spawn_named("quick", async move {
        for item in 1..=count {
            if sender.send(item).await.is_err() {
                return;
            }
            sleep(step).await;
        }
    });
    let most = take_slowly(receiver, step).await;
    println!("right: at most {most} of {count} items were in the queue");
}

/// Takes everything at a third of the speed, and tells how many waited at the most.
async fn take_slowly(mut receiver: Receiver<u32>, step: Duration) -> usize {
    let mut most = 0;
    while receiver.recv().await.is_some() {
        sleep(step * 3).await;
        most = most.max(receiver.len());
    }
    most
}

/// Wrong: a task looks again and again, and gives way between. It is always ready, so the loop
/// never comes to rest: no others sleep better for that, and under a virtual clock, where time
/// goes on only when nothing is ready, the alarm it looks for can never go off.
pub(super) async fn spinning(settings: &Settings) -> Result<(), String> {
    let went_off = Rc::new(Cell::new(false));
    let alarm = spawn_named("alarm", {
        let (went_off, step) = (went_off.clone(), Duration::from_millis(settings.step_ms));
        async move {
            sleep(step).await;
            went_off.set(true);
        }
    });
    // Only so that this run ends.
    let limit = settings.times * 20;
    let mut turns = 0;
    while !went_off.get() && turns < limit {
        turns += 1;
        yield_now().await;
    }
    eprintln!("wrong: {turns} turns, and it went off: {}", went_off.get());
    alarm.await.map_err(|error| error.to_string())
}

/// Right: whoever waits is woken once, when there is something to see.
pub(super) async fn waiting(settings: &Settings) -> Result<(), String> {
    let went_off = Rc::new(Event::named("went off"));
    let alarm = spawn_named("alarm", {
        let (went_off, step) = (went_off.clone(), Duration::from_millis(settings.step_ms));
        async move {
            sleep(step).await;
            went_off.set();
        }
    });
    went_off.wait().await;
    println!("right: woken once, and it went off: {}", went_off.is_set());
    alarm.await.map_err(|error| error.to_string())
}
