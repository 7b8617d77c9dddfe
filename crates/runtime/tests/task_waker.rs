//! Wakers: kept too long, called at odd moments, and sent to other threads.

mod support;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use support::{Drops, events, ms, runtime};
use wakeline::log::{Cause, Kind};
use wakeline::spawn;
use wakeline::time::sleep;

/// Stores the waker of the task that polls it and is ready at the second poll.
fn once(stored: Rc<RefCell<Option<Waker>>>) -> impl Future<Output = ()> {
    let mut polled = false;
    poll_fn(move |cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        *stored.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    })
}

#[test]
fn a_waker_that_outlives_its_task_does_nothing() {
    let stored: Rc<RefCell<Option<Waker>>> = Rc::default();
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(once(Rc::clone(&stored)));
        sleep(ms(1)).await;
        let waker = stored.borrow().clone().unwrap();
        waker.wake_by_ref();
        task.await.unwrap();
        waker.wake_by_ref();
        waker.wake();
    });
    stored.borrow().as_ref().unwrap().wake_by_ref();
    drop(runtime);
    stored.borrow().as_ref().unwrap().wake_by_ref();
}

#[test]
fn a_waker_of_a_runtime_that_is_gone_does_nothing() {
    let stored: Rc<RefCell<Option<Waker>>> = Rc::default();
    let runtime = runtime();
    runtime.spawn(once(Rc::clone(&stored)));
    let _ = runtime.run_for(10);
    drop(runtime);
    let waker = stored.borrow_mut().take().unwrap();
    waker.wake_by_ref();
    drop(waker.clone());
    waker.wake();
}

#[test]
fn wakes_of_a_task_that_is_ready_are_one_wake() {
    let stored: Rc<RefCell<Option<Waker>>> = Rc::default();
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(once(Rc::clone(&stored)));
        sleep(ms(1)).await;
        let waker = stored.borrow_mut().take().unwrap();
        waker.wake_by_ref();
        waker.wake_by_ref();
        waker.wake();
        task.await.unwrap();
    });
    let ready = events(&runtime, Kind::TaskReady)
        .into_iter()
        .filter(|e| e.subject == 2)
        .count();
    let coalesced = events(&runtime, Kind::WakeCoalesced);
    assert_eq!((ready, coalesced.len()), (2, 2));
}

#[test]
fn a_wake_during_the_last_poll_does_not_poll_again() {
    runtime().block_on(async {
        let mut polls = 0;
        spawn(poll_fn(move |cx| {
            polls += 1;
            assert_eq!(polls, 1);
            cx.waker().wake_by_ref();
            Poll::Ready(())
        }))
        .await
        .unwrap();
        sleep(ms(1)).await;
    });
}

#[test]
fn clones_of_a_waker_will_wake_the_same_task() {
    runtime().block_on(async {
        poll_fn(|cx| {
            assert!(cx.waker().clone().will_wake(cx.waker()));
            Poll::Ready(())
        })
        .await;
        let first = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        wakeline::task::yield_now().await;
        assert!(poll_fn(|cx| Poll::Ready(first.will_wake(cx.waker()))).await);
    });
}

#[test]
fn a_wake_knows_its_cause() {
    let runtime = runtime();
    runtime.block_on(async {
        let notify = Rc::new(wakeline::sync::Notify::new());
        let waiter = spawn({
            let notify = Rc::clone(&notify);
            async move { notify.notified().await }
        });
        sleep(ms(1)).await;
        notify.notify_one();
        waiter.await.unwrap();
        wakeline::task::yield_now().await;
    });
    let causes: Vec<(u32, Cause, u32)> = events(&runtime, Kind::TaskReady)
        .into_iter()
        .map(|e| (e.subject, Cause::from_code(e.flags).unwrap(), e.object))
        .collect();
    assert_eq!(
        causes,
        [
            (1, Cause::Spawned, 0),
            (2, Cause::Spawned, 1),
            (1, Cause::Timer, 1),
            (2, Cause::Task, 1),
            (1, Cause::Task, 2),
            (1, Cause::Yielded, 1),
        ]
    );
}

/// Hands its waker to another thread, which calls it there.
fn woken_by_a_thread(act: impl FnOnce(Waker) + Send + 'static) -> impl Future<Output = ()> {
    let mut act = Some(act);
    let mut thread = None;
    poll_fn(move |cx| match act.take() {
        Some(act) => {
            let waker = cx.waker().clone();
            thread = Some(std::thread::spawn(move || act(waker)));
            Poll::Pending
        }
        None => {
            if let Some(thread) = thread.take() {
                thread.join().unwrap();
            }
            Poll::Ready(())
        }
    })
}

fn real_runtime() -> wakeline::Runtime {
    wakeline::Builder::new()
        .clock(wakeline::Clock::real())
        .build()
}

#[test]
fn another_thread_may_wake_by_value_by_reference_and_by_a_clone() {
    let runtime = real_runtime();
    runtime.block_on(async {
        let _outside = OutsideExpected::new();
        woken_by_a_thread(|waker| waker.wake()).await;
        woken_by_a_thread(|waker| waker.wake_by_ref()).await;
        woken_by_a_thread(|waker| {
            let clone = waker.clone();
            drop(waker);
            let second = clone.clone();
            drop(clone);
            second.wake();
        })
        .await;
    });
    let by_thread = events(&runtime, Kind::TaskReady)
        .into_iter()
        .filter(|e| e.flags == Cause::Thread.code())
        .count();
    assert_eq!(by_thread, 3);
}

/// Tells the runtime that something outside will wake a task, as a bridge does.
struct OutsideExpected {
    connection: wakeline::outside::Connection,
}

impl OutsideExpected {
    fn new() -> Self {
        let connection = wakeline::outside::Connection::begin("a thread");
        let keep = connection.clone();
        // A task that waits for the network forever keeps the run from being called stalled.
        drop(spawn(async move {
            keep.wait(std::future::pending::<()>()).await
        }));
        Self { connection }
    }
}

impl Drop for OutsideExpected {
    fn drop(&mut self) {
        self.connection.end_well("");
    }
}

#[test]
fn a_waker_dropped_on_another_thread_comes_home_before_its_task_is_freed() {
    let drops = Drops::default();
    let runtime = real_runtime();
    runtime.block_on(async {
        let _outside = OutsideExpected::new();
        let guard = drops.guard();
        let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
        let task = spawn(async move {
            let _guard = guard;
            poll_fn(|cx| {
                sender.send(cx.waker().clone()).unwrap();
                Poll::Ready(())
            })
            .await;
        });
        task.await.unwrap();
        let waker = receiver.recv().unwrap();
        std::thread::spawn(move || drop(waker)).join().unwrap();
    });
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_future_is_never_dropped_on_another_thread() {
    struct HomeOnly(std::thread::ThreadId);
    impl Drop for HomeOnly {
        fn drop(&mut self) {
            assert_eq!(std::thread::current().id(), self.0);
        }
    }
    let runtime = real_runtime();
    let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
    let home = HomeOnly(std::thread::current().id());
    runtime.spawn(async move {
        let _home = home;
        poll_fn::<(), _>(|cx| {
            sender.send(cx.waker().clone()).unwrap();
            Poll::Pending
        })
        .await;
    });
    let _ = runtime.run_for(5);
    let waker = receiver.recv().unwrap();
    // The waker is the last thing that refers to the task from outside when the runtime goes.
    drop(runtime);
    std::thread::scope(|scope| scope.spawn(|| waker.wake_by_ref()).join().unwrap());
}

#[test]
#[cfg_attr(
    miri,
    ignore = "leaks the emptied task and core, as documented, and Miri objects to leaks"
)]
fn a_waker_may_be_dropped_on_another_thread_after_its_runtime_is_gone() {
    let runtime = real_runtime();
    let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
    let drops = Drops::default();
    let guard = drops.guard();
    runtime.spawn(async move {
        let _guard = guard;
        poll_fn::<(), _>(|cx| {
            sender.send(cx.waker().clone()).unwrap();
            Poll::Pending
        })
        .await;
    });
    let _ = runtime.run_for(5);
    let waker = receiver.recv().unwrap();
    drop(runtime);
    assert_eq!(
        drops.count(),
        1,
        "the future went with its runtime, at home"
    );
    std::thread::spawn(move || drop(waker)).join().unwrap();
}

#[test]
fn a_foreign_executor_may_poll_what_belongs_to_the_runtime() {
    // `ByHand` has a waker that is not ours.
    let runtime = runtime();
    let (sender, mut receiver) =
        runtime.enter(|| wakeline::sync::mpsc::Builder::<u8>::new("foreign").bounded(1));
    let mut receive = support::ByHand::new(async move { receiver.recv().await });
    assert!(receive.poll().is_pending());
    runtime.block_on(async move { sender.send(9).await.unwrap() });
    assert!(receive.is_woken());
    assert_eq!(receive.poll(), Poll::Ready(Some(9)));
}

#[test]
fn a_waker_that_panics_ends_neither_the_run_nor_the_other_tasks() {
    struct Angry;
    impl std::task::Wake for Angry {
        fn wake(self: std::sync::Arc<Self>) {
            panic!("angry waker");
        }
    }
    let runtime = runtime();
    let mut task = runtime.spawn(async {
        sleep(ms(1)).await;
    });
    let waker = Waker::from(std::sync::Arc::new(Angry));
    assert!(
        Pin::new(&mut task)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let drive = std::panic::AssertUnwindSafe(|| runtime.run_for(100));
    let _ = std::panic::catch_unwind(drive);
    assert!(task.is_finished());
    runtime.block_on(async { sleep(ms(1)).await });
}

#[test]
fn wakes_of_a_task_that_is_ready_already_change_no_count_of_references() {
    let runtime = runtime();
    let drops = Drops::default();
    let guard = drops.guard();
    let output = runtime.block_on(async {
        let task = wakeline::spawn(async move {
            poll_fn(|cx| {
                for _ in 0..100 {
                    cx.waker().wake_by_ref();
                    let waker = cx.waker().clone();
                    waker.wake();
                }
                Poll::<()>::Pending
            })
            .await;
            drop(guard);
        });
        for _ in 0..10 {
            wakeline::task::yield_now().await;
        }
        assert_eq!(drops.count(), 0);
        task.abort();
        task.await
    });
    assert!(output.unwrap_err().is_cancelled());
    assert_eq!(drops.count(), 1);
}
