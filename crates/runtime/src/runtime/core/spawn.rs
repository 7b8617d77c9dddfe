//! Making tasks.

use std::future::Future;
use std::rc::Rc;
use std::task::Waker;

use super::{Core, next};
use crate::log::{Cause, Kind};
use crate::record::Site;
use crate::task::{Identity, JoinHandle, NewTask, TaskRef, allocate, waker};

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
    let task = create(core, future);
    core.launch(&task, name, site);
    task.into_handle(site)
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
    let task = create(core, future);
    core.admit(&task, name, site);
    core.set_priority(&task, priority, site);
    core.start(&task);
    task.into_handle(site)
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
    let task = create(core, future);
    core.admit(&task, name, site);
    let waker = (!task.is_done()).then(|| waker::owned(&task));
    (task.into_handle(site), waker)
}

/// Makes a task, which has yet to be admitted. What does not depend on the future's type stands in
/// functions of its own: this one exists once for each.
#[inline]
fn create<F>(core: &Rc<Core>, future: F) -> NewTask<F::Output>
where
    F: Future + 'static,
{
    #[cfg(feature = "small")]
    let future: std::pin::Pin<Box<dyn Future<Output = F::Output>>> = Box::pin(future);
    allocate(core, next(&core.next_task), future)
}

impl Core {
    /// Takes a new task in and makes it ready.
    #[inline(never)]
    fn launch(&self, task: &TaskRef, name: Option<&str>, site: Site) {
        if name.is_none() && self.flags.begins_plainly() {
            self.registry.borrow_mut().add(task);
            self.counters.created.count();
            if let Some(queued) = task.queued() {
                self.queue.push(queued);
            }
            return;
        }
        self.admit(task, name, site);
        self.start(task);
    }

    /// Takes a new task in.
    #[inline(never)]
    fn admit(&self, task: &TaskRef, name: Option<&str>, site: Site) {
        if self.flags.is_closed() {
            // Such a task never was: it is not counted, and its handle says "cancelled".
            task.drop_future();
            drop(task.mark_done());
            return;
        }
        self.registry.borrow_mut().add(task);
        let Identity { id, slot } = task.identity();
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
    fn start(&self, task: &TaskRef) {
        if self.is_recording() {
            self.enqueue_because(task, (Cause::Spawned, self.current()));
        } else {
            self.enqueue(task);
        }
    }
}
