//! Putting items in.

use std::task::{Context, Poll};

use super::{Fifo, Store};
use crate::log::Kind;
use crate::record::Site;
use crate::sync::permits::{IsClosed, Stake};

impl<T, S: Store<T>> Fifo<T, S> {
    /// Reserves room for one item. The caller then calls `put` or `unreserve` once.
    #[inline]
    pub(in crate::sync) fn poll_reserve(
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
        let taken = std::task::ready!(room.poll_take_at_length(stake, 1, &self.resource, site, cx));
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
    pub(in crate::sync) fn poll_put(
        &self,
        stake: &mut Stake,
        item: &mut Option<T>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), T>> {
        let room = self.room.as_ref();
        if self.put_apart.get() || !room.is_none_or(|room| room.are_due(stake, 1)) {
            return self.poll_put_or_wait(stake, item, site, cx);
        }
        // Taken out before anything else is written, so that it need not go through memory.
        let item = item.take().expect("polled after it was ready");
        if let Some(room) = room {
            room.take_due(stake, 1);
        }
        self.put_plainly(item);
        Poll::Ready(Ok(()))
    }

    #[inline(never)]
    fn poll_put_or_wait(
        &self,
        stake: &mut Stake,
        item: &mut Option<T>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), T>> {
        assert!(item.is_some(), "polled after it was ready");
        if let Some(room) = &self.room
            && !self.put_apart.get()
            && !stake.is_in_line()
        {
            room.enter(stake, 1, &self.resource, site, cx);
            return Poll::Pending;
        }
        self.poll_put_at_length(stake, item, site, cx)
    }

    #[inline(never)]
    fn poll_put_at_length(
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
    pub(in crate::sync) fn try_put(&self, item: T, site: Site) -> Result<(), (T, bool)> {
        if self.takes_room_at_once() {
            self.put_plainly(item);
            return Ok(());
        }
        self.try_put_at_length(item, site)
    }

    #[inline(never)]
    fn try_put_at_length(&self, item: T, site: Site) -> Result<(), (T, bool)> {
        let taken = match &self.room {
            Some(room) => room.try_take(1),
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

    /// Takes room for one item, if nothing else has to be done.
    #[inline]
    fn takes_room_at_once(&self) -> bool {
        !self.put_apart.get() && self.room.as_ref().is_none_or(|room| room.take_free(1))
    }

    /// As [`poll_reserve`](Self::poll_reserve) without waiting; `Ok(false)` if there is no room.
    pub(in crate::sync) fn try_reserve(&self) -> Result<bool, IsClosed> {
        let taken = match &self.room {
            Some(room) => room.try_take(1)?,
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
    pub(in crate::sync) fn put(&self, value: T, site: Site) {
        self.put_in(value, site);
        self.reservation_ends();
    }

    /// Puts an item for which there is room.
    fn put_in(&self, value: T, site: Site) {
        if !self.put_apart.get() {
            return self.put_plainly(value);
        }
        let description = match &self.describe {
            Some(describe) => self.describe(describe, &value),
            None => 0,
        };
        self.items.borrow_mut().put(value, description);
        self.tell(Kind::Sent, description, site);
        self.filled.give(1, &self.resource);
    }

    /// The same without telling anybody.
    #[inline]
    fn put_plainly(&self, value: T) {
        self.items.borrow_mut().put(value, 0);
        self.filled.give(1, &self.resource);
    }

    /// Gives back room that was reserved.
    pub(in crate::sync) fn unreserve(&self) {
        if let Some(room) = &self.room {
            room.give(1, &self.resource);
        }
        self.reservation_ends();
    }

    /// A future that waits for room is dropped.
    #[inline]
    pub(in crate::sync) fn withdraw_reserve(&self, stake: &mut Stake) {
        if let Some(room) = &self.room {
            room.withdraw(stake, 1, &self.resource);
        }
    }
}
