//! The part of a task that does not depend on its future, and the counted pointer to it.

use std::alloc::{Layout, dealloc};
use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context, Waker};

use super::TaskEnd;
use super::joiner::Joiner;
use super::pool;
use super::raw::drop_quietly;
use super::ready::Ready;
use super::state::{
    CANCEL, DONE, ELSEWHERE, FAILED, FUTURE, GAVE_UP, HANDLE, OUTPUT, QUEUED, State,
};
use crate::log::PollResult;
use crate::runtime::Core;

/// The functions that know the future's type. Everything else is the same code for all tasks.
pub(super) struct Vtable {
    /// Polls the future; on `Ready` or a panic drops it and stores the output. A future that is
    /// gone already counts as ready.
    ///
    /// # Safety
    /// The pointer is to a live task of this vtable's type, whose stage nobody else has borrowed.
    pub(super) poll: unsafe fn(NonNull<Header>, &mut Context<'_>) -> PollResult,
    /// Drops the future and stores "cancelled" as the output, or the panic of its drop. Does
    /// nothing if the future is gone already.
    ///
    /// # Safety
    /// As `poll`.
    pub(super) cancel: unsafe fn(NonNull<Header>) -> PollResult,
    /// Moves the output into `*mut Option<Result<T, JoinError>>`.
    ///
    /// # Safety
    /// As `poll`, and the second pointer is valid for a write of exactly that type.
    pub(super) take_output: unsafe fn(NonNull<Header>, *mut ()),
    /// Drops the output, if it is there.
    ///
    /// # Safety
    /// As `poll`.
    pub(super) drop_output: unsafe fn(NonNull<Header>),
    /// Drops whatever the stage holds.
    ///
    /// # Safety
    /// As `poll`.
    pub(super) drop_stage: unsafe fn(NonNull<Header>),
    /// The layout of the stage, if it lies apart from the header.
    pub(super) apart: Option<Layout>,
}

/// A task whose stage is too large for a block of the [`pool`], or aligned to more.
#[repr(C)]
pub(super) struct Apart {
    pub(super) header: Header,
    /// From the global allocator. Written once.
    pub(super) stage: *mut (),
}

/// The common beginning of every task's allocation.
pub(super) struct Header {
    pub(super) vtable: &'static Vtable,
    /// Whoever awaits the join handle.
    pub(super) joiner: Joiner,
    pub(super) state: State,
    /// The number of the task, as in the log.
    pub(super) id: u32,
    /// The slot in the registry, written once, before the first waker is made.
    pub(super) slot: Cell<u32>,
}

/// The slot of a task that is not in the registry yet.
pub(super) const NO_SLOT: u32 = u32::MAX;

/// Which task it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    /// The number of the task, as in the log. Never reused.
    pub(crate) id: u32,
    /// The slot in the runtime's registry. Valid until `DONE`.
    pub(crate) slot: u32,
}

/// What every task that waits costs beyond its future, with a pointer in the registry and a share
/// of what its chunk begins with. Whoever adds a field sees it here.
const _: () = assert!(
    size_of::<Header>()
        == if cfg!(target_pointer_width = "64") {
            32
        } else {
            20
        }
);

/// The core of a task's runtime. It stays allocated for as long as the task does, so that a waker
/// may outlive the runtime.
///
/// # Safety
/// The pointer is to a live task, with the provenance of its whole block, for as long as the
/// reference is used.
#[inline]
pub(super) unsafe fn core_of<'a>(task: NonNull<Header>) -> &'a Rc<Core> {
    // SAFETY: the caller's promise; every task lies in a block of a pool.
    unsafe { pool::core_of(task.cast()) }
}

/// A counted pointer to a task: the safe face of everything below.
///
/// It belongs to the owner thread; it is neither `Send` nor `Sync`.
pub(crate) struct TaskRef(NonNull<Header>);

impl TaskRef {
    /// Takes over one counted reference.
    ///
    /// # Safety
    /// The pointer is to a whole `Task` (its provenance too), or came from
    /// [`into_raw`](Self::into_raw), the task is live, the reference is not used otherwise, and
    /// this is the owner thread.
    #[inline]
    pub(super) unsafe fn from_raw(pointer: NonNull<Header>) -> Self {
        Self(pointer)
    }

    /// Gives the reference away without changing the count.
    #[inline]
    pub(super) fn into_raw(self) -> NonNull<Header> {
        let pointer = self.0;
        std::mem::forget(self);
        pointer
    }

    #[inline]
    pub(super) fn pointer(&self) -> NonNull<Header> {
        self.0
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: a `TaskRef` holds a counted reference, so the header is live, and nobody ever
        // makes a `&mut Header`.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    pub(crate) fn identity(&self) -> Identity {
        let Header { id, slot, .. } = self.header();
        Identity {
            id: *id,
            slot: slot.get(),
        }
    }

    #[inline]
    pub(crate) fn id(&self) -> u32 {
        self.header().id
    }

    #[inline]
    pub(crate) fn slot(&self) -> u32 {
        self.header().slot.get()
    }

    /// The task has a slot in the registry. Only a task that has none is given one: other threads
    /// may read it as soon as there is a waker.
    #[inline]
    pub(crate) fn take_slot(&self, slot: u32) {
        debug_assert_eq!(self.slot(), NO_SLOT);
        self.header().slot.set(slot);
    }

    #[inline]
    pub(crate) fn core(&self) -> &Rc<Core> {
        // SAFETY: a `TaskRef` holds a counted reference, so the task is live.
        unsafe { core_of(self.0) }
    }

    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.header().state.has(DONE)
    }

    /// Whether it stands in the ready queue.
    pub(crate) fn is_queued(&self) -> bool {
        self.header().state.has(QUEUED)
    }

    /// Notes how the task is about to be done.
    pub(crate) fn note_end(&self, end: TaskEnd) {
        self.header().state.set(match end {
            TaskEnd::Completed => 0,
            TaskEnd::Failed => FAILED,
            TaskEnd::Cancelled => GAVE_UP,
            TaskEnd::Dropped => FAILED | GAVE_UP,
        });
    }

    /// How the task ended, `None` as long as it has not.
    pub(crate) fn end(&self) -> Option<TaskEnd> {
        let state = &self.header().state;
        state
            .has(DONE)
            .then(|| match (state.has(FAILED), state.has(GAVE_UP)) {
                (false, false) => TaskEnd::Completed,
                (true, false) => TaskEnd::Failed,
                (false, true) => TaskEnd::Cancelled,
                (true, true) => TaskEnd::Dropped,
            })
    }

    /// Marks the task for the end of its future; true the first time.
    pub(crate) fn request_cancel(&self) -> bool {
        let state = &self.header().state;
        let first = !state.has(CANCEL | DONE);
        if first {
            state.set(CANCEL);
        }
        first
    }

    /// Puts `QUEUED` on, of a task that is registered, and gives what the ready queue keeps;
    /// `None` if it was on already or the task is done.
    #[inline]
    pub(crate) fn queued(&self) -> Option<Ready> {
        let first = self.header().state.queue();
        debug_assert!(!first || self.slot() != NO_SLOT);
        first.then(|| Ready::new(self))
    }

    /// Takes `QUEUED` off, of a task that was taken out of what was ready.
    pub(crate) fn unqueue(&self) {
        self.header().state.leave_queue();
    }

    /// Frees a task.
    ///
    /// # Safety
    /// It is live, no reference to it is counted, and it is not used again.
    #[inline]
    pub(super) unsafe fn free(pointer: NonNull<Header>) {
        // SAFETY: the caller's promise.
        let header = unsafe { pointer.as_ref() };
        // Of a task that was registered, the run loop or the join handle saw to these.
        if header.state.has(FUTURE | OUTPUT) || header.joiner.is_some() {
            // SAFETY: as above.
            unsafe { Self::empty(pointer) };
        }
        if let Some(layout) = header.vtable.apart {
            // SAFETY: by what the vtable says it is such a task, whose stage came from the global
            // allocator with this layout, and is empty.
            unsafe { dealloc((*pointer.cast::<Apart>().as_ptr()).stage.cast(), layout) };
        }
        // SAFETY: the block came from there in `allocate`; nothing uses it any more.
        unsafe { pool::give(pointer.cast()) };
    }

    /// Drops what a task still has.
    ///
    /// # Safety
    /// It is live, and no reference to it is counted.
    #[cold]
    #[inline(never)]
    unsafe fn empty(pointer: NonNull<Header>) {
        // SAFETY: the caller's promise.
        let header = unsafe { pointer.as_ref() };
        // SAFETY: it is of its vtable's type, and nobody else has the stage.
        unsafe { (header.vtable.drop_stage)(pointer) };
        if let Some(joiner) = header.joiner.take() {
            drop_quietly(joiner);
        }
    }

    /// Whether both are the same task.
    #[inline]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Its future is not the one that it was made with, but lives elsewhere (on the stack of
    /// `block_on`).
    pub(crate) fn live_elsewhere(&self) {
        self.header().state.set(ELSEWHERE);
    }

    /// Polls the future. Only for the run loop, at the task's turn.
    #[inline]
    pub(crate) fn run(&self) -> PollResult {
        let header = self.header();
        let waker = super::waker::borrowed(self);
        // SAFETY: the task is live and of its vtable's type. The run loop, the only caller, does
        // not re-enter itself, so nobody else has the stage.
        unsafe { (header.vtable.poll)(self.0, &mut Context::from_waker(&waker)) }
    }

    /// The same for a future that lives elsewhere.
    pub(crate) fn run_elsewhere(
        &self,
        poll: impl FnOnce(&mut Context<'_>) -> PollResult,
    ) -> PollResult {
        let waker = super::waker::borrowed(self);
        poll(&mut Context::from_waker(&waker))
    }

    /// Drops the future of a task that is not done. Its output becomes "cancelled".
    pub(crate) fn drop_future(&self) -> PollResult {
        let header = self.header();
        if header.state.has(DONE) {
            return PollResult::Dropped;
        }
        // SAFETY: live, of its vtable's type. Callers are the run loop and the runtime's
        // shutdown, which never happen inside a poll of this task.
        unsafe { (header.vtable.cancel)(self.0) }
    }

    /// Marks the task done and takes whoever waits for it. The output is dropped at once if
    /// nobody can ask for it.
    #[must_use]
    #[inline]
    pub(crate) fn mark_done(&self) -> Option<Waker> {
        let header = self.header();
        let word = header.state.set(DONE);
        if word & (HANDLE | OUTPUT) == OUTPUT {
            self.drop_output();
        }
        header.joiner.take()
    }

    /// Says so if the task has failed and nobody can ask for its error any more.
    #[inline]
    pub(crate) fn check_error_is_seen(&self) {
        let header = self.header();
        if header.state.has(FAILED) && !header.state.has(HANDLE | GAVE_UP) {
            self.core().tell_error_never_seen(self);
        }
    }

    /// Whether somebody awaits the join handle.
    #[inline]
    pub(super) fn has_joiner(&self) -> bool {
        self.header().joiner.is_some()
    }

    /// Gives the reference of a join handle back, after which nobody can ask for the output.
    #[inline]
    pub(super) fn drop_handle(self) {
        let pointer = self.into_raw();
        // SAFETY: the reference that was given up a line above is counted still.
        let last = unsafe { pointer.as_ref() }.state.drop_reference_and(HANDLE);
        if last {
            // SAFETY: that was the last counted reference, so nobody else can reach the task.
            unsafe { Self::free(pointer) };
        }
    }

    /// The same, and sees to what nobody is going to ask for or to be told.
    #[inline(never)]
    pub(super) fn let_go(self) {
        let header = self.header();
        header.state.clear(HANDLE);
        if self.is_done() {
            self.drop_output();
            self.check_error_is_seen();
        } else {
            drop(header.joiner.take());
        }
    }

    fn drop_output(&self) {
        // SAFETY: live and of its vtable's type; DONE, so no poll has the stage.
        unsafe { (self.header().vtable.drop_output)(self.0) };
    }
}

impl Clone for TaskRef {
    #[inline]
    fn clone(&self) -> Self {
        self.header().state.add_reference();
        Self(self.0)
    }
}

impl Drop for TaskRef {
    #[inline]
    fn drop(&mut self) {
        if self.header().state.drop_reference() {
            // SAFETY: that was the last counted reference, so nobody else can reach the task.
            unsafe { Self::free(self.0) };
        }
    }
}

impl fmt::Debug for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskRef")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
