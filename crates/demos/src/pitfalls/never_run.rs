//! Futures that nobody runs: one that is not awaited, and one that waits for a loop that stands
//! still.

use std::cell::Cell;
use std::time::Duration;

use wakeline::sync::oneshot;
use wakeline::time::sleep;
use wakeline::{eprintln, println, spawn_named};

use super::Settings;

/// Saves something, which takes a while.
async fn save(saved: &Cell<u32>, settings: &Settings) {
    sleep(Duration::from_millis(settings.step_ms)).await;
    saved.set(saved.get() + 1);
}

/// Wrong: a call makes a future, and a future that is not awaited does nothing at all.
pub(super) async fn forgotten(settings: &Settings) {
    let saved = Cell::new(0);
    for _ in 0..settings.times {
        // The compiler warns of `save(…);` alone. It does not when the value has a name.
        let _forgotten = save(&saved, settings);
    }
    eprintln!("wrong: {} of {} saved", saved.get(), settings.times);
}

/// Right: every future is awaited.
pub(super) async fn awaited(settings: &Settings) {
    let saved = Cell::new(0);
    for _ in 0..settings.times {
        save(&saved, settings).await;
    }
    println!("right: {} of {} saved", saved.get(), settings.times);
}

/// A task that will give an answer after a while.
fn ask(settings: &Settings) -> oneshot::Receiver<u32> {
    let (reply, answer) = oneshot::named("answer");
    let (delay, number) = (Duration::from_millis(settings.step_ms), settings.times);
    spawn_named("answers", async move {
        sleep(delay).await;
        // Whoever asked may be gone.
        let _ = reply.send(number);
    });
    answer
}

/// Wrong: inside of a task, an inner loop is run until the answer is there. But the task that
/// would answer is in the outer loop, which stands still until the inner one is done.
pub(super) async fn nested(settings: &Settings) -> Result<(), String> {
    let mut answer = ask(settings);
    let inner = wakeline::Builder::new().record(false).build();
    match inner.try_block_on(&mut answer) {
        Ok(_) => println!("wrong: the inner loop has the answer"),
        Err(_) => eprintln!("wrong: the inner loop would wait for ever"),
    }
    // Only now can the outer loop go on.
    let number = answer.await.map_err(|error| error.to_string())?;
    eprintln!("wrong: the answer {number} comes after the inner loop was given up");
    Ok(())
}

/// Right: who is in a loop awaits.
pub(super) async fn not_nested(settings: &Settings) -> Result<(), String> {
    let number = ask(settings).await.map_err(|error| error.to_string())?;
    println!("right: the answer is {number}");
    Ok(())
}
