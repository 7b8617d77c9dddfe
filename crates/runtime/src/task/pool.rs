//! Memory for tasks: blocks of few sizes, cut from chunks.
//!
//! A program that spawns over and over asks for blocks of few sizes. Sizes are rounded up to
//! multiples of a pointer's, and for each there are chunks that are cut into such blocks, with a
//! list of the free ones whose links lie in the blocks themselves: to take one and to give one
//! back are a handful of instructions each, and what an allocator adds to each block is paid once
//! for a chunk. In WebAssembly, whose allocator is slow, this is half the price of a task.
//!
//! A chunk begins at a multiple of its length, so whoever has a pointer into it finds the
//! beginning, and there the runtime's core: a task need not keep a pointer to it. That takes no
//! more than a mask, because a wake does it, and everything after it waits for it. What is too
//! large for a chunk therefore lies apart, and only a pointer to it in the block.
//!
//! 1. A chunk comes from the global allocator, always with the same layout. Pointers into it are
//!    derived from that pointer, and may be used for all of it.
//! 2. A block is in its chunk's list of free ones, or in use, never both: `give` takes the only
//!    pointer to it. `used` counts the latter.
//! 3. A chunk that has a free block is in the list of open chunks of its class; one that has none
//!    is in no list, and found again by the block that is given back.
//! 4. The pool belongs to one runtime and one thread, and is a part of the core. Each block that is
//!    in use counts a reference to the core, which [`take`] makes and [`give`] gives back; so the
//!    pool, and every beginning, is there as long as a task is.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::Rc;

use crate::runtime::Core;

/// Sizes are multiples of this.
const GRAIN: usize = size_of::<usize>();
/// The largest block that is cut from a chunk has 512 bytes. Larger ones are rare, and the time
/// they take is in what fills them.
const CLASSES: usize = 512 / GRAIN;
/// No block of a chunk is aligned to more.
const ALIGN: usize = 16;
/// A chunk begins at a multiple of this. It is a little shorter, so that an allocator has room for
/// what it keeps of its own and still can put one right behind another.
const SPACING: usize = 8 << 10;
const CHUNK: usize = SPACING - 64;
/// Bytes of empty chunks that the pool keeps at most: 200,000 small tasks. More were an unusual
/// moment.
const MOST_KEPT: usize = 16 << 20;

/// The size of blocks that a layout takes, in grains less one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class(u32);

impl Class {
    /// `None` if it does not fit into a block.
    pub(super) const fn of(layout: Layout) -> Option<Self> {
        let grains = layout.size().div_ceil(GRAIN);
        if grains > 0 && grains <= CLASSES && layout.align() <= ALIGN {
            return Some(Self(grains as u32 - 1));
        }
        None
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What stands at the beginning of a chunk.
#[repr(C, align(16))]
struct Chunk {
    /// Counts for nothing here: each block that is in use does.
    core: ManuallyDrop<Rc<Core>>,
    /// The free blocks.
    free: Cell<Link<Free>>,
    /// How many blocks are in use.
    used: Cell<u32>,
    class: Class,
    /// The neighbours in the list of open chunks.
    next: Cell<Link<Chunk>>,
    previous: Cell<Link<Chunk>>,
}

/// What a free block holds: the next one.
struct Free {
    next: Link<Free>,
}

type Link<T> = Option<NonNull<T>>;

const _: () = assert!(size_of::<Free>() <= GRAIN);

/// The chunks of one runtime.
pub(crate) struct Pool {
    open: [Cell<Link<Chunk>>; CLASSES],
    /// Bytes of chunks none of whose blocks is in use.
    idle: Cell<usize>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            open: [const { Cell::new(None) }; CLASSES],
            idle: Cell::new(0),
        }
    }
}

/// The core of the pool from which a block was taken.
///
/// # Safety
/// The block came from [`take`] and is in use as long as the reference is.
#[inline]
pub(super) unsafe fn core_of<'a>(block: NonNull<u8>) -> &'a Rc<Core> {
    // SAFETY: the caller's promise; 1: the pointer is good for the beginning, too, where the core
    // was written before a block was given out and never since.
    unsafe { &(*chunk_of(block).as_ptr()).core }
}

#[inline]
fn chunk_of(block: NonNull<u8>) -> NonNull<Chunk> {
    let start = block.as_ptr().map_addr(|address| address & !(SPACING - 1));
    // SAFETY: the beginning of something that was allocated is not null.
    unsafe { NonNull::new_unchecked(start.cast()) }
}

/// A block of this class. What it holds is undefined.
#[inline]
pub(super) fn take(core: &Rc<Core>, class: Class) -> NonNull<u8> {
    // 4: the block counts.
    let _ = ManuallyDrop::new(Rc::clone(core));
    match core.pool.open[class.index()].get() {
        // SAFETY: 3: it is alive, and nobody makes a `&mut` of it.
        Some(chunk) => unsafe { core.pool.take_from(chunk) },
        None => core.pool.take_fresh(core, class),
    }
}

/// Takes back a block, and drops its reference to the core.
///
/// # Safety
/// It came from [`take`], and nothing uses it any more.
#[inline]
pub(super) unsafe fn give(block: NonNull<u8>) {
    let chunk = chunk_of(block);
    // SAFETY: 4: the reference that was counted for this block.
    let core = unsafe { ManuallyDrop::into_inner((&raw const (*chunk.as_ptr()).core).read()) };
    // SAFETY: the caller's promise.
    unsafe { core.pool.give_to(chunk, block.cast()) };
    // The pool, and with it the chunk, may go with it.
    drop(core);
}

impl Pool {
    /// A block of a chunk that has one.
    ///
    /// # Safety
    /// The chunk is in the list of open ones.
    #[inline]
    unsafe fn take_from(&self, chunk: NonNull<Chunk>) -> NonNull<u8> {
        // SAFETY: 3: it is alive and has a free block, whose beginning was written as a `Free`;
        // 2: that is nobody else's.
        let (this, block, next) = unsafe {
            let this = chunk.as_ref();
            let block = this.free.get().unwrap_unchecked();
            (this, block, block.as_ref().next)
        };
        this.free.set(next);
        let used = this.used.get();
        this.used.set(used + 1);
        if next.is_none() || used == 0 {
            self.note_taken(this);
        }
        block.cast()
    }

    /// The first block of a chunk was taken, or the last that was free.
    #[inline(never)]
    fn note_taken(&self, chunk: &Chunk) {
        if chunk.used.get() == 1 {
            self.idle.set(self.idle.get() - SPACING);
        }
        if chunk.free.get().is_none() {
            self.unlink(chunk);
        }
    }

    /// Puts a block back into its chunk.
    ///
    /// # Safety
    /// It is a block of that chunk, and nothing uses it any more.
    #[inline]
    unsafe fn give_to(&self, chunk: NonNull<Chunk>, block: NonNull<Free>) {
        // SAFETY: the chunk is alive as long as a block of it is in use, as this one was.
        let this = unsafe { chunk.as_ref() };
        let next = this.free.replace(Some(block));
        // SAFETY: the block is ours alone now, at least one grain long, and aligned to one.
        unsafe { block.write(Free { next }) };
        let used = this.used.get() - 1;
        this.used.set(used);
        if next.is_none() || used == 0 {
            // SAFETY: as above.
            unsafe { self.note_given(chunk, next.is_none()) };
        }
    }

    /// The first block of a full chunk came back, or the last of those that were in use.
    ///
    /// # Safety
    /// The chunk is alive, and not used by the caller any more.
    #[inline(never)]
    unsafe fn note_given(&self, chunk: NonNull<Chunk>, was_full: bool) {
        // SAFETY: the caller's promise.
        let this = unsafe { chunk.as_ref() };
        if was_full {
            // SAFETY: as above, and it is in no list.
            unsafe { self.link(chunk) };
        }
        if this.used.get() == 0 {
            if self.idle.get() >= MOST_KEPT {
                self.unlink(this);
                // SAFETY: it came from `alloc` with this layout; it is in no list, no block of
                // it is in use, and the caller does not use it either.
                return unsafe { dealloc(chunk.cast().as_ptr(), chunk_layout()) };
            }
            self.idle.set(self.idle.get() + SPACING);
        }
    }

    /// Puts a chunk before the others of its class.
    ///
    /// # Safety
    /// It is alive, has a free block and is in no list.
    unsafe fn link(&self, chunk: NonNull<Chunk>) {
        // SAFETY: the caller's promise; 3: so are those in the list.
        unsafe {
            let this = chunk.as_ref();
            let first = self.open[this.class.index()].replace(Some(chunk));
            this.next.set(first);
            this.previous.set(None);
            if let Some(first) = first {
                first.as_ref().previous.set(Some(chunk));
            }
        }
    }

    /// Takes a chunk out of the list of its class.
    fn unlink(&self, chunk: &Chunk) {
        let (next, previous) = (chunk.next.take(), chunk.previous.take());
        // SAFETY: 3: what is in the list is alive.
        unsafe {
            if let Some(next) = next {
                next.as_ref().previous.set(previous);
            }
            match previous {
                Some(previous) => previous.as_ref().next.set(next),
                None => self.open[chunk.class.index()].set(next),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn take_fresh(&self, core: &Rc<Core>, class: Class) -> NonNull<u8> {
        // SAFETY: a bitwise copy that is never dropped, only lent to who counts (4.).
        let core = ManuallyDrop::new(unsafe { std::ptr::read(core) });
        let chunk = Self::chunk(core, class);
        self.idle.set(self.idle.get() + SPACING);
        // SAFETY: new, all of its blocks are free, and in no list; then it is in one.
        unsafe {
            self.link(chunk);
            self.take_from(chunk)
        }
    }

    /// A new chunk, cut into blocks.
    fn chunk(core: ManuallyDrop<Rc<Core>>, class: Class) -> NonNull<Chunk> {
        let size = (class.index() + 1) * GRAIN;
        // SAFETY: the size is not zero.
        let start = unsafe { alloc(chunk_layout()) };
        let start = NonNull::new(start).unwrap_or_else(|| handle_alloc_error(chunk_layout()));
        let mut free = None;
        let mut at = size_of::<Chunk>() + (CHUNK - size_of::<Chunk>()) / size * size;
        while at > size_of::<Chunk>() {
            at -= size;
            // SAFETY: from here to the next one there is room in the chunk, behind its beginning,
            // for a block. It is aligned to a grain.
            unsafe {
                let block = start.add(at).cast::<Free>();
                block.write(Free { next: free });
                free = Some(block);
            }
        }
        let chunk = start.cast::<Chunk>();
        // SAFETY: the beginning is as large as that, aligned, and no block.
        unsafe {
            chunk.write(Chunk {
                core,
                free: Cell::new(free),
                used: Cell::new(0),
                class,
                next: Cell::new(None),
                previous: Cell::new(None),
            });
        }
        chunk
    }
}

const fn chunk_layout() -> Layout {
    match Layout::from_size_align(CHUNK, SPACING) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // 4: no block is in use, so every chunk is in a list.
        for open in &self.open {
            let mut next = open.take();
            while let Some(chunk) = next {
                // SAFETY: 3: it is alive; it came from `alloc` with this layout, and this was
                // the only list that it is in.
                unsafe {
                    next = chunk.as_ref().next.get();
                    dealloc(chunk.cast().as_ptr(), chunk_layout());
                }
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("idle", &self.idle.get())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::Builder;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    fn class(size: usize) -> Class {
        Class::of(layout(size, GRAIN)).unwrap()
    }

    #[test]
    fn blocks_are_apart_aligned_and_know_their_core() {
        let runtime = Builder::new().build();
        let core = runtime.core();
        let before = Rc::strong_count(core);
        let sizes = (1..=1000).map(|number| number * 8 % 512 + 8);
        let layouts: Vec<_> = sizes
            .map(|size| layout(size, if size % 16 == 0 { 16 } else { 8 }))
            .collect();
        for _ in 0..3 {
            let blocks: Vec<_> = layouts
                .iter()
                .map(|layout| take(core, Class::of(*layout).unwrap()))
                .collect();
            for (number, (block, layout)) in blocks.iter().zip(&layouts).enumerate() {
                assert_eq!(block.addr().get() % layout.align(), 0);
                // SAFETY: taken above for this layout.
                unsafe { block.write_bytes(number as u8, layout.size()) };
            }
            for (number, (block, layout)) in blocks.iter().zip(&layouts).enumerate() {
                // SAFETY: as above, and written.
                unsafe {
                    let last = block.add(layout.size() - 1);
                    assert_eq!((block.read(), last.read()), (number as u8, number as u8));
                    assert!(Rc::ptr_eq(core_of(*block), core));
                }
            }
            let distinct: HashSet<_> = blocks.iter().collect();
            assert_eq!(distinct.len(), blocks.len());
            for block in blocks {
                // SAFETY: taken above.
                unsafe { give(block) };
            }
            assert_eq!(Rc::strong_count(core), before);
        }
    }

    #[test]
    fn a_block_that_came_back_is_used_again_for_any_layout_of_its_class() {
        let runtime = Builder::new().build();
        let core = runtime.core();
        let block = take(core, class(8 * GRAIN - 3));
        // SAFETY: taken above.
        unsafe { give(block) };
        let other = take(core, class(8 * GRAIN + 1));
        let again = take(core, class(8 * GRAIN));
        assert_eq!(again, block);
        // SAFETY: taken above.
        unsafe {
            give(other);
            give(again);
        }
    }

    #[test]
    fn what_is_large_or_oddly_aligned_has_no_class() {
        for (layout, fits) in [
            (layout(512, 16), true),
            (layout(513, 8), false),
            (layout(64, 32), false),
        ] {
            assert_eq!(Class::of(layout).is_some(), fits);
        }
    }

    #[test]
    fn chunks_are_kept_for_the_next_rush_and_used_up_before_another_is_made() {
        let runtime = Builder::new().build();
        let (core, class) = (runtime.core(), class(504));
        let each = (CHUNK - size_of::<Chunk>()) / 504;
        for _ in 0..3 {
            let blocks: Vec<_> = (0..3 * each).map(|_| take(core, class)).collect();
            assert_eq!(core.pool.idle.get(), 0);
            for block in blocks {
                // SAFETY: taken above.
                unsafe { give(block) };
            }
            assert_eq!(core.pool.idle.get(), 3 * SPACING);
        }
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let runtime = Builder::new().build();
        let (core, class) = (runtime.core(), class(64));
        let block = take(core, class);
        core.pool.idle.set(MOST_KEPT);
        // SAFETY: taken above.
        unsafe { give(block) };
        assert_eq!(core.pool.idle.get(), MOST_KEPT);
        assert!(core.pool.open[class.index()].get().is_none());
        core.pool.idle.set(0);
    }
}
