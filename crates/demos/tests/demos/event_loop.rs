//! Callbacks: first in, first out when they are ready, by deadline when they are not.

use crate::support::{Story, ms, run, run_preset};

/// What was called, and when.
fn called(story: &Story) -> Vec<(u64, &str)> {
    story
        .lines
        .iter()
        .filter_map(|line| Some((ms(line.time_ns), line.text.strip_suffix(": called")?)))
        .collect()
}

#[test]
fn the_tutorial_calls_soon_after_100_and_at_200() {
    let story = run_preset("event-loop", "tutorial", &[]);
    assert_eq!(
        called(&story),
        [(0, "soon 1"), (100, "later 1.1"), (200, "at")]
    );
    assert_eq!(ms(story.saying("sleeper: is awake")[0].time_ns), 250);
}

#[test]
fn nothing_is_called_before_its_registrar_lets_go() {
    let story = run("event-loop", &[]);
    let position = |text: &str| story.lines.iter().position(|line| line.text.contains(text));
    assert!(position("everything is registered") < position(": called"));
}

#[test]
fn what_is_ready_comes_out_in_the_order_of_registration() {
    let story = run("event-loop", &[("soon", "5"), ("later", "0")]);
    let names: Vec<&str> = called(&story).into_iter().map(|(_, name)| name).collect();
    assert_eq!(
        names,
        ["soon 1", "soon 2", "soon 3", "soon 4", "soon 5", "at"]
    );
}

#[test]
fn timers_come_out_by_deadline_and_ties_in_the_order_of_registration() {
    let story = run("event-loop", &[("soon", "0"), ("at_ms", "300")]);
    let expected = [
        (100, "later 1.1"),
        (100, "later 1.2"),
        (200, "later 2.1"),
        (200, "later 2.2"),
        (300, "later 3.1"),
        (300, "later 3.2"),
        (300, "at"),
    ];
    assert_eq!(called(&story), expected);
}

#[test]
fn the_list_of_the_living_gets_shorter() {
    let story = run("event-loop", &[]);
    let lists: Vec<&str> = story
        .lines
        .iter()
        .filter_map(|line| line.text.strip_prefix("alive: "))
        .collect();
    assert_eq!(lists.len(), 3);
    assert!(lists[0].starts_with("10: sleeper, soon 1"), "{}", lists[0]);
    assert!(
        lists[1].starts_with("3: sleeper, later 3.1, later 3.2"),
        "{}",
        lists[1]
    );
    assert_eq!(lists[2], "nothing");
}
