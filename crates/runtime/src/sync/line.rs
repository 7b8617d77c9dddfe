//! A line of tasks that wait for one thing to happen, without permits: what barriers, watches and
//! broadcasts share.

use std::task::{Context, Poll};

use super::wait_list::{Key, WaitList};
use crate::log::Reason;
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// The line.
#[derive(Debug, Default)]
pub(super) struct Line {
    list: WaitList,
}

/// A future's place in the line, if it has one.
#[derive(Debug, Default)]
pub(super) struct Place {
    key: Option<Key>,
    wait: Wait,
}

impl Place {
    /// Whether the future stands in the line, or stood there and was called.
    pub(super) fn is_taken(&self) -> bool {
        self.key.is_some()
    }
}

impl Line {
    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.list.waiting()
    }

    /// Wakes everybody who waits now, in order. How many that were.
    pub(super) fn wake_all(&self) -> usize {
        let wakers = self.list.call_all();
        let count = wakers.len();
        wakers.into_iter().for_each(waker::call);
        count
    }

    /// Waits until `ready` gives something. It is asked at each poll, before and instead of
    /// entering the line.
    pub(super) fn poll<T>(
        &self,
        place: &mut Place,
        resource: &Resource,
        reason: Reason,
        site: Site,
        cx: &mut Context<'_>,
        ready: impl FnOnce() -> Option<T>,
    ) -> Poll<T> {
        if let Some(value) = ready() {
            self.leave(place, resource, reason);
            return Poll::Ready(value);
        }
        let task = resource.current();
        if let Some(key) = place.key {
            if self.list.is_called(key) {
                // Woken, but somebody else was quicker: to the end of the line.
                place.key = None;
            } else {
                self.list.stay(key, cx.waker(), task);
            }
        }
        let before = match place.key {
            Some(_) if place.wait.is_of(task) => return Poll::Pending,
            // Another task polls now than the one that entered.
            Some(key) => self.list.place(key),
            None => {
                place.key = Some(self.list.enter(cx.waker(), task, 0));
                self.list.waiting() - 1
            }
        };
        resource.wait_begins(&mut place.wait, reason, before, site);
        Poll::Pending
    }

    /// Gives the place up.
    pub(super) fn leave(&self, place: &mut Place, resource: &Resource, reason: Reason) {
        if let Some(key) = place.key.take() {
            self.list.leave(key);
        }
        resource.wait_ends(&mut place.wait, reason);
    }
}
