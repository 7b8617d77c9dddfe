//! Counted permits with a line: what semaphores, mutexes, channels and queues are made of.
//!
//! - While anybody stands in line, no permit is free: what comes back goes to the first in line,
//!   which collects until it has what it asked for, so that a large request is not starved.
//! - A future that is dropped gives back what it has collected.
//! - What those in line have collected when the permits are closed is free at once.
//! - Wakers are called, and foreign wakers dropped, when nothing is borrowed.

use std::cell::RefCell;
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
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    closed: bool,
    line: WaitList,
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

/// What the log learns of permits that change hands.
#[derive(Clone, Copy)]
pub(super) struct Ledger<'a> {
    resource: &'a Resource,
    held: bool,
}

impl<'a> Ledger<'a> {
    /// Permits that tasks hold: of locks and semaphores.
    pub(super) fn held(resource: &'a Resource) -> Self {
        Self {
            resource,
            held: true,
        }
    }

    /// Permits that stand for room or for items. The log shows the items themselves.
    pub(super) fn passing(resource: &'a Resource) -> Self {
        Self {
            resource,
            held: false,
        }
    }

    /// A task in line has everything it asked for, and has yet to learn of it.
    fn handed_over(self, task: u32, count: usize) {
        if self.held {
            self.resource
                .record_for(task, Kind::HandedOver, count as u64);
        }
    }

    /// A task to which permits were handed over goes away without them.
    fn declined(self, task: u32, count: usize) {
        if self.held {
            self.resource.record_for(task, Kind::Released, count as u64);
        }
    }
}

/// How a wait for permits appears in the log.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) ledger: Ledger<'a>,
    pub(super) reason: Reason,
    pub(super) site: Site,
}

impl Account<'_> {
    fn wait_begins(self, wait: &mut Wait, place: usize) {
        let resource = self.ledger.resource;
        resource.wait_begins(wait, self.reason, place, self.site);
    }

    fn wait_ends(self, wait: &mut Wait) {
        self.ledger.resource.wait_ends(wait, self.reason);
    }
}

impl Permits {
    pub(super) fn new(free: usize) -> Self {
        Self {
            state: RefCell::new(State {
                free,
                closed: false,
                line: WaitList::default(),
            }),
        }
    }

    /// How many are free.
    pub(super) fn free(&self) -> usize {
        self.state.borrow().free
    }

    /// How many stand in line.
    pub(super) fn waiting(&self) -> usize {
        self.state.borrow().line.waiting()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.borrow().closed
    }

    /// Takes permits if they are free and nobody stands in line. Closed permits can be taken as
    /// long as they last if `drain` is set.
    #[inline]
    pub(super) fn try_take(&self, count: usize, drain: bool) -> Result<bool, IsClosed> {
        let mut state = self.state.borrow_mut();
        if state.closed && !(drain && state.free >= count) {
            return Err(IsClosed);
        }
        // While somebody stands in line `free` is 0, but a request for none must not wait.
        let available = state.free >= count && (state.line.waiting() == 0 || count == 0);
        if available {
            state.free -= count;
        }
        Ok(available)
    }

    /// Takes permits, or stands in line for them. `Ok(true)` means that they were handed over
    /// after a wait.
    #[inline]
    pub(super) fn poll_take(
        &self,
        stake: &mut Stake,
        count: usize,
        drain: bool,
        account: Account<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, IsClosed>> {
        if let Some(key) = stake.key {
            return self.poll_in_line(stake, key, account, cx);
        }
        match self.try_take(count, drain) {
            Ok(true) => Poll::Ready(Ok(false)),
            Err(closed) => Poll::Ready(Err(closed)),
            Ok(false) => {
                self.enter(stake, count, account, cx);
                Poll::Pending
            }
        }
    }

    /// Apart from the common case, in which permits are free: that one is a few instructions.
    #[inline(never)]
    fn poll_in_line(
        &self,
        stake: &mut Stake,
        key: Key,
        account: Account<'_>,
        cx: &Context<'_>,
    ) -> Poll<Result<bool, IsClosed>> {
        let task = account.ledger.resource.current();
        let called = {
            let mut state = self.state.borrow_mut();
            if state.line.get(key).called {
                Some(state.line.leave(key))
            } else if state.line.refresh(key, cx.waker(), task) {
                drop(state);
                let waker = cx.waker().clone();
                let old = self.state.borrow_mut().line.replace_waker(key, waker);
                drop(old);
                None
            } else {
                None
            }
        };
        let Some(waiter) = called else {
            // Another task may poll now than the one that entered.
            if !stake.wait.is_of(task) {
                let place = self.state.borrow().line.place(key);
                account.wait_begins(&mut stake.wait, place);
            }
            return Poll::Pending;
        };
        stake.key = None;
        account.wait_ends(&mut stake.wait);
        if waiter.lacks > 0 {
            // Closed before everything was collected.
            return Poll::Ready(Err(IsClosed));
        }
        Poll::Ready(Ok(true))
    }

    #[inline(never)]
    fn enter(&self, stake: &mut Stake, count: usize, account: Account<'_>, cx: &Context<'_>) {
        let (waker, task) = (cx.waker().clone(), account.ledger.resource.current());
        let place = {
            let mut state = self.state.borrow_mut();
            let place = state.line.waiting();
            // Whatever is free is collected at once; nobody stands before it then.
            let collected = if place == 0 { state.free.min(count) } else { 0 };
            state.free -= collected;
            let key = state.line.enter(waker, task, count);
            state.line.get(key).lacks -= collected;
            stake.key = Some(key);
            place
        };
        account.wait_begins(&mut stake.wait, place);
    }

    /// Gives permits back, or adds new ones.
    #[inline]
    pub(super) fn give(&self, count: usize, ledger: Ledger<'_>) {
        let mut state = self.state.borrow_mut();
        if state.line.waiting() == 0 {
            state.free += count;
            return;
        }
        drop(state);
        self.give_to_line(count, ledger);
    }

    fn give_to_line(&self, mut count: usize, ledger: Ledger<'_>) {
        loop {
            let (task, asks, waker) = {
                let mut state = self.state.borrow_mut();
                let Some(first) = state.line.front() else {
                    state.free += count;
                    return;
                };
                let given = first.lacks.min(count);
                first.lacks -= given;
                count -= given;
                if first.lacks > 0 {
                    return;
                }
                (first.task, first.asks, state.line.call_front())
            };
            ledger.handed_over(task, asks);
            if let Some(waker) = waker {
                waker::call(waker);
            }
            if count == 0 && !self.front_lacks_nothing() {
                return;
            }
        }
    }

    /// A request for no permits stands in line only behind others; it is served with them.
    fn front_lacks_nothing(&self) -> bool {
        self.state
            .borrow_mut()
            .line
            .front()
            .is_some_and(|first| first.lacks == 0)
    }

    /// Hands out no more. Everybody in line is called and told so; what they have collected is
    /// free.
    pub(super) fn close(&self) {
        let mut wakers: Vec<Waker> = Vec::new();
        {
            let mut state = self.state.borrow_mut();
            state.closed = true;
            while let Some(first) = state.line.front() {
                let collected = first.asks - first.lacks;
                first.lacks = first.asks;
                state.free += collected;
                wakers.extend(state.line.call_front());
            }
        }
        wakers.into_iter().for_each(waker::call);
    }

    /// A future goes: leaves the line and gives back what it had. True if that was everything it
    /// had asked for, so that its turn is passed on.
    #[inline]
    pub(super) fn withdraw(&self, stake: &mut Stake, account: Account<'_>) -> bool {
        // Most futures never stood in line; they are done here.
        let Some(key) = stake.key else {
            return false;
        };
        stake.key = None;
        self.leave_line(stake, key, account)
    }

    #[inline(never)]
    fn leave_line(&self, stake: &mut Stake, key: Key, account: Account<'_>) -> bool {
        let waiter = self.state.borrow_mut().line.leave(key);
        account.wait_ends(&mut stake.wait);
        let (task, collected) = (waiter.task, waiter.asks - waiter.lacks);
        let complete = waiter.called && waiter.lacks == 0;
        drop(waiter);
        if complete {
            account.ledger.declined(task, collected);
        }
        self.give(collected, account.ledger);
        complete
    }
}
