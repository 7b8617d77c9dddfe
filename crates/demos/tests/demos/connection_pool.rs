//! The pool: never more connections than its size, kept, checked, replaced, and waited for.

use std::collections::BTreeSet;

use wakeline::log::{Kind, Reason};
use wakeline_demos::{Progress, RunSetup, prepare};
use wakeline_protocol::Policy;

use crate::support::{Story, run, run_preset, run_setup, values};

/// The most permits that were held at once, from the events.
fn most_held(story: &Story) -> u64 {
    let (mut held, mut most) = (0, 0);
    for event in story.events() {
        match event.kind {
            Kind::Acquired => held += event.value,
            Kind::Released => held -= event.value,
            _ => {}
        }
        most = most.max(held);
    }
    assert_eq!(held, 0, "everything was given back");
    most
}

#[test]
fn the_tutorial_has_three_at_work_and_ends_at_400() {
    let story = run_preset("connection-pool", "tutorial", &[]);
    assert_eq!(story.end_ms(), 400);
    assert_eq!(most_held(&story), 3);
    assert_eq!(
        story.lines.last().unwrap().text,
        "4 of 4 queries answered, 3 connections opened, at most 3 in use"
    );
    assert_eq!(story.saying("caller 4: has connection").len(), 1);
    assert_eq!(story.task_end_ms("caller 3"), 200);
    assert_eq!(story.task_end_ms("caller 4"), 400);
}

#[test]
fn never_more_than_the_size_whatever_the_seed_and_the_order() {
    for seed in 0..20 {
        let story = run_setup(RunSetup {
            values: values(
                "connection-pool",
                &[("callers", "12"), ("invalid_rate", "40")],
            ),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("connection-pool")
        });
        assert_eq!(most_held(&story), 3);
        let last = &story.lines.last().unwrap().text;
        assert!(
            last.starts_with("24 of 24") && last.ends_with("at most 3 in use"),
            "{last}"
        );
    }
}

#[test]
fn a_connection_is_opened_once_and_used_again() {
    let story = run("connection-pool", &[("invalid_rate", "0")]);
    assert_eq!(story.saying("is open").len(), 3);
    let used: BTreeSet<&str> = story
        .saying(": has connection ")
        .iter()
        .map(|line| line.text.split(' ').nth(4).unwrap())
        .collect();
    assert_eq!(used, BTreeSet::from(["1", "2", "3"]));
}

#[test]
fn a_broken_connection_is_replaced_and_never_seen_again() {
    let story = run_preset("connection-pool", "broken", &[]);
    let broken = story.saying("is broken");
    assert!(broken.len() > 3);
    assert_eq!(story.saying("is open").len(), 3 + broken.len());
    for line in broken {
        let number = line.text.split(' ').nth(2).unwrap();
        let uses = story.saying(&format!(": has connection {number} "));
        assert!(uses.iter().all(|used| used.time_ns < line.time_ns));
    }
}

#[test]
fn whoever_waits_too_long_goes_away_without() {
    let story = run_preset("connection-pool", "exhausted", &[]);
    let gave_up = story.saying("no connection after 1000 ms").len();
    assert!(gave_up > 4, "{gave_up}");
    assert_eq!(story.saying("gives up").len(), gave_up);
    let told = format!("{} of 24 queries answered", 24 - gave_up);
    assert!(story.lines.last().unwrap().text.starts_with(&told));
    let roomy = run_preset("connection-pool", "exhausted", &[("size", "12")]);
    assert_eq!(roomy.saying("gives up").len(), 0);
    assert_eq!(roomy.waits("caller", Reason::Semaphore), 0);
}

#[test]
fn stopping_in_the_middle_leaves_nothing_behind() {
    for polls in [1, 5, 10, 20, 30] {
        let mut run = prepare(RunSetup::of("connection-pool")).unwrap();
        assert_ne!(run.step(polls), Progress::Ended);
        let tasks = run.finish().tasks;
        let ended = tasks.completed + tasks.failed + tasks.cancelled + tasks.dropped;
        assert_eq!(ended, tasks.created, "after {polls} polls");
    }
}
