//! The ready queue: tasks in the order in which they became ready.
//!
//! A list of segments, each with room for so many pointers. Pushing and taking are what a turn of
//! the run loop consists of, so there is no flag that says whether the queue is borrowed, and a
//! place is found without asking how long anything is. What is queued never moves, and the
//! segments that a rush took are given back as they become empty. The argument for the pointers:
//!
//! 1. Places are numbered; number `n` is the place `n % PLACES` of its segment. `first` is the
//!    segment of number `head`, and `last` that of number `tail - 1`, as long as either number is
//!    in the middle of a segment; at its edge `push` and `pop` go on to the next one. A segment is
//!    nobody else's, and alive from when it becomes `last` until it was `first` and is left.
//! 2. The places from `head` on and before `tail` were written by `push`. All other places mean
//!    nothing and are never read.
//! 3. No reference to a segment is ever made: places are read and written through pointers, by
//!    functions that call nothing of the program meanwhile. The queue is not `Sync`, so no two of
//!    them run at once.

use std::cell::Cell;
use std::fmt;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::ready::Ready;

/// Places of a segment.
const PLACES: usize = 128;
/// So many segments are kept for the next rush.
const KEPT: usize = 16;

struct Segment {
    places: [MaybeUninit<Ready>; PLACES],
    next: Link,
}

type Link = Option<NonNull<Segment>>;

/// Ready tasks, first in, first out.
#[derive(Default)]
pub(crate) struct ReadyQueue {
    /// Numbers of places: how many were ever taken, and ever put, wrapping: their difference is what is inside.
    head: Cell<usize>,
    tail: Cell<usize>,
    first: Cell<Link>,
    last: Cell<Link>,
    /// Segments for later, and how many.
    spare: Cell<Link>,
    spares: Cell<usize>,
}

impl ReadyQueue {
    /// How many are ready.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.tail.get().wrapping_sub(self.head.get())
    }

    /// Puts a task at the end.
    #[inline]
    pub(crate) fn push(&self, task: Ready) {
        let tail = self.tail.get();
        if tail.is_multiple_of(PLACES) {
            return self.push_into_next(task);
        }
        // SAFETY: 1: the number is in the middle of a segment, so there is a `last`, and it is
        // that segment.
        unsafe {
            let last = self.last.get().unwrap_unchecked();
            Self::place(last, tail).write(MaybeUninit::new(task));
        }
        self.tail.set(tail.wrapping_add(1));
    }

    /// The place with this number in its segment.
    ///
    /// # Safety
    /// The segment is alive.
    #[inline]
    unsafe fn place(segment: NonNull<Segment>, number: usize) -> *mut MaybeUninit<Ready> {
        // SAFETY: the segment is alive, and the index within its array.
        unsafe {
            (&raw mut (*segment.as_ptr()).places)
                .cast::<MaybeUninit<_>>()
                .add(number % PLACES)
        }
    }

    #[cold]
    #[inline(never)]
    fn push_into_next(&self, task: Ready) {
        let segment = self.segment();
        match self.last.replace(Some(segment)) {
            // SAFETY: 1: `last` is alive, and nobody has a reference to it.
            Some(last) => unsafe { (*last.as_ptr()).next = Some(segment) },
            None => self.first.set(Some(segment)),
        }
        let tail = self.tail.get();
        // SAFETY: the segment is alive.
        unsafe { Self::place(segment, tail).write(MaybeUninit::new(task)) };
        self.tail.set(tail.wrapping_add(1));
    }

    /// Takes the first.
    #[inline]
    pub(crate) fn pop(&self) -> Option<Ready> {
        let head = self.head.get();
        if head == self.tail.get() {
            return None;
        }
        // SAFETY: 1: the number is one that was put, so there is a `first`, and it is its segment;
        // 2: its place was written and not read since.
        let (first, task) = unsafe {
            let first = self.first.get().unwrap_unchecked();
            (first, Self::place(first, head).read().assume_init())
        };
        let next = head.wrapping_add(1);
        self.head.set(next);
        if next.is_multiple_of(PLACES) {
            self.leave(first);
        }
        Some(task)
    }

    /// The first segment is empty, and the next number is in another.
    #[cold]
    #[inline(never)]
    fn leave(&self, first: NonNull<Segment>) {
        // SAFETY: 1: `first` is alive.
        let next = unsafe { (*first.as_ptr()).next.take() };
        self.first.set(next);
        if next.is_none() {
            // It was the last, too, and is full: `tail` is at an edge.
            self.last.set(None);
        }
        if self.spares.get() < KEPT {
            // SAFETY: alive, and in no list now.
            unsafe { (*first.as_ptr()).next = self.spare.replace(Some(first)) };
            self.spares.set(self.spares.get() + 1);
        } else {
            // SAFETY: it came from a box in `segment`, is in no list and not used again.
            drop(unsafe { Box::from_raw(first.as_ptr()) });
        }
    }

    /// A segment that is in no list.
    fn segment(&self) -> NonNull<Segment> {
        let Some(spare) = self.spare.get() else {
            let segment = Box::new(Segment {
                places: [const { MaybeUninit::uninit() }; PLACES],
                next: None,
            });
            return NonNull::from(Box::leak(segment));
        };
        // SAFETY: what is in the list is alive.
        self.spare.set(unsafe { (*spare.as_ptr()).next.take() });
        self.spares.set(self.spares.get() - 1);
        spare
    }
}

impl Drop for ReadyQueue {
    fn drop(&mut self) {
        // What is inside counts nothing.
        for list in [self.first.take(), self.spare.take()] {
            let mut next = list;
            while let Some(segment) = next {
                // SAFETY: it came from a box, is in this list alone and not used again.
                next = unsafe { Box::from_raw(segment.as_ptr()) }.next;
            }
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

    use proptest::prelude::*;

    use super::*;
    use crate::Builder;
    use crate::task::TaskRef;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 4 } else { 128 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        /// Against a standard queue, through many segments.
        #[test]
        fn it_is_a_queue(steps in prop::collection::vec((0..5_usize, 1..300_usize), 0..40)) {
            let runtime = Builder::new().record(false).build();
            let tasks: Vec<_> = (0..50).map(|_| runtime.spawn(async {}).handle()).collect();
            let (queue, mut model) = (ReadyQueue::default(), VecDeque::new());
            let pop = || queue.pop().map(|task| task.pointer());
            for (kind, count) in steps {
                for number in 0..count {
                    match kind {
                        0..=2 => {
                            let task: &TaskRef = tasks[number % tasks.len()].task();
                            queue.push(Ready::new(task));
                            model.push_back(task.pointer());
                        }
                        3 => prop_assert_eq!(pop(), model.pop_front()),
                        _ => while let Some(task) = pop() {
                            prop_assert_eq!(Some(task), model.pop_front());
                        },
                    }
                    prop_assert_eq!(queue.len(), model.len());
                }
            }
        }
    }

    #[test]
    fn memory_of_a_rush_is_given_back() {
        let runtime = Builder::new().record(false).build();
        let task = runtime.spawn(async {}).handle();
        let queue = ReadyQueue::default();
        for _ in 0..100 * PLACES {
            queue.push(Ready::new(task.task()));
        }
        assert_eq!((queue.len(), queue.spares.get()), (100 * PLACES, 0));
        while queue.pop().is_some() {}
        assert_eq!((queue.len(), queue.spares.get()), (0, KEPT));
        queue.push(Ready::new(task.task()));
        assert_eq!((queue.len(), queue.spares.get()), (1, KEPT - 1));
    }
}
