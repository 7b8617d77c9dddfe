//! Ending a task from outside.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use support::{Drops, events, ms, runtime};
use wakeline::log::{Cause, Kind};
use wakeline::spawn;
use wakeline::task::{AbortHandle, yield_now};
use wakeline::time::sleep;

#[test]
fn an_aborted_task_is_dropped_where_it_waits_at_its_next_turn() {
    let runtime = runtime();
    let drops = Drops::default();
    runtime.block_on(async {
        let guard = drops.guard();
        let task = spawn(async move {
            let _guard = guard;
            sleep(ms(100)).await;
        });
        sleep(ms(10)).await;
        task.abort();
        assert_eq!(drops.count(), 0, "abort only marks");
        let error = task.await.unwrap_err();
        assert!(error.is_cancelled() && !error.is_panic());
        assert_eq!(drops.count(), 1);
        assert_eq!(wakeline::time::now().as_nanos(), 10_000_000);
    });
    assert_eq!(runtime.stats().cancelled, 1);
    let cancelled = events(&runtime, Kind::TimerCancelled);
    assert_eq!(cancelled.len(), 1, "its timer goes with it");
}

#[test]
fn a_task_that_was_aborted_before_its_first_poll_is_never_polled() {
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async { panic!("polled") });
        task.abort();
        let error: wakeline::task::JoinError = match task.await {
            Ok(()) => unreachable!(),
            Err(error) => error,
        };
        assert!(error.is_cancelled());
    });
}

#[test]
fn a_task_that_aborts_itself_ends_at_its_next_wait() {
    let runtime = runtime();
    runtime.block_on(async {
        let own: Rc<RefCell<Option<AbortHandle>>> = Rc::default();
        let task = spawn({
            let own = Rc::clone(&own);
            async move {
                own.borrow().as_ref().unwrap().abort();
                wakeline::println!("after the abort, before a wait");
                yield_now().await;
                wakeline::println!("never");
            }
        });
        *own.borrow_mut() = Some(task.abort_handle());
        assert!(task.await.unwrap_err().is_cancelled());
    });
    assert_eq!(support::lines(&runtime).len(), 1);
}

#[test]
fn aborting_twice_or_too_late_does_nothing() {
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async { 1 });
        let handle = task.abort_handle();
        assert_eq!(task.await.unwrap(), 1);
        handle.abort();
        assert!(handle.is_finished());
        let task = spawn(sleep(ms(50)));
        task.abort();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    assert_eq!(events(&runtime, Kind::CancelRequested).len(), 1);
}

#[test]
fn who_aborted_whom_is_in_the_log() {
    let runtime = runtime();
    runtime.block_on(async {
        let victim = spawn(sleep(ms(50)));
        let handle = victim.abort_handle();
        wakeline::spawn_named("killer", async move { handle.abort() })
            .await
            .unwrap();
        assert!(victim.await.is_err());
    });
    let request = events(&runtime, Kind::CancelRequested)[0];
    assert_eq!((request.subject, request.object), (2, 3));
    let ready = events(&runtime, Kind::TaskReady);
    let woken = ready.iter().find(|e| e.flags == Cause::Abort.code());
    // The victim stood in the ready queue already, from its spawn, or was woken by the abort.
    assert!(woken.is_some() || !events(&runtime, Kind::WakeCoalesced).is_empty());
}

#[test]
fn a_future_that_wakes_spawns_and_aborts_in_its_drop_is_fine() {
    struct Busy(Option<AbortHandle>);
    impl Drop for Busy {
        fn drop(&mut self) {
            drop(spawn(async { wakeline::println!("spawned in a drop") }));
            if let Some(other) = self.0.take() {
                other.abort();
            }
        }
    }
    let runtime = runtime();
    runtime.block_on(async {
        let other = spawn(sleep(ms(1000)));
        let busy = Busy(Some(other.abort_handle()));
        let task = spawn(async move {
            let _busy = busy;
            sleep(ms(1000)).await;
        });
        sleep(ms(1)).await;
        task.abort();
        assert!(task.await.is_err());
        assert!(other.await.is_err());
        sleep(ms(1)).await;
    });
    assert_eq!(
        support::lines(&runtime),
        [(1, "spawned in a drop".to_owned())]
    );
}
