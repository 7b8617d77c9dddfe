//! An executor that is spoken to by messages.

use wakeline::log::Kind;

use crate::support::{ms, run, run_preset};

#[test]
fn the_tutorial_takes_the_sum_of_both() {
    let story = run_preset("custom-loop", "tutorial", &[]);
    assert_eq!(story.end_ms(), 3000);
    let submitted: Vec<u64> = story
        .saying("page: submits")
        .iter()
        .map(|line| ms(line.time_ns))
        .collect();
    assert_eq!(submitted, [0, 1000]);
    assert_eq!(story.saying("page: 2 gave 20").len(), 1);
}

#[test]
fn each_submission_is_a_task_of_the_executor_and_all_are_awaited() {
    let story = run_preset("custom-loop", "at_once", &[]);
    assert_eq!(story.received("to the worker").len(), 12);
    let tasks = story.tasks();
    let running = tasks.values().filter(|name| name.starts_with("submission"));
    assert_eq!(running.count(), 12);
    assert_eq!(story.end_ms(), 2000 + 2 * 20);
    assert_eq!(story.saying("gave").len(), 12);
}

#[test]
fn every_message_costs_its_way() {
    let story = run("custom-loop", &[("submissions", "3"), ("message_ms", "50")]);
    assert_eq!(story.end_ms(), 1000 + 2000 + 1000 + 3 * 2 * 50);
}

#[test]
fn what_nobody_wants_any_more_is_stopped() {
    let story = run_preset("custom-loop", "impatient", &[]);
    let unwanted = story.saying("is not wanted any more");
    assert_eq!(unwanted.len(), 2);
    // A way of 20 and a patience of 1500.
    assert!(unwanted.iter().all(|line| ms(line.time_ns) == 1520));
    assert_eq!(story.saying("page: does not want").len(), 2);
    assert_eq!(story.end_ms(), 1520);
    let done = story.saying("is done");
    assert_eq!(done.len(), 2);
    assert_eq!(story.ended(Kind::TaskCancelled), [""; 0]);
}

#[test]
fn who_gives_up_at_the_very_instant_of_the_answer_had_the_earlier_timer() {
    let pairs = [("patience_ms", "1000"), ("submissions", "1")];
    let story = run("custom-loop", &pairs);
    assert_eq!(story.saying("page: does not want 1").len(), 1);
    assert_eq!(story.saying("executor: 1 is done").len(), 1);
    assert_eq!(story.end_ms(), 1020);
}
