//! The common part of channels and queues: items in order, permits for the room and for the
//! items, and what the log learns of both.
//!
//! To put takes a permit of the room and gives one of the items; to take does the reverse. So a
//! slot or an item is handed to the first in line like any other permit, and a future that is
//! dropped passes it on like any other.

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
pub(super) struct Fifo<T, S = VecDeque<(T, u32)>> {
    items: RefCell<S>,
    /// `None` for unbounded.
    room: Option<Permits>,
    filled: Permits,
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
        Self {
            items: RefCell::default(),
            room: capacity.map(|free| Permits::new(free, Reason::ChannelSend)),
            filled: Permits::new(0, Reason::ChannelReceive),
            resource: Resource::new(kind, in_log, name),
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

    // ===== putting =====

    /// Reserves room for one item. The caller then calls `put` or `unreserve` once.
    #[inline]
    pub(super) fn poll_reserve(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        let room = std::task::ready!(self.poll_room(stake, site, cx));
        Poll::Ready(room.map(|()| self.reserved.set(self.reserved.get() + 1)))
    }

    /// Room for one item, for whoever fills it at once.
    #[inline]
    fn poll_room(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        let Some(room) = &self.room else {
            return Poll::Ready(self.is_open());
        };
        let at = (&self.resource, site);
        let taken = std::task::ready!(room.poll_take(stake, 1, false, at, cx));
        if taken.is_ok() && self.closing.get() {
            // The room was handed over before the end, and taken after it.
            room.give(1, &self.resource);
            return Poll::Ready(Err(IsClosed));
        }
        Poll::Ready(taken)
    }

    /// Puts an item when there is room; gives it back if there never will be. Nothing is put
    /// without an item.
    #[inline]
    pub(super) fn poll_put(
        &self,
        stake: &mut Stake,
        item: &mut Option<T>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), T>> {
        let room = std::task::ready!(self.poll_room(stake, site, cx));
        let item = item.take().expect("polled after it was ready");
        Poll::Ready(match room {
            Ok(()) => {
                self.put_in(item, site);
                Ok(())
            }
            Err(_) => Err(item),
        })
    }

    /// Puts an item if there is room now and nobody stands in line for it. What could not be put
    /// comes back, with whether there may be room later.
    #[inline]
    pub(super) fn try_put(&self, item: T, site: Site) -> Result<(), (T, bool)> {
        let taken = match &self.room {
            Some(room) => room.try_take(1, false),
            None => self.is_open().map(|()| true),
        };
        match taken {
            Ok(true) => {
                self.put_in(item, site);
                Ok(())
            }
            Ok(false) => Err((item, true)),
            Err(_) => Err((item, false)),
        }
    }

    /// As [`poll_reserve`](Self::poll_reserve) without waiting; `Ok(false)` if there is no room.
    pub(super) fn try_reserve(&self) -> Result<bool, IsClosed> {
        let taken = match &self.room {
            Some(room) => room.try_take(1, false)?,
            None => self.is_open().map(|()| true)?,
        };
        if taken {
            self.reserved.set(self.reserved.get() + 1);
        }
        Ok(taken)
    }

    #[inline]
    fn is_open(&self) -> Result<(), IsClosed> {
        match self.closing.get() {
            true => Err(IsClosed),
            false => Ok(()),
        }
    }

    /// Puts an item where room is reserved.
    pub(super) fn put(&self, value: T, site: Site) {
        self.put_in(value, site);
        self.reservation_ends();
    }

    /// Puts an item for which there is room.
    #[inline]
    fn put_in(&self, value: T, site: Site) {
        let description = match &self.describe {
            Some(describe) => self.describe(describe, &value),
            None => 0,
        };
        self.items.borrow_mut().put(value, description);
        self.tell(Kind::Sent, description, site);
        self.filled.give(1, &self.resource);
    }

    /// Gives back room that was reserved.
    pub(super) fn unreserve(&self) {
        if let Some(room) = &self.room {
            room.give(1, &self.resource);
        }
        self.reservation_ends();
    }

    /// A future that waits for room is dropped.
    #[inline]
    pub(super) fn withdraw_reserve(&self, stake: &mut Stake) {
        if let Some(room) = &self.room {
            room.withdraw(stake, &self.resource);
        }
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

    /// Takes the first item; an error if there is none and never will be.
    #[inline]
    pub(super) fn poll_take(
        &self,
        stake: &mut Stake,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<T, IsClosed>> {
        let at = (&self.resource, site);
        let taken = std::task::ready!(self.filled.poll_take(stake, 1, true, at, cx));
        Poll::Ready(taken.and_then(|()| self.take_one(site).ok_or(IsClosed)))
    }

    /// As [`poll_take`](Self::poll_take) without waiting; `Ok(None)` if there is no item now.
    pub(super) fn try_take(&self, site: Site) -> Result<Option<T>, IsClosed> {
        let taken = self.filled.try_take(1, true)?;
        Ok(if taken { self.take_one(site) } else { None })
    }

    /// Takes an item for which the caller has a permit.
    #[inline]
    fn take_one(&self, site: Site) -> Option<T> {
        let (value, description) = self.items.borrow_mut().take()?;
        self.tell(Kind::Received, description, site);
        if let Some(room) = &self.room {
            room.give(1, &self.resource);
        }
        self.close_if_idle();
        Some(value)
    }

    /// A future that waits for an item is dropped.
    #[inline]
    pub(super) fn withdraw_take(&self, stake: &mut Stake) {
        self.filled.withdraw(stake, &self.resource);
    }

    // ===== closing =====

    /// Lets nothing more in. What is inside, and what room is reserved for, can still be taken.
    pub(super) fn close(&self) {
        if self.closing.replace(true) {
            return;
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
    /// here, so that whoever waits for an item learns that there will be none. Not before: an item
    /// that is promised to somebody who then goes away is the next one's.
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
