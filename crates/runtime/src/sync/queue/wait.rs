//! The futures of a queue.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{FirstIn, Order, PutError, Shared};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::sync::permits::Stake;
use crate::sync::wait_list::Key;

/// The future of [`Queue::put`](super::Queue::put).
#[must_use = "futures do nothing unless awaited"]
pub struct Put<'a, T, O: Order<T> = FirstIn> {
    pub(super) shared: &'a Shared<T, O>,
    pub(super) item: Option<T>,
    pub(super) stake: Stake,
    pub(super) site: Site,
}

impl<T, O: Order<T>> Unpin for Put<'_, T, O> {}

impl<T, O: Order<T>> Future for Put<'_, T, O> {
    type Output = Result<(), PutError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let reserved = std::task::ready!(this.shared.fifo.poll_reserve(
            &mut this.stake,
            this.site,
            cx
        ));
        let item = this
            .item
            .take()
            .expect("`put` was polled after it was ready");
        Poll::Ready(match reserved {
            Ok(()) => {
                this.shared.put(item, this.site);
                Ok(())
            }
            Err(_) => Err(PutError(item)),
        })
    }
}

impl<T, O: Order<T>> Drop for Put<'_, T, O> {
    fn drop(&mut self) {
        self.shared.fifo.withdraw_reserve(&mut self.stake);
    }
}

/// The future of [`Queue::get`](super::Queue::get).
#[must_use = "futures do nothing unless awaited"]
pub struct Get<'a, T, O: Order<T> = FirstIn> {
    pub(super) shared: &'a Shared<T, O>,
    pub(super) stake: Stake,
    pub(super) site: Site,
}

impl<T, O: Order<T>> Future for Get<'_, T, O> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        this.shared.fifo.poll_take(&mut this.stake, this.site, cx)
    }
}

impl<T, O: Order<T>> Drop for Get<'_, T, O> {
    fn drop(&mut self) {
        self.shared.fifo.withdraw_take(&mut self.stake);
    }
}

/// The future of [`Queue::join`](super::Queue::join).
#[must_use = "futures do nothing unless awaited"]
pub struct Join<'a, T, O: Order<T> = FirstIn> {
    pub(super) shared: &'a Shared<T, O>,
    pub(super) key: Option<Key>,
    pub(super) wait: Wait,
    pub(super) site: Site,
}

impl<T, O: Order<T>> Join<'_, T, O> {
    fn leave(&mut self) {
        if let Some(key) = self.key.take() {
            self.shared.joiners.leave(key);
        }
        self.shared
            .fifo
            .resource
            .wait_ends(&mut self.wait, Reason::QueueJoin);
    }
}

impl<T, O: Order<T>> Future for Join<'_, T, O> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let joiners = &this.shared.joiners;
        let resource = &this.shared.fifo.resource;
        let called = this.key.is_some_and(|key| joiners.is_called(key));
        if called || (this.key.is_none() && this.shared.unfinished.get() == 0) {
            this.leave();
            return Poll::Ready(());
        }
        let task = resource.current();
        let key = match this.key {
            Some(key) => {
                joiners.stay(key, cx.waker(), task);
                key
            }
            None => *this.key.insert(joiners.enter(cx.waker(), task, 0)),
        };
        if !this.wait.is_of(task) {
            let place = joiners.place(key);
            resource.wait_begins(&mut this.wait, Reason::QueueJoin, place, this.site);
        }
        Poll::Pending
    }
}

impl<T, O: Order<T>> Drop for Join<'_, T, O> {
    fn drop(&mut self) {
        self.leave();
    }
}

macro_rules! opaque_debug {
    ($($name:ident)*) => {$(
        impl<T, O: Order<T>> fmt::Debug for $name<'_, T, O> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
opaque_debug!(Put Get Join);
