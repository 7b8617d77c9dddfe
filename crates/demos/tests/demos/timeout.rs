//! Time limits, the instant of the deadline, and what no limit can interrupt.

use crate::support::{Story, ms, run, run_preset};
use wakeline::log::Kind;

/// When each operation had its verdict, and which.
fn verdicts(story: &Story) -> Vec<(u64, &str)> {
    story
        .lines
        .iter()
        .filter_map(|line| Some((ms(line.time_ns), line.text.split_once(": ")?.1)))
        .collect()
}

#[test]
fn the_tutorial_has_one_in_time_one_at_the_very_instant_and_one_too_late() {
    let story = run_preset("timeout", "tutorial", &[]);
    assert_eq!(story.end_ms(), 7000);
    assert_eq!(
        verdicts(&story),
        [
            (1000, "answered in time, after 1000 ms"),
            (
                4000,
                "answered at the very instant of its deadline, which is in time"
            ),
            (7000, "timed out after 3000 ms"),
        ]
    );
    assert_eq!(story.lines.last().unwrap().text, "2 of 3 in time");
}

#[test]
fn a_millisecond_less_and_the_instant_is_missed() {
    let story = run("timeout", &[("limit_ms", "2999")]);
    assert_eq!(story.lines.last().unwrap().text, "1 of 3 in time");
    assert_eq!(story.end_ms(), 1000 + 2999 + 2999);
}

#[test]
fn all_at_once_takes_no_longer_than_the_limit() {
    let story = run("timeout", &[("mode", "concurrent")]);
    assert_eq!(story.end_ms(), 3000);
    assert_eq!(story.task_end_ms("fast"), 1000);
    assert_eq!(story.task_end_ms("medium"), 3000);
    assert_eq!(story.task_end_ms("slow"), 3000);
}

#[test]
fn the_dropped_operation_takes_its_timer_with_it() {
    let story = run("timeout", &[]);
    let cancelled: Vec<u64> = story
        .events()
        .filter(|event| event.kind == Kind::TimerCancelled)
        .map(|event| ms(event.value))
        .collect();
    // The limits of the first two, which were in time, and the sleep of the third.
    assert!(cancelled.contains(&3000), "{cancelled:?}");
    assert!(cancelled.contains(&9000), "{cancelled:?}");
}

#[test]
fn an_operation_that_holds_the_thread_cannot_be_interrupted() {
    let story = run("timeout", &[("operation", "blocks")]);
    assert_eq!(story.end_ms(), 9000);
    let late = story.saying("slow: answered, but 2000 ms late");
    assert_eq!(late.len(), 1);
    assert_eq!(story.lines.last().unwrap().text, "2 of 3 in time");
}

#[test]
fn operations_that_hold_the_thread_run_one_after_the_other_even_at_once() {
    let story = run(
        "timeout",
        &[("operation", "blocks"), ("mode", "concurrent")],
    );
    assert_eq!(story.end_ms(), 9000);
    assert_eq!(story.task_end_ms("medium"), 4000);
}

#[test]
fn no_limit_at_all_lets_nobody_through_but_those_that_are_done_at_once() {
    let story = run("timeout", &[("limit_ms", "0"), ("fast_ms", "0")]);
    assert_eq!(story.end_ms(), 0);
}
