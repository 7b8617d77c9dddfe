//! Who has come and not gone yet, in the order of arrival.

/// Values by number of arrival. Numbers only grow, so this is a sorted list; whoever leaves is
/// struck out, and the list is swept when it is more than half empty. Finding costs a binary
/// search, and leaving the same on average, however many there are.
///
/// A tree would do as well, in eight times the code for each type of value.
#[derive(Debug)]
pub(super) struct Arrivals<V> {
    entries: Vec<(u64, Option<V>)>,
    present: usize,
}

/// Lists up to this length are not worth a sweep.
const SHORT: usize = 16;

impl<V> Default for Arrivals<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            present: 0,
        }
    }
}

impl<V> Arrivals<V> {
    /// Puts a value in the place of its number. Returns the one that was there.
    pub(super) fn put(&mut self, number: u64, value: V) -> Option<V> {
        let at = match self.entries.last() {
            Some((last, _)) if *last >= number => self.position(number),
            _ => Err(self.entries.len()),
        };
        let old = match at {
            Ok(at) => self.entries[at].1.replace(value),
            Err(at) => {
                self.entries.insert(at, (number, Some(value)));
                None
            }
        };
        self.present += usize::from(old.is_none());
        old
    }

    /// Takes the value of a number out, if it is there.
    pub(super) fn remove(&mut self, number: u64) -> Option<V> {
        let at = self.position(number).ok()?;
        let value = self.entries[at].1.take()?;
        self.present -= 1;
        if self.entries.len() > SHORT && self.present < self.entries.len() / 2 {
            self.entries.retain(|(_, value)| value.is_some());
        }
        Some(value)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.present
    }

    /// How many came before this number.
    pub(super) fn before(&self, number: u64) -> usize {
        let end = self.entries.partition_point(|(other, _)| *other < number);
        let earlier = self.entries[..end].iter();
        earlier.filter(|(_, value)| value.is_some()).count()
    }

    /// All values in the order of their numbers.
    pub(super) fn into_values(self) -> impl Iterator<Item = V> {
        self.entries.into_iter().filter_map(|(_, value)| value)
    }

    fn position(&self, number: u64) -> Result<usize, usize> {
        self.entries
            .binary_search_by_key(&number, |(other, _)| *other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 256 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        /// Against a tree: whoever comes, comes back or goes, the same are there in the same order.
        #[test]
        fn it_is_a_map_in_the_order_of_arrival(steps in prop::collection::vec((0..4u8, 0..200u64), 0..400)) {
            let (mut arrivals, mut tree, mut next) = (Arrivals::default(), BTreeMap::new(), 0);
            for (kind, pick) in steps {
                let known = pick % (next + 1);
                match kind {
                    0 | 1 => {
                        next += 1 + pick % 3;
                        prop_assert_eq!(arrivals.put(next, pick), tree.insert(next, pick));
                    }
                    2 => prop_assert_eq!(arrivals.put(known, pick), tree.insert(known, pick)),
                    _ => prop_assert_eq!(arrivals.remove(known), tree.remove(&known)),
                }
                prop_assert_eq!(arrivals.len(), tree.len());
                prop_assert_eq!(arrivals.before(known), tree.range(..known).count());
                prop_assert!(arrivals.entries.len() <= (2 * tree.len()).max(SHORT) + 1);
            }
            let values: Vec<u64> = arrivals.into_values().collect();
            prop_assert_eq!(values, tree.into_values().collect::<Vec<_>>());
        }
    }
}
