//! Counted permits with a line: what semaphores, mutexes, channels and queues are made of.
//!
//! - While anybody stands in line, no permit is free: what comes back goes to the first in line,
//!   which collects until it has what it asked for, so that a large request is not starved.
//! - A future that is dropped gives back what it has collected.
//! - Wakers are called, and foreign wakers dropped, when nothing is borrowed.

use std::cell::RefCell;
use std::task::{Context, Poll, Waker};

use super::wait_list::{Key, WaitList};
use crate::log::Reason;
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

/// How a wait for permits appears in the log.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) resource: &'a Resource,
    pub(super) reason: Reason,
    pub(super) site: Site,
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
        let Some(key) = stake.key else {
            return match self.try_take(count, drain) {
                Ok(true) => Poll::Ready(Ok(false)),
                Err(closed) => Poll::Ready(Err(closed)),
                Ok(false) => {
                    self.enter(stake, count, account, cx);
                    Poll::Pending
                }
            };
        };
        let task = account.resource.current();
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
            account
                .resource
                .wait_begins(&mut stake.wait, account.reason, 0, account.site);
            return Poll::Pending;
        };
        stake.key = None;
        account.resource.wait_ends(&mut stake.wait, account.reason);
        if waiter.lacks > 0 {
            // Closed before everything was collected.
            self.give(count - waiter.lacks, |_| {});
            return Poll::Ready(Err(IsClosed));
        }
        Poll::Ready(Ok(true))
    }

    fn enter(&self, stake: &mut Stake, count: usize, account: Account<'_>, cx: &Context<'_>) {
        let (waker, task) = (cx.waker().clone(), account.resource.current());
        let place = {
            let mut state = self.state.borrow_mut();
            // Whatever is free is collected at once; nobody stands before it then.
            let collected = if state.line.waiting() == 0 {
                state.free.min(count)
            } else {
                0
            };
            state.free -= collected;
            let place = state.line.waiting();
            stake.key = Some(state.line.enter(waker, task, count - collected));
            place
        };
        account
            .resource
            .wait_begins(&mut stake.wait, account.reason, place, account.site);
    }

    /// Gives permits back, or adds new ones. `handed_over` is told of each task that thereby has
    /// everything it asked for.
    #[inline]
    pub(super) fn give(&self, count: usize, handed_over: impl FnMut(u32)) {
        let mut state = self.state.borrow_mut();
        if state.line.waiting() == 0 {
            state.free += count;
            return;
        }
        drop(state);
        self.give_to_line(count, handed_over);
    }

    fn give_to_line(&self, mut count: usize, mut handed_over: impl FnMut(u32)) {
        loop {
            let (task, waker) = {
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
                (first.task, state.line.call_front())
            };
            handed_over(task);
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

    /// Hands out no more. Everybody in line is called and told so.
    pub(super) fn close(&self) {
        let wakers: Vec<Waker> = {
            let mut state = self.state.borrow_mut();
            state.closed = true;
            state.line.call_all()
        };
        wakers.into_iter().for_each(waker::call);
    }

    /// A future goes, with `count` as in its polls: leaves the line and gives back what it had.
    /// True if that was everything it had asked for, so that its turn is passed on.
    pub(super) fn withdraw(
        &self,
        stake: &mut Stake,
        count: usize,
        account: Account<'_>,
        handed_over: impl FnMut(u32),
    ) -> bool {
        let Some(key) = stake.key.take() else {
            return false;
        };
        let waiter = self.state.borrow_mut().line.leave(key);
        account.resource.wait_ends(&mut stake.wait, account.reason);
        let collected = count - waiter.lacks;
        let complete = waiter.called && waiter.lacks == 0;
        drop(waiter);
        self.give(collected, handed_over);
        complete
    }
}
