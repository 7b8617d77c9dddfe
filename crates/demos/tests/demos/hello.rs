//! The greetings: sum against maximum.

use crate::support::{run, run_preset};
use wakeline::log::Kind;

#[test]
fn one_after_the_other_takes_the_sum_of_the_delays() {
    let story = run("hello", &[("mode", "sequential")]);
    assert_eq!(story.end_ms(), 3000);
    assert_eq!(story.summary.tasks.created, 1);
}

#[test]
fn all_at_once_takes_the_longest_delay() {
    let story = run("hello", &[("mode", "concurrent")]);
    assert_eq!(story.end_ms(), 2000);
    assert_eq!(
        story.ended(Kind::TaskCompleted),
        ["greeting 1", "greeting 2", "main"]
    );
}

#[test]
fn both_ways_take_both_times() {
    assert_eq!(run("hello", &[]).end_ms(), 5000);
}

#[test]
fn the_tutorial_takes_the_first_mode_and_the_others_are_reached_from_it() {
    assert_eq!(run_preset("hello", "tutorial", &[]).end_ms(), 3000);
    let concurrent = run_preset("hello", "tutorial", &[("mode", "concurrent")]);
    assert_eq!(concurrent.end_ms(), 2000);
}

#[test]
fn more_greetings_take_turns_with_the_two_delays() {
    let pairs = [("greetings", "5"), ("first_ms", "100"), ("second_ms", "10")];
    assert_eq!(
        run("hello", &[&pairs[..], &[("mode", "sequential")]].concat()).end_ms(),
        320
    );
    assert_eq!(
        run("hello", &[&pairs[..], &[("mode", "concurrent")]].concat()).end_ms(),
        100
    );
}

#[test]
fn the_lines_say_who_greets_when() {
    let story = run("hello", &[("mode", "concurrent")]);
    let at = |text: &str| crate::support::ms(story.saying(text)[0].time_ns);
    assert_eq!(at("greeting 2: hello"), 0);
    assert_eq!(at("greeting 1: … world"), 1000);
    assert_eq!(at("all at once: 2000 ms"), 2000);
}
