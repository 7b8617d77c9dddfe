//! A flag: one `set` releases everybody, and who comes too late waits for the next.

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// When each waiter came or went on, by what it said.
fn times(story: &Story, text: &str) -> Vec<u64> {
    let lines = story.saying(text);
    lines.iter().map(|line| ms(line.time_ns)).collect()
}

/// How many waiters each `set` released, from the events.
fn released(story: &Story) -> Vec<(u64, u64)> {
    let open = story.resource("open");
    story
        .events()
        .filter(|event| event.kind == Kind::Notified && event.object == open)
        .map(|event| (ms(event.time), event.value))
        .collect()
}

#[test]
fn the_tutorial_releases_both_at_2000() {
    let story = run_preset("event", "tutorial", &[]);
    assert_eq!(story.end_ms(), 2000);
    assert_eq!(released(&story), [(2000, 2)]);
    assert_eq!(times(&story, "goes on after 2000 ms"), [2000, 2000]);
}

#[test]
fn those_who_wait_are_released_in_the_order_in_which_they_came() {
    let story = run_preset("event", "crowd", &[]);
    let numbers = |text: &str| -> Vec<String> {
        let lines = story.saying(text);
        lines
            .iter()
            .map(|line| line.text.split(':').next().unwrap().to_owned())
            .collect()
    };
    let came = numbers("the flag is clear");
    let mut went = numbers("goes on after");
    went.retain(|name| came.contains(name));
    assert!(came.len() > 20);
    assert_eq!(went, came);
}

#[test]
fn whoever_comes_while_it_is_set_does_not_wait() {
    let story = run_preset("event", "crowd", &[]);
    let came_late = story.saying("comes, the flag is set").len();
    assert!(came_late > 0);
    assert_eq!(story.saying("goes on after 0 ms").len(), came_late);
    assert_eq!(
        story.waits("waiter", Reason::Event),
        60 - came_late,
        "everybody else does"
    );
}

#[test]
fn whoever_misses_the_only_time_goes_away() {
    let story = run_preset("event", "missed", &[]);
    let late = times(&story, "comes, ");
    let late = late.iter().filter(|time| **time > 1000).count();
    assert!(late > 0 && late < 6, "some come in time, some do not");
    assert_eq!(story.saying("goes away after 4000 ms").len(), late);
    assert_eq!(released(&story), [(1000, 6 - late as u64)]);
}

#[test]
fn setting_it_again_helps_those_who_were_late() {
    let story = run("event", &[]);
    assert_eq!(released(&story).len(), 2);
    assert!(
        released(&story).iter().all(|(_, count)| *count > 0),
        "{:?}",
        story.lines
    );
    assert_eq!(story.lines.last().unwrap().text, "6 passed, 0 went away");
}

#[test]
fn clearing_at_once_takes_nothing_from_those_who_were_released() {
    for seed in 0..20 {
        let all = [("open_ms", "0"), ("times", "1"), ("arrival_max_ms", "900")];
        let story = run_setup(RunSetup {
            values: values("event", &all),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("event")
        });
        assert_eq!(story.lines.last().unwrap().text, "6 passed, 0 went away");
    }
}
