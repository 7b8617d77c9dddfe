//! The counter: nothing is lost under the lock, and nearly everything without it.

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, run, run_preset, run_setup, values};

/// Who held the counter, in that order; never two at once.
fn holders(story: &Story) -> Vec<&str> {
    let tasks = story.tasks();
    let (mut holder, mut order) = (None, Vec::new());
    for event in story.events() {
        match event.kind {
            Kind::Acquired => {
                assert_eq!(holder.replace(event.subject), None, "two hold the lock");
                order.push(tasks[&event.subject]);
            }
            Kind::Released => assert_eq!(holder.take(), Some(event.subject)),
            _ => {}
        }
    }
    order
}

#[test]
fn the_tutorial_takes_five_seconds_in_order_one_at_a_time() {
    let story = run_preset("lock", "tutorial", &[]);
    assert_eq!(story.end_ms(), 5000);
    assert_eq!(
        holders(&story)[..5],
        ["task 0", "task 1", "task 2", "task 3", "task 4"]
    );
    assert_eq!(story.lines.last().unwrap().text, "counted 5 of 5, 0 lost");
}

#[test]
fn whoever_comes_back_goes_to_the_end_of_the_line() {
    let story = run("lock", &[("rounds", "3"), ("tasks", "3")]);
    let mut order = holders(&story);
    assert_eq!(order.pop(), Some("main"), "who looks at the end");
    assert_eq!(order, ["task 0", "task 1", "task 2"].repeat(3));
}

#[test]
fn nothing_is_lost_under_the_lock_whatever_the_order() {
    for seed in 0..10 {
        let story = run_setup(RunSetup {
            values: values("lock", &[("tasks", "7"), ("rounds", "4")]),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("lock")
        });
        assert_eq!(story.lines.last().unwrap().text, "counted 28 of 28, 0 lost");
        assert_eq!(holders(&story).len(), 29);
    }
}

#[test]
fn without_the_lock_all_write_the_same() {
    let story = run_preset("lock", "lost_updates", &[]);
    assert_eq!(story.end_ms(), 600);
    assert_eq!(story.lines.last().unwrap().text, "counted 2 of 10, 8 lost");
    assert_eq!(story.waits("task", Reason::Lock), 0);
}

#[test]
fn a_single_task_loses_nothing_either_way() {
    for lock in ["true", "false"] {
        let story = run("lock", &[("tasks", "1"), ("lock", lock)]);
        assert_eq!(story.lines.last().unwrap().text, "counted 2 of 2, 0 lost");
    }
}
