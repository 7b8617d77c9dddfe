//! The current runtime of this thread.

#![allow(
    unsafe_code,
    reason = "a thread-local without a destructor holds a plain pointer"
)]

use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;

use super::Core;

thread_local! {
    /// The core of the runtime that is being run or was entered. A plain pointer, because a
    /// thread-local with a destructor is gone before other destructors that may still use it.
    static CURRENT: Cell<Option<NonNull<Rc<Core>>>> = const { Cell::new(None) };
}

/// Makes `core` the current one while `inside` runs. Nests.
pub(crate) fn enter<T>(core: &Rc<Core>, inside: impl FnOnce() -> T) -> T {
    /// Puts the previous one back, also when `inside` panics.
    struct Restore(Option<NonNull<Rc<Core>>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.with(|current| current.set(self.0));
        }
    }
    let _restore = Restore(CURRENT.with(|current| current.replace(Some(NonNull::from(core)))));
    inside()
}

/// Calls `f` with the current core, if there is one.
#[inline]
pub(crate) fn try_with_core<T>(f: impl FnOnce(&Rc<Core>) -> T) -> Option<T> {
    CURRENT.with(Cell::get).map(|pointer| {
        // SAFETY: only `enter` sets the pointer, to a reference that outlives its call, and puts
        // the old one back before it returns; `f` runs within that call, on this thread, and the
        // reference it gets cannot leave it.
        f(unsafe { pointer.as_ref() })
    })
}

/// As [`try_with_core`].
///
/// # Panics
/// If there is no current runtime, naming what was attempted.
#[inline]
#[track_caller]
pub(crate) fn with_core<T>(what: &str, f: impl FnOnce(&Rc<Core>) -> T) -> T {
    match try_with_core(f) {
        Some(value) => value,
        None => no_runtime(what),
    }
}

/// The current core.
pub(crate) fn current_core() -> Option<Rc<Core>> {
    try_with_core(Rc::clone)
}

#[cold]
#[inline(never)]
#[track_caller]
fn no_runtime(what: &str) -> ! {
    panic!(
        "`{what}` was called outside of a wakeline runtime; call it in a task, or in `Runtime::enter`"
    )
}
