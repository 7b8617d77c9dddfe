//! The ready tasks in the order in which they became ready, any of which can be taken.
//!
//! A list with gaps: a task that is taken leaves one, and when the list is full of them it is
//! closed up. A Fenwick tree over it counts the tasks before a place, so that to find the n-th
//! task and to take it costs the logarithm of their number.

use std::collections::BTreeMap;

use crate::task::TaskRef;

/// Below this length a list is not worth closing up.
const SHORTEST: usize = 16;

/// The tasks, and for each its position in the list.
#[derive(Debug, Default)]
pub(super) struct ReadyOrder {
    entries: Vec<Option<TaskRef>>,
    /// How many tasks are in the stretch of the list that ends with an entry and is as long as
    /// the lowest bit of its number (counted from 1).
    counts: Vec<u32>,
    positions: BTreeMap<u32, u32>,
}

impl ReadyOrder {
    /// How many tasks there are.
    pub(super) fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether another task fits without the list being closed up first.
    pub(super) fn has_room(&self) -> bool {
        self.entries.len() < SHORTEST || self.entries.len() < 2 * self.len()
    }

    /// Closes the list up. Positions change, their order does not.
    pub(super) fn close_up(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        self.counts.clear();
        self.positions.clear();
        for task in entries.into_iter().flatten() {
            self.push(task);
        }
    }

    /// Adds a task at the end; its position.
    pub(super) fn push(&mut self, task: TaskRef) -> u32 {
        let number = self.entries.len() + 1;
        let position = u32::try_from(self.entries.len()).expect("fewer than 2^32 tasks are ready");
        // The stretch that ends here consists of this entry and of whole shorter stretches.
        let (mut count, mut before) = (1, number - 1);
        let start = number - lowest_bit(number);
        while before > start {
            count += self.counts[before - 1];
            before -= lowest_bit(before);
        }
        self.counts.push(count);
        self.positions.insert(task.id(), position);
        self.entries.push(Some(task));
        position
    }

    /// The position of a task that is in the list.
    pub(super) fn position(&self, task: u32) -> Option<u32> {
        self.positions.get(&task).copied()
    }

    /// How many tasks stand before a position.
    pub(super) fn rank(&self, position: u32) -> usize {
        let (mut count, mut before) = (0, position as usize);
        while before > 0 {
            count += self.counts[before - 1] as usize;
            before -= lowest_bit(before);
        }
        count
    }

    /// The position of the n-th task, counted from 0.
    pub(super) fn nth(&self, n: usize) -> Option<u32> {
        if n >= self.len() {
            return None;
        }
        let (mut before, mut left) = (0, n);
        let mut step = self.entries.len().next_power_of_two();
        while step > 0 {
            if let Some(count) = self.counts.get((before + step).wrapping_sub(1))
                && *count as usize <= left
            {
                before += step;
                left -= *count as usize;
            }
            step /= 2;
        }
        u32::try_from(before).ok()
    }

    /// Takes the task at a position out.
    pub(super) fn take(&mut self, position: u32) -> Option<TaskRef> {
        let task = self.entries.get_mut(position as usize)?.take()?;
        self.positions.remove(&task.id());
        let mut number = position as usize + 1;
        while let Some(count) = self.counts.get_mut(number - 1) {
            *count -= 1;
            number += lowest_bit(number);
        }
        Some(task)
    }

    /// The tasks with their positions.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &TaskRef)> {
        (0..)
            .zip(&self.entries)
            .filter_map(|(position, task)| Some((position, task.as_ref()?)))
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::spawn_parked;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 128 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        #[test]
        fn it_behaves_like_a_list_from_whose_middle_one_takes(
            steps in proptest::collection::vec((any::<bool>(), any::<usize>()), 0..200),
        ) {
            let runtime = crate::Builder::new().build();
            let mut order = ReadyOrder::default();
            let mut model: Vec<u32> = Vec::new();
            for (add, which) in steps {
                if add {
                    let site = crate::record::Site::caller();
                    let (handle, _) = spawn_parked(runtime.core(), None, async {}, site);
                    let task = handle.into_task();
                    if !order.has_room() {
                        order.close_up();
                    }
                    model.push(task.id());
                    order.push(task);
                } else if !model.is_empty() {
                    let place = which % model.len();
                    let position = order.nth(place).unwrap();
                    prop_assert_eq!(order.rank(position), place);
                    prop_assert_eq!(order.position(model[place]), Some(position));
                    let task = order.take(position).unwrap();
                    prop_assert_eq!(task.id(), model.remove(place));
                    prop_assert!(order.take(position).is_none());
                }
                prop_assert_eq!(order.len(), model.len());
                prop_assert_eq!(order.nth(model.len()), None);
                let listed: Vec<u32> = order.iter().map(|(_, task)| task.id()).collect();
                prop_assert_eq!(&listed, &model);
                prop_assert!(order.entries.len() <= SHORTEST.max(2 * model.len() + 200));
            }
        }
    }
}
