//! Priorities of tasks, which count under [`Policy::Priority`](crate::Policy::Priority).

use super::{JoinHandle, TaskHandle, TaskRef};
use crate::record::Site;

/// The task's priority, or 0 when it has ended.
fn priority(task: &TaskRef) -> i32 {
    task.core().priority(task)
}

impl<T> JoinHandle<T> {
    /// The task's priority; 0 unless it was given one, and when it has ended.
    #[must_use]
    pub fn priority(&self) -> i32 {
        priority(self.task())
    }

    /// Gives the task another priority, from the next choice on, also if it is ready already.
    /// That is recorded. Does nothing if it has ended.
    ///
    /// Greater goes first, under [`Policy::Priority`](crate::Policy::Priority) only.
    #[track_caller]
    pub fn set_priority(&self, priority: i32) {
        let task = self.task();
        task.core().set_priority(task, priority, Site::caller());
    }
}

impl TaskHandle {
    /// As [`JoinHandle::priority`].
    #[must_use]
    pub fn priority(&self) -> i32 {
        priority(self.task())
    }

    /// As [`JoinHandle::set_priority`]. A task changes its own by
    /// [`task::handle`](super::handle).
    #[track_caller]
    pub fn set_priority(&self, priority: i32) {
        let task = self.task();
        task.core().set_priority(task, priority, Site::caller());
    }
}
