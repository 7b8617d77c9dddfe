//! A sorted map that is cheap to copy.
//!
//! Checkpoints are copies of a whole state, and most of a state does not change between two of
//! them. Entries stand in sorted runs behind counted pointers; a copy shares every run, and the
//! first write to a shared run copies that run alone. Everything that a state keeps in an order
//! is such a map: the ready queue and the lines of waiters by the event that put them there,
//! timers by deadline, messages by the event that sent them, holders by task.
//!
//! Insertion at the end and removal from the front, which are the common ones, cost a constant;
//! anything else costs the logarithm of the number of entries.

use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

/// Entries in one run at most.
const RUN: usize = 64;

type Run<K, V> = Rc<Vec<(K, V)>>;

/// A sorted map whose copies share what they have in common.
#[derive(Clone)]
pub(crate) struct Shelf<K, V> {
    /// Sorted runs, none of them empty; `None` if there are none, as in most shelves.
    runs: Option<Rc<VecDeque<Run<K, V>>>>,
    len: u32,
    /// Bytes of runs that are new or were copied because another map shares them.
    copied: u32,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self {
            runs: None,
            len: 0,
            copied: 0,
        }
    }
}

impl<K: Ord + Copy, V: Clone> Shelf<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts an entry in its place; an entry with the same key is replaced.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let runs = Rc::make_mut(self.runs.get_or_insert_default());
        let at = run_of(runs, key);
        self.copied = self.copied.saturating_add(size_of::<(K, V)>() as u32);
        let Some(run) = runs.get_mut(at) else {
            runs.push_back(Rc::new(vec![(key, value)]));
            self.len = 1;
            return;
        };
        let place = match run.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(place) => {
                Rc::make_mut(run)[place].1 = value;
                return;
            }
            Err(place) => place,
        };
        self.len += 1;
        if run.len() < RUN {
            Rc::make_mut(run).insert(place, (key, value));
        } else if place == RUN {
            // The end of the map grows by full runs; elsewhere a full run is split.
            let mut next = Vec::with_capacity(8);
            next.push((key, value));
            runs.insert(at + 1, Rc::new(next));
        } else {
            let run = Rc::make_mut(run);
            let mut upper = run.split_off(RUN / 2);
            if place <= RUN / 2 {
                run.insert(place, (key, value));
            } else {
                upper.insert(place - RUN / 2, (key, value));
            }
            runs.insert(at + 1, Rc::new(upper));
        }
    }

    /// Bytes that are new or were copied since this was asked last, those that are gone again left
    /// out: what a copy of the map costs in memory.
    pub(crate) fn take_copied(&mut self) -> usize {
        let all = 2 * self.len() * size_of::<(K, V)>();
        all.min(std::mem::take(&mut self.copied) as usize)
    }

    /// Bytes of runs that this map does not share with another one.
    pub(crate) fn apart_from(&self, other: &Self) -> usize {
        let none = VecDeque::new();
        let runs = self.runs.as_deref().unwrap_or(&none);
        let mut beside = other.runs.as_deref().unwrap_or(&none).iter().peekable();
        let mut bytes = 0;
        for run in runs {
            while beside.next_if(|beside| beside[0].0 < run[0].0).is_some() {}
            if !beside.peek().is_some_and(|beside| Rc::ptr_eq(run, beside)) {
                bytes += run.capacity() * size_of::<(K, V)>();
            }
        }
        bytes
    }

    /// Bytes of memory that it holds.
    pub(crate) fn memory(&self) -> usize {
        let Some(runs) = &self.runs else { return 0 };
        let entries: usize = runs.iter().map(|run| run.capacity()).sum();
        runs.capacity() * size_of::<Run<K, V>>()
            + runs.len() * size_of::<Vec<(K, V)>>()
            + entries * size_of::<(K, V)>()
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let (run, place) = self.find(key)?;
        Some(&self.runs.as_ref()?[run][place].1)
    }

    /// The value for writing. Whoever asks for it pays for a copy of a shared run.
    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let (run, place) = self.find(key)?;
        let run = Rc::make_mut(self.runs.as_mut()?).get_mut(run)?;
        Some(&mut Rc::make_mut(run)[place].1)
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        let (at, place) = self.find(key)?;
        self.len -= 1;
        let shared = |runs: &Rc<VecDeque<Run<K, V>>>| Rc::strong_count(&runs[at]) > 1;
        if self.runs.as_ref().is_some_and(shared) {
            self.copied = self
                .copied
                .saturating_add(size_of::<[(K, V); RUN]>() as u32);
        }
        if self.len == 0 {
            return self.runs.take().map(|runs| runs[at][place].1.clone());
        }
        let runs = Rc::make_mut(self.runs.as_mut()?);
        if runs[at].len() == 1 {
            runs.remove(at).map(|run| run[0].1.clone())
        } else {
            Some(Rc::make_mut(&mut runs[at]).remove(place).1)
        }
    }

    pub(crate) fn first(&self) -> Option<(K, &V)> {
        let (key, value) = self.runs.as_ref()?.front()?.first()?;
        Some((*key, value))
    }

    pub(crate) fn last(&self) -> Option<(K, &V)> {
        let (key, value) = self.runs.as_ref()?.back()?.last()?;
        Some((*key, value))
    }

    /// The first entry whose key is not before this one.
    pub(crate) fn first_from(&self, key: K) -> Option<(K, &V)> {
        let runs = self.runs.as_ref()?;
        // All of a run may stand before the key; then the next one begins behind it.
        let near = runs.iter().skip(run_of(runs, key)).take(2);
        near.filter_map(|run| run.get(run.partition_point(|(k, _)| *k < key)))
            .next()
            .map(|(key, value)| (*key, value))
    }

    /// How many entries stand before this key.
    pub(crate) fn rank(&self, key: K) -> usize {
        let Some(runs) = &self.runs else { return 0 };
        let at = run_of(runs, key);
        let before: usize = runs.iter().take(at).map(|run| run.len()).sum();
        let inside = runs
            .get(at)
            .map_or(0, |run| run.partition_point(|(k, _)| *k < key));
        before + inside
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + '_ {
        self.runs
            .iter()
            .flat_map(|runs| runs.iter())
            .flat_map(|run| run.iter().map(|(key, value)| (*key, value)))
    }

    /// The run and the place in it of a key that is there.
    fn find(&self, key: K) -> Option<(usize, usize)> {
        let runs = self.runs.as_ref()?;
        let at = run_of(runs, key);
        let place = runs.get(at)?.binary_search_by_key(&key, |(k, _)| *k).ok()?;
        Some((at, place))
    }
}

/// The run in which the key stands or belongs.
fn run_of<K: Ord + Copy, V>(runs: &VecDeque<Run<K, V>>, key: K) -> usize {
    // The two ends are where most happens.
    match runs.back() {
        Some(last) if last[0].0 <= key => runs.len() - 1,
        _ if runs.get(1).is_some_and(|second| key < second[0].0) => 0,
        _ => runs
            .partition_point(|run| run[0].0 <= key)
            .saturating_sub(1),
    }
}

impl<K: Ord + Copy, V: Clone + PartialEq> PartialEq for Shelf<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Copy + fmt::Debug, V: Clone + fmt::Debug> fmt::Debug for Shelf<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u32, u32),
        Append(u32),
        Remove(u32),
        Change(u32, u32),
        Copy,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..500_u32, any::<u32>()).prop_map(|(k, v)| Step::Insert(k, v)),
            4 => any::<u32>().prop_map(Step::Append),
            4 => (0..600_u32).prop_map(Step::Remove),
            1 => (0..500_u32, any::<u32>()).prop_map(|(k, v)| Step::Change(k, v)),
            1 => Just(Step::Copy),
        ];
        prop::collection::vec(step, 0..900)
    }

    proptest! {
        #[test]
        fn a_shelf_is_a_sorted_map_and_its_copies_stay_as_they_were(steps in steps()) {
            let mut shelf = Shelf::default();
            let mut model = BTreeMap::new();
            let mut copies = Vec::new();
            let mut end = 500;
            for step in steps {
                match step {
                    Step::Insert(k, v) => {
                        shelf.insert(k, v);
                        model.insert(k, v);
                    }
                    Step::Append(v) => {
                        end += 1;
                        shelf.insert(end, v);
                        model.insert(end, v);
                    }
                    Step::Remove(k) => prop_assert_eq!(shelf.remove(k), model.remove(&k)),
                    Step::Change(k, v) => {
                        if let Some(value) = shelf.get_mut(k) { *value = v }
                        if let Some(value) = model.get_mut(&k) { *value = v }
                    }
                    Step::Copy => copies.push((shelf.clone(), model.clone())),
                }
                prop_assert_eq!(shelf.len(), model.len());
                let ends = (shelf.first(), shelf.last());
                prop_assert_eq!(ends.0.map(|(k, v)| (k, *v)), model.first_key_value().map(|(k, v)| (*k, *v)));
                prop_assert_eq!(ends.1.map(|(k, v)| (k, *v)), model.last_key_value().map(|(k, v)| (*k, *v)));
            }
            copies.push((shelf, model));
            for (shelf, model) in copies {
                let entries: Vec<_> = shelf.iter().map(|(k, v)| (k, *v)).collect();
                let expected: Vec<_> = model.iter().map(|(k, v)| (*k, *v)).collect();
                prop_assert_eq!(entries, expected);
                for key in (0..510).step_by(7) {
                    prop_assert_eq!(shelf.get(key), model.get(&key));
                    prop_assert_eq!(shelf.rank(key), model.range(..key).count());
                    let next = shelf.first_from(key).map(|(k, v)| (k, *v));
                    let expected = model.range(key..).next().map(|(k, v)| (*k, *v));
                    prop_assert_eq!(next, expected);
                }
            }
        }
    }
}
