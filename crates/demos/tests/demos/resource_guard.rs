//! Resources and transactions: whatever happens, nothing is left behind.

use wakeline::log::Kind;

use crate::support::{Story, run, run_preset};

/// The resources that say so, in that order.
fn saying(story: &Story, text: &str) -> Vec<u32> {
    let lines = story.saying(text);
    lines
        .iter()
        .map(|line| line.text.split(' ').nth(1).unwrap().parse().unwrap())
        .collect()
}

/// Every permit that was taken was given back.
fn assert_nothing_held(story: &Story) {
    let count = |kind| story.events().filter(|event| event.kind == kind).count();
    assert_eq!(count(Kind::Acquired), count(Kind::Released));
}

#[test]
fn the_tutorial_acquires_uses_and_releases_in_1200() {
    let story = run_preset("resource-guard", "tutorial", &[]);
    assert_eq!(story.end_ms(), 1200);
    let use_begins = story.saying("resource 1 is set up")[0].time_ns;
    let use_ends = story.saying("commits 4")[0].time_ns;
    assert_eq!(use_ends - use_begins, 1_000_000_000);
    assert_nothing_held(&story);
}

#[test]
fn what_was_entered_last_is_left_first() {
    let story = run("resource-guard", &[("resources", "4")]);
    assert_eq!(saying(&story, "is set up"), [1, 2, 3, 4]);
    assert_eq!(saying(&story, "is given back"), [4, 3, 2, 1]);
    assert_eq!(story.end_ms(), 4 * 100 + 1000 + 4 * 100);
}

#[test]
fn an_error_gives_everything_back_and_rolls_back() {
    let story = run_preset("resource-guard", "rolled_back", &[]);
    assert_eq!(saying(&story, "is given back"), [3, 2, 1]);
    assert_eq!(story.saying("rolls back 2 records").len(), 1);
    assert_eq!(story.saying("0 of 4 records are written").len(), 1);
    assert_eq!(story.saying("the work failed: step 3").len(), 1);
    assert_nothing_held(&story);
}

#[test]
fn without_a_transaction_half_of_it_stays() {
    let story = run_preset("resource-guard", "half_written", &[]);
    assert_eq!(story.saying("2 of 4 records are written").len(), 1);
    assert_nothing_held(&story);
}

#[test]
fn only_what_was_set_up_is_given_back() {
    let story = run_preset("resource-guard", "broken_setup", &[]);
    assert_eq!(saying(&story, "is given back"), [2, 1]);
    assert_eq!(story.end_ms(), 3 * 100 + 2 * 100);
    assert_eq!(story.saying("transaction").len(), 0);
    assert_nothing_held(&story);
    let at_once = [("arrangement", "at-once"), ("fail_setup", "2")];
    let story = run("resource-guard", &at_once);
    assert_eq!(story.end_ms(), 200);
    assert_eq!(saying(&story, "is given back"), [3, 1]);
    assert_nothing_held(&story);
}

#[test]
fn all_at_once_takes_the_time_of_one() {
    let story = run_preset("resource-guard", "at_once", &[("resources", "10")]);
    assert_eq!(story.end_ms(), 1200);
    assert_nothing_held(&story);
}
