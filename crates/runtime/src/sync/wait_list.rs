//! A line of waiting futures: first in, first out, and anybody may leave at any moment.
//!
//! Whoever enters gets a ticket, and tickets only grow. Those who wait stand in a ring in the order
//! of their tickets; to call somebody is to take the first one out. So a future whose ticket is
//! below that of the first in line knows that it was called, and the line keeps nothing for it.
//! Who leaves before being called leaves a gap, and gaps are swept out when they are more than what
//! is left, so that entering and leaving take constant time on average wherever one stands.
//!
//! Everything is safe code, the futures need not be pinned, and an empty line that nobody ever
//! entered owns no memory. No waker is cloned or dropped while the line is borrowed: a foreign one
//! may do anything.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::task::Waker;

use crate::task::waker;

/// A ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(NonZeroU64);

impl Key {
    const FIRST: Self = Self(NonZeroU64::MIN);

    #[inline]
    fn next(self) -> Self {
        // Nobody can count so far.
        Self(NonZeroU64::new(self.0.get().wrapping_add(1)).unwrap_or(NonZeroU64::MIN))
    }
}

/// Somebody who waits.
#[derive(Debug)]
struct Waiter {
    key: Key,
    /// `None` of one who has left.
    waker: Option<Waker>,
    /// How many permits it asks for.
    asks: usize,
    /// The task that waits, as in the log.
    task: u32,
}

/// The first in line, when it is called.
#[derive(Debug)]
pub(super) struct Called {
    /// To be called in turn, when nothing is borrowed.
    pub(super) waker: Waker,
    pub(super) asks: usize,
    pub(super) task: u32,
}

/// Gaps up to this number are not worth a sweep.
const FEW: usize = 16;

/// The line.
#[derive(Debug)]
pub(super) struct WaitList {
    /// The first one has not left.
    ring: RefCell<VecDeque<Waiter>>,
    /// How many of them wait; the others are gaps.
    waiting: Cell<usize>,
    /// The ticket of whoever enters next.
    next: Cell<Key>,
    /// Every ticket below this one was called, or its owner has left.
    first: Cell<Key>,
}

impl Default for WaitList {
    fn default() -> Self {
        Self {
            ring: RefCell::default(),
            waiting: Cell::new(0),
            next: Cell::new(Key::FIRST),
            first: Cell::new(Key::FIRST),
        }
    }
}

impl WaitList {
    /// How many stand in line.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.get()
    }

    /// Enters at the end of the line.
    pub(super) fn enter(&self, waker: &Waker, task: u32, asks: usize) -> Key {
        let waker = waker::copy(waker);
        let mut ring = self.ring.borrow_mut();
        self.enter_ring(&mut ring, waker, task, asks)
    }

    /// The same in a few steps, if that can be and nobody wants to know which task it is. Otherwise
    /// nothing is done. In its two callers, which then need not put anything aside for a call.
    #[inline(always)]
    pub(super) fn enter_at_once(&self, key: &mut Option<Key>, waker: &Waker, asks: usize) -> bool {
        let Some(waker) = waker::copy_own(waker) else {
            return false;
        };
        let mut ring = self.ring.borrow_mut();
        if ring.len() == ring.capacity() {
            drop(ring);
            self.enter_larger(key, waker, asks);
        } else {
            *key = Some(self.enter_ring(&mut ring, waker, 0, asks));
        }
        true
    }

    #[cold]
    #[inline(never)]
    fn enter_larger(&self, key: &mut Option<Key>, waker: Waker, asks: usize) {
        let mut ring = self.ring.borrow_mut();
        *key = Some(self.enter_ring(&mut ring, waker, 0, asks));
    }

    #[inline(always)]
    fn enter_ring(&self, ring: &mut VecDeque<Waiter>, waker: Waker, task: u32, asks: usize) -> Key {
        let key = self.next.get();
        ring.push_back(Waiter {
            key,
            waker: Some(waker),
            asks,
            task,
        });
        self.next.set(key.next());
        self.waiting.set(self.waiting.get() + 1);
        key
    }

    /// Whether a future that has not left was called.
    #[inline]
    pub(super) fn is_called(&self, key: Key) -> bool {
        key < self.first.get()
    }

    /// The ticket below which everybody was called.
    pub(super) fn first(&self) -> Key {
        self.first.get()
    }

    /// Whether a future is the first in line.
    pub(super) fn is_first(&self, key: Key) -> bool {
        let ring = self.ring.borrow();
        ring.front().is_some_and(|first| first.key == key)
    }

    /// Calls the first in line if that is done in a few steps: it asks for just so many, and nobody
    /// has left. Otherwise nothing is done.
    #[inline]
    pub(super) fn call_exactly(&self, permits: usize) -> Option<Waker> {
        let mut ring = self.ring.borrow_mut();
        if ring.len() != self.waiting.get() {
            return None;
        }
        let first = ring.pop_front()?;
        if first.asks != permits {
            put_back(&mut ring, first);
            return None;
        }
        self.first.set(first.key.next());
        self.waiting.set(ring.len());
        first.waker
    }

    /// Calls the first in line, if there is one and so many permits are enough for it.
    pub(super) fn call_first(&self, permits: usize) -> Option<Called> {
        let mut ring = self.ring.borrow_mut();
        if ring.front()?.asks > permits {
            return None;
        }
        let Waiter {
            key,
            waker,
            asks,
            task,
        } = ring.pop_front()?;
        self.first.set(key.next());
        let left = self.waiting.get() - 1;
        self.waiting.set(left);
        if left < ring.len() {
            close_up(&mut ring);
        }
        let waker = waker?;
        Some(Called { waker, asks, task })
    }

    /// Calls the first in line, whatever it asks for.
    pub(super) fn call_next(&self) -> Option<Waker> {
        self.call_first(usize::MAX).map(|called| called.waker)
    }

    /// Calls everybody who stands in line now.
    pub(super) fn call_all(&self) -> Vec<Waker> {
        self.first.set(self.next.get());
        self.waiting.set(0);
        let mut ring = self.ring.borrow_mut();
        ring.drain(..).filter_map(|waiter| waiter.waker).collect()
    }

    /// A future gives up its place, in line or called; true if it was called.
    pub(super) fn leave(&self, key: Key) -> bool {
        if self.is_called(key) {
            return true;
        }
        let waker = self.step_out(key);
        drop(waker);
        false
    }

    fn step_out(&self, key: Key) -> Option<Waker> {
        let mut ring = self.ring.borrow_mut();
        let place = place(&ring, key)?;
        let waker = ring[place].waker.take()?;
        let left = self.waiting.get() - 1;
        self.waiting.set(left);
        if place == 0 {
            close_up(&mut ring);
        }
        if ring.len() - left > left.max(FEW) {
            ring.retain(|waiter| waiter.waker.is_some());
        }
        Some(waker)
    }

    /// A future that was not called is polled again, maybe by another task.
    pub(super) fn stay(&self, key: Key, waker: &Waker, task: u32) {
        let is_stale = {
            let mut ring = self.ring.borrow_mut();
            let Some(place) = place(&ring, key) else {
                return;
            };
            let waiter = &mut ring[place];
            waiter.task = task;
            !waiter
                .waker
                .as_ref()
                .is_some_and(|old| old.will_wake(waker))
        };
        if is_stale {
            let mut waker = Some(waker::copy(waker));
            // To clone it may have run anything, so it is looked for again.
            let mut ring = self.ring.borrow_mut();
            if let Some(place) = place(&ring, key) {
                std::mem::swap(&mut ring[place].waker, &mut waker);
            }
            drop(ring);
            drop(waker);
        }
    }

    /// How many stand before a future that was not called. Takes time in proportion to them.
    pub(super) fn place(&self, key: Key) -> usize {
        let ring = self.ring.borrow();
        let before = ring.iter().take_while(|waiter| waiter.key < key);
        before.filter(|waiter| waiter.waker.is_some()).count()
    }
}

/// Where in the ring somebody stands who was not called.
fn place(ring: &VecDeque<Waiter>, key: Key) -> Option<usize> {
    // Where no gap was swept out before it, one has only to count.
    let first = ring.front()?.key;
    let guess = key.0.get().checked_sub(first.0.get())?;
    let guess = usize::try_from(guess).ok();
    let is_there = |at: &usize| ring.get(*at).is_some_and(|waiter| waiter.key == key);
    guess
        .filter(is_there)
        .or_else(|| ring.binary_search_by_key(&key, |waiter| waiter.key).ok())
}

#[cold]
#[inline(never)]
fn put_back(ring: &mut VecDeque<Waiter>, first: Waiter) {
    ring.push_front(first);
}

/// The first one has gone: so do the gaps behind it.
#[cold]
#[inline(never)]
fn close_up(ring: &mut VecDeque<Waiter>) {
    while ring.front().is_some_and(|first| first.waker.is_none()) {
        ring.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Enter,
        CallFirst,
        Leave(usize),
        Stay(usize),
        CallAll,
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 512 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        #[test]
        fn the_line_behaves_like_a_queue_from_which_anybody_may_leave(
            steps in proptest::collection::vec(
                prop_oneof![
                    60 => Just(Step::Enter),
                    15 => Just(Step::CallFirst),
                    40 => (0_usize..100).prop_map(Step::Leave),
                    10 => (0_usize..100).prop_map(Step::Stay),
                    1 => Just(Step::CallAll),
                ],
                0..400,
            )
        ) {
            let list = WaitList::default();
            let mut line: VecDeque<u32> = VecDeque::new();
            // Every future that has not left, with the number that stands for it.
            let mut futures: Vec<(Key, u32)> = Vec::new();
            // How many ever waited at once.
            let mut most = 0;
            for (number, step) in (1..).zip(steps) {
                match step {
                    Step::Enter => {
                        futures.push((list.enter(Waker::noop(), number, number as usize), number));
                        line.push_back(number);
                    }
                    Step::CallFirst => {
                        let called = list.call_first(usize::MAX).map(|called| (called.task, called.asks));
                        let first = line.pop_front();
                        prop_assert_eq!(called, first.map(|first| (first, first as usize)));
                    }
                    Step::CallAll => {
                        prop_assert_eq!(list.call_all().len(), line.len());
                        line.clear();
                    }
                    Step::Leave(which) if !futures.is_empty() => {
                        let (key, number) = futures.swap_remove(which % futures.len());
                        let called = list.leave(key);
                        prop_assert_eq!(called, !line.contains(&number));
                        line.retain(|other| *other != number);
                    }
                    Step::Stay(which) if !line.is_empty() => {
                        let number = line[which % line.len()];
                        let future = futures.iter().find(|(_, other)| *other == number);
                        list.stay(future.unwrap().0, Waker::noop(), number);
                    }
                    Step::Leave(_) | Step::Stay(_) => {}
                }
                prop_assert_eq!(list.waiting(), line.len());
                if let Some(first) = line.front() {
                    prop_assert!(list.call_first(*first as usize - 1).is_none());
                }
                most = most.max(line.len());
                prop_assert!(list.ring.borrow().len() <= line.len() + most.max(FEW));
                for (key, number) in &futures {
                    let place = line.iter().position(|other| other == number);
                    prop_assert_eq!(list.is_called(*key), place.is_none());
                    prop_assert_eq!(list.is_first(*key), place == Some(0));
                    if let Some(place) = place {
                        prop_assert_eq!(list.place(*key), place);
                    }
                }
            }
        }
    }
}
