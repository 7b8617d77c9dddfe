//! Callbacks and turns: the order of an event loop.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::task::{call_at, call_later, call_soon, yield_now};
use wakeline::time::{Instant, block, sleep};
use wakeline::{Builder, Progress, Runtime, spawn};

type Notes = Rc<RefCell<Vec<&'static str>>>;

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// A function that notes something.
fn note(notes: &Notes, what: &'static str) -> impl FnOnce() + 'static {
    let notes = Rc::clone(notes);
    move || notes.borrow_mut().push(what)
}

/// Runs turns until there is nothing to do.
fn run(runtime: &Runtime) -> Progress {
    loop {
        match runtime.run_turn() {
            Progress::Ready => {}
            end => return end,
        }
    }
}

#[test]
fn callbacks_and_tasks_share_one_queue() {
    let notes = Notes::default();
    let runtime = Builder::new().build();
    runtime.block_on(async {
        call_soon(note(&notes, "first"));
        spawn({
            let say = note(&notes, "task");
            async move { say() }
        });
        call_soon(note(&notes, "second"));
        notes.borrow_mut().push("registered");
        yield_now().await;
        notes.borrow_mut().push("back");
    });
    assert_eq!(
        *notes.borrow(),
        ["registered", "first", "task", "second", "back"]
    );
}

#[test]
fn equal_deadlines_fire_in_the_order_of_registration() {
    let notes = Notes::default();
    let runtime = Builder::new().build();
    runtime.block_on(async {
        call_later(seconds(2), note(&notes, "late"));
        call_later(seconds(1), note(&notes, "a"));
        call_at(Instant::from_nanos(1_000_000_000), note(&notes, "b"));
        call_later(seconds(1), note(&notes, "c"));
        sleep(seconds(3)).await;
    });
    assert_eq!(*notes.borrow(), ["a", "b", "c", "late"]);
}

#[test]
fn a_cancelled_callback_is_not_called_and_its_timer_does_not_hold_the_run_up() {
    let notes = Notes::default();
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let soon = call_soon(note(&notes, "soon"));
        let later = call_later(seconds(60), note(&notes, "later"));
        assert!(soon.is_pending() && later.is_pending());
        assert!(soon.cancel() && later.cancel());
        assert!(!soon.cancel() && !later.is_pending());
        let called = call_soon(note(&notes, "called"));
        yield_now().await;
        assert!(!called.cancel());
    });
    assert_eq!(run(&runtime), Progress::Done);
    assert_eq!(runtime.now().as_nanos(), 0);
    assert_eq!(*notes.borrow(), ["called"]);
}

#[test]
fn a_turn_polls_what_was_ready_at_its_beginning() {
    let notes = Notes::default();
    let runtime = Builder::new().build();
    for name in ["a", "b"] {
        let notes = Rc::clone(&notes);
        runtime.spawn(async move {
            notes.borrow_mut().push(name);
            yield_now().await;
            notes.borrow_mut().push(name);
        });
    }
    assert_eq!(runtime.run_turn(), Progress::Ready);
    assert_eq!(*notes.borrow(), ["a", "b"]);
    assert_eq!(runtime.run_turn(), Progress::Ready);
    assert_eq!(*notes.borrow(), ["a", "b", "a", "b"]);
    assert_eq!(runtime.run_turn(), Progress::Done);
}

#[test]
fn in_turns_overdue_timers_fire_before_what_is_ready_later() {
    let notes = Notes::default();
    let runtime = Builder::new().build();
    runtime.spawn({
        let notes = Rc::clone(&notes);
        async move {
            call_later(seconds(1), note(&notes, "overdue"));
            call_later(Duration::ZERO, note(&notes, "no length"));
            block(seconds(2));
            for round in ["one", "two", "three"] {
                yield_now().await;
                notes.borrow_mut().push(round);
            }
        }
    });
    assert_eq!(run(&runtime), Progress::Done);
    assert_eq!(
        *notes.borrow(),
        ["one", "no length", "overdue", "two", "three"]
    );
}

#[test]
fn a_turn_says_when_nothing_can_go_on() {
    let runtime = Builder::new().build();
    runtime.spawn(std::future::pending::<()>());
    assert_eq!(run(&runtime), Progress::Stalled);
}

#[test]
fn a_callback_that_panics_ends_alone() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let callback = call_soon(|| panic!("on purpose"));
        yield_now().await;
        assert!(!callback.is_pending());
    });
    assert_eq!(runtime.stats().failed, 1);
}
