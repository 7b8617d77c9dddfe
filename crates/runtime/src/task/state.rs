//! The state word of a task: flags and a reference count.
//!
//! | flag | set by | cleared by | meaning |
//! |---|---|---|---|
//! | `QUEUED` | a wake | the run loop, before it polls | it stands in the ready queue, which has the registry's reference once that lets go |
//! | `DONE` | the run loop | never | the future is gone; a wake does nothing |
//! | `CANCEL` | abort | never | the next turn drops the future instead of polling it |
//! | `HANDLE` | creation | drop of the join handle | somebody may still ask for the output |
//! | `FUTURE` | creation | the drop of the future, before it | the stage holds the future |
//! | `OUTPUT` | the end of the future | whoever takes or drops the output | the stage holds the output; never with `FUTURE` |
//! | `FAILED` | the run loop, before `DONE` | never | it failed; with `GAVE_UP`: dropped by the runtime's end |
//! | `GAVE_UP` | the run loop, before `DONE` | never | it was aborted, or returned because it was asked to |
//! | `ELSEWHERE` | `block_on` | never | its turns poll a future that is not the task's own |
//!
//! ```text
//!            wake              pop             poll: Pending
//!   idle ───────────► QUEUED ───────► running ───────────────► idle
//!    ▲                                 │   │ woken meanwhile
//!    │                                 │   └─────────────────► QUEUED
//!    └── created (and queued at once)  │ Ready, panic, or CANCEL
//!                                      ▼
//!                                     DONE
//! ```
//!
//! The count is in the upper 23 bits. Only the owner thread touches the word.

use std::cell::Cell;

pub(super) const QUEUED: u32 = 1;
pub(super) const DONE: u32 = 1 << 1;
pub(super) const CANCEL: u32 = 1 << 2;
pub(super) const HANDLE: u32 = 1 << 3;
pub(super) const FAILED: u32 = 1 << 4;
pub(super) const GAVE_UP: u32 = 1 << 5;
pub(super) const FUTURE: u32 = 1 << 6;
pub(super) const OUTPUT: u32 = 1 << 7;
pub(super) const ELSEWHERE: u32 = 1 << 8;
const ONE_REFERENCE: u32 = 1 << 9;
/// All that 23 bits can count. A program that gets here leaks wakers in a loop.
const MOST_REFERENCES: u32 = u32::MAX / ONE_REFERENCE;

/// Flags and reference count in one word.
#[derive(Debug)]
pub(super) struct State(Cell<u32>);

impl State {
    /// One reference, and these flags.
    pub(super) fn new(flags: u32) -> Self {
        Self(Cell::new(flags | ONE_REFERENCE))
    }

    #[inline]
    pub(super) fn has(&self, flag: u32) -> bool {
        self.0.get() & flag != 0
    }

    /// Puts flags on. The word as it is then.
    #[inline]
    pub(super) fn set(&self, flag: u32) -> u32 {
        let word = self.0.get() | flag;
        self.0.set(word);
        word
    }

    #[inline]
    pub(super) fn clear(&self, flag: u32) {
        self.0.set(self.0.get() & !flag);
    }

    /// Puts `QUEUED` on; false if it was on already, or `DONE`.
    #[inline]
    pub(super) fn queue(&self) -> bool {
        let word = self.0.get();
        if word & (QUEUED | DONE) != 0 {
            return false;
        }
        self.0.set(word | QUEUED);
        true
    }

    /// Takes `QUEUED` off. The word as it was.
    #[inline]
    pub(super) fn leave_queue(&self) -> u32 {
        let word = self.0.get();
        self.0.set(word & !QUEUED);
        word
    }

    /// Puts `DONE` on and counts one reference less unless it is `QUEUED`. True when that was the
    /// last one.
    #[inline]
    #[must_use]
    pub(super) fn leave_registry(&self) -> bool {
        let mut word = self.0.get() | DONE;
        if word & QUEUED == 0 {
            word -= ONE_REFERENCE;
        }
        self.0.set(word);
        word < ONE_REFERENCE
    }

    #[inline]
    pub(super) fn add_reference(&self) {
        let word = self.0.get();
        if word / ONE_REFERENCE >= MOST_REFERENCES {
            too_many_references();
        }
        self.0.set(word + ONE_REFERENCE);
    }

    /// True when that was the last one.
    #[inline]
    #[must_use]
    pub(super) fn drop_reference(&self) -> bool {
        self.drop_reference_and(0)
    }

    /// One reference less, and these flags off, in one write. True when that was the last one.
    #[inline]
    #[must_use]
    pub(super) fn drop_reference_and(&self, flags: u32) -> bool {
        let word = (self.0.get() & !flags) - ONE_REFERENCE;
        self.0.set(word);
        word < ONE_REFERENCE
    }
}

/// Going on would let the count overflow and free a task that is in use, as with `Rc`.
#[cold]
#[inline(never)]
fn too_many_references() -> ! {
    std::process::abort()
}
