//! What workloads need besides an executor: small, the same for everybody, and without a clock.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Wakes one task when so many others have reported.
#[derive(Clone, Default)]
pub struct Countdown {
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    left: Cell<usize>,
    waker: Cell<Option<Waker>>,
}

impl Countdown {
    #[must_use]
    pub fn new(count: usize) -> Self {
        let countdown = Self::default();
        countdown.shared.left.set(count);
        countdown
    }

    #[inline]
    pub fn report(&self) {
        let left = self.shared.left.get() - 1;
        self.shared.left.set(left);
        if left == 0
            && let Some(waker) = self.shared.waker.take()
        {
            waker.wake();
        }
    }

    /// Starts again with another count.
    pub fn reset(&self, count: usize) {
        self.shared.left.set(count);
    }

    pub async fn wait(&self) {
        poll_fn(|cx| {
            if self.shared.left.get() == 0 {
                return Poll::Ready(());
            }
            self.shared.waker.set(Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// Reports when it is dropped.
    #[must_use]
    pub fn guard(&self) -> ReportOnDrop {
        ReportOnDrop(self.clone())
    }
}

pub struct ReportOnDrop(Countdown);

impl Drop for ReportOnDrop {
    fn drop(&mut self) {
        self.0.report();
    }
}

/// Wakes its own task by reference and is ready the next time: what every executor has to do
/// for a task that gives way.
#[derive(Default)]
pub struct WakeItself {
    done: bool,
}

impl Future for WakeItself {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.done {
            return Poll::Ready(());
        }
        self.done = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Two tasks that wake each other in turns.
#[derive(Default)]
pub struct Table {
    turn: Cell<usize>,
    wakers: [Cell<Option<Waker>>; 2],
}

impl Table {
    /// Plays one side: `hops` times waits for its turn and gives it to the other side.
    pub async fn play(&self, side: usize, hops: usize) {
        for _ in 0..hops {
            poll_fn(|cx| {
                if self.turn.get() % 2 == side {
                    return Poll::Ready(());
                }
                let known = self.wakers[side].take();
                let waker = match known {
                    Some(waker) if waker.will_wake(cx.waker()) => waker,
                    _ => cx.waker().clone(),
                };
                self.wakers[side].set(Some(waker));
                Poll::Pending
            })
            .await;
            self.turn.set(self.turn.get() + 1);
            if let Some(waker) = self.wakers[1 - side].take() {
                waker.wake_by_ref();
                self.wakers[1 - side].set(Some(waker));
            }
        }
    }
}
