//! A task with its future: allocation, and the functions of the vtable.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::header::{Header, TaskRef, Vtable};
use super::join::{JoinError, JoinHandle, message_of};
use super::state::{HANDLE, State};
use crate::log::PollResult;
use crate::record::Site;
use crate::runtime::Core;

/// What the allocation holds besides the header.
enum Stage<F: Future> {
    /// Pinned here until it is dropped in place. `ManuallyDrop`, so that the stage can be
    /// overwritten after a drop that panicked.
    Future(ManuallyDrop<F>),
    Output(Result<F::Output, JoinError>),
    Empty,
}

/// One task in one allocation. The header comes first, so that a pointer to the task is a
/// pointer to its header.
#[repr(C)]
struct Task<F: Future> {
    header: Header,
    stage: UnsafeCell<Stage<F>>,
}

/// Gives each future type its vtable.
struct VtableOf<F>(std::marker::PhantomData<F>);

impl<F: Future + 'static> VtableOf<F> {
    const VTABLE: &'static Vtable = &Vtable {
        poll: poll::<F>,
        cancel: cancel::<F>,
        take_output: take_output::<F>,
        drop_output: drop_output::<F>,
        free: free::<F>,
    };
}

/// Allocates a task, with one reference for the caller and one in the join handle, whose type is
/// thereby that of the future's output.
pub(crate) fn allocate<F: Future + 'static>(
    core: Rc<Core>,
    id: u32,
    slot: u32,
    future: F,
    site: Site,
) -> (TaskRef, JoinHandle<F::Output>) {
    let task = Box::new(Task {
        header: Header {
            vtable: VtableOf::<F>::VTABLE,
            #[cfg(not(target_arch = "wasm32"))]
            owner: core.owner(),
            core,
            joiner: Cell::new(None),
            state: State::new(HANDLE),
            id,
            slot,
        },
        stage: UnsafeCell::new(Stage::Future(ManuallyDrop::new(future))),
    });
    // SAFETY: `Box::into_raw` is never null.
    let pointer = unsafe { NonNull::new_unchecked(Box::into_raw(task)) };
    // SAFETY: `Task` is `repr(C)` with the header first; the pointer keeps the provenance of the
    // whole box; the one reference that `State::new` counted goes to this `TaskRef`.
    let task = unsafe { TaskRef::from_raw(pointer.cast()) };
    (task.clone(), JoinHandle::new(task, site))
}

/// The stage of the task behind a header pointer.
///
/// # Safety
/// The pointer is to a live `Task<F>` with the provenance of its whole allocation, and no other
/// reference to the stage lives as long as this one.
#[inline]
unsafe fn stage<'a, F: Future>(pointer: NonNull<Header>) -> &'a mut Stage<F> {
    let task = pointer.cast::<Task<F>>().as_ptr();
    // SAFETY: the caller's promise. `&raw` makes no reference to the task as a whole, so shared
    // references to its header stay valid.
    unsafe { &mut *UnsafeCell::raw_get(&raw const (*task).stage) }
}

/// Drops a pinned future in place. What its drop panics with is returned.
fn drop_in_place<F: Future>(future: &mut ManuallyDrop<F>) -> Result<(), Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: both callers overwrite the stage right after this, so it is dropped once.
        unsafe { ManuallyDrop::drop(future) }
    }))
}

/// See [`Vtable::poll`].
unsafe fn poll<F: Future>(pointer: NonNull<Header>, cx: &mut Context<'_>) -> PollResult {
    // SAFETY: the contract of `Vtable::poll`.
    let stage = unsafe { stage::<F>(pointer) };
    let Stage::Future(future) = stage else {
        // The run loop never polls a task that is done.
        debug_assert!(false, "a task was polled after its end");
        return PollResult::Ready;
    };
    let polled = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the future was moved into its allocation before the first poll, is dropped in
        // place, and the allocation does not move.
        let future = unsafe { Pin::new_unchecked(&mut **future) };
        future.poll(cx)
    }));
    let (output, result) = match polled {
        Ok(Poll::Pending) => return PollResult::Pending,
        Ok(Poll::Ready(output)) => (Ok(output), PollResult::Ready),
        Err(payload) => (Err(panicked(pointer, payload)), PollResult::Panicked),
    };
    // The future is dropped before anybody can see the output. A panic of its drop is the
    // task's failure like any other.
    match drop_in_place(future) {
        Ok(()) => {
            *stage = Stage::Output(output);
            result
        }
        Err(payload) => {
            *stage = Stage::Output(Err(panicked(pointer, payload)));
            // The output that nobody gets is dropped after the stage is whole.
            drop_quietly(output);
            PollResult::Panicked
        }
    }
}

/// See [`Vtable::cancel`].
unsafe fn cancel<F: Future>(pointer: NonNull<Header>) -> PollResult {
    // SAFETY: the contract of `Vtable::cancel`.
    let stage = unsafe { stage::<F>(pointer) };
    let Stage::Future(future) = stage else {
        return PollResult::Dropped;
    };
    let (error, result) = match drop_in_place(future) {
        Ok(()) => (JoinError::cancelled(), PollResult::Dropped),
        Err(payload) => (panicked(pointer, payload), PollResult::Panicked),
    };
    *stage = Stage::Output(Err(error));
    result
}

/// The error of a task that panicked; its message is noted for the log.
fn panicked(pointer: NonNull<Header>, payload: Box<dyn Any + Send>) -> JoinError {
    // SAFETY: callers are functions of the vtable, whose pointer is to a live task. References
    // to the header and to the stage do not overlap.
    let core = unsafe { &pointer.as_ref().core };
    core.note_failure(message_of(&*payload).to_owned());
    JoinError::panic(payload)
}

/// See [`Vtable::take_output`].
unsafe fn take_output<F: Future>(pointer: NonNull<Header>, into: *mut ()) {
    // SAFETY: the contract of `Vtable::take_output`.
    let stage = unsafe { stage::<F>(pointer) };
    if let Stage::Output(output) = std::mem::replace(stage, Stage::Empty) {
        // SAFETY: the caller promises that this is the type behind `into`.
        unsafe { *into.cast::<Option<Result<F::Output, JoinError>>>() = Some(output) };
    }
}

/// See [`Vtable::drop_output`].
unsafe fn drop_output<F: Future>(pointer: NonNull<Header>) {
    // SAFETY: the contract of `Vtable::drop_output`.
    let stage = unsafe { stage::<F>(pointer) };
    if matches!(stage, Stage::Output(_)) {
        drop_quietly(std::mem::replace(stage, Stage::Empty));
    }
}

/// See [`Vtable::free`].
unsafe fn free<F: Future>(pointer: NonNull<Header>) {
    // SAFETY: the pointer came from `Box::into_raw` in `allocate`, and the caller gives it up.
    let mut task = unsafe { Box::from_raw(pointer.cast::<Task<F>>().as_ptr()) };
    match std::mem::replace(task.stage.get_mut(), Stage::Empty) {
        // Only a task that was never registered gets here with its future, and such a future
        // was never polled, so moving it was allowed.
        Stage::Future(future) => drop_quietly(ManuallyDrop::into_inner(future)),
        output => drop_quietly(output),
    }
}

/// Drops a value of the program's; a panic of its drop has nobody left to go to.
fn drop_quietly<T>(value: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
