//! Waiting for some of many, and what becomes of the others.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// The four numbers of the last line: done, failed, cancelled, brought.
fn tally(story: &Story) -> [usize; 4] {
    let last = &story.lines.last().unwrap().text;
    let mut numbers = last.split(", ").map(|part| {
        let number = part.split(' ').next().unwrap();
        number.parse().unwrap()
    });
    std::array::from_fn(|_| numbers.next().unwrap())
}

#[test]
fn the_tutorial_takes_the_first_and_cancels_the_rest() {
    let story = run_preset("wait", "tutorial", &[]);
    assert_eq!(story.end_ms(), 300);
    let completed = story.ended(Kind::TaskCompleted);
    assert_eq!(completed, ["worker 1", "main"]);
    assert_eq!(story.ended(Kind::TaskCancelled), ["worker 2", "worker 3"]);
    assert_eq!(tally(&story), [1, 0, 2, 0]);
}

#[test]
fn the_tutorial_in_the_other_modes() {
    for (mode, end, counts) in [
        ("first-failed", 700, [3, 0, 0, 0]),
        ("all", 700, [3, 0, 0, 0]),
        ("deadline", 600, [2, 0, 1, 0]),
    ] {
        let story = run_preset(
            "wait",
            "tutorial",
            &[("mode", mode), ("deadline_ms", "600")],
        );
        assert_eq!((story.end_ms(), tally(&story)), (end, counts), "{mode}");
    }
}

#[test]
fn the_first_failure_ends_the_wait_and_nothing_before_it_does() {
    let story = run_preset("wait", "first_failed", &[]);
    let failures = story.saying("had no luck");
    assert_eq!(failures.len(), 1);
    assert_eq!(ms(failures[0].time_ns), story.end_ms());
    let [done, failed, cancelled, _] = tally(&story);
    assert_eq!(failed, 1);
    assert!(done > 0 && cancelled > 0);
    assert_eq!(story.ended(Kind::TaskCancelled).len(), cancelled);
    assert_eq!(story.ended(Kind::TaskFailed).len(), 1);
}

#[test]
fn the_first_completed_may_be_one_that_fails() {
    let story = run("wait", &[("failure_rate", "100")]);
    assert_eq!(tally(&story)[..2], [0, 1]);
    assert!(story.end_ms() <= 300);
}

#[test]
fn nobody_is_brought_when_the_wait_is_over() {
    let story = run("wait", &[("failure_rate", "0"), ("respawn_rate", "100")]);
    assert_eq!(tally(&story), [1, 0, 4, 0]);
}

#[test]
fn those_who_are_brought_are_waited_for_too_up_to_the_limit() {
    let all = [
        ("mode", "all"),
        ("failure_rate", "0"),
        ("respawn_rate", "100"),
    ];
    for limit in ["0", "3", "7"] {
        let story = run("wait", &[&all[..], &[("respawn_limit", limit)]].concat());
        let brought: usize = limit.parse().unwrap();
        assert_eq!(tally(&story), [5 + brought, 0, 0, brought]);
        assert_eq!(story.tasks().len(), 6 + brought, "with main");
    }
}

#[test]
fn the_deadline_ends_the_wait_at_its_instant() {
    let story = run_preset("wait", "deadline", &[]);
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(ms(story.saying("the time is up")[0].time_ns), 1000);
    assert!(tally(&story)[2] > 0);
    let patient = run_preset("wait", "deadline", &[("deadline_ms", "60000")]);
    assert!(patient.end_ms() < 60_000);
    assert_eq!(tally(&patient)[2], 0, "all are done before");
}

#[test]
fn every_worker_has_one_fate_whatever_the_order_of_turns() {
    for mode in ["first-completed", "first-failed", "all", "deadline"] {
        for seed in 0..10 {
            // All at the same moment.
            let same = ["first_ms", "second_ms", "third_ms", "further_min_ms"];
            let mut pairs: Vec<(&str, &str)> = same.map(|name| (name, "400")).to_vec();
            pairs.extend([
                ("further_max_ms", "400"),
                ("deadline_ms", "400"),
                ("mode", mode),
            ]);
            let story = run_setup(RunSetup {
                values: values("wait", &pairs),
                seed,
                policy: Policy::Random,
                ..RunSetup::of("wait")
            });
            assert_eq!(story.summary.outcome, "completed");
            let ends = [Kind::TaskCompleted, Kind::TaskFailed, Kind::TaskCancelled];
            let ended: usize = ends.iter().map(|kind| story.ended(*kind).len()).sum();
            assert_eq!(ended, story.tasks().len());
            assert_eq!(story.ended(Kind::TaskCancelled).len(), tally(&story)[2]);
        }
    }
}
