//! In which order the items of a queue come out.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;

use crate::sync::fifo::Store;

/// Which item of a [`Queue`](super::Queue) comes out next. One of [`FirstIn`], [`LastIn`] and
/// [`Smallest`].
pub trait Order<T>: sealed::Order {
    /// Where the items are kept.
    #[doc(hidden)]
    type Store: Store<T>;
}

mod sealed {
    pub trait Order {}
    impl Order for super::FirstIn {}
    impl Order for super::LastIn {}
    impl Order for super::Smallest {}
}

/// The item that went in first.
#[derive(Clone, Copy, Debug)]
pub struct FirstIn;

/// The item that went in last.
#[derive(Clone, Copy, Debug)]
pub struct LastIn;

/// The smallest item; of equal ones the one that went in first.
#[derive(Clone, Copy, Debug)]
pub struct Smallest;

impl<T> Order<T> for FirstIn {
    type Store = VecDeque<(T, u32)>;
}

impl<T> Order<T> for LastIn {
    type Store = Vec<(T, u32)>;
}

impl<T: Ord> Order<T> for Smallest {
    type Store = Heap<T>;
}

impl<T> Store<T> for Vec<(T, u32)> {
    fn put(&mut self, value: T, description: u32) {
        self.push((value, description));
    }

    fn take(&mut self) -> Option<(T, u32)> {
        self.pop()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// The smallest on top.
pub struct Heap<T> {
    entries: BinaryHeap<Entry<T>>,
    puts: u64,
}

struct Entry<T> {
    value: T,
    description: u32,
    /// Counts what was put, so that ties keep their order.
    number: u64,
}

impl<T: Ord> Default for Heap<T> {
    fn default() -> Self {
        Self {
            entries: BinaryHeap::new(),
            puts: 0,
        }
    }
}

impl<T> fmt::Debug for Heap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("len", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl<T: Ord> Store<T> for Heap<T> {
    fn put(&mut self, value: T, description: u32) {
        let number = self.puts;
        self.puts += 1;
        self.entries.push(Entry {
            value,
            description,
            number,
        });
    }

    fn take(&mut self) -> Option<(T, u32)> {
        let entry = self.entries.pop()?;
        Some((entry.value, entry.description))
    }

    fn count(&self) -> usize {
        self.entries.len()
    }
}

impl<T: Ord> Ord for Entry<T> {
    /// The other way round: the standard library's heap has the greatest on top.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = other.value.cmp(&self.value);
        by_value.then(other.number.cmp(&self.number))
    }
}

impl<T: Ord> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Ord> Eq for Entry<T> {}
