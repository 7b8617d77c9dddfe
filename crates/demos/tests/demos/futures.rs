//! A value that is given by hand: everybody is told, in order, at the same instant.

use wakeline::log::{Kind, Reason};

use crate::support::{ms, run, run_preset};

#[test]
fn the_tutorial_resolves_after_a_second() {
    let story = run_preset("futures", "tutorial", &[]);
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(story.task_end_ms("waiter 1"), 1000);
    assert_eq!(story.waits("waiter", Reason::Promise), 1);
    assert_eq!(story.saying("waiter 1 returned 42").len(), 1);
}

#[test]
fn everybody_is_told_in_the_order_of_arrival_at_the_same_instant() {
    let pairs = [("waiters", "5"), ("callbacks", "3"), ("delay_ms", "700")];
    let story = run("futures", &pairs);
    let told = story.saying("was told Ok(42)");
    let order: Vec<&str> = told
        .iter()
        .map(|line| line.text.split(':').next().unwrap())
        .collect();
    let expected: Vec<String> = (1..=5).map(|number| format!("waiter {number}")).collect();
    assert_eq!(order, expected);
    assert!(told.iter().all(|line| ms(line.time_ns) == 700));
    let called = story.saying("called with Ok(42)");
    assert_eq!(called.len(), 3);
    assert!(called.iter().all(|line| ms(line.time_ns) == 700));
}

#[test]
fn who_comes_late_does_not_wait() {
    let story = run("futures", &[]);
    let late = story.saying("main: asks late");
    assert_eq!(ms(late[0].time_ns), 1000);
    assert_eq!(story.waits("main", Reason::Promise), 0);
}

#[test]
fn an_error_is_told_to_everybody_and_is_the_failure_of_each_waiter() {
    let story = run_preset("futures", "failed", &[("waiters", "4")]);
    assert_eq!(story.ended(Kind::TaskFailed).len(), 4);
    assert_eq!(story.saying("failed: there is no answer").len(), 4);
    assert_eq!(story.summary.outcome, "completed");
}

#[test]
fn what_nobody_gives_is_waited_for_without_end() {
    let story = run_preset("futures", "forgotten", &[]);
    assert_eq!(story.summary.outcome, "deadlock");
    assert!(story.summary.reason.contains("answer"));
    assert_eq!(story.ended(Kind::TaskCompleted), ["resolver"]);
}

#[test]
fn the_list_names_every_live_task_and_what_it_does() {
    let early = run("futures", &[("look_ms", "500")]);
    assert_eq!(early.saying("the answer is not there").len(), 1);
    for name in ["waiter 1 (task 2)", "resolver (task 5)"] {
        let line = format!("main: {name} is Waiting");
        assert_eq!(early.saying(&line).len(), 1, "{line}");
    }
    assert_eq!(early.saying("main (task 1) is Running").len(), 1);
    let late = run("futures", &[("look_ms", "1500")]);
    assert_eq!(late.saying("the answer is there: 42").len(), 1);
    assert_eq!(late.saying("is Waiting").len(), 0);
}

#[test]
fn whoever_was_told_has_another_name() {
    let story = run("futures", &[("waiters", "2")]);
    let names: Vec<&str> = story
        .events()
        .filter(|event| event.kind == Kind::TaskNamed)
        .map(|event| story.log.text(event.low()))
        .collect();
    assert_eq!(names, ["waiter 1, told", "waiter 2, told"]);
}
