//! Wrong programs that go wrong, and right ones that do not.

use wakeline::log::{Kind, Reason};

use crate::support::{Story, ms, run};

/// The story of one program of a pair.
fn program(pair: &str, programs: &str) -> Story {
    let story = run("pitfalls", &[("pair", pair), ("programs", programs)]);
    assert_eq!(story.summary.outcome, "completed", "{pair}");
    story
}

fn assert_says(story: &Story, text: &str) {
    assert_eq!(story.saying(text).len(), 1, "{text}: {:#?}", story.lines);
}

#[test]
fn what_is_not_awaited_never_runs() {
    let wrong = program("forgotten-await", "wrong");
    assert_says(&wrong, "0 of 5 saved");
    let timers = |story: &Story| {
        let armed = story
            .events()
            .filter(|event| event.kind == Kind::TimerArmed);
        armed.count()
    };
    assert_eq!((timers(&wrong), wrong.end_ms()), (0, 0));
    let right = program("forgotten-await", "right");
    assert_says(&right, "5 of 5 saved");
    assert_eq!((timers(&right), right.end_ms()), (5, 500));
}

#[test]
fn an_inner_loop_waits_in_vain_for_the_outer_one() {
    let wrong = program("nested-run", "wrong");
    assert_says(&wrong, "the inner loop would wait for ever");
    assert_eq!(ms(wrong.saying("for ever")[0].time_ns), 0);
    assert_eq!(wrong.end_ms(), 100);
    let right = program("nested-run", "right");
    assert_says(&right, "right: the answer is 5");
}

#[test]
fn a_lock_that_is_held_while_waiting_makes_a_line_of_them_all() {
    let wrong = program("lock-across-await", "wrong");
    assert_eq!(wrong.waits("holds", Reason::Lock), 4);
    assert_eq!(wrong.end_ms(), 500);
    let right = program("lock-across-await", "right");
    assert_eq!(right.waits("changes", Reason::Lock), 0);
    assert_eq!(right.end_ms(), 100);
    for story in [wrong, right] {
        assert_eq!(story.saying(": 5 in").len(), 1);
    }
}

#[test]
fn a_future_that_is_dropped_half_way_loses_what_it_had() {
    let wrong = program("dropped-future", "wrong");
    assert_eq!(wrong.saying("do not belong together").len(), 2);
    assert_says(&wrong, "1 of 5 messages were whole");
    let right = program("dropped-future", "right");
    assert_says(&right, "5 of 5 messages were whole");
    for story in [&wrong, &right] {
        assert_eq!(
            story.received("line").len(),
            10,
            "nothing is lost on the line"
        );
        assert!(!story.saying("something else").is_empty());
    }
}

#[test]
fn a_notification_is_lost_if_nobody_waits_and_an_event_is_not() {
    let wrong = program("lost-notification", "wrong");
    assert_says(&wrong, "it is true, and nobody told");
    assert_eq!(wrong.end_ms(), 100 + 5 * 100);
    let right = program("lost-notification", "right");
    assert_says(&right, "the waiter knows at once");
    assert_eq!(right.end_ms(), 100);
    assert_eq!(right.waits("waiter", Reason::Event), 0);
}

#[test]
fn a_queue_without_bound_grows_and_a_bounded_one_does_not() {
    let wrong = program("unbounded-queue", "wrong");
    let most: u32 = wrong.saying("up to")[0]
        .text
        .split(' ')
        .nth(3)
        .unwrap()
        .parse()
        .unwrap();
    assert!(most >= 6, "{most}");
    let right = program("unbounded-queue", "right");
    assert_says(&right, "at most 1 of 10 items");
    for (story, queue) in [(wrong, "pile"), (right, "belt")] {
        let expected: Vec<String> = (1..=10).map(|item| item.to_string()).collect();
        assert_eq!(story.received(queue), expected);
    }
}

#[test]
fn who_is_always_ready_lets_no_time_pass() {
    let wrong = program("starvation", "wrong");
    assert_says(&wrong, "100 turns, and it went off: false");
    assert_eq!(ms(wrong.saying("100 turns")[0].time_ns), 0);
    assert_eq!(wrong.of_task("main", Kind::Yielded).count(), 100);
    let right = program("starvation", "right");
    assert_says(&right, "woken once, and it went off: true");
    assert_eq!(right.of_task("main", Kind::Yielded).count(), 0);
    assert_eq!(right.end_ms(), 100);
}

#[test]
fn both_run_one_after_the_other() {
    let story = run("pitfalls", &[]);
    let sides: Vec<&str> = story
        .lines
        .iter()
        .map(|line| line.text.split(':').next().unwrap())
        .collect();
    assert_eq!(sides, ["wrong", "right"]);
}
