//! The figures of a profiler, and those of the log.

use wakeline::log::Kind;

use crate::support::{Story, run, run_preset};

/// From the log: how many operations of a kind there were, and their least and greatest time and
/// the sum, in nanoseconds.
fn figures(story: &Story, kind: &str) -> (u64, u64, u64, u64) {
    let tasks = story.tasks();
    let of_kind = |task: u32| tasks[&task].starts_with(&format!("{kind} "));
    let mut took = Vec::new();
    for polled in story.events().filter(|e| e.kind == Kind::PollBegun) {
        if of_kind(polled.subject) && !took.iter().any(|(task, _)| *task == polled.subject) {
            let ended = story
                .events()
                .find(|e| e.kind == Kind::TaskCompleted && e.subject == polled.subject);
            took.push((polled.subject, ended.unwrap().time - polled.time));
        }
    }
    let times = || took.iter().map(|(_, took)| *took);
    (
        took.len() as u64,
        times().sum(),
        times().min().unwrap(),
        times().max().unwrap(),
    )
}

#[test]
fn the_tutorial_counts_ten_five_and_eight() {
    let story = run_preset("profiler", "tutorial", &[]);
    for (kind, calls) in [("fast", 10), ("slow", 5), ("mixed", 8)] {
        assert_eq!(figures(&story, kind).0, calls);
        assert_eq!(story.saying(&format!("{kind}: {calls} calls")).len(), 1);
    }
    let (_, total, least, greatest) = figures(&story, "fast");
    assert_eq!(
        (total, least, greatest),
        (1_000_000_000, 100_000_000, 100_000_000)
    );
    let (_, _, least, greatest) = figures(&story, "slow");
    assert!(least >= 500_000_000 && greatest <= 1_000_000_000);
    // All concurrent: it ends with the slowest.
    assert_eq!(story.summary.end_ns, greatest);
}

#[test]
fn what_is_printed_is_what_the_log_says() {
    for preset in ["tutorial", "one_by_one"] {
        let story = run_preset("profiler", preset, &[]);
        for kind in ["fast", "slow", "mixed"] {
            let (calls, total, least, greatest) = figures(&story, kind);
            let ms = |nanos: u64| nanos / 1_000_000;
            let line = format!(
                "{kind}: {calls} calls, total {} ms, mean {} ms, min {} ms, max {} ms",
                ms(total),
                ms(total / calls),
                ms(least),
                ms(greatest)
            );
            assert_eq!(story.saying(&line).len(), 1, "{preset}: {line}");
        }
    }
}

#[test]
fn one_after_the_other_takes_the_sum() {
    let story = run_preset("profiler", "one_by_one", &[]);
    let kinds = ["fast", "slow", "mixed"];
    let sum: u64 = kinds.iter().map(|kind| figures(&story, kind).1).sum();
    assert_eq!(story.summary.end_ns, sum);
}

#[test]
fn buffering_holds_everything_and_streaming_holds_one() {
    let pairs = [
        ("fast", "0"),
        ("slow", "0"),
        ("mixed", "0"),
        ("items", "30"),
    ];
    let story = run("profiler", &pairs);
    assert_eq!(story.saying("buffered: at most 300000 bytes").len(), 1);
    assert_eq!(story.saying("streamed: at most 10000 bytes").len(), 1);
    assert_eq!(story.end_ms(), 2 * 30 * 2 * 20);
    assert_eq!(story.saying("calls").len(), 0);
}
