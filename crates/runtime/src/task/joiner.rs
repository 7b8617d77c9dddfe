//! Whoever awaits a join handle, in one word.
//!
//! As a rule that is a task of ours, whose waker is a pointer and the address of one static; the
//! pointer alone says it all. Any other waker lies in a box, whose address has its lowest bit set.

use std::cell::Cell;
use std::ptr::null_mut;
use std::task::Waker;

use super::waker;

/// A waker, or none.
///
/// The word is null, or the data of one of our wakers, which counts, or the address of a box with
/// [`BOXED`] on. Tasks and boxes are aligned to at least four bytes, so the bit is free.
pub(super) struct Joiner(Cell<*mut ()>);

const BOXED: usize = 1;

impl Joiner {
    pub(super) const fn none() -> Self {
        Self(Cell::new(null_mut()))
    }

    #[inline]
    pub(super) fn is_some(&self) -> bool {
        !self.0.get().is_null()
    }

    /// Takes the waker out.
    #[inline]
    pub(super) fn take(&self) -> Option<Waker> {
        let word = self.0.replace(null_mut());
        if word.is_null() {
            return None;
        }
        if word.addr() & BOXED == 0 {
            // SAFETY: it was taken apart in `replace`, and is put together once: the word is gone.
            return Some(unsafe { waker::from_data(word) });
        }
        Some(unboxed(word))
    }

    /// Whether the waker is there and wakes the same task as another.
    #[inline]
    pub(super) fn will_wake(&self, other: &Waker) -> bool {
        let word = self.0.get();
        if word.addr() & BOXED == 0 {
            return waker::data_of(other).is_some_and(|data| std::ptr::eq(data, word));
        }
        // SAFETY: the box is alive as long as the word is there. What `will_wake` does is compare
        // addresses; it does not get here again.
        unsafe { &*unmarked(word) }.will_wake(other)
    }

    /// Puts a waker there. The one that was there is for the caller to drop: it may be anybody's.
    #[inline]
    #[must_use]
    pub(super) fn replace(&self, waker: Waker) -> Option<Waker> {
        let old = self.take();
        self.0.set(match waker::into_data(waker) {
            Ok(data) => data,
            Err(waker) => boxed(waker),
        });
        old
    }
}

fn unmarked(word: *mut ()) -> *mut Waker {
    word.map_addr(|address| address & !BOXED).cast()
}

#[cold]
fn boxed(waker: Waker) -> *mut () {
    let address = Box::into_raw(Box::new(waker)).cast::<()>();
    address.map_addr(|address| address | BOXED)
}

#[cold]
fn unboxed(word: *mut ()) -> Waker {
    // SAFETY: the word is that of a box which was made by `boxed`, and was just taken away.
    *unsafe { Box::from_raw(unmarked(word)) }
}

impl Drop for Joiner {
    fn drop(&mut self) {
        drop(self.take());
    }
}
