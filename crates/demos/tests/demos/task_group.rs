//! Children of a group: they end together, and every error is reported.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{ms, run, run_preset, run_setup, values};

#[test]
fn the_tutorial_ends_with_the_longest_child() {
    let story = run_preset("task-group", "tutorial", &[]);
    assert_eq!(story.end_ms(), 1500);
    let children = ["child 2", "child 1", "child 3", "main"];
    assert_eq!(story.ended(Kind::TaskCompleted), children);
    let results = story.saying("all well after 1500 ms: [1000, 500, 1500]");
    assert_eq!(results.len(), 1);
}

#[test]
fn one_failure_cancels_the_siblings_and_waits_for_their_cleanup() {
    let story = run_preset("task-group", "one_fails", &[]);
    assert_eq!(story.ended(Kind::TaskFailed), ["child 1"]);
    assert_eq!(story.task_end_ms("child 1"), 300);
    assert_eq!(story.ended(Kind::TaskCancelled), ["child 2", "child 3"]);
    let asked = story.saying("asked to stop");
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|line| ms(line.time_ns) == 300));
    assert_eq!(story.saying("has cleaned up").len(), 2);
    assert_eq!(story.end_ms(), 500);
}

#[test]
fn every_error_is_reported_the_first_one_first() {
    let story = run_preset("task-group", "all_fail", &[]);
    assert_eq!(story.ended(Kind::TaskFailed).len(), 8);
    assert_eq!(story.saying("8 failed, after 500 ms").len(), 1);
    let listed = story.saying("- child");
    assert_eq!(listed.len(), 8);
    assert_eq!(listed[0].text, "- child 1 had no luck");
    assert!(
        listed[1..]
            .iter()
            .all(|line| line.text.ends_with("could not clean up"))
    );
}

#[test]
fn who_is_done_before_the_failure_is_not_cancelled() {
    let story = run_preset("task-group", "too_late", &[]);
    assert_eq!(story.ended(Kind::TaskCancelled), [""; 0]);
    assert_eq!(story.saying("done after").len(), 2);
    assert_eq!(story.end_ms(), 4000);
}

#[test]
fn no_child_outlives_the_group_whatever_the_order_of_turns() {
    let pairs = [("children", "12"), ("cleanup_failure_rate", "50")];
    for seed in 0..20 {
        let story = run_setup(RunSetup {
            values: values("task-group", &pairs),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("task-group")
        });
        let counts = story.summary.tasks;
        let ended = counts.completed + counts.failed + counts.cancelled;
        assert_eq!((counts.created, counts.dropped), (ended, 0), "seed {seed}");
        let failed = story.ended(Kind::TaskFailed).len();
        assert_eq!(story.saying("- child").len(), failed);
    }
}

#[test]
fn a_group_without_children_ends_at_once() {
    let story = run("task-group", &[("children", "0")]);
    assert_eq!(story.end_ms(), 0);
    assert_eq!(story.saying("all well after 0 ms: []").len(), 1);
}
