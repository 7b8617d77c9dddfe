//! What becomes of tasks, and that their cleanup runs every time.

use wakeline::log::Kind;

use crate::support::{run, run_preset};

#[test]
fn the_tutorial_completes_three_tasks_in_a_second() {
    let story = run_preset("lifecycle", "tutorial", &[]);
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(story.saying("completed, 2 stages").len(), 3);
    assert_eq!(story.summary.tasks.completed, 4);
}

#[test]
fn each_task_has_its_fate() {
    let story = run("lifecycle", &[]);
    assert_eq!(story.ended(Kind::TaskCompleted), ["completing 1", "main"]);
    assert_eq!(story.ended(Kind::TaskFailed), ["failing 1"]);
    assert_eq!(
        story.ended(Kind::TaskCancelled),
        ["never polled 1", "cancelled 1"]
    );
    assert_eq!(story.task_end_ms("failing 1"), 500);
    assert_eq!(story.task_end_ms("cancelled 1"), 750);
    assert_eq!(story.task_end_ms("never polled 1"), 0);
}

#[test]
fn cleanup_runs_once_for_every_task_whatever_its_fate() {
    let pairs = [
        ("completing", "3"),
        ("failing", "4"),
        ("cancelled", "5"),
        ("never_polled", "6"),
    ];
    let story = run("lifecycle", &pairs);
    let mut cleaned: Vec<&str> = story
        .saying(": cleanup")
        .iter()
        .map(|line| line.text.split_once(':').unwrap().0)
        .collect();
    cleaned.sort_unstable();
    let mut tasks: Vec<&str> = story
        .tasks()
        .into_values()
        .filter(|n| *n != "main")
        .collect();
    tasks.sort_unstable();
    assert_eq!(cleaned, tasks);
    assert_eq!(cleaned.len(), 18);
}

#[test]
fn what_is_never_polled_never_says_anything_but_its_cleanup() {
    let story = run("lifecycle", &[]);
    let polls = story.of_task("never polled 1", Kind::PollEnded);
    assert!(
        polls
            .into_iter()
            .all(|event| event.flags == wakeline::log::PollResult::Dropped.code())
    );
    assert!(story.saying("never polled 1: first stage").is_empty());
}

#[test]
fn whoever_is_done_cannot_be_cancelled_any_more() {
    let story = run_preset("lifecycle", "too_late", &[]);
    assert_eq!(story.end_ms(), 2000);
    assert_eq!(story.ended(Kind::TaskCancelled), ["never polled 1"]);
    assert_eq!(story.saying("cancelled 1: completed").len(), 1);
}

#[test]
fn without_tasks_there_is_nothing_to_tell() {
    let none = [
        ("completing", "0"),
        ("failing", "0"),
        ("cancelled", "0"),
        ("never_polled", "0"),
    ];
    let story = run("lifecycle", &none);
    assert_eq!((story.end_ms(), story.lines.len()), (0, 0));
}
