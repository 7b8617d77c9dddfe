//! The common part of channels and queues: items in order, permits for the room and for the
//! items, and what the log learns of both.
//!
//! To put takes a permit of the room and gives one of the items; to take does the reverse. So a
//! slot or an item is handed to the first in line like any other permit, and a future that is
//! dropped passes it on like any other.

mod put;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::task::{Context, Poll};

use super::permits::{IsClosed, Permits, Stake};
use crate::log::{Kind, Reason, ResourceKind, UNBOUNDED, pack};
use crate::record::{Resource, Site};

/// How an item appears in the log.
pub(super) type Describe<T> = Box<dyn Fn(&T) -> String>;

/// What keeps items, each with the text in the log that describes it (0 for none), in some order.
pub trait Store<T>: Default {
    /// Adds an item.
    fn put(&mut self, value: T, description: u32);
    /// Takes the next item.
    fn take(&mut self) -> Option<(T, u32)>;
    /// How many items there are.
    fn count(&self) -> usize;
}

/// First in, first out.
impl<T> Store<T> for VecDeque<(T, u32)> {
    #[inline]
    fn put(&mut self, value: T, description: u32) {
        self.push_back((value, description));
    }

    #[inline]
    fn take(&mut self) -> Option<(T, u32)> {
        self.pop_front()
    }

    #[inline]
    fn count(&self) -> usize {
        self.len()
    }
}

/// Items in order, with room for so many. First in, first out unless the store says otherwise.
///
/// What there is to do in the common case, in which nobody has to wait, nobody is waited for and
/// nothing is recorded, is small enough to become a part of the caller. Everything else is apart.
pub(super) struct Fifo<T, S = VecDeque<(T, u32)>> {
    /// There is more to do than to put: it is closing, or somebody may want to know.
    put_apart: Cell<bool>,
    /// There is more to do than to take: it is closing while somebody waits for an item, or
    /// somebody may want to know.
    take_apart: Cell<bool>,
    items: RefCell<S>,
    filled: Permits,
    /// `None` for unbounded.
    room: Option<Permits>,
    pub(super) resource: Resource,
    describe: Option<Describe<T>>,
    /// Permits for room that somebody holds and has not used yet.
    reserved: Cell<usize>,
    /// Nothing more is to be put, except by those who hold a reservation.
    closing: Cell<bool>,
}

impl<T, S: Store<T>> Fifo<T, S> {
    #[track_caller]
    pub(super) fn new(
        kind: ResourceKind,
        capacity: Option<usize>,
        name: Option<&str>,
        describe: Option<Describe<T>>,
    ) -> Self {
        let in_log = capacity.map_or(UNBOUNDED, |n| u32::try_from(n).unwrap_or(UNBOUNDED - 1));
        let resource = Resource::new(kind, in_log, name);
        Self {
            put_apart: Cell::new(!resource.is_quiet()),
            take_apart: Cell::new(!resource.is_quiet()),
            items: RefCell::default(),
            filled: Permits::new(0, Reason::ChannelReceive),
            room: capacity.map(|free| Permits::new(free, Reason::ChannelSend)),
            resource,
            describe,
            reserved: Cell::new(0),
            closing: Cell::new(false),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.borrow().count()
    }

    /// How many more items there is room for; `usize::MAX` if unbounded.
    pub(super) fn room(&self) -> usize {
        self.room.as_ref().map_or(usize::MAX, Permits::free)
    }

    /// No further item gets in, but for those for which room is reserved.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    #[cold]
    #[inline(never)]
    fn describe(&self, describe: &Describe<T>, value: &T) -> u32 {
        match self.resource.core() {
            Some(core) if core.is_recording() => core.intern(&describe(value)),
            _ => 0,
        }
    }

    /// An item came or went; the log learns how many there are now.
    #[inline]
    fn tell(&self, kind: Kind, description: u32, site: Site) {
        if self.resource.is_recording() {
            let inside = u32::try_from(self.len()).unwrap_or(u32::MAX);
            self.resource.record(kind, site, pack(description, inside));
        }
    }

    // ===== taking =====

    /// Takes the first item; `None` if there is none and never will be.
    #[inline]
    pub(super) fn poll_take(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T>> {
        if self.take_apart.get() || !self.filled.takes_due(stake, 1) {
            return self.poll_take_or_wait(stake, site, cx);
        }
        Poll::Ready(self.take_plainly())
    }

    #[inline(never)]
    fn poll_take_or_wait(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T>> {
        if !self.put_apart.get() && !stake.is_in_line() {
            self.filled.enter(stake, 1, &self.resource, site, cx);
            return Poll::Pending;
        }
        self.poll_take_at_length(stake, site, cx)
    }

    #[inline(never)]
    fn poll_take_at_length(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T>> {
        self.close_if_idle();
        let taken = self
            .filled
            .poll_take_at_length(stake, 1, &self.resource, site, cx);
        if taken.is_pending() && self.closing.get() {
            self.take_apart.set(true);
        }
        taken.map(|taken| match taken {
            Ok(()) => self.take_one(site),
            Err(_) => None,
        })
    }

    /// As [`poll_take`](Self::poll_take) without waiting; `Ok(None)` if there is no item now.
    pub(super) fn try_take(&self, site: Site) -> Result<Option<T>, IsClosed> {
        self.close_if_idle();
        let taken = self.filled.try_take(1)?;
        Ok(if taken { self.take_one(site) } else { None })
    }

    /// Takes an item for which the caller has a permit.
    fn take_one(&self, site: Site) -> Option<T> {
        if !self.take_apart.get() {
            return self.take_plainly();
        }
        let (value, description) = self.items.borrow_mut().take()?;
        self.tell(Kind::Received, description, site);
        if let Some(room) = &self.room {
            room.give(1, &self.resource);
        }
        self.close_if_idle();
        Some(value)
    }

    /// The same where that is all.
    #[inline]
    fn take_plainly(&self) -> Option<T> {
        let (value, _) = self.items.borrow_mut().take()?;
        if let Some(room) = &self.room {
            room.give(1, &self.resource);
        }
        Some(value)
    }

    /// A future that waits for an item is dropped.
    #[inline]
    pub(super) fn withdraw_take(&self, stake: &mut Stake) {
        self.filled.withdraw(stake, 1, &self.resource);
    }

    // ===== closing =====

    /// Lets nothing more in. What is inside, and what room is reserved for, can still be taken.
    pub(super) fn close(&self) {
        if self.closing.replace(true) {
            return;
        }
        self.put_apart.set(true);
        if self.filled.waiting() > 0 {
            self.take_apart.set(true);
        }
        self.resource.record_self(Kind::ResourceClosed, 0);
        if let Some(room) = &self.room {
            room.close();
        }
        self.close_if_idle();
    }

    /// Drops what is inside.
    pub(super) fn discard(&self) {
        let items = self.items.take();
        if items.count() > 0 {
            self.resource
                .record_self(Kind::Discarded, items.count() as u64);
        }
        drop(items);
    }

    #[inline]
    fn reservation_ends(&self) {
        self.reserved.set(self.reserved.get() - 1);
        self.close_if_idle();
    }

    /// Every path on which the last reservation can end or the last item can go comes through
    /// here if anybody waits for an item, so that those learn that there will be none. Not before:
    /// an item that is promised to somebody who then goes away is the next one's.
    #[inline]
    fn close_if_idle(&self) {
        if self.closing.get() {
            self.close_if_empty();
        }
    }

    #[cold]
    fn close_if_empty(&self) {
        if self.reserved.get() == 0 && self.len() == 0 {
            self.filled.close();
        }
    }
}

impl<T, S: Store<T>> fmt::Debug for Fifo<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fifo")
            .field("resource", &self.resource)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
