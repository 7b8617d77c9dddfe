//! What some tasks have besides a future: local data, functions and futures that are to learn of
//! their end, and the moment and place of their birth.
//!
//! Kept beside the tasks and not in them, because most have none of it: a task that has nothing
//! attached pays for one look at an empty map when it is spawned and one when it ends.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use crate::record::Site;
use crate::task::{Ends, TaskEnd, TaskId, TaskRef, callback};
use crate::time::Instant;

/// A value under a key, in the order in which keys were first set: the keys are addresses, whose
/// order must not decide the order of drops.
#[derive(Clone)]
pub(crate) struct AnyLocal {
    pub(crate) key: usize,
    pub(crate) inherited: bool,
    pub(crate) value: Rc<dyn Any>,
}

/// Who is to learn of a task's end.
pub(crate) enum Watcher {
    /// A future that waits for several: its number for this one.
    Future(Rc<Ends>, usize),
    /// A function, called at its turn.
    Function(Box<dyn FnOnce(TaskId, TaskEnd)>, Site),
}

#[derive(Default)]
struct OfTask {
    locals: Vec<AnyLocal>,
    watchers: Vec<(u64, Watcher)>,
}

/// The tables of one runtime.
#[derive(Default)]
pub(crate) struct Attached {
    of_task: RefCell<BTreeMap<u32, OfTask>>,
    /// By slot. Only while events are recorded, so that nobody else pays for it.
    births: RefCell<Vec<Option<(Instant, Site)>>>,
    registrations: Cell<u64>,
}

impl Attached {
    /// Keeps when and where a task was spawned.
    pub(super) fn born(&self, slot: u32, moment: Instant, site: Site) {
        let mut births = self.births.borrow_mut();
        let slot = slot as usize;
        if births.len() <= slot {
            births.resize(slot + 1, None);
        }
        births[slot] = Some((moment, site));
    }

    /// Whether no task has anything here.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.of_task.borrow().is_empty()
    }

    /// A task was created: it takes over what its parent passes on.
    #[inline]
    pub(super) fn inherit(&self, task: u32, parent: u32) {
        if !self.is_empty() {
            self.inherit_from(parent, task);
        }
    }

    #[cold]
    #[inline(never)]
    fn inherit_from(&self, parent: u32, task: u32) {
        let mut of_task = self.of_task.borrow_mut();
        let Some(parent) = of_task.get(&parent) else {
            return;
        };
        let passed_on = parent.locals.iter().filter(|local| local.inherited);
        let locals: Vec<AnyLocal> = passed_on.cloned().collect();
        if !locals.is_empty() {
            of_task.entry(task).or_default().locals = locals;
        }
    }

    /// When and where the task in a slot was spawned, if that was recorded.
    pub(crate) fn birth(&self, slot: u32) -> Option<(Instant, Site)> {
        self.births.borrow().get(slot as usize).copied().flatten()
    }

    /// The task is about to be done: drops its data and gives out who is to be told, if anybody.
    #[must_use]
    #[inline]
    pub(super) fn detach(&self, task: u32) -> Option<Watchers> {
        if self.is_empty() {
            return None;
        }
        self.detach_from(task)
    }

    #[cold]
    #[inline(never)]
    fn detach_from(&self, task: u32) -> Option<Watchers> {
        let gone = self.of_task.borrow_mut().remove(&task)?;
        // In the order in which they were set; each drop may be the program's code.
        for local in gone.locals {
            // A panic of such a drop has nobody left to go to: the task has an end already.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(local)));
        }
        Some(Watchers(gone.watchers))
    }

    // ===== watchers =====

    /// Has somebody told of a live task's end. Gives the number of the registration, from 1.
    pub(crate) fn watch(&self, task: u32, watcher: Watcher) -> u64 {
        let number = self.registrations.get() + 1;
        self.registrations.set(number);
        let mut of_task = self.of_task.borrow_mut();
        let watchers = &mut of_task.entry(task).or_default().watchers;
        watchers.push((number, watcher));
        number
    }

    /// Takes a registration back. False if its task has ended or it was taken back before.
    pub(crate) fn unwatch(&self, task: u32, number: u64) -> bool {
        let gone = {
            let mut of_task = self.of_task.borrow_mut();
            let Some(attached) = of_task.get_mut(&task) else {
                return false;
            };
            let at = attached.watchers.iter().position(|(n, _)| *n == number);
            let gone = at.map(|at| attached.watchers.remove(at));
            if attached.watchers.is_empty() && attached.locals.is_empty() {
                of_task.remove(&task);
            }
            gone
        };
        gone.is_some()
    }

    // ===== local data =====

    /// The value that a task has under a key.
    pub(crate) fn local(&self, task: u32, key: usize) -> Option<Rc<dyn Any>> {
        let of_task = self.of_task.borrow();
        let locals = &of_task.get(&task)?.locals;
        let local = locals.iter().find(|local| local.key == key)?;
        Some(Rc::clone(&local.value))
    }

    /// Puts a value under a key. The one that was there is for the caller to drop.
    #[must_use]
    pub(crate) fn set_local(&self, task: u32, local: AnyLocal) -> Option<Rc<dyn Any>> {
        let mut of_task = self.of_task.borrow_mut();
        let locals = &mut of_task.entry(task).or_default().locals;
        match locals.iter_mut().find(|other| other.key == local.key) {
            Some(other) => Some(std::mem::replace(other, local).value),
            None => {
                locals.push(local);
                None
            }
        }
    }

    /// Takes the value under a key out.
    pub(crate) fn take_local(&self, task: u32, key: usize) -> Option<Rc<dyn Any>> {
        let mut of_task = self.of_task.borrow_mut();
        let attached = of_task.get_mut(&task)?;
        let at = attached.locals.iter().position(|local| local.key == key)?;
        let gone = attached.locals.remove(at).value;
        if attached.watchers.is_empty() && attached.locals.is_empty() {
            of_task.remove(&task);
        }
        Some(gone)
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached")
            .field("tasks", &self.of_task.borrow().len())
            .finish_non_exhaustive()
    }
}

/// Who is to be told of an end, in the order of registration.
pub(super) struct Watchers(Vec<(u64, Watcher)>);

impl Watchers {
    /// Tells them. The task is done, and its output can be taken.
    #[cold]
    #[inline(never)]
    pub(super) fn tell(self, task: &TaskRef) {
        for (_, watcher) in self.0 {
            match watcher {
                Watcher::Future(ends, number) => ends.push(number),
                Watcher::Function(function, site) => {
                    let (id, end) = (TaskId(task.id()), task.end().unwrap_or(TaskEnd::Dropped));
                    drop(callback::soon(task.core(), move || function(id, end), site));
                }
            }
        }
    }
}
