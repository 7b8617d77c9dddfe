//! The numbers behind [`Stats`], each in a cell of its own: one of them changes with every poll.

use std::cell::Cell;

use super::Stats;

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) polls: Counter<u64>,
    pub(super) created: Counter<u32>,
    pub(super) completed: Counter<u32>,
    pub(super) failed: Counter<u32>,
    pub(super) cancelled: Counter<u32>,
    pub(super) dropped: Counter<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Counter<T: Copy>(Cell<T>);

impl<T: Copy + std::ops::Add<Output = T> + From<u8>> Counter<T> {
    #[inline]
    pub(super) fn count(&self) {
        self.0.set(self.0.get() + T::from(1));
    }
}

impl Counters {
    pub(super) fn stats(&self) -> Stats {
        Stats {
            polls: self.polls.0.get(),
            created: self.created.0.get(),
            completed: self.completed.0.get(),
            failed: self.failed.0.get(),
            cancelled: self.cancelled.0.get(),
            dropped: self.dropped.0.get(),
        }
    }
}
