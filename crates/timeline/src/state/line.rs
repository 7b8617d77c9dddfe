//! A sorted map that seldom has more than a few entries.
//!
//! Most channels hold few messages and have nobody in line, and there may be very many channels.
//! So the first entries stand in the resource itself; only when they are too many are they put on a
//! [`Shelf`].

use std::fmt;

use super::shelf::Shelf;

/// A sorted map of which `N` entries need no memory of their own.
#[derive(Clone)]
pub(crate) enum Line<K, V, const N: usize> {
    /// So many of these, sorted.
    Few(u8, [(K, V); N]),
    /// More, or what is left of more.
    Many(Shelf<K, V>),
}

impl<K: Copy + Default, V: Copy + Default, const N: usize> Default for Line<K, V, N> {
    fn default() -> Self {
        Self::Few(0, [(K::default(), V::default()); N])
    }
}

impl<K: Ord + Copy + Default, V: Copy + Default, const N: usize> Line<K, V, N> {
    /// The entries that stand here.
    fn few(&self) -> &[(K, V)] {
        match self {
            Self::Few(len, entries) => entries.get(..usize::from(*len)).unwrap_or(entries),
            Self::Many(_) => &[],
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(len, _) => usize::from(*len),
            Self::Many(shelf) => shelf.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts an entry in its place; an entry with the same key is replaced.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let place = self.few().partition_point(|(k, _)| *k < key);
        match self {
            Self::Few(len, entries) => {
                let end = usize::from(*len);
                if place < end && entries[place].0 == key {
                    entries[place].1 = value;
                } else if end < N {
                    entries.copy_within(place..end, place + 1);
                    entries[place] = (key, value);
                    *len += 1;
                } else {
                    let mut shelf = Shelf::default();
                    for (key, value) in *entries {
                        shelf.insert(key, value);
                    }
                    shelf.insert(key, value);
                    *self = Self::Many(shelf);
                }
            }
            Self::Many(shelf) => shelf.insert(key, value),
        }
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        match self {
            Self::Few(..) => {
                let entry = self.few().iter().find(|(k, _)| *k == key);
                entry.map(|(_, value)| value)
            }
            Self::Many(shelf) => shelf.get(key),
        }
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        match self {
            Self::Few(len, entries) => {
                let end = usize::from(*len);
                let place = entries[..end].iter().position(|(k, _)| *k == key)?;
                let (_, value) = entries[place];
                entries.copy_within(place + 1..end, place);
                *len -= 1;
                Some(value)
            }
            Self::Many(shelf) => {
                let value = shelf.remove(key);
                if shelf.is_empty() {
                    *self = Self::default();
                }
                value
            }
        }
    }

    pub(crate) fn first(&self) -> Option<(K, &V)> {
        match self {
            Self::Few(..) => self.few().first().map(|(key, value)| (*key, value)),
            Self::Many(shelf) => shelf.first(),
        }
    }

    pub(crate) fn last(&self) -> Option<(K, &V)> {
        match self {
            Self::Few(..) => self.few().last().map(|(key, value)| (*key, value)),
            Self::Many(shelf) => shelf.last(),
        }
    }

    /// Bytes of memory that it holds beside itself.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::Few(..) => 0,
            Self::Many(shelf) => shelf.memory(),
        }
    }

    /// How many entries stand before this key.
    pub(crate) fn rank(&self, key: K) -> usize {
        match self {
            Self::Few(..) => self.few().partition_point(|(k, _)| *k < key),
            Self::Many(shelf) => shelf.rank(key),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + '_ {
        let many = match self {
            Self::Few(..) => None,
            Self::Many(shelf) => Some(shelf),
        };
        let few = self.few().iter().map(|(key, value)| (*key, value));
        few.chain(many.into_iter().flat_map(Shelf::iter))
    }
}

impl<K, V, const N: usize> PartialEq for Line<K, V, N>
where
    K: Ord + Copy + Default,
    V: Copy + Default + PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K, V, const N: usize> fmt::Debug for Line<K, V, N>
where
    K: Ord + Copy + Default + fmt::Debug,
    V: Copy + Default + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_is_a_sorted_map(steps in prop::collection::vec((any::<bool>(), 0..6_u32), 0..200)) {
            let mut line = Line::<u32, usize, 2>::default();
            let mut model = BTreeMap::new();
            for (at, (insert, key)) in steps.into_iter().enumerate() {
                if insert {
                    line.insert(key, at);
                    model.insert(key, at);
                } else {
                    prop_assert_eq!(line.remove(key), model.remove(&key));
                }
                prop_assert_eq!((line.len(), line.is_empty()), (model.len(), model.is_empty()));
                let ends = (line.first().map(|(k, v)| (k, *v)), line.last().map(|(k, v)| (k, *v)));
                let first = model.first_key_value().map(|(k, v)| (*k, *v));
                let last = model.last_key_value().map(|(k, v)| (*k, *v));
                prop_assert_eq!(ends, (first, last));
                prop_assert!(line.iter().map(|(k, v)| (k, *v)).eq(model.iter().map(|(k, v)| (*k, *v))));
                let back = model.iter().rev().map(|(k, v)| (*k, *v));
                prop_assert!(line.iter().rev().map(|(k, v)| (k, *v)).eq(back));
                for key in 0..7 {
                    prop_assert_eq!(line.get(key), model.get(&key));
                    prop_assert_eq!(line.rank(key), model.range(..key).count());
                }
            }
        }
    }
}
