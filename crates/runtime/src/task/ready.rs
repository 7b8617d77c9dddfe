//! The references to a task that the runtime has: one in the registry, which is also that of the
//! ready queue and of the turn.
//!
//! A wake and a turn are most of what a runtime does, and to count a reference for each would cost
//! as much as the rest of them. So the registry's reference stands for all:
//!
//! 1. A task gets its place in the registry before it is first queued, and is [`Registered`] there
//!    until it is done: dropping that marks it done, if nobody has, and a task that is done is
//!    not queued any more.
//! 2. The ready queue keeps a [`Ready`], which counts nothing. `QUEUED` says that there is one. If
//!    the flag is on when the `Registered` goes, the reference stays counted and is the `Ready`'s,
//!    which gives it back at the turn that the task has no use for.
//! 3. A [`Current`] is given out at a turn of a task that is not done, so it is registered. The run
//!    loop has one at a time and gives it up with the turn, and no other than the end of that turn
//!    ends the registration of the task whose turn it is: shutdown waits for the run loop.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use super::header::{Header, TaskRef};
use super::state::{CANCEL, DONE, ELSEWHERE};

/// The registry's reference.
#[derive(Debug)]
pub(crate) struct Registered(ManuallyDrop<TaskRef>);

impl Registered {
    #[inline]
    pub(crate) fn new(task: &TaskRef) -> Self {
        Self(ManuallyDrop::new(task.clone()))
    }
}

impl Deref for Registered {
    type Target = TaskRef;

    #[inline]
    fn deref(&self) -> &TaskRef {
        &self.0
    }
}

impl Drop for Registered {
    #[inline]
    fn drop(&mut self) {
        if self.header().state.leave_registry() {
            // SAFETY: that was the last counted reference, so nobody else can reach the task.
            unsafe { TaskRef::free(self.pointer()) };
        }
    }
}

/// A task that stands in the ready queue.
pub(crate) struct Ready(NonNull<Header>);

/// What a task's turn is, if not a poll.
pub(crate) enum Unusual {
    /// It was aborted.
    DropFuture(Current),
    /// Its future lives elsewhere.
    PollElsewhere(Current),
    /// It is done: it was woken in its last poll.
    Nothing,
}

/// The task whose turn it is.
pub(crate) struct Current(ManuallyDrop<TaskRef>);

impl Ready {
    /// Of a task that is registered and on which `QUEUED` was just put.
    #[inline]
    pub(super) fn new(task: &TaskRef) -> Self {
        Self(task.pointer())
    }

    #[cfg(test)]
    pub(super) fn pointer(&self) -> NonNull<Header> {
        self.0
    }

    /// The same of a task that stood, with a reference of its own, where it was chosen.
    pub(crate) fn chosen(task: TaskRef) -> Self {
        let ready = Self(task.pointer());
        if task.is_done() {
            // It is given back at the turn.
            let _ = ManuallyDrop::new(task);
        }
        ready
    }

    /// The task is in the ready queue no more. Gives it out to be polled, or says what else its
    /// turn is.
    #[inline]
    pub(crate) fn take_turn(self) -> Result<Current, Unusual> {
        // SAFETY: 1 and 2: the task is registered, or the registry's reference is ours. It is not
        // given back here: `ManuallyDrop`.
        let task = ManuallyDrop::new(unsafe { TaskRef::from_raw(self.0) });
        let word = task.header().state.leave_queue();
        if word & (DONE | CANCEL | ELSEWHERE) == 0 {
            return Ok(Current(task));
        }
        Err(Self::take_unusual(task, word))
    }

    #[cold]
    #[inline(never)]
    fn take_unusual(task: ManuallyDrop<TaskRef>, word: u32) -> Unusual {
        if word & DONE != 0 {
            // 2: the reference is ours.
            drop(ManuallyDrop::into_inner(task));
            Unusual::Nothing
        } else if word & CANCEL != 0 {
            Unusual::DropFuture(Current(task))
        } else {
            Unusual::PollElsewhere(Current(task))
        }
    }
}

impl Deref for Current {
    type Target = TaskRef;

    #[inline]
    fn deref(&self) -> &TaskRef {
        &self.0
    }
}
