//! Retries: when they come, that they end, and that the breaker keeps callers away.

use crate::support::{Story, ms, run, run_preset};

/// When the first caller's attempts ended, in milliseconds.
fn attempts(story: &Story) -> Vec<u64> {
    let attempts = story.saying("caller 1: attempt ");
    attempts.iter().map(|line| ms(line.time_ns)).collect()
}

#[test]
fn the_tutorial_tries_five_times_with_pauses_that_double() {
    let story = run_preset("retry", "tutorial", &[]);
    assert_eq!(attempts(&story), [0, 500, 1500, 3500, 7500]);
    assert_eq!(story.lines.last().unwrap().text, "0 succeeded, 1 gave up");
    assert_eq!(story.end_ms(), 7500, "no pause after the last attempt");
    assert_eq!(story.summary.tasks.failed, 1);
}

#[test]
fn fixed_pauses_do_not_grow() {
    let story = run_preset("retry", "tutorial", &[("pauses", "fixed")]);
    assert_eq!(attempts(&story), [0, 500, 1000, 1500, 2000]);
}

#[test]
fn pauses_grow_up_to_their_cap() {
    let story = run_preset("retry", "tutorial", &[("cap_ms", "1200"), ("factor", "3")]);
    assert_eq!(attempts(&story), [0, 500, 1700, 2900, 4100]);
}

#[test]
fn jitter_spreads_the_callers_within_its_bounds() {
    let pairs = [
        ("callers", "30"),
        ("failure_rate", "100"),
        ("attempts", "2"),
        ("jitter", "40"),
    ];
    let story = run("retry", &pairs);
    let mut seconds: Vec<u64> = story
        .saying("attempt 2")
        .iter()
        .map(|line| ms(line.time_ns) - 200)
        .collect();
    assert!(
        seconds.iter().all(|pause| (300..=700).contains(pause)),
        "{seconds:?}"
    );
    seconds.dedup();
    assert!(seconds.len() > 20, "{seconds:?}");
}

#[test]
fn without_jitter_all_callers_come_back_at_the_same_instant() {
    let pairs = [
        ("callers", "8"),
        ("failure_rate", "100"),
        ("attempts", "2"),
        ("jitter", "0"),
    ];
    let story = run("retry", &pairs);
    assert!(
        story
            .saying("attempt 2")
            .iter()
            .all(|line| ms(line.time_ns) == 700)
    );
}

#[test]
fn what_never_fails_is_tried_once() {
    let story = run("retry", &[("failure_rate", "0")]);
    assert_eq!(story.end_ms(), 100);
    assert_eq!(story.saying("attempt").len(), 3);
}

#[test]
fn an_open_breaker_lets_nobody_through_but_one_after_each_pause() {
    let story = run_preset(
        "retry",
        "breaker",
        &[("failure_rate", "100"), ("attempts", "12")],
    );
    let (mut open_until, mut trial) = (None, false);
    for line in &story.lines {
        match &*line.text {
            "breaker: opens for 2000 ms" => {
                open_until = Some(ms(line.time_ns) + 2000);
                trial = false;
            }
            "breaker: one may try" => {
                assert!(open_until.is_some_and(|until| ms(line.time_ns) >= until));
                assert!(!trial, "two trials at once");
                trial = true;
            }
            text if text.ends_with(": failed") => {
                // Under way before the breaker opened, or the trial.
                assert!(open_until.is_none_or(|until| ms(line.time_ns) <= until - 2000 + 100));
            }
            _ => {}
        }
    }
    assert!(story.saying("breaker: one may try").len() >= 2);
    assert!(!story.saying("not even tried").is_empty());
}

#[test]
fn a_trial_that_succeeds_closes_the_breaker() {
    let story = run_preset("retry", "breaker", &[]);
    let at = |text: &str| story.lines.iter().position(|line| line.text == text);
    let closes = at("breaker: closes").expect("it closes");
    assert!(at("breaker: one may try").unwrap() < closes);
    assert!(
        story.lines[closes..]
            .iter()
            .all(|line| !line.text.contains("not even tried"))
    );
}
