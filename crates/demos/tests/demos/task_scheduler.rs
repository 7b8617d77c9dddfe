//! A scheduler of jobs: what starts when, and what becomes of it.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// When each attempt began, in milliseconds, in the order in which they did.
fn begun(story: &Story) -> Vec<(&str, u64)> {
    let lines = story.lines.iter();
    lines
        .filter_map(|line| {
            let (attempt, _) = line.text.split_once(": begins at")?;
            Some((attempt, ms(line.time_ns)))
        })
        .collect()
}

fn when(story: &Story, attempt: &str) -> u64 {
    let begun = begun(story);
    begun.iter().find(|(name, _)| *name == attempt).unwrap().1
}

fn assert_says(story: &Story, text: &str) {
    assert_eq!(story.saying(text).len(), 1, "{text}: {:#?}", story.lines);
}

#[test]
fn the_tutorial_keeps_every_invariant() {
    let story = run_preset("task-scheduler", "tutorial", &[]);
    // B is more urgent than A; of equals, the first in the list.
    assert_eq!(begun(&story)[..3], [("B 1", 0), ("A 1", 0), ("E 1", 0)]);
    let later = story.task_end_ms("A 1").max(story.task_end_ms("B 1"));
    assert_eq!(when(&story, "D 1"), later);
    assert_eq!(when(&story, "C 1"), 2000);
    let of_e = ["E 1", "E 2", "E 3"].map(|attempt| when(&story, attempt));
    assert_eq!(of_e, [0, 500, 1000]);
    assert_eq!(story.ended(Kind::TaskFailed), ["E 1", "E 2", "E 3"]);
    assert_says(
        &story,
        "5 completed, 1 failed, 0 timed out, 0 cancelled, 0 skipped",
    );
    assert_says(&story, "8 attempts, at most 3 at once");
    assert_eq!(story.end_ms(), 2500);
}

#[test]
fn the_invariants_hold_whatever_the_order_of_turns() {
    for seed in 0..20 {
        let story = run_setup(RunSetup {
            values: values("task-scheduler", &[]),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("task-scheduler")
        });
        assert_eq!(begun(&story)[0], ("B 1", 0));
        assert_eq!(when(&story, "D 1"), 1000);
        assert_eq!(when(&story, "C 1"), 2000);
        assert_says(&story, "5 completed, 1 failed");
    }
}

#[test]
fn a_single_place_is_given_by_priority_and_then_by_the_list() {
    let pairs = [
        ("concurrency", "1"),
        ("graph", "a 10; b 10 low; c 10 critical; d 10; e 10 high"),
    ];
    let story = run("task-scheduler", &pairs);
    let order = [
        ("c 1", 0),
        ("e 1", 10),
        ("a 1", 20),
        ("d 1", 30),
        ("b 1", 40),
    ];
    assert_eq!(begun(&story), order);
    assert_says(&story, "at most 1 at once");
}

#[test]
fn a_cancelled_job_takes_with_it_what_depends_on_it() {
    let graph = "A 1000; B 100 after A; C 100 after B; D 300";
    let story = run("task-scheduler", &[("graph", graph), ("cancel", "A")]);
    assert_eq!(story.ended(Kind::TaskCancelled), ["A 1"]);
    assert_eq!(story.task_end_ms("A 1"), 700);
    assert_says(
        &story,
        "1 completed, 0 failed, 0 timed out, 1 cancelled, 2 skipped",
    );
    let late = run("task-scheduler", &[("graph", graph), ("cancel", "D")]);
    assert_says(&late, "D: too late to cancel it");
    assert_says(&late, "4 completed");
}

#[test]
fn an_attempt_that_is_out_of_time_is_a_failed_one() {
    let graph = "A 1000 limit 300 retries 1; B 300 limit 300";
    let story = run("task-scheduler", &[("graph", graph)]);
    assert_eq!(begun(&story), [("A 1", 0), ("B 1", 0), ("A 2", 800)]);
    assert_says(&story, "1 completed, 0 failed, 1 timed out");
    assert_eq!(story.end_ms(), 1100);
}

#[test]
fn a_job_gives_its_place_away_while_it_pauses() {
    let pairs = [
        ("concurrency", "1"),
        ("graph", "A 0 fails retries 1; B 500"),
    ];
    let story = run("task-scheduler", &pairs);
    assert_eq!(begun(&story), [("A 1", 0), ("B 1", 0), ("A 2", 500)]);
}

#[test]
fn a_graph_that_makes_no_sense_is_refused_before_anything_starts() {
    let refused = |graph: &str, reason: &str| {
        let story = run("task-scheduler", &[("graph", graph)]);
        assert_eq!(story.summary.outcome, "failed", "{graph}");
        assert_eq!(story.summary.reason, reason);
        assert_eq!(story.summary.tasks.created, 1);
    };
    refused(
        "A 500; B 500 after A,D; C 500 after B; D 500 after C",
        "the graph has a cycle: B after D after C after B",
    );
    refused("A 1 after A", "the graph has a cycle: A after A");
    refused("A 1 after B", "A is after B, which is no job");
    refused("A 1; A 2", "two jobs are called A");
    refused("A 1 soon", "`A 1 soon`: `soon` means nothing");
    refused(
        "A",
        "`A`: a number from 0 to 600000 is expected, not `the end`",
    );
    refused(
        "A 1 retries 101",
        "`A 1 retries 101`: a number from 0 to 100 is expected, not `101`",
    );
    let story = run("task-scheduler", &[("cancel", "Z")]);
    assert_eq!(story.summary.reason, "Z cannot be cancelled: it is no job");
}

#[test]
fn luck_decides_attempts_by_the_seed_of_each_job() {
    let story = run_preset("task-scheduler", "unlucky", &[("failure_rate", "100")]);
    // D never starts: A and B are not completed.
    assert_says(
        &story,
        "0 completed, 5 failed, 0 timed out, 0 cancelled, 1 skipped",
    );
    assert_says(&story, "15 attempts");
}
