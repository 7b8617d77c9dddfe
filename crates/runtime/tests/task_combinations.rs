//! Every way in which a task can end, combined: where it panics, when it is aborted, what becomes
//! of its handle. One model says what must come of each.
#![cfg(panic = "unwind")]

mod support;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use support::runtime;
use wakeline::task::{TaskEnd, yield_now};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Panics {
    Never,
    InFirstPoll,
    InSecondPoll,
    InDropOfFuture,
    InDropOfOutput,
}

/// Moments between the polls, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    BeforeFirstPoll,
    WhileItWaits,
    /// It was woken and has yet to be polled again.
    WhileItIsReady,
    AfterItsEnd,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joins {
    No,
    /// The handle was polled while the task waited.
    Polled,
}

const PANICS: [Panics; 5] = [
    Panics::Never,
    Panics::InFirstPoll,
    Panics::InSecondPoll,
    Panics::InDropOfFuture,
    Panics::InDropOfOutput,
];
const MOMENTS: [When; 5] = [
    When::BeforeFirstPoll,
    When::WhileItWaits,
    When::WhileItIsReady,
    When::AfterItsEnd,
    When::Never,
];

#[derive(Default)]
struct Counts {
    polls: Cell<u32>,
    futures: Cell<u32>,
    outputs_made: Cell<u32>,
    outputs_dropped: Cell<u32>,
}

fn add(count: &Cell<u32>) {
    count.set(count.get() + 1);
}

struct Output {
    counts: Rc<Counts>,
    panics: bool,
}

impl Drop for Output {
    fn drop(&mut self) {
        add(&self.counts.outputs_dropped);
        assert!(!self.panics, "output dropped");
    }
}

/// Waits once, and leaves its waker where the test finds it.
struct Subject {
    counts: Rc<Counts>,
    panics: Panics,
    waker: Rc<RefCell<Option<Waker>>>,
}

impl Future for Subject {
    type Output = Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Output> {
        add(&self.counts.polls);
        if self.counts.polls.get() == 1 {
            *self.waker.borrow_mut() = Some(cx.waker().clone());
            assert!(self.panics != Panics::InFirstPoll, "first poll");
            return Poll::Pending;
        }
        assert!(self.panics != Panics::InSecondPoll, "second poll");
        add(&self.counts.outputs_made);
        Poll::Ready(Output {
            counts: Rc::clone(&self.counts),
            panics: self.panics == Panics::InDropOfOutput,
        })
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        add(&self.counts.futures);
        assert!(self.panics != Panics::InDropOfFuture, "future dropped");
    }
}

/// What must come of a combination: how often it is polled, whether it makes an output, how it
/// ends.
fn model(panics: Panics, abort: When) -> (u32, u32, TaskEnd) {
    let aborted = match panics {
        Panics::InDropOfFuture => TaskEnd::Failed,
        _ => TaskEnd::Cancelled,
    };
    if abort == When::BeforeFirstPoll {
        return (0, 0, aborted);
    }
    if panics == Panics::InFirstPoll {
        return (1, 0, TaskEnd::Failed);
    }
    if abort < When::AfterItsEnd {
        return (1, 0, aborted);
    }
    match panics {
        Panics::InSecondPoll => (2, 0, TaskEnd::Failed),
        Panics::InDropOfFuture => (2, 1, TaskEnd::Failed),
        _ => (2, 1, TaskEnd::Completed),
    }
}

fn check(panics: Panics, abort: When, drop_handle: When, joins: Joins, keeps_waker: bool) {
    let name = format!("{panics:?}, aborted {abort:?}, handle dropped {drop_handle:?}, {joins:?}");
    let runtime = runtime();
    let counts = Rc::new(Counts::default());
    let waker = Rc::new(RefCell::new(None));
    let subject = Subject {
        counts: Rc::clone(&counts),
        panics,
        waker: Rc::clone(&waker),
    };
    let (polls, outputs, end) = model(panics, abort);
    runtime.block_on(async {
        let handle = wakeline::spawn(subject);
        let aborter = handle.abort_handle();
        let mut handle = Some(handle);
        for moment in MOMENTS {
            if moment == When::WhileItWaits && joins == Joins::Polled {
                std::future::poll_fn(|cx| {
                    if let Some(handle) = &mut handle
                        && !handle.is_finished()
                    {
                        assert!(Pin::new(handle).poll(cx).is_pending(), "{name}");
                    }
                    Poll::Ready(())
                })
                .await;
            }
            if moment == When::WhileItIsReady
                && let Some(waker) = &*waker.borrow()
            {
                waker.wake_by_ref();
            }
            if moment == abort {
                aborter.abort();
            }
            if moment == drop_handle {
                drop(handle.take());
            }
            if matches!(moment, When::BeforeFirstPoll | When::WhileItIsReady) {
                yield_now().await;
            }
        }
        // An abort leaves it to the task's turn.
        yield_now().await;
        assert!(aborter.is_finished(), "{name}");
        assert_eq!(aborter.end(), Some(end), "{name}");
        assert_eq!(counts.polls.get(), polls, "{name}");
        assert_eq!(counts.futures.get(), 1, "{name}");
        assert_eq!(counts.outputs_made.get(), outputs, "{name}");
        if let Some(handle) = handle {
            match handle.await {
                Ok(output) => {
                    assert_eq!(end, TaskEnd::Completed, "{name}");
                    assert_eq!(counts.outputs_dropped.get(), 0, "{name}");
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(output)));
                }
                Err(error) if error.is_cancelled() => assert_eq!(end, TaskEnd::Cancelled, "{name}"),
                Err(_) => assert_eq!(end, TaskEnd::Failed, "{name}"),
            }
        }
        assert_eq!(counts.outputs_dropped.get(), outputs, "{name}");
    });
    let stats = runtime.stats();
    assert_eq!(stats.live(), 0, "{name}");
    assert_eq!(stats.failed, u32::from(end == TaskEnd::Failed), "{name}");
    let stray = waker.borrow_mut().take();
    if keeps_waker {
        drop(runtime);
        if let Some(waker) = stray {
            waker.wake();
        }
    } else {
        drop(stray);
        drop(runtime);
    }
    assert_eq!(Rc::strong_count(&counts), 1, "{name}");
}

#[test]
fn every_combination_ends_as_the_model_says_and_drops_everything_once() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let checked = catch_unwind(|| {
        let mut count = 0;
        for panics in PANICS {
            for abort in MOMENTS {
                for drop_handle in MOMENTS {
                    for joins in [Joins::No, Joins::Polled] {
                        for keeps_waker in [false, true] {
                            // Miri is slow: there, the one that refers to most.
                            if cfg!(miri) && !(keeps_waker && joins == Joins::Polled) {
                                continue;
                            }
                            check(panics, abort, drop_handle, joins, keeps_waker);
                            count += 1;
                        }
                    }
                }
            }
        }
        count
    });
    std::panic::set_hook(hook);
    match checked {
        Ok(count) => assert_eq!(count, if cfg!(miri) { 125 } else { 500 }),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
