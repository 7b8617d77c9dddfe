//! Nested runs, re-entry, deadlocks, and the end of a runtime.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use support::{Drops, events, ms, runtime};
use wakeline::log::{Kind, Outcome};
use wakeline::sync::{Mutex, mpsc};
use wakeline::time::sleep;
use wakeline::{Progress, Runtime, spawn};

#[test]
fn a_runtime_that_ends_drops_every_future_and_nothing_twice() {
    let drops = Drops::default();
    let runtime = runtime();
    for _ in 0..3 {
        let guard = drops.guard();
        runtime.spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
    }
    let _ = runtime.run_for(2);
    assert_eq!(drops.count(), 0);
    drop(runtime);
    assert_eq!(drops.count(), 3);
}

#[test]
fn handles_may_outlive_the_runtime() {
    let runtime = runtime();
    let task = runtime.spawn(std::future::pending::<()>());
    drop(runtime);
    assert!(task.is_finished());
    let mut task = support::ByHand::new(task);
    let std::task::Poll::Ready(output) = task.poll() else {
        panic!("still pending")
    };
    assert!(output.unwrap_err().is_cancelled());
}

#[test]
fn tasks_that_wake_and_spawn_while_the_runtime_ends_are_refused() {
    struct OnDrop(Option<Box<dyn FnOnce()>>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            (self.0.take().unwrap())();
        }
    }
    let runtime = runtime();
    let late: Rc<RefCell<Option<wakeline::JoinHandle<()>>>> = Rc::default();
    let on_drop = OnDrop(Some(Box::new({
        let (late, runtime) = (Rc::clone(&late), runtime.clone());
        move || *late.borrow_mut() = Some(runtime.spawn(async {}))
    })));
    let (sender, mut receiver) = mpsc::unbounded_channel::<()>();
    runtime.spawn(async move {
        let (_on_drop, _sender) = (on_drop, sender);
        std::future::pending::<()>().await;
    });
    runtime.spawn(async move { receiver.recv().await });
    let _ = runtime.run_for(10);
    runtime.finish(Outcome::Stopped, "");
    assert!(late.borrow().as_ref().unwrap().is_finished());
    assert_eq!(runtime.stats().dropped, 2);
}

#[test]
fn a_runtime_dropped_inside_of_its_own_task_ends_after_the_poll() {
    let drops = Drops::default();
    let own: Rc<RefCell<Option<Runtime>>> = Rc::default();
    let runtime = runtime();
    let guard = drops.guard();
    let other = drops.guard();
    runtime.spawn({
        let own = Rc::clone(&own);
        async move {
            let _guard = guard;
            drop(own.borrow_mut().take());
            std::future::pending::<()>().await;
        }
    });
    runtime.spawn(async move {
        let _other = other;
        std::future::pending::<()>().await;
    });
    *own.borrow_mut() = Some(runtime.clone());
    let weak = runtime.clone();
    drop(runtime);
    // Now `own` and `weak` hold it; the task drops one, the end of this scope the other.
    let _ = weak.run_for(10);
    drop(weak);
    assert_eq!(drops.count(), 2);
}

#[test]
fn running_a_runtime_inside_of_itself_does_nothing() {
    let runtime = runtime();
    let inner = runtime.clone();
    runtime.block_on(async move {
        spawn(async {});
        assert_eq!(inner.run_for(10), Progress::Ready);
    });
}

#[test]
fn block_on_inside_of_the_same_runtime_panics_and_says_why() {
    let runtime = runtime();
    let inner = runtime.clone();
    let message = runtime.block_on(async move {
        let task = spawn(async move { inner.block_on(async {}) });
        task.await.unwrap_err().to_string()
    });
    assert!(message.contains("await the future instead"), "{message}");
}

#[test]
fn a_runtime_may_run_inside_of_another() {
    let outer = runtime();
    let inner = support::runtime();
    let (a, b) = outer.block_on(async move {
        sleep(ms(5)).await;
        let nested = inner.block_on(async {
            sleep(ms(3)).await;
            wakeline::time::now().as_nanos()
        });
        sleep(ms(1)).await;
        (nested, wakeline::time::now().as_nanos())
    });
    assert_eq!((a, b), (3_000_000, 6_000_000));
}

#[test]
fn a_deadlock_is_an_error_that_names_who_waits_for_what_and_who_holds_it() {
    let runtime = runtime();
    let error = runtime
        .try_block_on(async {
            let (left, right) = (
                Rc::new(Mutex::named("left", ())),
                Rc::new(Mutex::named("right", ())),
            );
            let philosopher =
                |name: &'static str, first: &Rc<Mutex<()>>, second: &Rc<Mutex<()>>| {
                    let (first, second) = (Rc::clone(first), Rc::clone(second));
                    wakeline::spawn_named(name, async move {
                        let _first = first.lock().await;
                        sleep(ms(1)).await;
                        let _second = second.lock().await;
                    })
                };
            let a = philosopher("a", &left, &right);
            let b = philosopher("b", &right, &left);
            let _ = (a.await, b.await);
        })
        .unwrap_err();
    let text = error.to_string();
    for part in [
        "task 2 “a” (waits for lock “right” held by “b”)",
        "task 3 “b” (waits for lock “left” held by “a”)",
        "task 1 “main” (waits for join “a”)",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn tasks_left_by_one_block_on_go_on_with_the_next() {
    let runtime = runtime();
    let mut task = None;
    runtime.block_on(async {
        task = Some(spawn(async {
            sleep(ms(10)).await;
            "later"
        }));
    });
    assert_eq!(runtime.block_on(task.unwrap()).unwrap(), "later");
}

#[test]
fn block_on_needs_no_static_future() {
    let local = String::from("borrowed");
    let text = runtime().block_on(async { local.as_str().len() });
    assert_eq!(text, 8);
}

#[test]
fn the_run_ends_when_its_log_is_full_and_the_log_is_whole() {
    let runtime = wakeline::Builder::new().event_limit(100).build();
    runtime.spawn(async {
        loop {
            wakeline::task::yield_now().await;
        }
    });
    while runtime.run_for(1000) != Progress::Limit {}
    runtime.finish(Outcome::Limit, "");
    let log = runtime.log();
    assert!(log.len() >= 100 && log.len() < 110);
    let last = log.columns.get(log.len() - 1).unwrap();
    assert_eq!(
        (last.kind, last.flags),
        (Kind::RunEnded, Outcome::Limit.code())
    );
}

#[test]
fn finishing_twice_counts_once() {
    let runtime = runtime();
    runtime.finish(Outcome::Completed, "");
    runtime.finish(Outcome::Failed, "too late");
    assert_eq!(events(&runtime, Kind::RunEnded).len(), 1);
}

#[test]
fn the_hook_is_called_when_something_becomes_ready_while_nothing_runs() {
    let calls = Rc::new(std::cell::Cell::new(0));
    let runtime = runtime();
    runtime.on_ready({
        let calls = Rc::clone(&calls);
        move || calls.set(calls.get() + 1)
    });
    runtime.spawn(async { spawn(async {}).await.unwrap() });
    runtime.spawn(async {});
    assert_eq!(calls.get(), 1, "once for the edge, not for every task");
    assert_eq!(runtime.run_for(100), Progress::Done);
    assert_eq!(calls.get(), 1, "not for what becomes ready inside");
    runtime.spawn(async {});
    assert_eq!(calls.get(), 2);
}
