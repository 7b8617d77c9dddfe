//! The same program, seed and policy give the same bytes.

mod support;

use std::rc::Rc;

use support::{events, ms};
use wakeline::log::{Kind, encode};
use wakeline::sync::{Mutex, mpsc};
use wakeline::time::sleep;
use wakeline::{Builder, Policy, spawn};

/// A program with some of everything, whose course depends on random numbers.
async fn program() {
    let (sender, mut receiver) = mpsc::Builder::new("channel")
        .describe(u64::to_string)
        .bounded(2);
    let lock = Rc::new(Mutex::named("lock", 0_u64));
    for _ in 0..4 {
        let (sender, lock) = (sender.clone(), Rc::clone(&lock));
        spawn(async move {
            for _ in 0..5 {
                sleep(ms(wakeline::random::range(0..=3))).await;
                let number = wakeline::random::range(0..=99);
                *lock.lock().await += number;
                if sender.send(number).await.is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    while let Some(number) = receiver.recv().await {
        wakeline::println!("got {number}");
    }
}

fn bytes(seed: u64, policy: &Policy) -> Vec<u8> {
    let runtime = Builder::new().seed(seed).policy(policy.clone()).build();
    runtime.block_on(program());
    let log = runtime.log();
    encode(&log)
}

#[test]
fn twice_the_same_is_the_same() {
    for policy in [Policy::Fifo, Policy::Random, Policy::Priority] {
        assert_eq!(bytes(7, &policy), bytes(7, &policy));
    }
}

#[test]
fn another_seed_is_another_run() {
    for policy in [Policy::Fifo, Policy::Random, Policy::Priority] {
        assert_ne!(bytes(7, &policy), bytes(8, &policy));
    }
}

#[test]
fn a_random_policy_makes_choices_and_the_log_has_them() {
    let runtime = Builder::new().seed(3).policy(Policy::Random).build();
    runtime.block_on(program());
    let choices = events(&runtime, Kind::ChoiceMade);
    assert!(choices.len() > 5);
    assert!(
        choices
            .iter()
            .all(|choice| choice.value < u64::from(choice.object))
    );
    assert!(choices.iter().any(|choice| choice.value > 0));
}

#[test]
fn nothing_is_recorded_when_recording_is_off() {
    let runtime = Builder::new().record(false).build();
    runtime.block_on(program());
    assert!(runtime.log().is_empty());
}

#[test]
fn every_wait_that_begins_ends_and_every_poll_too() {
    let runtime = Builder::new().seed(1).build();
    runtime.block_on(program());
    runtime.finish(wakeline::log::Outcome::Completed, "");
    assert_eq!(
        events(&runtime, Kind::WaitBegun).len(),
        events(&runtime, Kind::WaitEnded).len()
    );
    assert_eq!(
        events(&runtime, Kind::PollBegun).len(),
        events(&runtime, Kind::PollEnded).len()
    );
    let armed = events(&runtime, Kind::TimerArmed).len();
    let gone =
        events(&runtime, Kind::TimerFired).len() + events(&runtime, Kind::TimerCancelled).len();
    assert_eq!(armed, gone);
}

#[test]
fn time_in_a_log_never_runs_backwards() {
    let runtime = Builder::new().seed(5).policy(Policy::Random).build();
    runtime.block_on(program());
    let log = runtime.log();
    let times: Vec<u64> = log.columns.iter_from(0).map(|event| event.time).collect();
    assert!(times.is_sorted());
}
