//! Making tasks.

use std::future::Future;
use std::rc::Rc;
use std::task::Waker;

use super::{Core, next};
use crate::log::{Cause, Kind};
use crate::record::Site;
use crate::task::{Identity, JoinHandle, TaskRef, allocate, waker};

/// Makes a task and puts it into the ready queue.
#[inline]
pub(crate) fn spawn_on<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    future: F,
    site: Site,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    let handle = create(core, name, future, site);
    core.start(handle.task());
    handle
}

/// As [`spawn_on`], with a priority.
pub(crate) fn spawn_with<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    priority: i32,
    future: F,
    site: Site,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    let handle = create(core, name, future, site);
    core.set_priority(handle.task(), priority, site);
    core.start(handle.task());
    handle
}

/// Makes a task that is not ready, with the waker that will make it so: for something that the
/// runtime itself has to wait for before the first poll. No waker if the runtime has ended.
pub(crate) fn spawn_parked<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    future: F,
    site: Site,
) -> (JoinHandle<F::Output>, Option<Waker>)
where
    F: Future + 'static,
{
    let handle = create(core, name, future, site);
    let task = handle.task();
    let waker = (!task.is_done()).then(|| waker::owned(task));
    (handle, waker)
}

/// Makes a task, which is done if the runtime has ended. What does not depend on the future's type
/// stands in functions of its own: this one exists once for each.
#[inline]
fn create<F>(core: &Rc<Core>, name: Option<&str>, future: F, site: Site) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    #[cfg(feature = "small")]
    let future: std::pin::Pin<Box<dyn Future<Output = F::Output>>> = Box::pin(future);
    let (task, handle) = allocate(Rc::clone(core), core.next_identity(), future, site);
    core.admit(task, name, site);
    handle
}

impl Core {
    /// Number and place of the task that is about to be admitted. Nothing of the program runs in
    /// between.
    #[inline]
    fn next_identity(&self) -> Identity {
        Identity {
            id: next(&self.next_task),
            slot: self.registry.borrow().vacant(),
        }
    }

    /// Takes a new task in.
    #[inline(never)]
    fn admit(&self, task: TaskRef, name: Option<&str>, site: Site) {
        if self.flags.is_closed() {
            // Such a task never was: it is not counted, and its handle says "cancelled".
            task.drop_future();
            drop(task.mark_done());
            return;
        }
        let Identity { id, slot } = task.identity();
        self.registry.borrow_mut().fill(task);
        self.counters.created.count();
        self.attached.inherit(id, self.current());
        if name.is_some() || self.is_recording() {
            self.record_birth(Identity { id, slot }, name, site);
        }
    }

    #[cold]
    #[inline(never)]
    fn record_birth(&self, task: Identity, name: Option<&str>, site: Site) {
        if let Some(name) = name {
            self.registry.borrow_mut().rename(task.slot, name);
        }
        if self.is_recording() {
            self.attached.born(task.slot, self.now(), site);
            let name = name.map_or(0, |name| self.intern(name));
            let (parent, name) = (self.current(), u64::from(name));
            self.append(Kind::TaskCreated, 0, Some(site), task.id, parent, name);
        }
    }

    /// A new task is ready.
    #[inline]
    fn start(&self, task: &TaskRef) {
        if self.is_recording() {
            self.enqueue_because(task, (Cause::Spawned, self.current()));
        } else {
            self.enqueue(task);
        }
    }
}
