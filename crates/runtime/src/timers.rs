//! Which timers run, by deadline and then by the order in which they were armed.
//!
//! A binary heap with lazy cancellation: a cancelled timer stays in the heap until it comes to
//! the top or until more than half of the heap is dead; then the dead are swept out. All
//! operations take logarithmic time, amortised.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

/// Below this size a heap is not worth sweeping.
const SMALLEST_SWEEP: usize = 64;

/// The timers of one runtime.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    live: usize,
    /// The number of the timer that was armed last.
    last_id: u32,
}

/// Ordered by deadline, then by the number, which counts armings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    deadline: u64,
    id: u32,
    slot: u32,
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
        self.heap.push(Reverse(Entry { deadline, id, slot }));
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
        loop {
            let Reverse(entry) = *self.heap.peek()?;
            let runs = self.runs(Key {
                slot: entry.slot,
                id: entry.id,
            });
            if runs && entry.deadline > now {
                return None;
            }
            self.heap.pop();
            if !runs {
                continue;
            }
            let Slot { id, task, waker } = self.release(entry.slot);
            if let Some(waker) = waker {
                return Some(Due {
                    id,
                    task,
                    deadline: entry.deadline,
                    waker,
                });
            }
        }
    }

    /// The earliest deadline.
    pub(crate) fn next_deadline(&mut self) -> Option<u64> {
        loop {
            let Reverse(entry) = *self.heap.peek()?;
            if self.runs(Key {
                slot: entry.slot,
                id: entry.id,
            }) {
                return Some(entry.deadline);
            }
            self.heap.pop();
        }
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

    /// Drops the dead from the heap when they outnumber the living.
    fn sweep(&mut self) {
        if self.heap.len() < SMALLEST_SWEEP || self.heap.len() < 2 * self.live {
            return;
        }
        let mut entries = std::mem::take(&mut self.heap).into_vec();
        entries.retain(|Reverse(entry)| self.slots[entry.slot as usize].id == entry.id);
        self.heap = entries.into();
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
        Cancel(usize),
        Advance(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0_u64..50).prop_map(Step::Arm),
            3 => (0_usize..200).prop_map(Step::Cancel),
            1 => (0_u64..20).prop_map(Step::Advance),
        ];
        proptest::collection::vec(step, 0..400)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
        #[test]
        fn timers_fire_once_in_order_and_never_after_they_were_cancelled(steps in steps()) {
            let mut timers = Timers::default();
            let mut model: BTreeMap<(u64, u32), Key> = BTreeMap::new();
            let mut armed = Vec::new();
            let mut now = 0;
            for step in steps {
                match step {
                    Step::Arm(after) => {
                        let key = timers.arm(now + after, 1, Waker::noop().clone());
                        model.insert((now + after, key.id), key);
                        armed.push((now + after, key));
                    }
                    Step::Cancel(which) if !armed.is_empty() => {
                        let (deadline, key) = armed[which % armed.len()];
                        let ran = model.remove(&(deadline, key.id)).is_some();
                        prop_assert_eq!(timers.cancel(key).is_some(), ran);
                    }
                    Step::Cancel(_) => {}
                    Step::Advance(by) => now += by,
                }
                prop_assert_eq!(timers.next_deadline(), model.keys().next().map(|(d, _)| *d));
                while let Some(due) = timers.pop_due(now) {
                    let ((deadline, id), _) = model.pop_first().unwrap();
                    prop_assert_eq!((due.deadline, due.id), (deadline, id));
                    prop_assert!(deadline <= now);
                }
                prop_assert!(model.keys().next().is_none_or(|(deadline, _)| *deadline > now));
                prop_assert!(timers.heap.len() <= 2 * timers.live + SMALLEST_SWEEP);
            }
        }
    }
}
