//! Counted permits with a line: what semaphores, mutexes, channels and queues are made of.
//!
//! - While anybody stands in line, no permit is free: what comes back goes to the first in line,
//!   which collects until it has what it asked for, so that a large request is not starved.
//! - A future that is dropped gives back what it has collected.
//! - What those in line have collected when the permits are closed is free at once.
//! - Wakers are called, and foreign wakers dropped, when nothing is borrowed.

use std::cell::Cell;
use std::task::{Context, Poll};

use super::wait_list::{Called, Key, WaitList};
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
    line: WaitList,
    /// How many the first in line has collected. Nobody behind it has any.
    collected: Cell<usize>,
    closed: Cell<bool>,
    /// Why one waits for them, as in the log.
    reason: Reason,
    /// Who stood in line when the permits were closed was called, but got nothing: everybody from
    /// this one on.
    refused: Cell<Option<Key>>,
}

/// A future's stake: its place in line, if it has one.
#[derive(Debug, Default)]
pub(super) struct Stake {
    key: Option<Key>,
    wait: Wait,
}

impl Stake {
    /// Whether the future stands in line, or stood there and has yet to learn that it was called.
    #[inline]
    pub(super) fn is_in_line(&self) -> bool {
        self.key.is_some()
    }
}

impl Permits {
    /// So many permits, for which one waits with this reason.
    pub(super) fn new(free: usize, reason: Reason) -> Self {
        Self {
            free: Cell::new(free),
            line: WaitList::default(),
            collected: Cell::new(0),
            closed: Cell::new(false),
            reason,
            refused: Cell::new(None),
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
        self.line.waiting()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Tasks hold permits of locks and semaphores. Others stand for room or for items, and the log
    /// shows the items themselves.
    fn are_held(&self) -> bool {
        matches!(self.reason, Reason::Lock | Reason::Semaphore)
    }

    /// Items that are there can be taken also when there will be no others.
    fn are_items(&self) -> bool {
        matches!(self.reason, Reason::ChannelReceive)
    }

    /// Takes permits if so many are free: then nobody stands in line. A request for none never
    /// waits.
    #[inline]
    pub(super) fn take_free(&self, count: usize) -> bool {
        let left = self.free.get().checked_sub(count);
        if let Some(left) = left {
            self.free.set(left);
        }
        left.is_some()
    }

    /// Takes permits if they are free and nobody stands in line.
    #[inline]
    pub(super) fn try_take(&self, count: usize) -> Result<bool, IsClosed> {
        if !self.closed.get() {
            return Ok(self.take_free(count));
        }
        match self.are_items() && self.take_free(count) {
            true => Ok(true),
            false => Err(IsClosed),
        }
    }

    /// Whether a future can have what it asks for now: so many are free and it does not stand in
    /// line, or its turn has come. Does not see that permits are closed.
    #[inline]
    pub(super) fn are_due(&self, stake: &Stake, count: usize) -> bool {
        match stake.key {
            None => self.free.get() >= count,
            Some(key) => self.line.is_called(key),
        }
    }

    /// Takes permits that [are due](Self::are_due), where nobody wants to know.
    #[inline]
    pub(super) fn take_due(&self, stake: &mut Stake, count: usize) {
        match stake.key {
            None => self.free.set(self.free.get() - count),
            Some(_) => stake.key = None,
        }
    }

    /// Takes permits if they [are due](Self::are_due), where nobody wants to know.
    #[inline]
    pub(super) fn takes_due(&self, stake: &mut Stake, count: usize) -> bool {
        match stake.key {
            None => self.take_free(count),
            Some(key) => {
                let is_called = self.line.is_called(key);
                if is_called {
                    stake.key = None;
                }
                is_called
            }
        }
    }

    /// Takes permits, or stands in line for them.
    #[inline]
    pub(super) fn poll_take(
        &self,
        stake: &mut Stake,
        count: usize,
        (resource, site): (&Resource, Site),
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if resource.is_quiet() && !self.closed.get() && self.takes_due(stake, count) {
            return Poll::Ready(Ok(()));
        }
        self.poll_take_or_wait(stake, count, resource, site, cx)
    }

    /// The second common case: to stand in line for what is not free, where nobody wants to know.
    /// Calls nothing unless it has to, so that it need not put anything aside.
    #[inline(never)]
    fn poll_take_or_wait(
        &self,
        stake: &mut Stake,
        count: usize,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if resource.is_quiet()
            && !self.closed.get()
            && !stake.is_in_line()
            && self.enters_at_once(stake, count, cx)
        {
            return Poll::Pending;
        }
        self.poll_take_at_length(stake, count, resource, site, cx)
    }

    /// All cases.
    #[inline(never)]
    pub(super) fn poll_take_at_length(
        &self,
        stake: &mut Stake,
        count: usize,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if let Some(key) = stake.key {
            return self.poll_in_line(stake, key, resource, site, cx);
        }
        match self.try_take(count) {
            Ok(true) => Poll::Ready(Ok(())),
            Err(closed) => Poll::Ready(Err(closed)),
            Ok(false) => {
                self.enter_at_length(stake, count, resource, site, cx);
                Poll::Pending
            }
        }
    }

    fn poll_in_line(
        &self,
        stake: &mut Stake,
        key: Key,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if !self.line.is_called(key) {
            self.stay_in_line(stake, key, resource, site, cx);
            return Poll::Pending;
        }
        stake.key = None;
        resource.wait_ends(&mut stake.wait, self.reason);
        Poll::Ready(match self.is_refused(key) {
            true => Err(IsClosed),
            false => Ok(()),
        })
    }

    /// Whether somebody who was called was called for nothing.
    #[inline]
    fn is_refused(&self, key: Key) -> bool {
        self.closed.get() && self.refused.get().is_some_and(|first| first <= key)
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
        self.line.stay(key, cx.waker(), task);
        if !stake.wait.is_of(task) {
            let place = self.line.place(key);
            resource.wait_begins(&mut stake.wait, self.reason, place, site);
        }
    }

    /// Stands in line, which nobody does yet by this stake.
    #[inline(never)]
    pub(super) fn enter(
        &self,
        stake: &mut Stake,
        count: usize,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) {
        if !resource.is_quiet() || !self.enters_at_once(stake, count, cx) {
            self.enter_at_length(stake, count, resource, site, cx);
        }
    }

    /// Stands in line if that takes a few steps and nobody wants to know.
    #[inline]
    fn enters_at_once(&self, stake: &mut Stake, count: usize, cx: &Context<'_>) -> bool {
        self.free.get() == 0 && self.line.enter_at_once(&mut stake.key, cx.waker(), count)
    }

    #[inline(never)]
    fn enter_at_length(
        &self,
        stake: &mut Stake,
        count: usize,
        resource: &Resource,
        site: Site,
        cx: &Context<'_>,
    ) {
        let key = self.line.enter(cx.waker(), resource.current(), count);
        stake.key = Some(key);
        // Whatever is free is collected at once; nobody stands before it then.
        let free = self.free.replace(0);
        if free > 0 {
            self.collected.set(free);
        }
        if !resource.is_quiet() {
            let place = self.line.waiting() - 1;
            resource.wait_begins(&mut stake.wait, self.reason, place, site);
        }
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

    /// Calls nothing but the waker, at its end, unless it has to.
    #[inline(never)]
    fn give_to_line(&self, count: usize, resource: &Resource) {
        if resource.is_quiet()
            && self.collected.get() == 0
            && let Some(waker) = self.line.call_exactly(count)
        {
            return waker::call(waker);
        }
        self.give_at_length(count, resource);
    }

    #[inline(never)]
    fn give_at_length(&self, mut count: usize, resource: &Resource) {
        loop {
            let have = self.collected.replace(0) + count;
            let Some(Called { waker, asks, task }) = self.line.call_first(have) else {
                let kept = match self.line.waiting() {
                    0 => &self.free,
                    _ => &self.collected,
                };
                kept.set(kept.get() + have);
                return;
            };
            count = have - asks;
            if self.are_held() {
                // It has everything it asked for, and has yet to learn of it.
                resource.record_for(task, Kind::HandedOver, asks as u64);
            }
            waker::call(waker);
            if count == 0 {
                return;
            }
        }
    }

    /// Hands out no more. Everybody in line is called and told so; what they have collected is
    /// free.
    pub(super) fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        self.refused.set(Some(self.line.first()));
        self.free.set(self.free.get() + self.collected.replace(0));
        let wakers = self.line.call_all();
        wakers.into_iter().for_each(waker::call);
    }

    /// A future that asked for so many goes: leaves the line and gives back what it had. Most
    /// futures do not stand in line any more, or never did.
    #[inline]
    pub(super) fn withdraw(&self, stake: &mut Stake, count: usize, resource: &Resource) {
        if let Some(key) = stake.key {
            stake.key = None;
            self.leave_line(stake, key, count, resource);
        }
    }

    #[cold]
    #[inline(never)]
    fn leave_line(&self, stake: &mut Stake, key: Key, count: usize, resource: &Resource) {
        let task = stake.wait.task();
        let is_first = self.line.is_first(key);
        let was_called = self.line.leave(key);
        resource.wait_ends(&mut stake.wait, self.reason);
        let is_complete = was_called && !self.is_refused(key);
        let collected = match (is_complete, is_first) {
            (true, _) => count,
            (false, true) => self.collected.replace(0),
            (false, false) => 0,
        };
        if is_complete && self.are_held() {
            // Handed over, and never taken.
            resource.record_for(task, Kind::Released, collected as u64);
        }
        self.give(collected, resource);
    }
}
