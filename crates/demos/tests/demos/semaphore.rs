//! Permits: never more holders than permits, first come, first served.

use std::collections::BTreeMap;

use crate::support::{Story, ms, run, run_preset};
use wakeline::log::{Kind, Reason};

/// The most permits that were held at once, from the events; and who got one, in that order.
fn holders(story: &Story) -> (u64, Vec<&str>) {
    let tasks = story.tasks();
    let (mut held, mut most, mut order) = (BTreeMap::new(), 0, Vec::new());
    for event in story.events() {
        match event.kind {
            Kind::Acquired => {
                held.insert(event.subject, event.value);
                order.push(tasks[&event.subject]);
            }
            Kind::Released => drop(held.remove(&event.subject)),
            _ => {}
        }
        most = most.max(held.values().sum());
    }
    assert!(held.is_empty(), "permits were not given back: {held:?}");
    (most, order)
}

#[test]
fn the_tutorial_ends_at_eight_seconds_in_order_with_at_most_three_at_once() {
    let story = run_preset("semaphore", "tutorial", &[]);
    assert_eq!(story.end_ms(), 8000);
    let (most, order) = holders(&story);
    assert_eq!(most, 3);
    let expected: Vec<String> = (0..10).map(|number| format!("job {number}")).collect();
    assert_eq!(order, expected);
    assert_eq!(story.ended(Kind::TaskCompleted)[..10], expected);
}

#[test]
fn never_more_than_the_permits_whatever_the_seed_and_the_policy() {
    for seed in 0..20 {
        for policy in [
            wakeline_protocol::Policy::Fifo,
            wakeline_protocol::Policy::Random,
        ] {
            let story = crate::support::run_setup(wakeline_demos::RunSetup {
                values: crate::support::values("semaphore", &[("jobs", "25"), ("permits", "4")]),
                seed,
                policy,
                ..wakeline_demos::RunSetup::of("semaphore")
            });
            let (most, order) = holders(&story);
            assert_eq!((most, order.len()), (4, 25), "seed {seed}");
        }
    }
}

#[test]
fn with_a_permit_for_everybody_nobody_waits() {
    let story = run("semaphore", &[("permits", "10")]);
    assert_eq!(story.waits("job", Reason::Semaphore), 0);
    let few = run("semaphore", &[]);
    assert_eq!(few.waits("job", Reason::Semaphore), 7);
}

#[test]
fn the_time_of_a_job_does_not_depend_on_the_number_of_permits() {
    let lengths = |permits: &str| {
        let story = run("semaphore", &[("permits", permits)]);
        let mut done: Vec<String> = story
            .saying("is done")
            .iter()
            .map(|line| line.text.clone())
            .collect();
        done.sort_unstable();
        done
    };
    assert_eq!(lengths("1"), lengths("10"));
}

#[test]
fn a_single_permit_makes_a_queue_of_them_all() {
    let story = run_preset("semaphore", "one_by_one", &[]);
    let total: u64 = story
        .saying("is done after")
        .iter()
        .map(|line| line.text.split(' ').nth(5).unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(ms(story.summary.end_ns), total);
}
