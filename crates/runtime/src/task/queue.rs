//! The ready queue: tasks in the order in which they became ready.
//!
//! A ring of pointers whose length is a power of two. Pushing and taking are what a turn of the
//! run loop consists of, so there is no flag that says whether the ring is borrowed; the argument
//! is short instead:
//!
//! 1. A reference to the ring is made inside of one function here and is gone when that returns.
//!    Nothing that these functions call while they have it runs code of the program: they read and
//!    write plain pointers. Memory is asked for and given back when no such reference exists.
//! 2. `tail - head` places from `head` on hold one counted reference each, which `push` took over
//!    and `pop` gives away. All other places mean nothing and are never read.
//! 3. The queue is not `Sync`, so no two of these functions run at once.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::ptr::NonNull;

use super::header::{Header, TaskRef};

/// For so many ready tasks there is always room, once there was: a megabyte at most, so that a
/// program that makes as many again and again does not pay for it each time.
const KEPT: usize = 1 << 17;
/// The first ring.
const SMALLEST: usize = 32;

type Ring = Box<[Option<NonNull<Header>>]>;

/// Ready tasks, first in, first out.
pub(crate) struct ReadyQueue {
    /// Empty, or of a length that is a power of two.
    ring: UnsafeCell<Ring>,
    /// How many were ever taken, and ever put, wrapping: their difference is what is inside.
    head: Cell<usize>,
    tail: Cell<usize>,
}

impl Default for ReadyQueue {
    fn default() -> Self {
        Self {
            ring: UnsafeCell::new(Box::default()),
            head: Cell::new(0),
            tail: Cell::new(0),
        }
    }
}

impl ReadyQueue {
    /// How many are ready.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.tail.get().wrapping_sub(self.head.get())
    }

    /// For how many there is room.
    fn capacity(&self) -> usize {
        // SAFETY: 1 and 3: no other reference to the ring exists.
        unsafe { &*self.ring.get() }.len()
    }

    /// Puts a task at the end.
    #[inline]
    pub(crate) fn push(&self, task: TaskRef) {
        let tail = self.tail.get();
        // SAFETY: 1 and 3: no other reference to the ring exists while this one does.
        let ring = unsafe { &mut *self.ring.get() };
        if tail.wrapping_sub(self.head.get()) == ring.len() {
            return self.push_into_larger(task);
        }
        let at = tail & (ring.len() - 1);
        ring[at] = Some(task.into_raw());
        self.tail.set(tail.wrapping_add(1));
    }

    #[cold]
    #[inline(never)]
    fn push_into_larger(&self, task: TaskRef) {
        self.resize((self.capacity() * 2).max(SMALLEST));
        self.push(task);
    }

    /// Takes the first.
    #[inline]
    pub(crate) fn pop(&self) -> Option<TaskRef> {
        let head = self.head.get();
        if head == self.tail.get() {
            return None;
        }
        // SAFETY: 1 and 3: no other reference to the ring exists while this one does.
        let ring = unsafe { &*self.ring.get() };
        let task = ring[head & (ring.len() - 1)]?;
        self.head.set(head.wrapping_add(1));
        // SAFETY: 2: the place held a counted reference, which is nobody's now. The queue is not
        // `Send`, so this is the owner thread.
        Some(unsafe { TaskRef::from_raw(task) })
    }

    /// Gives back memory that the queue took when many tasks were ready at once. Each time moves
    /// an eighth of what it held at most, so that it is paid for by the pushes that filled it.
    pub(crate) fn trim(&self) {
        self.trim_beyond(KEPT);
    }

    fn trim_beyond(&self, kept: usize) {
        let capacity = self.capacity();
        if capacity > kept && self.len() < capacity / 8 {
            self.resize(capacity / 4);
        }
    }

    /// Moves everything into another ring, in which there must be room.
    fn resize(&self, capacity: usize) {
        debug_assert!(capacity.is_power_of_two() && capacity >= self.len());
        let mut larger: Ring = vec![None; capacity].into_boxed_slice();
        let (head, len) = (self.head.get(), self.len());
        let old = {
            // SAFETY: 1 and 3: no other reference to the ring exists while this one does.
            let ring = unsafe { &mut *self.ring.get() };
            for place in 0..len {
                let at = head.wrapping_add(place) & (ring.len() - 1);
                larger[place] = ring[at];
            }
            std::mem::replace(ring, larger)
        };
        self.head.set(0);
        self.tail.set(len);
        drop(old);
    }
}

impl Drop for ReadyQueue {
    fn drop(&mut self) {
        while let Some(task) = self.pop() {
            drop(task);
        }
    }
}

impl fmt::Debug for ReadyQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyQueue")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::*;
    use crate::Builder;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 128 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        /// Against a standard queue, through growth and trimming; and every task is freed.
        #[test]
        fn it_is_a_queue(steps in prop::collection::vec((0..4_usize, 1..60_usize), 0..40)) {
            let runtime = Builder::new().record(false).build();
            let alive = Rc::new(());
            let tasks: Vec<_> = (0..50)
                .map(|_| {
                    let alive = Rc::clone(&alive);
                    runtime.spawn(async move { drop(alive) }).handle()
                })
                .collect();
            let (queue, mut model) = (ReadyQueue::default(), VecDeque::new());
            for (kind, count) in steps {
                for number in 0..count {
                    match kind {
                        0 | 1 => {
                            let task = tasks[number % tasks.len()].task();
                            queue.push(task.clone());
                            model.push_back(task.id());
                        }
                        2 => {
                            let first = queue.pop().map(|task| task.id());
                            prop_assert_eq!(first, model.pop_front());
                        }
                        _ => queue.trim_beyond(64),
                    }
                    prop_assert_eq!(queue.len(), model.len());
                }
            }
            drop((queue, tasks, runtime));
            prop_assert_eq!(Rc::strong_count(&alive), 1);
        }
    }

    #[test]
    fn memory_of_a_rush_is_given_back() {
        let runtime = Builder::new().record(false).build();
        let task = runtime.spawn(async {}).handle();
        let queue = ReadyQueue::default();
        for _ in 0..5000 {
            queue.push(task.task().clone());
        }
        assert_eq!(queue.capacity(), 8192);
        while queue.len() > 1000 {
            drop(queue.pop());
        }
        queue.trim_beyond(1024);
        assert_eq!((queue.len(), queue.capacity()), (1000, 2048));
        while queue.pop().is_some() {}
        queue.trim_beyond(1024);
        queue.trim_beyond(1024);
        assert_eq!(queue.capacity(), 512);
    }
}
