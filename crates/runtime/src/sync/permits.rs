//! Counted permits with a line: what semaphores, mutexes, channels and queues are made of.
//!
//! - While anybody stands in line, no permit is free: what comes back goes to the first in line,
//!   which collects until it has what it asked for, so that a large request is not starved.
//! - A future that is dropped gives back what it has collected.
//! - What those in line have collected when the permits are closed is free at once.
//! - Wakers are called, and foreign wakers dropped, when nothing is borrowed.

use std::cell::{Cell, RefCell};
use std::task::{Context, Poll, Waker};

use super::wait_list::{Key, WaitList};
use crate::log::{Kind, Reason};
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// The permits are closed: none is handed out any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IsClosed;

/// Permits and the line for them.
#[derive(Debug)]
pub(super) struct Permits {
    /// None while anybody stands in line for some.
    free: Cell<usize>,
    closed: Cell<bool>,
    /// Why one waits for them, as in the log.
    reason: Reason,
    line: RefCell<WaitList>,
}

/// A future's stake: its place in line, if it has one.
#[derive(Debug, Default)]
pub(super) struct Stake {
    key: Option<Key>,
    wait: Wait,
}

impl Stake {
    /// Whether the future stands in line, or stood there and has yet to learn that it was called.
    pub(super) fn is_in_line(&self) -> bool {
        self.key.is_some()
    }
}

impl Permits {
    /// So many permits, for which one waits with this reason.
    pub(super) fn new(free: usize, reason: Reason) -> Self {
        Self {
            free: Cell::new(free),
            closed: Cell::new(false),
            reason,
            line: RefCell::default(),
        }
    }

    /// How many are free.
    #[inline]
    pub(super) fn free(&self) -> usize {
        self.free.get()
    }

    /// How many stand in line.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.line.borrow().waiting()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Tasks hold permits of locks and semaphores. Others stand for room or for items, and the log
    /// shows the items themselves.
    fn are_held(&self) -> bool {
        matches!(self.reason, Reason::Lock | Reason::Semaphore)
    }

    /// Takes permits if so many are free: then nobody stands in line, unless for none at all, and
    /// a request for none must not wait.
    #[inline]
    fn take_free(&self, count: usize) -> bool {
        let left = self.free.get().checked_sub(count);
        if let Some(left) = left {
            self.free.set(left);
        }
        left.is_some()
    }

    /// Takes permits if they are free and nobody stands in line. Closed permits can be taken as
    /// long as they last if `drain` is set.
    #[inline]
    pub(super) fn try_take(&self, count: usize, drain: bool) -> Result<bool, IsClosed> {
        if !self.closed.get() {
            return Ok(self.take_free(count));
        }
        match drain && self.take_free(count) {
            true => Ok(true),
            false => Err(IsClosed),
        }
    }

    /// Takes permits, or stands in line for them.
    #[inline]
    pub(super) fn poll_take(
        &self,
        stake: &mut Stake,
        count: usize,
        drain: bool,
        (resource, site): (&Resource, Site),
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if let Some(key) = stake.key {
            return self.poll_in_line(stake, key, resource, site, cx);
        }
        match self.try_take(count, drain) {
            Ok(true) => Poll::Ready(Ok(())),
            Err(closed) => Poll::Ready(Err(closed)),
            Ok(false) => {
                self.enter(stake, count, resource, site, cx);
                Poll::Pending
            }
        }
    }

    /// Apart from the common case, in which permits are free: that one is a few instructions.
    #[cold]
    #[inline(never)]
    fn poll_in_line(
        &self,
        stake: &mut Stake,
        key: Key,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        let lacks = {
            let mut line = self.line.borrow_mut();
            let waiter = line.get(key);
            if !waiter.called {
                drop(line);
                self.stay_in_line(stake, key, resource, site, cx);
                return Poll::Pending;
            }
            // Its waker was taken when it was called.
            let lacks = waiter.lacks;
            line.leave(key);
            lacks
        };
        stake.key = None;
        resource.wait_ends(&mut stake.wait, self.reason);
        // Closed before everything was collected?
        Poll::Ready(if lacks > 0 { Err(IsClosed) } else { Ok(()) })
    }

    /// Polled without having been called, maybe by another task than the one that entered.
    #[cold]
    #[inline(never)]
    fn stay_in_line(
        &self,
        stake: &mut Stake,
        key: Key,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) {
        let task = resource.current();
        let stale = self.line.borrow_mut().refresh(key, cx.waker(), task);
        if stale {
            let waker = cx.waker().clone();
            let old = self.line.borrow_mut().replace_waker(key, waker);
            drop(old);
        }
        if !stake.wait.is_of(task) {
            let place = self.line.borrow().place(key);
            resource.wait_begins(&mut stake.wait, self.reason, place, site);
        }
    }

    #[cold]
    #[inline(never)]
    fn enter(
        &self,
        stake: &mut Stake,
        count: usize,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) {
        let (waker, task) = (waker::copy(cx.waker()), resource.current());
        let place = {
            let mut line = self.line.borrow_mut();
            let place = line.waiting();
            let key = line.enter(waker, task, count);
            // Whatever is free is collected at once; nobody stands before it then.
            let collected = self.free.replace(0);
            if collected > 0 {
                line.get(key).lacks -= collected;
            }
            stake.key = Some(key);
            place
        };
        resource.wait_begins(&mut stake.wait, self.reason, place, site);
    }

    /// Gives permits back, or adds new ones.
    #[inline]
    pub(super) fn give(&self, count: usize, resource: &Resource) {
        if self.waiting() == 0 {
            self.free.set(self.free.get() + count);
        } else {
            self.give_to_line(count, resource);
        }
    }

    #[cold]
    #[inline(never)]
    fn give_to_line(&self, mut count: usize, resource: &Resource) {
        loop {
            let (task, asks, waker, more) = {
                let mut line = self.line.borrow_mut();
                let Some(first) = line.front() else {
                    self.free.set(self.free.get() + count);
                    return;
                };
                let given = first.lacks.min(count);
                first.lacks -= given;
                count -= given;
                if first.lacks > 0 {
                    return;
                }
                let (task, asks) = (first.task, first.asks);
                let waker = line.call_front();
                // A request for no permits stands in line only behind others; it is served with
                // them.
                let more = count > 0 || line.front().is_some_and(|next| next.lacks == 0);
                (task, asks, waker, more)
            };
            if self.are_held() {
                // It has everything it asked for, and has yet to learn of it.
                resource.record_for(task, Kind::HandedOver, asks as u64);
            }
            if let Some(waker) = waker {
                waker::call(waker);
            }
            if !more {
                return;
            }
        }
    }

    /// Hands out no more. Everybody in line is called and told so; what they have collected is
    /// free.
    pub(super) fn close(&self) {
        let mut wakers: Vec<Waker> = Vec::new();
        self.closed.set(true);
        {
            let mut line = self.line.borrow_mut();
            while let Some(first) = line.front() {
                let collected = first.asks - first.lacks;
                first.lacks = first.asks;
                self.free.set(self.free.get() + collected);
                wakers.extend(line.call_front());
            }
        }
        wakers.into_iter().for_each(waker::call);
    }

    /// A future goes: leaves the line and gives back what it had. True if that was everything it
    /// had asked for, so that its turn is passed on.
    #[inline]
    pub(super) fn withdraw(&self, stake: &mut Stake, resource: &Resource) -> bool {
        // Most futures never stood in line; they are done here.
        let Some(key) = stake.key else {
            return false;
        };
        stake.key = None;
        self.leave_line(stake, key, resource)
    }

    #[cold]
    #[inline(never)]
    fn leave_line(&self, stake: &mut Stake, key: Key, resource: &Resource) -> bool {
        let waiter = self.line.borrow_mut().leave(key);
        resource.wait_ends(&mut stake.wait, self.reason);
        let (task, collected) = (waiter.task, waiter.asks - waiter.lacks);
        let complete = waiter.called && waiter.lacks == 0;
        drop(waiter);
        if complete && self.are_held() {
            // Handed over, and never taken.
            resource.record_for(task, Kind::Released, collected as u64);
        }
        self.give(collected, resource);
        complete
    }
}
