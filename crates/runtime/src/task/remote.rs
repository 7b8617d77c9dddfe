//! Wakers on other threads (native code only).
//!
//! A `Waker` is `Send + Sync`, so safe code may call it anywhere, but a task belongs to one
//! thread. Another thread therefore only ever posts a message to the runtime's inbox:
//!
//! - *wake*: slot and number of the task, which the owner looks up;
//! - *release*: the reference that the waker held. It stays counted until the owner takes the
//!   message, so the pointer stays valid.
//!
//! A clone made on another thread is a separate object without any reference. If the runtime is
//! gone, a wake does nothing, and a release leaks the emptied task, and the emptied core to which
//! it refers: the only leak there is, and it takes a waker that is dropped on another thread after
//! its runtime.
//!
//! The inbox is unbounded and posting never blocks on the owner's progress. Runtimes and threads
//! are known by numbers that are never reused; addresses and the system's thread ids are.

use std::cell::Cell;
use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{RawWaker, Wake, Waker};
use std::thread::Thread;

use super::header::{Header, TaskRef};

/// Which runtime and thread a task belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    runtime: u32,
    thread: u32,
}

impl Owner {
    /// A new runtime on this thread.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Self {
            runtime: NEXT.fetch_add(1, Ordering::Relaxed),
            thread: this_thread(),
        }
    }

    /// Whether the caller is on the owner's thread.
    #[inline]
    pub(super) fn is_here(self) -> bool {
        THREAD.with(Cell::get) == self.thread
    }
}

thread_local! {
    /// The number of this thread, 0 before it has one. A plain integer: it has no destructor, so
    /// that wakers work while a thread ends.
    static THREAD: Cell<u32> = const { Cell::new(0) };
}

fn this_thread() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    THREAD.with(|number| {
        if number.get() == 0 {
            number.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        number.get()
    })
}

enum Message {
    Wake { slot: u32, id: u32 },
    Release(Reference),
}

/// A counted reference on its way home.
struct Reference(NonNull<Header>);

// SAFETY: only the owner thread turns it back into something that can be used.
unsafe impl Send for Reference {}

/// The inbox of one runtime.
pub(crate) struct Inbox {
    owner: Owner,
    messages: Mutex<Vec<Message>>,
    filled: AtomicBool,
    thread: Thread,
}

/// What the owner finds in its inbox.
pub(crate) enum Delivery {
    /// Wake the task with this number, if it still is in this slot.
    Wake { slot: u32, id: u32 },
    /// A reference came home; dropping it is all there is to do.
    Released(#[allow(dead_code, reason = "held to be dropped by the owner")] TaskRef),
}

fn inboxes() -> MutexGuard<'static, HashMap<u32, Arc<Inbox>>> {
    static INBOXES: OnceLock<Mutex<HashMap<u32, Arc<Inbox>>>> = OnceLock::new();
    INBOXES
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

impl Inbox {
    /// Opens the inbox of a new runtime on this thread.
    pub(crate) fn open(owner: Owner) -> Arc<Self> {
        let inbox = Arc::new(Self {
            owner,
            messages: Mutex::default(),
            filled: AtomicBool::new(false),
            thread: std::thread::current(),
        });
        inboxes().insert(owner.runtime, Arc::clone(&inbox));
        inbox
    }

    /// Closes it. Posting happens under the same lock, so no message arrives after this returns;
    /// what is inside can still be taken.
    pub(crate) fn close(&self) {
        inboxes().remove(&self.owner.runtime);
    }

    /// Whether there may be something to take.
    #[inline]
    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Takes everything, in the order of arrival. Only the owner calls this.
    pub(crate) fn take(&self) -> Vec<Delivery> {
        self.filled.store(false, Ordering::Release);
        let messages = {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *messages)
        };
        debug_assert!(self.owner.is_here());
        messages
            .into_iter()
            .map(|message| match message {
                Message::Wake { slot, id } => Delivery::Wake { slot, id },
                Message::Release(reference) => {
                    // SAFETY: this is the owner thread (only the core has the inbox), and the
                    // reference was given up by whoever sent it.
                    Delivery::Released(unsafe { TaskRef::from_raw(reference.0) })
                }
            })
            .collect()
    }

    /// Makes the owner look, if it is parked.
    fn post(&self, message: Message) {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        self.filled.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Posts to a runtime; false if it is gone.
fn post(owner: Owner, messages: impl IntoIterator<Item = Message>) -> bool {
    let inboxes = inboxes();
    let Some(inbox) = inboxes.get(&owner.runtime) else {
        return false;
    };
    messages.into_iter().for_each(|message| inbox.post(message));
    true
}

/// Slot and number of a task, read on any thread.
///
/// # Safety
/// The task is live.
pub(super) unsafe fn identity(task: NonNull<Header>) -> (u32, u32) {
    let header = task.as_ptr();
    // SAFETY: the task is live; both fields were written before the first waker existed and never
    // since; no reference to the cells beside them is made.
    unsafe { ((*(&raw const (*header).slot).cast::<u32>()), (*header).id) }
}

/// Wakes a task from another thread.
pub(super) fn wake(owner: Owner, slot: u32, id: u32) {
    post(owner, [Message::Wake { slot, id }]);
}

/// Gives back a waker's reference from another thread.
///
/// # Safety
/// The reference is counted and the caller's to give.
pub(super) unsafe fn release(owner: Owner, task: NonNull<Header>) {
    post(owner, [Message::Release(Reference(task))]);
}

/// Wakes a task from another thread and gives back the waker's reference.
///
/// # Safety
/// The reference is counted and the caller's to give.
pub(super) unsafe fn wake_and_release(owner: Owner, task: NonNull<Header>) {
    // SAFETY: the reference keeps the task live.
    let (slot, id) = unsafe { identity(task) };
    post(
        owner,
        [
            Message::Wake { slot, id },
            Message::Release(Reference(task)),
        ],
    );
}

/// A waker that was cloned on another thread.
struct ForeignWaker {
    owner: Owner,
    slot: u32,
    id: u32,
}

impl Wake for ForeignWaker {
    fn wake(self: Arc<Self>) {
        wake(self.owner, self.slot, self.id);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        wake(self.owner, self.slot, self.id);
    }
}

/// The raw form of such a clone, which carries its own vtable.
pub(super) fn foreign_waker(owner: Owner, slot: u32, id: u32) -> RawWaker {
    let waker = Waker::from(Arc::new(ForeignWaker { owner, slot, id }));
    let waker = std::mem::ManuallyDrop::new(waker);
    RawWaker::new(waker.data(), waker.vtable())
}
