//! Blocks of memory that tasks leave behind, kept for the next ones.
//!
//! A program that spawns over and over asks for blocks of few sizes. Sizes are rounded up to
//! multiples of two pointers, and for each there is a list of free blocks whose links lie in the
//! blocks themselves: to take one and to give one back are a handful of instructions each. In
//! WebAssembly, whose allocator is slow, this is half the price of a task.
//!
//! 1. Every block comes from the global allocator, alone, with the layout of its class. So a
//!    block may go back there at any time, and whatever watches the allocator sees the truth.
//! 2. A block is in a list, or in use, never both: `give` takes the only pointer to it.
//! 3. The pool belongs to one runtime and one thread. A task outlives its runtime's end, but not
//!    the core, to which it refers; the pool is a part of the core.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

/// Sizes are multiples of this, and so is the alignment.
const GRAIN: usize = 2 * size_of::<usize>();
/// The largest block that is kept has 512 bytes. Larger ones are rare, and the time they take is
/// in what fills them.
const CLASSES: usize = 512 / GRAIN;
/// Bytes that the pool keeps at most: 100,000 small tasks. More were an unusual moment.
const MOST_KEPT: usize = 16 << 20;

/// What a free block holds: the next one.
struct Free {
    next: Link,
}

type Link = Option<NonNull<Free>>;

/// The free blocks of one runtime.
pub(crate) struct Pool {
    free: [Cell<Link>; CLASSES],
    kept: Cell<usize>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            free: [const { Cell::new(None) }; CLASSES],
            kept: Cell::new(0),
        }
    }
}

/// The list to which a block of this layout belongs, and the layout that it really has.
#[inline]
const fn class(layout: Layout) -> (Option<usize>, Layout) {
    let grains = layout.size().div_ceil(GRAIN);
    if grains == 0 || grains > CLASSES || layout.align() > GRAIN {
        return (None, layout);
    }
    // Cannot fail: the alignment is a power of two, the size is small.
    match Layout::from_size_align(grains * GRAIN, GRAIN) {
        Ok(rounded) => (Some(grains - 1), rounded),
        Err(_) => (None, layout),
    }
}

impl Pool {
    /// A block for this layout, whose size is not zero. What it holds is undefined.
    #[inline]
    pub(super) fn take(&self, layout: Layout) -> NonNull<u8> {
        let (class, rounded) = class(layout);
        if let Some(class) = class
            && let Some(block) = self.free[class].get()
        {
            // SAFETY: a block in a list is nobody else's (2.), and its beginning was written as a
            // `Free` when it was given back.
            let next = unsafe { block.as_ref().next };
            self.free[class].set(next);
            self.kept.set(self.kept.get() - rounded.size());
            return block.cast();
        }
        fresh(rounded)
    }

    /// Takes back a block.
    ///
    /// # Safety
    /// It came from `take` of this pool with this layout, and nothing uses it any more.
    #[inline]
    pub(super) unsafe fn give(&self, block: NonNull<u8>, layout: Layout) {
        let (class, rounded) = class(layout);
        let kept = self.kept.get() + rounded.size();
        if let Some(class) = class
            && kept <= MOST_KEPT
        {
            let block = block.cast::<Free>();
            // SAFETY: the block is ours alone now, at least one grain long, and aligned to one.
            unsafe {
                block.write(Free {
                    next: self.free[class].get(),
                });
            }
            self.free[class].set(Some(block));
            self.kept.set(kept);
            return;
        }
        // SAFETY: it came from `fresh` with the same rounded layout.
        unsafe { dealloc(block.as_ptr(), rounded) };
    }
}

#[inline(never)]
fn fresh(layout: Layout) -> NonNull<u8> {
    debug_assert!(layout.size() > 0);
    // SAFETY: the size is not zero: a task has a header.
    let block = unsafe { alloc(layout) };
    NonNull::new(block).unwrap_or_else(|| handle_alloc_error(layout))
}

impl Drop for Pool {
    fn drop(&mut self) {
        for (grains, list) in (1..).zip(&self.free) {
            let layout = Layout::from_size_align(grains * GRAIN, GRAIN);
            let Ok(layout) = layout else { continue };
            let mut next = list.take();
            while let Some(block) = next {
                // SAFETY: as in `take`.
                next = unsafe { block.as_ref().next };
                // SAFETY: it came from `fresh` with the layout of its class.
                unsafe { dealloc(block.as_ptr().cast(), layout) };
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("kept", &self.kept.get())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn a_block_that_came_back_is_used_again_for_any_layout_of_its_class() {
        let pool = Pool::default();
        let block = pool.take(layout(100, 8));
        // SAFETY: taken above with this layout.
        unsafe { pool.give(block, layout(100, 8)) };
        assert_eq!(pool.kept.get(), 112);
        let other_class = pool.take(layout(113, 8));
        assert_ne!(other_class, block);
        assert_eq!(pool.take(layout(112, 16)), block);
        assert_eq!(pool.kept.get(), 0);
        // SAFETY: both were taken above with these layouts.
        unsafe {
            pool.give(block, layout(112, 16));
            pool.give(other_class, layout(113, 8));
        }
        assert_eq!(pool.kept.get(), 112 + 128);
    }

    #[test]
    fn large_and_oddly_aligned_blocks_are_not_kept() {
        let pool = Pool::default();
        for layout in [layout(513, 8), layout(64, 64)] {
            let block = pool.take(layout);
            assert_eq!(block.addr().get() % layout.align(), 0);
            // SAFETY: taken above with this layout.
            unsafe { pool.give(block, layout) };
            assert_eq!(pool.kept.get(), 0);
        }
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let pool = Pool::default();
        pool.kept.set(MOST_KEPT - 40);
        let blocks = [pool.take(layout(32, 8)), pool.take(layout(32, 8))];
        for block in blocks {
            // SAFETY: taken above with this layout.
            unsafe { pool.give(block, layout(32, 8)) };
        }
        assert_eq!(pool.kept.get(), MOST_KEPT - 40 + 32);
    }
}
