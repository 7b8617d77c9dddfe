//! Who offers and who waits.
//!
//! - Tickets count arrivals on both sides; each side is in the order of its tickets.
//! - The receivers whose ticket is below the boundary are entitled to a message each. They are
//!   the first `min(offers, receivers)` in line.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;

use crate::record::Site;

/// A message that somebody offers.
pub(super) struct Offer<T> {
    pub(super) value: T,
    pub(super) description: u32,
    pub(super) task: u32,
    pub(super) site: Site,
}

struct Offering<T> {
    offer: Offer<T>,
    waker: Option<Waker>,
}

/// Both sides.
pub(super) struct Lines<T> {
    offers: BTreeMap<u64, Offering<T>>,
    /// Offers that were taken and whose senders do not know it yet.
    taken: BTreeSet<u64>,
    receivers: BTreeMap<u64, Option<Waker>>,
    boundary: u64,
    entitled: usize,
    tickets: u64,
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self {
            offers: BTreeMap::new(),
            taken: BTreeSet::new(),
            receivers: BTreeMap::new(),
            boundary: 0,
            entitled: 0,
            tickets: 0,
        }
    }
}

/// How an offer stands.
pub(super) enum Standing {
    Taken,
    Waiting { stale: bool },
}

impl<T> Lines<T> {
    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// How many messages are on offer.
    pub(super) fn offers(&self) -> usize {
        self.offers.len()
    }

    /// How many messages were offered before this one and are still on offer.
    pub(super) fn place_of_offer(&self, ticket: u64) -> usize {
        self.offers.range(..ticket).count()
    }

    /// How many receivers stand before this one.
    pub(super) fn place_of_receiver(&self, ticket: u64) -> usize {
        self.receivers.range(..ticket).count()
    }

    /// How many receivers wait.
    pub(super) fn receivers(&self) -> usize {
        self.receivers.len()
    }

    // ===== sending =====

    /// Offers a message. The waker is that of a receiver that is entitled thereby, to be called
    /// when nothing is borrowed.
    pub(super) fn offer(&mut self, offer: Offer<T>, waker: Option<Waker>) -> (u64, Option<Waker>) {
        let ticket = self.ticket();
        self.offers.insert(ticket, Offering { offer, waker });
        (ticket, self.entitle())
    }

    /// How an offer stands; one that was taken is forgotten. `stale` says that its waker has to be
    /// replaced.
    pub(super) fn look_at_offer(&mut self, ticket: u64, waker: &Waker, task: u32) -> Standing {
        if self.taken.remove(&ticket) {
            return Standing::Taken;
        }
        let stale = match self.offers.get_mut(&ticket) {
            Some(offering) => {
                offering.offer.task = task;
                let old = offering.waker.as_ref();
                !old.is_some_and(|old| old.will_wake(waker))
            }
            None => false,
        };
        Standing::Waiting { stale }
    }

    /// Another waker for an offer. The old one is to be dropped when nothing is borrowed.
    #[must_use]
    pub(super) fn replace_sender(&mut self, ticket: u64, waker: Waker) -> Option<Waker> {
        let offering = self.offers.get_mut(&ticket)?;
        offering.waker.replace(waker)
    }

    /// Takes an offer back; `None` if it was taken.
    pub(super) fn withdraw(&mut self, ticket: u64) -> Option<(Offer<T>, Option<Waker>)> {
        self.taken.remove(&ticket);
        let Offering { offer, waker } = self.offers.remove(&ticket)?;
        if self.entitled > self.offers.len() {
            // The last entitled one keeps its place in line, without the entitlement.
            if let Some((&last, _)) = self.receivers.range(..self.boundary).next_back() {
                self.boundary = last;
                self.entitled -= 1;
            }
        }
        Some((offer, waker))
    }

    // ===== receiving =====

    /// Takes the first message. The waker is its sender's.
    pub(super) fn take_first(&mut self) -> Option<(Offer<T>, Option<Waker>)> {
        let (ticket, Offering { offer, waker }) = self.offers.pop_first()?;
        self.taken.insert(ticket);
        Some((offer, waker))
    }

    /// Whether a newcomer may take a message: one that nobody is entitled to.
    pub(super) fn is_left_over(&self) -> bool {
        self.offers.len() > self.receivers.len()
    }

    /// Enters the line of receivers.
    pub(super) fn enter(&mut self, waker: Waker) -> u64 {
        let ticket = self.ticket();
        self.receivers.insert(ticket, Some(waker));
        ticket
    }

    /// Whether a receiver in line may take a message.
    pub(super) fn is_entitled(&self, ticket: u64) -> bool {
        ticket < self.boundary && self.receivers.contains_key(&ticket)
    }

    /// Whether the waker of a receiver in line has to be replaced.
    pub(super) fn is_stale(&self, ticket: u64, waker: &Waker) -> bool {
        match self.receivers.get(&ticket) {
            Some(Some(old)) => !old.will_wake(waker),
            _ => true,
        }
    }

    /// Another waker for a receiver. The old one is to be dropped when nothing is borrowed.
    #[must_use]
    pub(super) fn replace_receiver(&mut self, ticket: u64, waker: Waker) -> Option<Waker> {
        self.receivers.insert(ticket, Some(waker)).flatten()
    }

    /// A receiver leaves to take its message.
    #[must_use]
    pub(super) fn leave_to_take(&mut self, ticket: u64) -> Option<Waker> {
        let waker = self.receivers.remove(&ticket).flatten();
        self.entitled -= 1;
        waker
    }

    /// A receiver leaves the line. First its own waker, to be dropped, then that of whoever is
    /// entitled in its place, to be called.
    #[must_use]
    pub(super) fn leave(&mut self, ticket: u64) -> (Option<Waker>, Option<Waker>) {
        let was_entitled = self.is_entitled(ticket);
        let own = self.receivers.remove(&ticket).flatten();
        if !was_entitled {
            return (own, None);
        }
        self.entitled -= 1;
        (own, self.entitle())
    }

    /// Entitles the next receiver in line, if there is one and a message for it.
    fn entitle(&mut self) -> Option<Waker> {
        if self.entitled >= self.offers.len().min(self.receivers.len()) {
            return None;
        }
        let (&next, waker) = self.receivers.range_mut(self.boundary..).next()?;
        self.boundary = next + 1;
        self.entitled += 1;
        waker.take()
    }

    /// The wakers of everybody, receivers first.
    pub(super) fn wakers(&mut self) -> Vec<Waker> {
        let receivers = self.receivers.values_mut().filter_map(Option::take);
        let senders = self.offers.values_mut();
        let senders = senders.filter_map(|offering| offering.waker.take());
        receivers.chain(senders).collect()
    }
}
