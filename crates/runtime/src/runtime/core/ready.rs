//! Who is ready: wakes, and taking the task whose turn it is.

use super::Core;
use crate::log::{Cause, Kind};
use crate::record::Site;
#[cfg(not(target_arch = "wasm32"))]
use crate::task::remote::Delivery;
use crate::task::{Ready, TaskRef};

impl Core {
    /// What a wake that happens now is caused by.
    fn cause(&self) -> (Cause, u32) {
        self.cause.get().unwrap_or_else(|| match self.current() {
            0 => (Cause::Outside, 0),
            task => (Cause::Task, task),
        })
    }

    /// Runs `f` with another cause for the wakes in it.
    #[inline]
    pub(crate) fn with_cause<T>(&self, cause: Cause, object: u32, f: impl FnOnce() -> T) -> T {
        /// Puts the previous one back, also when a waker panics.
        struct Restore<'a>(&'a Core, Option<(Cause, u32)>);
        impl Drop for Restore<'_> {
            #[inline]
            fn drop(&mut self) {
                self.0.cause.set(self.1);
            }
        }
        if !self.is_recording() {
            return f();
        }
        let _restore = Restore(self, self.cause.replace(Some((cause, object))));
        f()
    }

    /// Puts a task into the ready queue unless it is there, or done.
    #[inline]
    pub(crate) fn enqueue(&self, task: &TaskRef) {
        if !self.flags.is_plain() {
            return self.enqueue_because(task, self.cause());
        }
        if let Some(queued) = task.queued() {
            self.queue.push(queued);
        }
    }

    /// The same by another cause than what happens now, and whatever the circumstances.
    #[inline(never)]
    pub(super) fn enqueue_because(&self, task: &TaskRef, (cause, object): (Cause, u32)) {
        if self.flags.is_closed() {
            return;
        }
        let (code, id) = (cause.code(), task.id());
        let Some(queued) = task.queued() else {
            if self.is_recording() && !task.is_done() {
                self.append(Kind::WakeCoalesced, code, None, id, object, 0);
            }
            return;
        };
        let before = if self.flags.chooses() {
            self.choosing.push(task.clone())
        } else {
            let before = self.queue.len();
            self.queue.push(queued);
            before
        };
        if self.is_recording() {
            self.append(Kind::TaskReady, code, None, id, object, before as u64);
        }
        if before == 0 && !self.flags.is_running() {
            self.call_on_ready();
        }
    }

    #[cold]
    #[inline(never)]
    fn call_on_ready(&self) {
        let hook = self.on_ready.borrow().clone();
        if let Some(hook) = hook {
            hook();
        }
    }

    /// The task whose turn it is.
    #[inline]
    pub(in crate::runtime) fn dequeue(&self) -> Option<Ready> {
        if self.flags.chooses() {
            return self.choose(usize::MAX).map(Ready::chosen);
        }
        self.queue.pop()
    }

    /// The same, of those that became ready first, so many of them at most.
    pub(in crate::runtime) fn dequeue_first(&self, most: usize) -> Option<Ready> {
        if self.flags.chooses() {
            return self.choose(most).map(Ready::chosen);
        }
        self.queue.pop()
    }

    /// How many tasks stand in the ready queue.
    pub(crate) fn ready(&self) -> usize {
        if self.flags.chooses() {
            return self.choosing.len();
        }
        self.queue.len()
    }

    /// Takes what other threads sent.
    #[inline]
    pub(in crate::runtime) fn take_deliveries(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        if self.inbox.is_filled() {
            self.open_deliveries();
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[cold]
    #[inline(never)]
    fn open_deliveries(&self) {
        for delivery in self.inbox.take() {
            match delivery {
                Delivery::Wake { slot, id } => {
                    let task = self.registry.borrow().find(slot, id);
                    if let Some(task) = task {
                        self.enqueue_because(&task, (Cause::Thread, 0));
                    }
                }
                Delivery::Released(task) => drop(task),
            }
        }
    }
}

/// Makes a task ready: what its waker does on the owner's thread.
#[inline]
pub(crate) fn wake(task: TaskRef) {
    wake_by_ref(&task);
}

/// As [`wake`], leaving the reference where it is.
#[inline]
pub(crate) fn wake_by_ref(task: &TaskRef) {
    task.core().enqueue(task);
}

/// Marks a task for its end and makes it ready, so that its next turn drops the future.
pub(crate) fn request_abort(task: &TaskRef, site: Site) {
    if task.request_cancel() {
        let core = task.core();
        core.record(Kind::CancelRequested, 0, site, task.id(), core.current(), 0);
        if core.flags.is_plain() {
            core.enqueue(task);
        } else {
            core.enqueue_because(task, (Cause::Abort, core.current()));
        }
    }
}

/// Makes a task ready to answer a request.
pub(crate) fn wake_to_cancel(task: &TaskRef) {
    let core = task.core();
    core.enqueue_because(task, (Cause::Cancel, core.current()));
}
