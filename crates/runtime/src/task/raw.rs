//! A task with its future: allocation, and the functions of the vtable.

use std::alloc::Layout;
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::future::Future;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, needs_drop};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::header::{Apart, Header, NO_SLOT, TaskRef, Vtable, core_of};
use super::join::{JoinError, JoinHandle, message_of};
use super::joiner::Joiner;
use super::pool::{self, Class};
use super::state::{FUTURE, HANDLE, OUTPUT, State};
use crate::log::PollResult;
use crate::record::Site;
use crate::runtime::Core;

/// What the allocation holds besides the header. The flags of the state say which: `FUTURE`,
/// `OUTPUT`, or neither.
union Stage<F: Future> {
    /// Pinned here until it is dropped in place.
    future: ManuallyDrop<F>,
    output: ManuallyDrop<Result<F::Output, JoinError>>,
}

/// One task in one allocation. The header comes first, so that a pointer to the task is a
/// pointer to its header.
#[repr(C)]
struct Task<F: Future> {
    header: Header,
    stage: UnsafeCell<Stage<F>>,
}

/// The block that a task with this future takes; `None` if its stage has to lie apart.
const fn class<F: Future>() -> Option<Class> {
    Class::of(Layout::new::<Task<F>>())
}

/// The block that a task takes whose stage lies apart.
const APART: Class = match Class::of(Layout::new::<Apart>()) {
    Some(class) => class,
    None => unreachable!(),
};

/// Gives each future type its vtable.
struct VtableOf<F>(PhantomData<F>);

impl<F: Future + 'static> VtableOf<F> {
    const VTABLE: &'static Vtable = &Vtable {
        poll: poll::<F>,
        cancel: cancel::<F>,
        take_output: take_output::<F>,
        drop_output: drop_output::<F>,
        drop_stage: drop_stage::<F>,
        apart: match class::<F>() {
            Some(_) => None,
            None => Some(Layout::new::<Stage<F>>()),
        },
    };
}

/// A task that was just allocated for a future with this output.
pub(crate) struct NewTask<T> {
    task: TaskRef,
    output: PhantomData<T>,
}

impl<T> NewTask<T> {
    /// The handle that can ask for the output.
    #[inline]
    pub(crate) fn into_handle(self, site: Site) -> JoinHandle<T> {
        JoinHandle::new(self.task, site)
    }
}

impl<T> Deref for NewTask<T> {
    type Target = TaskRef;

    #[inline]
    fn deref(&self) -> &TaskRef {
        &self.task
    }
}

/// Allocates a task, with one reference, which becomes that of the join handle.
#[inline]
pub(crate) fn allocate<F: Future + 'static>(
    core: &Rc<Core>,
    id: u32,
    future: F,
) -> NewTask<F::Output> {
    // Made where it is written: one that is made before and moved costs as much as all the rest.
    let header = || Header {
        vtable: VtableOf::<F>::VTABLE,
        joiner: Joiner::none(),
        state: State::new(HANDLE | FUTURE),
        id,
        slot: Cell::new(NO_SLOT),
    };
    let future = ManuallyDrop::new(future);
    let block = match const { class::<F>() } {
        Some(class) => {
            let block = pool::take(core, class);
            // SAFETY: the block has room for the task, and is nobody else's.
            unsafe {
                block.cast().write(Task {
                    header: header(),
                    stage: UnsafeCell::new(Stage { future }),
                });
            }
            block
        }
        None => {
            let block = pool::take(core, const { APART });
            let stage = Box::into_raw(Box::new(Stage::<F> { future })).cast();
            // SAFETY: as above.
            unsafe {
                block.cast().write(Apart {
                    header: header(),
                    stage,
                });
            }
            block
        }
    };
    // SAFETY: both are `repr(C)` with the header first; the pointer keeps the provenance of the
    // whole block; the reference that `State::new` counted goes to this `TaskRef`.
    let task = unsafe { TaskRef::from_raw(block.cast()) };
    NewTask {
        task,
        output: PhantomData,
    }
}

/// The stage of the task behind a header pointer.
///
/// # Safety
/// The pointer is to a live `Task<F>` with the provenance of its whole allocation.
#[inline]
unsafe fn stage<F: Future>(pointer: NonNull<Header>) -> *mut Stage<F> {
    if const { class::<F>() }.is_none() {
        // SAFETY: the caller's promise; such tasks are allocated like that.
        return unsafe { (*pointer.cast::<Apart>().as_ptr()).stage.cast() };
    }
    let task = pointer.cast::<Task<F>>().as_ptr();
    // SAFETY: the caller's promise. `&raw` makes no reference to the task as a whole, so shared
    // references to its header stay valid.
    UnsafeCell::raw_get(unsafe { &raw const (*task).stage })
}

/// The state word of the task behind a header pointer.
///
/// # Safety
/// The task is live for as long as the reference is used, and this is the owner thread.
#[inline]
unsafe fn state<'a>(pointer: NonNull<Header>) -> &'a State {
    // SAFETY: the caller's promise; only shared references to headers exist.
    unsafe { &pointer.as_ref().state }
}

/// Drops the future in place. What its drop panics with is returned.
///
/// # Safety
/// The pointer is to a live task with this future, `FUTURE` is set, and nobody has the stage.
#[inline]
unsafe fn drop_in_place<F: Future>(pointer: NonNull<Header>) -> Result<(), Box<dyn Any + Send>> {
    // SAFETY: live, by the caller's promise. The flag goes first, so that a drop that panics is
    // not repeated.
    unsafe { state(pointer) }.clear(FUTURE);
    if !needs_drop::<F>() {
        return Ok(());
    }
    catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: FUTURE was set until now, so the future is there; it is dropped where it is
        // pinned, once.
        unsafe { ManuallyDrop::drop(&mut (*stage::<F>(pointer)).future) }
    }))
}

/// Stores an output for whoever asks.
///
/// # Safety
/// The pointer is to a live task with this future, neither `FUTURE` nor `OUTPUT` is set, and
/// nobody has the stage.
#[inline]
unsafe fn store<F: Future>(pointer: NonNull<Header>, output: Result<F::Output, JoinError>) {
    // SAFETY: live, by the caller's promise.
    let state = unsafe { state(pointer) };
    if !state.has(HANDLE) && !needs_drop::<F::Output>() && output.is_ok() {
        // Nobody asks, and no one notices.
        return;
    }
    // SAFETY: neither flag is set, so nothing is overwritten that would have to be dropped.
    unsafe { (&raw mut (*stage::<F>(pointer)).output).write(ManuallyDrop::new(output)) };
    state.set(OUTPUT);
}

/// Takes the output, if it is there.
///
/// # Safety
/// The pointer is to a live task with this future, and nobody has the stage.
#[inline]
unsafe fn take<F: Future>(pointer: NonNull<Header>) -> Option<Result<F::Output, JoinError>> {
    // SAFETY: live, by the caller's promise.
    let state = unsafe { state(pointer) };
    if !state.has(OUTPUT) {
        return None;
    }
    state.clear(OUTPUT);
    // SAFETY: OUTPUT was set until now, so the output is there; it is moved out once.
    Some(unsafe { ManuallyDrop::take(&mut (*stage::<F>(pointer)).output) })
}

/// See [`Vtable::poll`].
unsafe fn poll<F: Future>(pointer: NonNull<Header>, cx: &mut Context<'_>) -> PollResult {
    // SAFETY: the contract of `Vtable::poll`.
    if !unsafe { state(pointer) }.has(FUTURE) {
        debug_assert!(false, "a task was polled after its end");
        return PollResult::Ready;
    }
    let polled = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the contract of `Vtable::poll`: the task is live and nobody else has the stage,
        // which holds the future. It was moved into its block before the first poll, is dropped in
        // place, and the block does not move.
        let future = unsafe { Pin::new_unchecked(&mut *(*stage::<F>(pointer)).future) };
        future.poll(cx)
    }));
    let (output, result) = match polled {
        Ok(Poll::Pending) => return PollResult::Pending,
        Ok(Poll::Ready(output)) => (Ok(output), PollResult::Ready),
        Err(payload) => (Err(panicked(pointer, payload)), PollResult::Panicked),
    };
    // The future is dropped before anybody can see the output. A panic of its drop is the
    // task's failure like any other.
    // SAFETY: the contract of `Vtable::poll`; the poll is over.
    match unsafe { drop_in_place::<F>(pointer) } {
        Ok(()) => {
            // SAFETY: the future is gone, and there was no output beside it.
            unsafe { store::<F>(pointer, output) };
            result
        }
        Err(payload) => {
            // SAFETY: as above.
            unsafe { store::<F>(pointer, Err(panicked(pointer, payload))) };
            // The output that nobody gets is dropped after the stage is whole.
            drop_quietly(output);
            PollResult::Panicked
        }
    }
}

/// See [`Vtable::cancel`].
unsafe fn cancel<F: Future>(pointer: NonNull<Header>) -> PollResult {
    // SAFETY: the contract of `Vtable::cancel`.
    if !unsafe { state(pointer) }.has(FUTURE) {
        return PollResult::Dropped;
    }
    // SAFETY: as above, and the future is there.
    let dropped = unsafe { drop_in_place::<F>(pointer) };
    let (error, result) = match dropped {
        Ok(()) => (JoinError::cancelled(), PollResult::Dropped),
        Err(payload) => (panicked(pointer, payload), PollResult::Panicked),
    };
    // SAFETY: the future is gone, and there was no output beside it.
    unsafe { store::<F>(pointer, Err(error)) };
    result
}

/// The error of a task that panicked; its message is noted for the log.
#[cold]
fn panicked(pointer: NonNull<Header>, payload: Box<dyn Any + Send>) -> JoinError {
    // SAFETY: callers are functions of the vtable, whose pointer is to a live task.
    let core = unsafe { core_of(pointer) };
    core.note_failure(message_of(&*payload).to_owned());
    JoinError::panic(payload)
}

/// See [`Vtable::take_output`].
unsafe fn take_output<F: Future>(pointer: NonNull<Header>, into: *mut ()) {
    // SAFETY: the contract of `Vtable::take_output`.
    if let Some(output) = unsafe { take::<F>(pointer) } {
        // SAFETY: the caller promises that this is the type behind `into`.
        unsafe { *into.cast::<Option<Result<F::Output, JoinError>>>() = Some(output) };
    }
}

/// See [`Vtable::drop_output`].
unsafe fn drop_output<F: Future>(pointer: NonNull<Header>) {
    // SAFETY: the contract of `Vtable::drop_output`.
    if let Some(output) = unsafe { take::<F>(pointer) } {
        drop_quietly(output);
    }
}

/// See [`Vtable::drop_stage`].
unsafe fn drop_stage<F: Future>(pointer: NonNull<Header>) {
    // SAFETY: the contract of `Vtable::drop_stage`. Only a task that was never registered gets
    // here with its future.
    unsafe {
        if state(pointer).has(FUTURE) {
            let _ = drop_in_place::<F>(pointer);
        }
        drop_output::<F>(pointer);
    }
}

/// Drops a value of the program's; a panic of its drop has nobody left to go to.
pub(super) fn drop_quietly<T>(value: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
