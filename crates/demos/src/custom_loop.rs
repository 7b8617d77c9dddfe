//! An executor that lives somewhere else, and takes work by messages.
//!
//! An executor that holds its thread all day cannot share it with a page. So it lives in a worker,
//! and the page sends it what to do and awaits an answer to each message. In this run page and
//! worker are two tasks, and the way between them is a simulated delay, so that the run is the
//! same every time; what they say to each other is what a real page and a real worker would say.
//!
//! Whoever asked may lose patience. It drops the place where the answer would arrive, the loop
//! notices, and stops work that nobody wants any more.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use wakeline::sync::mpsc::{self, UnboundedSender};
use wakeline::sync::oneshot;
use wakeline::task::JoinSet;
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// What the page submits, and how the messages travel.
    pub struct Settings {
        /// How many times the page submits something.
        submissions: u32 = 4, 1..=100;
        /// How long the first submission takes, and every other one after it.
        first_ms: u64 = 1_000 ms, 0..=60_000;
        /// How long the second submission takes, and every other one after it.
        second_ms: u64 = 2_000 ms, 0..=60_000;
        /// How long a message takes from the page to the worker, and back.
        message_ms: u64 = 20 ms, 0..=10_000;
        /// When the page submits the next one.
        mode: Mode = AfterResult;
        /// How long the page waits for an answer; 0 for as long as it takes.
        patience_ms: u64 = 0 ms, 0..=60_000;
    }
    presets {
        tutorial { submissions = 2; message_ms = 0; }
        at_once { submissions = 12; mode = "at-once"; }
        impatient { mode = "at-once"; patience_ms = 1500; }
        far_away { message_ms = 500; }
    }
}

choice! {
    /// When the page submits the next one.
    pub enum Mode {
        /// When it has the result of the one before.
        AfterResult = "after-result",
        /// At once.
        AtOnce = "at-once",
    }
}

/// What the page says to the worker.
struct Submission {
    number: u32,
    length: Duration,
    reply: oneshot::Sender<u64>,
}

/// Starts the loop, and is the page.
pub async fn main(settings: Settings) -> Result<(), String> {
    let (worker, mut inbox) = mpsc::Builder::new("to the worker")
        .describe(|submission: &Submission| format!("submission {}", submission.number))
        .unbounded();
    let executor = spawn_named("executor", async move {
        // A set aborts what is left when it goes, so nothing outlives the loop.
        let mut running = JoinSet::new();
        while let Some(submission) = inbox.recv().await {
            let name = format!("submission {}", submission.number);
            running.spawn_named(name, run(submission));
        }
        println!(
            "executor: nothing more will come, {} running",
            running.len()
        );
        while running.join_next().await.is_some() {}
    });

    let start = now();
    match settings.mode {
        Mode::AfterResult => {
            for number in 1..=settings.submissions {
                submit(number, &settings, &worker).await;
            }
        }
        Mode::AtOnce => {
            let all = 1..=settings.submissions;
            join_all(all.map(|number| submit(number, &settings, &worker))).await;
        }
    }
    // The loop ends when nobody can send any more.
    drop(worker);
    executor.await.map_err(|error| error.to_string())?;
    println!("page: all over after {} ms", (now() - start).as_millis());
    Ok(())
}

/// Submits something from the page, and awaits the answer.
async fn submit(number: u32, settings: &Settings, worker: &UnboundedSender<Submission>) {
    let (reply, answer) = oneshot::channel();
    let length = match number % 2 {
        1 => settings.first_ms,
        _ => settings.second_ms,
    };
    let submission = Submission {
        number,
        length: Duration::from_millis(length),
        reply,
    };
    println!("page: submits {number}");
    let way = Duration::from_millis(settings.message_ms);
    travel(way).await;
    if worker.send(submission).is_err() {
        return eprintln!("page: nobody takes {number}");
    }
    let answered = match settings.patience_ms {
        0 => Ok(answer.await),
        patience => timeout(Duration::from_millis(patience), answer).await,
    };
    match answered {
        Ok(Ok(result)) => {
            travel(way).await;
            println!("page: {number} gave {result}");
        }
        Ok(Err(_)) => eprintln!("page: {number} ended without an answer"),
        Err(_) => eprintln!("page: does not want {number} any more"),
    }
}

/// The way from the page to the worker, or back.
async fn travel(way: Duration) {
    if !way.is_zero() {
        sleep(way).await;
    }
}

/// Does what was submitted, as long as somebody waits for it.
async fn run(submission: Submission) {
    let Submission {
        number,
        length,
        mut reply,
    } = submission;
    let is_unwanted = match select(pin!(sleep(length)), pin!(reply.closed())).await {
        Either::Left(_) => false,
        Either::Right(_) => true,
    };
    if is_unwanted {
        return println!("executor: {number} is not wanted any more");
    }
    println!("executor: {number} is done");
    // If it is not wanted at this very moment, that is all right, too.
    let _ = reply.send(u64::from(number) * 10);
}
