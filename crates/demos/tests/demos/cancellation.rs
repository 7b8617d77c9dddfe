//! Cancelling a worker: what goes with it, what is cleaned up after it, what outlives it.

use wakeline::log::Kind;
use wakeline_demos::{Progress, RunSetup, prepare};

use crate::support::{ms, run, run_preset};

#[test]
fn the_tutorial_cancels_the_first_at_2000_and_lets_the_others_end() {
    let story = run_preset("cancellation", "tutorial", &[]);
    assert_eq!(story.end_ms(), 4000);
    assert_eq!(story.task_end_ms("worker 1"), 2000);
    assert_eq!(story.ended(Kind::TaskCancelled), ["worker 1"]);
    let told: Vec<&str> = story
        .lines
        .iter()
        .map(|line| &*line.text)
        .filter(|text| text.ends_with("cancelled") || text.ends_with("completed"))
        .collect();
    assert_eq!(
        told,
        [
            "worker 1 was cancelled",
            "worker 2 completed",
            "worker 3 completed"
        ]
    );
    assert_eq!(
        story.saying("worker 1: ").len(),
        1,
        "it reported at 1000 only"
    );
}

#[test]
fn the_log_says_who_cancelled_whom() {
    let story = run("cancellation", &[]);
    let tasks = story.tasks();
    let chain: Vec<(&str, &str)> = story
        .events()
        .filter(|event| event.kind == Kind::CancelRequested)
        .map(|event| (tasks[&event.object], tasks[&event.subject]))
        .take(2)
        .collect();
    assert_eq!(
        chain,
        [("supervisor", "worker 1"), ("worker 1", "helper 1")]
    );
}

#[test]
fn cleanup_takes_its_time_after_the_worker_is_gone() {
    let story = run("cancellation", &[("cleanup_ms", "5000")]);
    let said = |text: &str| ms(story.saying(text)[0].time_ns);
    assert_eq!(said("worker 1: cleanup begins"), 2000);
    assert_eq!(said("worker 1: cleanup is done"), 7000);
    assert_eq!(story.end_ms(), 7000, "main waits for it");
    assert_eq!(
        story.saying("cleanup begins").len(),
        1,
        "only after who was cancelled"
    );
}

#[test]
fn what_is_shielded_is_done_and_what_is_not_is_cut_in_two() {
    let shielded = run_preset("cancellation", "shielded", &[]);
    assert_eq!(shielded.saying("worker 1: begins to save").len(), 1);
    assert_eq!(ms(shielded.saying("worker 1: has saved")[0].time_ns), 2500);
    assert_eq!(shielded.task_end_ms("worker 1"), 2000);

    let cut = run_preset("cancellation", "cut_in_two", &[]);
    assert_eq!(cut.saying("worker 1: begins to save").len(), 1);
    assert_eq!(cut.saying("worker 1: has saved").len(), 0);
    assert_eq!(cut.saying("has saved").len(), 2);
}

#[test]
fn a_worker_that_is_done_cannot_be_cancelled() {
    let story = run(
        "cancellation",
        &[("first_ms", "500"), ("save_ms", "0"), ("helpers", "false")],
    );
    assert_eq!(story.ended(Kind::TaskCancelled), [""; 0]);
    assert_eq!(story.saying("worker 1 completed").len(), 1);
}

#[test]
fn a_supervisor_that_is_not_needed_any_more_is_cancelled_itself() {
    let story = run(
        "cancellation",
        &[("cancel_ms", "60000"), ("helpers", "false")],
    );
    assert_eq!(story.ended(Kind::TaskCancelled), ["supervisor"]);
    assert!(story.end_ms() < 60_000);
}

#[test]
fn stopping_in_the_middle_leaves_nothing_behind() {
    for polls in 1..60 {
        let mut run = prepare(RunSetup::of("cancellation")).unwrap();
        if run.step(polls) == Progress::Ended {
            return;
        }
        let tasks = run.finish().tasks;
        let ended = tasks.completed + tasks.failed + tasks.cancelled + tasks.dropped;
        assert_eq!(ended, tasks.created, "after {polls} polls");
    }
    panic!("the run is longer than expected");
}
