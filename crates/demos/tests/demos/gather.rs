//! Workers awaited together: results in their order, failures as chosen.

use wakeline::log::Kind;

use crate::support::{Story, run, run_preset};

/// The workers whose results were told, in that order.
fn results(story: &Story) -> Vec<u32> {
    let returned = story.saying(" returned ");
    let number = |text: &str| text.split(' ').nth(1).unwrap().parse().unwrap();
    returned.iter().map(|line| number(&line.text)).collect()
}

#[test]
fn the_tutorial_takes_the_longest_and_has_results_in_the_order_of_the_workers() {
    let story = run_preset("gather", "tutorial", &[]);
    assert_eq!(story.end_ms(), 3000);
    assert_eq!(results(&story), [1, 2, 3]);
    let ended = story.ended(Kind::TaskCompleted);
    assert_eq!(ended, ["worker 2", "worker 1", "worker 3", "main"]);
}

#[test]
fn collected_failures_stand_in_their_places_and_stop_nobody() {
    let story = run("gather", &[("workers", "40"), ("failure_rate", "50")]);
    let failed = story.ended(Kind::TaskFailed).len();
    assert!((5..=35).contains(&failed), "{failed}");
    assert_eq!(results(&story).len(), 40 - failed);
    assert!(results(&story).is_sorted());
    assert_eq!(story.saying("had no luck").len(), failed);
    assert_eq!(story.summary.tasks.cancelled, 0);
}

#[test]
fn the_first_failure_aborts_the_rest_at_its_time() {
    let story = run(
        "gather",
        &[
            ("failure_rate", "100"),
            ("failures", "abort"),
            ("workers", "3"),
        ],
    );
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(story.ended(Kind::TaskFailed), ["worker 2"]);
    assert_eq!(story.ended(Kind::TaskCancelled), ["worker 1", "worker 3"]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "worker 2 had no luck; aborting 2 others"
    );
    assert_eq!(story.summary.tasks.dropped, 0);
}

#[test]
fn without_failures_both_ways_tell_the_same() {
    let lines = |failures: &str| {
        let story = run("gather", &[("failure_rate", "0"), ("failures", failures)]);
        story
            .lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines("collect"), lines("abort"));
}

#[test]
fn a_crowd_too_large_to_be_polled_in_a_row_is_joined_all_the_same() {
    for failures in ["collect", "abort"] {
        let pairs = [
            ("workers", "200"),
            ("failure_rate", "0"),
            ("failures", failures),
        ];
        let story = run("gather", &pairs);
        assert_eq!(results(&story), (1..=200).collect::<Vec<_>>());
        assert_eq!(story.end_ms(), 3000);
    }
}
