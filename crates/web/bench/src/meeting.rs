//! Where tasks meet, the same for every executor: nothing here knows one.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Wakes who waits when all have reported.
#[derive(Clone)]
pub(crate) struct Countdown(Rc<(Cell<usize>, Cell<Option<Waker>>)>);

impl Countdown {
    pub(crate) fn new(count: usize) -> Self {
        Self(Rc::new((Cell::new(count), Cell::new(None))))
    }

    pub(crate) fn report(&self) {
        let (left, waker) = &*self.0;
        left.set(left.get() - 1);
        if left.get() == 0
            && let Some(waker) = waker.take()
        {
            waker.wake();
        }
    }

    pub(crate) async fn wait(&self) {
        let (left, waker) = &*self.0;
        poll_fn(|cx| {
            if left.get() == 0 {
                return Poll::Ready(());
            }
            waker.set(Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

/// Two tasks that take turns.
#[derive(Clone)]
pub(crate) struct Turns(Rc<(Cell<usize>, RefCell<[Option<Waker>; 2]>)>);

impl Turns {
    pub(crate) fn new() -> Self {
        Self(Rc::new((Cell::new(0), RefCell::default())))
    }

    /// Waits for this player's turn.
    pub(crate) async fn mine(&self, player: usize) {
        let (turn, wakers) = &*self.0;
        poll_fn(|cx| {
            if turn.get() == player {
                return Poll::Ready(());
            }
            wakers.borrow_mut()[player] = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets the other one have a turn.
    pub(crate) fn pass(&self) {
        let (turn, wakers) = &*self.0;
        let other = 1 - turn.get();
        turn.set(other);
        let waker = wakers.borrow_mut()[other].take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
