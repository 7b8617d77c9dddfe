//! Wakers: a counted pointer to the task, and one static vtable.
//!
//! On the owner thread a waker is a [`TaskRef`]. On another thread (native code only) it reads
//! nothing but the core's immutable [`Owner`](super::remote::Owner) and posts a message; see
//! [`remote`](super::remote).

use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::header::{Header, TaskRef, core_of};

/// The one vtable. A `static`, because `will_wake` compares addresses and a constant may have
/// several.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

/// A waker that borrows the caller's reference: it must not outlive `task`, and dropping it does
/// nothing.
#[inline]
pub(super) fn borrowed(task: &TaskRef) -> ManuallyDrop<Waker> {
    // SAFETY: the data pointer is what the functions of VTABLE expect. The waker counts no
    // reference of its own and, being `ManuallyDrop`, gives none back.
    ManuallyDrop::new(unsafe { Waker::new(task.pointer().as_ptr().cast(), &VTABLE) })
}

/// A waker of its own for a task that is not being polled.
pub(crate) fn owned(task: &TaskRef) -> Waker {
    Waker::clone(&borrowed(task))
}

/// Calls a waker; one of ours without the detour through its vtable.
#[inline]
pub(crate) fn call(waker: Waker) {
    if std::ptr::eq(waker.vtable(), &raw const VTABLE) {
        let waker = ManuallyDrop::new(waker);
        // SAFETY: the vtable says that this is one of our wakers, live until now. It is given up
        // here, because it is not dropped.
        unsafe { wake(waker.data()) };
        return;
    }
    waker.wake();
}

/// As [`call`], leaving the waker where it is.
#[inline]
pub(crate) fn call_by_ref(waker: &Waker) {
    if std::ptr::eq(waker.vtable(), &raw const VTABLE) {
        // SAFETY: the vtable says that this is one of our wakers, and it is live.
        unsafe { wake_by_ref(waker.data()) };
        return;
    }
    waker.wake_by_ref();
}

/// A clone; of one of ours without the detour through its vtable.
#[inline]
pub(crate) fn copy(waker: &Waker) -> Waker {
    if std::ptr::eq(waker.vtable(), &raw const VTABLE) {
        // SAFETY: the vtable says that this is one of our wakers, and it is live. What `clone`
        // gives is a waker of its own.
        return unsafe { Waker::from_raw(clone(waker.data())) };
    }
    waker.clone()
}

/// The data of one of our wakers.
#[inline]
pub(super) fn data_of(waker: &Waker) -> Option<*const ()> {
    std::ptr::eq(waker.vtable(), &raw const VTABLE).then(|| waker.data())
}

/// Takes one of our wakers apart: its data, which counts from now on.
#[inline]
pub(super) fn into_data(waker: Waker) -> Result<*mut (), Waker> {
    match data_of(&waker) {
        Some(_) => Ok(ManuallyDrop::new(waker).data().cast_mut()),
        None => Err(waker),
    }
}

/// Puts such a waker together again.
///
/// # Safety
/// The data came from [`into_data`], and each is used once.
#[inline]
pub(super) unsafe fn from_data(data: *mut ()) -> Waker {
    // SAFETY: the data is what the functions of VTABLE expect, and the reference it counts is the
    // waker's again.
    unsafe { Waker::new(data, &VTABLE) }
}

/// A clone of one of ours on its own thread, which calls nothing; `None` of any other.
#[inline]
pub(crate) fn copy_own(waker: &Waker) -> Option<Waker> {
    if !std::ptr::eq(waker.vtable(), &raw const VTABLE) {
        return None;
    }
    let data = waker.data();
    #[cfg(not(target_arch = "wasm32"))]
    // SAFETY: the vtable says that this is one of our wakers, and it is live.
    if unsafe { foreign(data) }.is_some() {
        return None;
    }
    // SAFETY: as above, and this is the owner thread. What `clone` gives is a waker of its own.
    Some(unsafe { Waker::from_raw(clone_here(data)) })
}

/// The header behind a waker's data.
///
/// # Safety
/// `data` is the data of a waker with `VTABLE`.
#[inline]
unsafe fn header(data: *const ()) -> NonNull<Header> {
    // SAFETY: such data came from a `NonNull<Header>`.
    unsafe { NonNull::new_unchecked(data.cast_mut().cast()) }
}

/// The owner's record if this is another thread than the owner's.
///
/// # Safety
/// `data` is the data of a live waker with `VTABLE`.
#[cfg(not(target_arch = "wasm32"))]
#[inline]
unsafe fn foreign(data: *const ()) -> Option<super::remote::Owner> {
    // SAFETY: the waker's reference keeps the task allocated, and the task the core. Which core
    // that is, and the core's owner, were written before the first waker existed and never since,
    // so any thread may read them. No reference to the cells beside them is made, and none to the
    // core.
    let owner = unsafe { (*Rc::as_ptr(core_of(header(data)))).owner };
    (!owner.is_here()).then_some(owner)
}

unsafe fn clone(data: *const ()) -> RawWaker {
    #[cfg(not(target_arch = "wasm32"))]
    {
        // SAFETY: called on a live waker with VTABLE.
        if let Some(owner) = unsafe { foreign(data) } {
            // SAFETY: the header is live, as above.
            let (slot, id) = unsafe { super::remote::identity(header(data)) };
            return super::remote::foreign_waker(owner, slot, id);
        }
    }
    // SAFETY: the waker is live, and this is the owner thread.
    unsafe { clone_here(data) }
}

/// Clones on the owner thread.
///
/// # Safety
/// `data` is the data of a live waker with `VTABLE`, and this is the owner thread.
#[inline]
unsafe fn clone_here(data: *const ()) -> RawWaker {
    // SAFETY: on the owner thread; the waker's reference keeps the task live. It is not given
    // up here: `ManuallyDrop`.
    let task = ManuallyDrop::new(unsafe { TaskRef::from_raw(header(data)) });
    RawWaker::new(TaskRef::clone(&task).into_raw().as_ptr().cast(), &VTABLE)
}

/// Wakes a task of the runtime that is driven here, which is nearly always the one. False if it is
/// another's.
///
/// What this thread drives is found without the task, and the task only compared with it. So the
/// processor need not wait for the task before it goes on with the queue. And it makes the look at
/// the owner's thread needless: only there is a core the current one.
///
/// # Safety
/// `data` is the data of a live waker with `VTABLE`.
#[inline(always)]
unsafe fn wake_here(data: *const ()) -> bool {
    // SAFETY: as in `foreign`.
    let core = unsafe { Rc::as_ptr(core_of(header(data))) };
    crate::runtime::try_with_core(|current| {
        let is_here = std::ptr::eq(Rc::as_ptr(current), core);
        if is_here {
            // SAFETY: on the owner thread; the reference stays the waker's: `ManuallyDrop`.
            let task = ManuallyDrop::new(unsafe { TaskRef::from_raw(header(data)) });
            current.enqueue(&task);
        }
        is_here
    })
    .unwrap_or(false)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: called on a live waker with VTABLE. If the task's runtime is driven here, this is the
    // owner thread, and the waker's reference is given back.
    unsafe {
        if wake_here(data) {
            return drop(TaskRef::from_raw(header(data)));
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        // SAFETY: called on a live waker with VTABLE.
        if let Some(owner) = unsafe { foreign(data) } {
            // SAFETY: the waker's reference goes with the message.
            unsafe { super::remote::wake_and_release(owner, header(data)) };
            return;
        }
    }
    // SAFETY: on the owner thread; the waker's reference moves here.
    crate::runtime::wake(unsafe { TaskRef::from_raw(header(data)) });
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: called on a live waker with VTABLE.
    if unsafe { wake_here(data) } {
        return;
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        // SAFETY: called on a live waker with VTABLE.
        if let Some(owner) = unsafe { foreign(data) } {
            // SAFETY: the header is live, as above.
            let (slot, id) = unsafe { super::remote::identity(header(data)) };
            super::remote::wake(owner, slot, id);
            return;
        }
    }
    // SAFETY: on the owner thread; the reference stays the waker's: `ManuallyDrop`.
    let task = ManuallyDrop::new(unsafe { TaskRef::from_raw(header(data)) });
    crate::runtime::wake_by_ref(&task);
}

unsafe fn drop_waker(data: *const ()) {
    #[cfg(not(target_arch = "wasm32"))]
    {
        // SAFETY: called on a live waker with VTABLE.
        if let Some(owner) = unsafe { foreign(data) } {
            // SAFETY: the waker's reference goes with the message.
            unsafe { super::remote::release(owner, header(data)) };
            return;
        }
    }
    // SAFETY: on the owner thread; the waker's reference moves here.
    drop(unsafe { TaskRef::from_raw(header(data)) });
}
