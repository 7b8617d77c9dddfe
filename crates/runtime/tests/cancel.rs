//! Asking tasks to stop: when a request is delivered, to whom, and what they make of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use wakeline::cancel::{self, Cancelled, cancellable, shield};
use wakeline::log::Kind;
use wakeline::sync::Semaphore;
use wakeline::task::yield_now;
use wakeline::time::sleep;
use wakeline::{Builder, Runtime, spawn};

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn now() -> u64 {
    wakeline::time::now().as_nanos() / 1_000_000_000
}

/// The kinds of events of one task, of those that concern its end.
fn endings(runtime: &Runtime, task: u32) -> Vec<(Kind, u8, u32)> {
    let log = runtime.log();
    log.columns
        .iter_from(0)
        .filter(|event| event.subject == task)
        .filter(|event| {
            matches!(
                event.kind,
                Kind::CancelRequested
                    | Kind::TaskCancelled
                    | Kind::TaskCompleted
                    | Kind::TaskFailed
            )
        })
        .map(|event| (event.kind, event.flags, event.object))
        .collect()
}

#[test]
fn a_request_interrupts_a_wait_and_cleanup_may_wait() {
    let runtime = Builder::new().build();
    let id = runtime.block_on(async {
        let task = cancel::spawn("task", async {
            let result = cancellable(sleep(seconds(60))).await;
            sleep(seconds(2)).await;
            result
        });
        let id = task.id().get();
        sleep(seconds(1)).await;
        assert!(task.cancel());
        assert!(!task.is_finished());
        let cancelled = task.await.unwrap().unwrap_err();
        assert_eq!(cancelled.by().map(|task| task.get()), Some(1));
        assert_eq!(now(), 3);
        id
    });
    assert_eq!(
        endings(&runtime, id),
        [(Kind::CancelRequested, 1, 1), (Kind::TaskCancelled, 0, 0)]
    );
    assert_eq!(runtime.stats().cancelled, 1);
}

#[test]
fn a_task_may_refuse_and_is_then_completed() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let task = cancel::spawn("task", async {
            assert!(cancellable(sleep(seconds(60))).await.is_err());
            Ok("kept going")
        });
        sleep(seconds(1)).await;
        task.cancel();
        assert_eq!(task.await.unwrap(), Ok("kept going"));
    });
    assert_eq!(runtime.stats().cancelled, 0);
}

#[test]
fn each_request_is_delivered_once() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            let first = cancellable(sleep(seconds(60))).await;
            let second = cancellable(sleep(seconds(60))).await;
            let third = cancellable(sleep(seconds(60))).await;
            (first.is_err(), second.is_err(), third.is_err(), now())
        });
        sleep(seconds(1)).await;
        task.cancel();
        task.cancel(); // not delivered yet: one delivery serves both
        sleep(seconds(1)).await;
        task.cancel();
        assert_eq!(task.await.unwrap(), (true, true, false, 62));
    });
}

#[test]
fn a_task_that_asks_itself_runs_on_until_it_waits() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            assert!(cancel::current().cancel());
            assert!(cancellable(async {}).await.is_ok());
            cancellable(sleep(seconds(60))).await.is_err()
        });
        assert!(task.await.unwrap());
        assert_eq!(now(), 0);
    });
}

#[test]
fn a_request_before_the_first_poll_waits_for_a_waiting_point_and_can_be_taken_before() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            assert!(cancel::is_requested());
            assert!(cancel::take().is_err());
            assert!(!cancel::is_requested());
            cancellable(yield_now()).await.is_ok()
        });
        task.cancel();
        assert!(task.await.unwrap());
    });
}

#[test]
fn a_task_that_has_ended_cannot_be_cancelled() {
    Builder::new().build().block_on(async {
        let task = spawn(async {});
        let canceller = task.canceller();
        task.await.unwrap();
        assert!(canceller.is_finished());
        assert!(!canceller.cancel());
    });
}

#[test]
fn a_wait_that_does_not_take_part_is_not_interrupted() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            sleep(seconds(5)).await;
            (now(), cancellable(sleep(seconds(60))).await.is_err(), now())
        });
        sleep(seconds(1)).await;
        task.cancel();
        assert_eq!(task.await.unwrap(), (5, true, 5));
    });
}

#[test]
fn what_an_interrupted_wait_was_promised_goes_to_the_next_in_line() {
    Builder::new().build().block_on(async {
        let permits = Rc::new(Semaphore::new(0));
        let wait = |permits: &Rc<Semaphore>| {
            let permits = Rc::clone(permits);
            spawn(async move { cancellable(permits.acquire()).await.is_ok() })
        };
        let (first, second) = (wait(&permits), wait(&permits));
        sleep(seconds(1)).await;
        permits.add_permits(1);
        first.cancel(); // it was promised the permit, and has not run since
        assert!(!first.await.unwrap());
        assert!(second.await.unwrap());
    });
}

#[test]
fn a_child_that_is_awaited_gets_the_request_and_the_parent_goes_on_with_its_end() {
    let runtime = Builder::new().build();
    let parent = runtime.block_on(async {
        let order = Rc::new(RefCell::new(Vec::new()));
        let parent = spawn({
            let order = Rc::clone(&order);
            async move {
                let child = cancel::spawn("child", {
                    let order = Rc::clone(&order);
                    async move {
                        let result = cancellable(sleep(seconds(60))).await;
                        sleep(seconds(2)).await;
                        order.borrow_mut().push(("child", now()));
                        result
                    }
                });
                let ended = cancel::join(child).await;
                order.borrow_mut().push(("parent", now()));
                assert!(matches!(ended, Ok(Ok(Err(Cancelled { .. })))));
            }
        });
        sleep(seconds(1)).await;
        let id = parent.id().get();
        parent.cancel();
        parent.await.unwrap();
        assert_eq!(*order.borrow(), [("child", 3), ("parent", 3)]);
        id
    });
    assert_eq!(
        endings(&runtime, parent),
        [(Kind::CancelRequested, 2, 1), (Kind::TaskCompleted, 0, 0)]
    );
}

#[test]
fn a_request_that_comes_when_the_child_has_ended_is_the_parents() {
    Builder::new().build().block_on(async {
        let parent = spawn(async {
            let child = spawn(sleep(seconds(1)));
            cancel::join(child).await.is_err()
        });
        sleep(seconds(1)).await; // woken before the child: let that end first
        yield_now().await;
        assert!(!parent.is_finished());
        parent.cancel();
        assert!(parent.await.unwrap());
    });
}

#[test]
fn a_request_that_comes_round_in_a_circle_is_delivered() {
    Builder::new().build().block_on(async {
        let cancellers: Rc<RefCell<Vec<cancel::Canceller>>> = Rc::default();
        let wait = |other: usize| {
            let cancellers = Rc::clone(&cancellers);
            spawn(async move {
                let forward = move || cancellers.borrow()[other].clone().cancel();
                cancel::pass_on(std::future::pending::<()>(), forward)
                    .await
                    .is_err()
            })
        };
        let (first, second) = (wait(1), wait(0));
        *cancellers.borrow_mut() = vec![first.canceller(), second.canceller()];
        sleep(seconds(1)).await;
        first.cancel();
        assert!(first.await.unwrap());
        assert!(!second.is_finished());
        second.abort();
    });
}

#[test]
fn a_wait_for_a_child_can_be_given_up_while_the_child_goes_on() {
    Builder::new().build().block_on(async {
        let child = spawn(async {
            sleep(seconds(3)).await;
            "done"
        });
        let child = Rc::new(RefCell::new(Some(child)));
        let waiter = spawn({
            let child = Rc::clone(&child);
            async move {
                let mut handle = child.take().unwrap();
                let ended = cancellable(&mut handle).await;
                *child.borrow_mut() = Some(handle);
                ended.is_err()
            }
        });
        sleep(seconds(1)).await;
        waiter.cancel();
        assert!(waiter.await.unwrap());
        let child = child.take().unwrap();
        assert_eq!(child.await.unwrap(), "done");
        assert_eq!(now(), 3);
    });
}

#[test]
fn a_shield_puts_a_request_off_and_nothing_is_passed_on_inside() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            shield(async {
                cancellable(sleep(seconds(2))).await.unwrap();
                let child = spawn(async { cancellable(sleep(seconds(2))).await.is_ok() });
                assert!(cancel::join(child).await.unwrap().unwrap());
            })
            .await;
            assert!(cancel::is_requested());
            (now(), cancellable(sleep(seconds(60))).await.is_err())
        });
        sleep(seconds(1)).await;
        task.cancel();
        sleep(seconds(2)).await;
        task.cancel();
        assert_eq!(task.await.unwrap(), (4, true));
    });
}

#[test]
fn requests_are_counted_and_can_be_taken_back() {
    Builder::new().build().block_on(async {
        let task = spawn(async {
            let before = cancel::requests();
            let _ = cancellable(sleep(seconds(60))).await;
            let asked = cancel::requests();
            (
                before,
                asked,
                cancel::uncancel(),
                cancel::uncancel(),
                cancel::uncancel(),
            )
        });
        sleep(seconds(1)).await;
        let canceller = task.canceller();
        canceller.cancel();
        canceller.cancel();
        assert_eq!(canceller.requests(), 2);
        assert_eq!(task.await.unwrap(), (0, 2, 1, 0, 0));
        assert_eq!(canceller.requests(), 0);
    });
}

#[test]
fn an_abort_is_stronger_than_a_shield_and_than_a_refusal() {
    Builder::new().build().block_on(async {
        let dropped = Rc::new(Cell::new(false));
        struct Sets(Rc<Cell<bool>>);
        impl Drop for Sets {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        let guard = Sets(Rc::clone(&dropped));
        let task = spawn(async move {
            let _guard = guard;
            shield(sleep(seconds(60))).await;
        });
        sleep(seconds(1)).await;
        task.cancel();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(dropped.get());
    });
}

#[test]
fn a_runtime_that_ends_in_the_middle_of_it_all_is_freed() {
    let freed = Rc::new(());
    let runtime = Builder::new().build();
    let kept = Rc::clone(&freed);
    let task = runtime.spawn(async move {
        let _kept = kept;
        let child = spawn(cancellable(sleep(seconds(60))));
        cancel::join(child).await
    });
    let _ = runtime.run_turn();
    let canceller = task.canceller();
    canceller.cancel();
    drop(runtime);
    assert_eq!(Rc::strong_count(&freed), 1);
    assert!(!canceller.cancel());
}
