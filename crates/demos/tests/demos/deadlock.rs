//! The round table: a circle of waits is found and explained, and two ways to have none.

use std::collections::BTreeMap;

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, run, run_preset, run_setup, values};

/// Who holds which lock at the end, and who waits for which, by names.
fn circle(story: &Story) -> (BTreeMap<&str, u32>, BTreeMap<&str, u32>) {
    let tasks = story.tasks();
    let (mut holds, mut wants) = (BTreeMap::new(), BTreeMap::new());
    for event in story.events() {
        let task = tasks.get(&event.subject).copied().unwrap_or_default();
        let is_lock = event.flags == Reason::Lock.code();
        match event.kind {
            Kind::Acquired if event.object != story.resource("seats") => {
                holds.insert(task, event.object);
            }
            Kind::WaitBegun if is_lock => drop(wants.insert(task, event.object)),
            Kind::RunEnded => break,
            _ => {}
        }
    }
    (holds, wants)
}

#[test]
fn everybody_takes_the_left_fork_and_waits_for_the_right_one() {
    let story = run_preset("deadlock", "deadlock", &[]);
    assert_eq!(story.summary.outcome, "deadlock");
    assert_eq!(story.end_ms(), 100);
    assert_eq!(story.saying("eats").len(), 0);
    let (holds, wants) = circle(&story);
    assert_eq!((holds.len(), wants.len()), (5, 5));
    // Going from each to the one that holds what it wants leads round the whole table.
    let mut at = "philosopher 1";
    for step in 1..=5 {
        let held = |(_, lock): &(&&str, &u32)| **lock == wants[at];
        at = holds.iter().find(held).unwrap().0;
        assert_eq!(at == "philosopher 1", step == 5);
    }
}

#[test]
fn the_reason_says_who_waits_for_what_and_who_holds_it() {
    let story = run_preset("deadlock", "two_locks", &[]);
    let reason = &story.summary.reason;
    for part in [
        "“philosopher 1” (waits for lock “fork 2” held by “philosopher 2”)",
        "“philosopher 2” (waits for lock “fork 1” held by “philosopher 1”)",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn an_order_of_the_forks_or_one_seat_less_lets_everybody_eat_whatever_happens() {
    for policy in ["ordered", "seats"] {
        for seed in 0..20 {
            for think in ["0", "600"] {
                let story = run_setup(RunSetup {
                    values: values("deadlock", &[("policy", policy), ("think_max_ms", think)]),
                    seed,
                    policy: Policy::Random,
                    ..RunSetup::of("deadlock")
                });
                assert_eq!(story.summary.outcome, "completed", "{policy}, seed {seed}");
                assert_eq!(story.saying("eats meal").len(), 15);
            }
        }
    }
}

#[test]
fn neighbours_never_eat_at_once() {
    let story = run("deadlock", &[]);
    let tasks = story.tasks();
    let mut forks = BTreeMap::new();
    for event in story.events() {
        match event.kind {
            Kind::Acquired if event.object != story.resource("seats") => {
                let before = forks.insert(event.object, event.subject);
                assert_eq!(before, None, "{} took a fork", tasks[&event.subject]);
            }
            Kind::Released if event.object != story.resource("seats") => {
                assert_eq!(forks.remove(&event.object), Some(event.subject));
            }
            _ => {}
        }
    }
    assert!(forks.is_empty());
}

#[test]
fn one_seat_less_means_that_one_stands() {
    let story = run_preset("deadlock", "seats", &[]);
    assert_eq!(story.waits("philosopher", Reason::Semaphore) as u64, 15 - 4);
    assert_eq!(
        run("deadlock", &[]).waits("philosopher", Reason::Semaphore),
        0
    );
}

#[test]
fn the_same_mistake_may_go_well() {
    let story = run_preset("deadlock", "lucky", &[]);
    assert_eq!(story.summary.outcome, "completed");
    assert_eq!(story.lines.last().unwrap().text, "15 meals");
}
