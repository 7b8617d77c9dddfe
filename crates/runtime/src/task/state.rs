//! The state word of a task: flags and a reference count.
//!
//! | flag | set by | cleared by | meaning |
//! |---|---|---|---|
//! | `QUEUED` | a wake | the run loop, before it polls | the ready queue holds one reference |
//! | `DONE` | the run loop | never | the future is gone; a wake does nothing |
//! | `CANCEL` | abort | never | the next turn drops the future instead of polling it |
//! | `HANDLE` | creation | drop of the join handle | somebody may still ask for the output |
//! | `FUTURE` | creation | the drop of the future, before it | the stage holds the future |
//! | `OUTPUT` | the end of the future | whoever takes or drops the output | the stage holds the output; never with `FUTURE` |
//! | `FAILED` | the run loop, before `DONE` | never | it failed; with `GAVE_UP`: dropped by the runtime's end |
//! | `GAVE_UP` | the run loop, before `DONE` | never | it was aborted, or returned because it was asked to |
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
//! The count is in the upper 24 bits. Only the owner thread touches the word.

use std::cell::Cell;

pub(super) const QUEUED: u32 = 1;
pub(super) const DONE: u32 = 1 << 1;
pub(super) const CANCEL: u32 = 1 << 2;
pub(super) const HANDLE: u32 = 1 << 3;
pub(super) const FAILED: u32 = 1 << 4;
pub(super) const GAVE_UP: u32 = 1 << 5;
pub(super) const FUTURE: u32 = 1 << 6;
pub(super) const OUTPUT: u32 = 1 << 7;
const ONE_REFERENCE: u32 = 1 << 8;
/// All that 24 bits can count. A program that gets here leaks wakers in a loop.
const MOST_REFERENCES: u32 = u32::MAX >> 8;

/// Flags and reference count in one word.
#[derive(Debug)]
pub(super) struct State(Cell<u32>);

impl State {
    /// Two references, and these flags.
    pub(super) fn new(flags: u32) -> Self {
        Self(Cell::new(flags | (2 * ONE_REFERENCE)))
    }

    #[inline]
    pub(super) fn has(&self, flag: u32) -> bool {
        self.0.get() & flag != 0
    }

    #[inline]
    pub(super) fn set(&self, flag: u32) {
        self.0.set(self.0.get() | flag);
    }

    #[inline]
    pub(super) fn clear(&self, flag: u32) {
        self.0.set(self.0.get() & !flag);
    }

    /// One reference more and `QUEUED` on, in one write; false if it was on already, or `DONE`.
    #[inline]
    pub(super) fn queue(&self) -> bool {
        let word = self.0.get();
        if word & (QUEUED | DONE) != 0 {
            return false;
        }
        if word / ONE_REFERENCE == MOST_REFERENCES {
            too_many_references();
        }
        self.0.set((word | QUEUED) + ONE_REFERENCE);
        true
    }

    #[inline]
    pub(super) fn add_reference(&self) {
        let word = self.0.get();
        if word / ONE_REFERENCE == MOST_REFERENCES {
            too_many_references();
        }
        self.0.set(word + ONE_REFERENCE);
    }

    /// True when that was the last one.
    #[inline]
    #[must_use]
    pub(super) fn drop_reference(&self) -> bool {
        let word = self.0.get() - ONE_REFERENCE;
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
