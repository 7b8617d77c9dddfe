//! Which timers run, by deadline and then by the order in which they were armed.
//!
//! A timer is a slot with its waker, and an entry in a [`wheel`]. Cancellation is lazy: it empties
//! the slot and leaves the entry, which is found dead when its time comes, or swept out with all
//! others once more than half are dead. So to arm and to cancel take the same time whatever the
//! number of timers.

mod wheel;

use std::task::Waker;

use self::wheel::{Entry, Wheel};

/// So many dead entries are never worth a sweep.
const SMALLEST_SWEEP: usize = 64;

/// The timers of one runtime.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    wheel: Wheel,
    slots: Vec<Slot>,
    free: Vec<u32>,
    live: usize,
    /// The number of the timer that was armed last.
    last_id: u32,
}

#[derive(Debug)]
struct Slot {
    /// Which timer is here, 0 for none.
    id: u32,
    task: u32,
    waker: Option<Waker>,
}

/// A timer that runs, as its owner knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    slot: u32,
    pub(crate) id: u32,
}

/// A timer that reached its deadline.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: u32,
    pub(crate) task: u32,
    pub(crate) deadline: u64,
    pub(crate) waker: Waker,
}

impl Timers {
    /// Arms a timer for a task.
    pub(crate) fn arm(&mut self, deadline: u64, task: u32, waker: Waker) -> Key {
        self.last_id = self
            .last_id
            .checked_add(1)
            .expect("fewer than 2^32 timers in one run");
        let id = self.last_id;
        let contents = Slot {
            id,
            task,
            waker: Some(waker),
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = contents;
                slot
            }
            None => {
                self.slots.push(contents);
                u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 timers at once")
            }
        };
        self.live += 1;
        self.wheel.insert(Entry { deadline, id, slot });
        Key { slot, id }
    }

    /// Whether the timer still runs.
    pub(crate) fn runs(&self, key: Key) -> bool {
        self.slots
            .get(key.slot as usize)
            .is_some_and(|slot| slot.id == key.id)
    }

    /// A timer that runs is polled again, maybe by another task. True if its waker has to be
    /// replaced; the caller clones the new one when nothing is borrowed.
    #[must_use]
    pub(crate) fn refresh(&mut self, key: Key, task: u32, waker: &Waker) -> bool {
        let slot = &mut self.slots[key.slot as usize];
        slot.task = task;
        !slot.waker.as_ref().is_some_and(|old| old.will_wake(waker))
    }

    /// Makes a timer that runs wake somebody else. The old waker is returned, to be dropped when
    /// nothing is borrowed.
    #[must_use]
    pub(crate) fn replace_waker(&mut self, key: Key, waker: Waker) -> Option<Waker> {
        self.slots[key.slot as usize].waker.replace(waker)
    }

    /// Stops a timer. Its waker is returned, to be dropped when nothing is borrowed; `None` if it
    /// does not run.
    #[must_use]
    pub(crate) fn cancel(&mut self, key: Key) -> Option<Waker> {
        if !self.runs(key) {
            return None;
        }
        let waker = self.release(key.slot).waker;
        self.sweep();
        waker
    }

    /// Takes the first timer whose deadline is not after `now`.
    pub(crate) fn pop_due(&mut self, now: u64) -> Option<Due> {
        let slots = &self.slots;
        let entry = self
            .wheel
            .pop_due(now, |entry| slots[entry.slot as usize].id == entry.id)?;
        let Slot { id, task, waker } = self.release(entry.slot);
        self.sweep();
        Some(Due {
            id,
            task,
            deadline: entry.deadline,
            waker: waker?,
        })
    }

    /// The earliest deadline. With `exactly` false it may be a moment before that, at which to
    /// ask again, if the exact one takes long to find.
    pub(crate) fn next_deadline(&mut self, exactly: bool) -> Option<u64> {
        if self.live == 0 {
            return None;
        }
        let slots = &self.slots;
        self.wheel
            .next_deadline(exactly, |entry| slots[entry.slot as usize].id == entry.id)
    }

    fn release(&mut self, slot: u32) -> Slot {
        self.live -= 1;
        self.free.push(slot);
        let empty = Slot {
            id: 0,
            task: 0,
            waker: None,
        };
        std::mem::replace(&mut self.slots[slot as usize], empty)
    }

    /// Drops the dead when they outnumber the living.
    fn sweep(&mut self) {
        if self.wheel.stored() <= 2 * self.live + SMALLEST_SWEEP {
            return;
        }
        let slots = &self.slots;
        self.wheel
            .sweep(|entry| slots[entry.slot as usize].id == entry.id);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Arm(u64),
        /// At a moment that may have passed.
        ArmAt(u64),
        Cancel(usize),
        Advance(u64),
        /// To the next deadline, as an idle runtime under a virtual clock does.
        Jump,
    }

    /// Delays of every order of magnitude, many of them equal.
    fn delays() -> impl Strategy<Value = u64> {
        prop_oneof![
            4 => 0_u64..50,
            2 => (0_u64..8).prop_map(|n| n * 1_000_000),
            2 => 0_u64..10_000_000_000,
            1 => (0_u32..64).prop_map(|bit| 1 << bit),
            1 => any::<u64>(),
        ]
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            6 => delays().prop_map(Step::Arm),
            1 => delays().prop_map(Step::ArmAt),
            4 => any::<usize>().prop_map(Step::Cancel),
            1 => delays().prop_map(Step::Advance),
            1 => Just(Step::Jump),
        ];
        proptest::collection::vec(step, 0..600)
    }

    /// Everything that the timers say, against a map.
    #[derive(Default)]
    struct Checked {
        timers: Timers,
        model: BTreeMap<(u64, u32), Key>,
        armed: Vec<(u64, Key)>,
        now: u64,
    }

    impl Checked {
        fn arm(&mut self, deadline: u64) {
            let key = self.timers.arm(deadline, 1, Waker::noop().clone());
            self.model.insert((deadline, key.id), key);
            self.armed.push((deadline, key));
        }

        fn cancel(&mut self, which: usize) {
            let (deadline, key) = self.armed[which % self.armed.len()];
            let ran = self.model.remove(&(deadline, key.id)).is_some();
            assert_eq!(self.timers.runs(key), ran);
            assert_eq!(self.timers.cancel(key).is_some(), ran);
            self.check_size();
        }

        fn check_size(&self) {
            assert!(self.timers.wheel.stored() <= 2 * self.timers.live + SMALLEST_SWEEP);
        }

        fn advance(&mut self, to: u64) {
            self.now = self.now.max(to);
            while let Some(due) = self.timers.pop_due(self.now) {
                let ((deadline, id), _) = self.model.pop_first().unwrap();
                assert_eq!((due.deadline, due.id), (deadline, id));
                assert!(deadline <= self.now);
                self.check_size();
            }
            let next = self.model.keys().next().map(|(deadline, _)| *deadline);
            assert!(next.is_none_or(|deadline| deadline > self.now));
            let bound = self.timers.next_deadline(false);
            assert_eq!(bound.is_some(), next.is_some());
            assert!(bound <= next && bound.is_none_or(|bound| bound > self.now));
            assert_eq!(self.timers.next_deadline(true), next);
            assert_eq!(self.timers.live, self.model.len());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 512 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        #[test]
        fn timers_fire_once_in_order_and_never_after_they_were_cancelled(steps in steps()) {
            let mut checked = Checked::default();
            for step in steps {
                match step {
                    Step::Arm(after) => checked.arm(checked.now.saturating_add(after)),
                    Step::ArmAt(deadline) => checked.arm(deadline),
                    Step::Cancel(which) if !checked.armed.is_empty() => checked.cancel(which),
                    Step::Cancel(_) => {}
                    Step::Advance(by) => checked.advance(checked.now.saturating_add(by)),
                    Step::Jump => {
                        if let Some(next) = checked.timers.next_deadline(true) {
                            checked.advance(next);
                        }
                    }
                }
            }
            checked.advance(u64::MAX);
            assert!(checked.model.is_empty());
        }
    }

    /// More than [`wheel`] sorts at once in one bucket, on several levels, with ties.
    #[test]
    fn crowded_buckets_are_spread_and_keep_their_order() {
        let mut checked = Checked::default();
        for number in 0..if cfg!(miri) { 300 } else { 5_000_u64 } {
            checked.arm(number * 48_271 % 4_999 * 1_000_003);
            checked.arm((1 << 40) | (number % 7));
        }
        for which in (0..checked.armed.len()).step_by(3) {
            checked.cancel(which);
        }
        while let Some(next) = checked.timers.next_deadline(true) {
            checked.advance(next);
        }
        assert!(checked.model.is_empty());
        assert_eq!(checked.timers.wheel.stored(), 0);
    }

    #[test]
    fn what_is_cancelled_leaves_no_entries_behind() {
        let mut checked = Checked::default();
        checked.arm(u64::MAX);
        for number in 0..if cfg!(miri) { 300 } else { 100_000 } {
            checked.arm(1_000_000 + number * 977);
            checked.cancel(checked.armed.len() - 1);
        }
        assert_eq!(checked.timers.live, 1);
        assert!(checked.timers.wheel.stored() <= 2 + SMALLEST_SWEEP);
        assert!(checked.timers.slots.len() <= 2);
    }
}
