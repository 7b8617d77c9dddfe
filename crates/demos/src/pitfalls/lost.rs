//! Things that get lost: half a message with a future that is dropped, and a notification that
//! comes when nobody waits.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::mpsc::{self, Receiver};
use wakeline::sync::{Event, Notify};
use wakeline::time::{sleep, timeout};
use wakeline::{eprintln, println, spawn_named};

use super::Settings;

/// A line on which messages come in halves, one half after each step.
fn halves(settings: &Settings) -> Receiver<u32> {
    let (line, halves) = mpsc::Builder::new("line")
        .describe(u32::to_string)
        .bounded(8);
    let (step, count) = (Duration::from_millis(settings.step_ms), settings.times * 2);
    spawn_named("sender", async move {
        for half in 1..=count {
            sleep(step).await;
            if line.send(half).await.is_err() {
                return;
            }
        }
    });
    halves
}

/// Reads two halves. Not cancel safe: who drops this after the first half has lost it.
async fn message(halves: &mut Receiver<u32>) -> Option<(u32, u32)> {
    let first = halves.recv().await?;
    let second = halves.recv().await?;
    Some((first, second))
}

/// How long the reader waits before it looks after something else.
fn patience(settings: &Settings) -> Duration {
    Duration::from_millis(settings.step_ms) * 7 / 4
}

/// Wrong: after each pause a new future begins, and the old one is gone with what it had.
pub(super) async fn dropped(settings: &Settings) {
    let mut halves = halves(settings);
    let mut whole = 0;
    loop {
        match timeout(patience(settings), message(&mut halves)).await {
            Ok(None) => break,
            Ok(Some((first, second))) => {
                if first % 2 == 0 {
                    eprintln!("wrong: {first} and {second} do not belong together");
                } else {
                    whole += 1;
                }
            }
            Err(_) => eprintln!("wrong: looks after something else, and drops the future"),
        }
    }
    eprintln!("wrong: {whole} of {} messages were whole", settings.times);
}

/// Right: the same future goes on after the pause.
pub(super) async fn kept(settings: &Settings) {
    let mut halves = halves(settings);
    let mut whole = 0;
    'messages: loop {
        let mut reading = pin!(message(&mut halves));
        loop {
            match timeout(patience(settings), reading.as_mut()).await {
                Ok(None) => break 'messages,
                Ok(Some(_)) => break whole += 1,
                Err(_) => println!("right: looks after something else, and keeps the future"),
            }
        }
    }
    println!("right: {whole} of {} messages were whole", settings.times);
}

/// Wrong: between the look at the flag and the wait something else is awaited. A notification
/// that comes meanwhile wakes nobody, because nobody waits, and it does not come again.
pub(super) async fn unheard(settings: &Settings) -> Result<(), String> {
    let (is_ready, news) = (Rc::new(Cell::new(false)), Rc::new(Notify::named("news")));
    let waiter = spawn_named("waiter", {
        let (is_ready, news, settings) = (is_ready.clone(), news.clone(), settings.clone());
        async move {
            let step = Duration::from_millis(settings.step_ms);
            if is_ready.get() {
                return;
            }
            sleep(step).await;
            // Only so that this run ends.
            match timeout(step * settings.times, news.notified()).await {
                Ok(()) => println!("wrong: the waiter was told"),
                Err(_) => eprintln!("wrong: it is {}, and nobody told", is_ready.get()),
            }
        }
    });
    sleep(Duration::from_millis(settings.step_ms) / 2).await;
    is_ready.set(true);
    news.notify_waiters();
    waiter.await.map_err(|error| error.to_string())
}

/// Right: an event remembers that it was set, so a wait that begins later ends at once.
pub(super) async fn remembered(settings: &Settings) -> Result<(), String> {
    let news = Rc::new(Event::named("remembered news"));
    let waiter = spawn_named("waiter", {
        let (news, settings) = (news.clone(), settings.clone());
        async move {
            let step = Duration::from_millis(settings.step_ms);
            sleep(step).await;
            match timeout(step * settings.times, news.wait()).await {
                Ok(_) => println!("right: the waiter knows at once"),
                Err(_) => eprintln!("right: nobody told"),
            }
        }
    });
    sleep(Duration::from_millis(settings.step_ms) / 2).await;
    news.set();
    waiter.await.map_err(|error| error.to_string())
}
