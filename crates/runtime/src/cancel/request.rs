//! Which tasks were asked, and by whom.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::log::Kind;
use crate::record::Site;
use crate::runtime::{Core, try_with_core, wake_to_cancel, with_core};
use crate::task::{TaskId, TaskRef};

/// The task was asked to cancel what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    by: Option<TaskId>,
}

impl Cancelled {
    /// For a task that ends as cancelled without having been asked.
    #[must_use]
    pub fn unasked() -> Self {
        Self { by: None }
    }

    /// The task that asked, `None` if that was outside of any.
    #[must_use]
    pub fn by(self) -> Option<TaskId> {
        self.by
    }
}

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            Some(task) => write!(f, "cancelled by task {task}"),
            None => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for Cancelled {}

/// Passes a request on; true if that was of use.
type Forward = Rc<dyn Fn() -> bool>;

/// The requests of one runtime, by task. Only tasks that were ever asked, or that pass requests
/// on, have an entry; it goes with the task.
#[derive(Default)]
pub(crate) struct Requests {
    of_task: RefCell<BTreeMap<u32, Account>>,
    /// The future that is being polled is shielded.
    pub(super) shielded: Cell<bool>,
}

#[derive(Default)]
struct Account {
    /// A request that is still to be delivered, and by whom it was made (0 for nobody).
    pending: Option<u32>,
    count: u32,
    /// Who passes requests on, with the number of the registration.
    forwards: Vec<(u64, Forward)>,
    registrations: u64,
    /// A request is being passed on. If it comes round, because tasks await each other in a
    /// circle, it is delivered here.
    passing_on: bool,
}

impl Requests {
    /// The task has ended.
    #[inline]
    pub(crate) fn forget(&self, task: u32) {
        // The common case: nobody was asked for anything.
        if !self.is_empty() {
            self.forget_requests(task);
        }
    }

    /// Whether no task was asked, and none passes requests on.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.of_task.borrow().is_empty()
    }

    #[cold]
    #[inline(never)]
    fn forget_requests(&self, task: u32) {
        let gone = self.of_task.borrow_mut().remove(&task);
        drop(gone);
    }

    fn with<T>(&self, task: u32, change: impl FnOnce(&mut Account) -> T) -> T {
        change(self.of_task.borrow_mut().entry(task).or_default())
    }

    /// Whether something is to be delivered to the task here and now.
    pub(super) fn is_pending(&self, task: u32) -> bool {
        !self.shielded.get()
            && self
                .of_task
                .borrow()
                .get(&task)
                .is_some_and(|account| account.pending.is_some())
    }

    /// Delivers, if there is something to deliver.
    pub(super) fn take(&self, task: u32) -> Option<Cancelled> {
        if self.shielded.get() {
            return None;
        }
        let mut of_task = self.of_task.borrow_mut();
        let by = of_task.get_mut(&task)?.pending.take()?;
        Some(Cancelled {
            by: (by != 0).then_some(TaskId(by)),
        })
    }

    /// From now on requests to the task are passed on. Gives the number of the registration.
    pub(super) fn register(&self, task: u32, forward: Forward) -> u64 {
        self.with(task, |account| {
            account.registrations += 1;
            account.forwards.push((account.registrations, forward));
            account.registrations
        })
    }

    pub(super) fn unregister(&self, task: u32, registration: u64) {
        let gone = {
            let mut of_task = self.of_task.borrow_mut();
            of_task.get_mut(&task).and_then(|account| {
                let at = account
                    .forwards
                    .iter()
                    .position(|(number, _)| *number == registration)?;
                Some(account.forwards.remove(at))
            })
        };
        drop(gone);
    }

    /// Passes a request on to everything that is registered. True if any of it took it.
    fn pass_on(&self, task: u32) -> bool {
        let forwards: Vec<Forward> = match self.of_task.borrow_mut().get_mut(&task) {
            Some(account) if !account.forwards.is_empty() && !account.passing_on => {
                account.passing_on = true;
                let forwards = account.forwards.iter();
                forwards.map(|(_, forward)| Rc::clone(forward)).collect()
            }
            _ => return false,
        };
        let mut taken = false;
        for forward in forwards {
            taken |= forward();
        }
        if let Some(account) = self.of_task.borrow_mut().get_mut(&task) {
            account.passing_on = false;
        }
        taken
    }
}

/// Asks a task to cancel what it does.
pub(crate) fn request(task: &TaskRef, site: Site) -> bool {
    if task.is_done() {
        return false;
    }
    let (core, id) = (task.core(), task.id());
    core.ask().with(id, |account| account.count += 1);
    let passed_on = core.requests.pass_on(id);
    let flags = if passed_on { 2 } else { 1 };
    core.record(Kind::CancelRequested, flags, site, id, core.current(), 0);
    if !passed_on {
        core.ask()
            .with(id, |account| account.pending = Some(core.current()));
        // A task that asks itself runs on until it waits.
        if id != core.current() {
            wake_to_cancel(task);
        }
    }
    true
}

/// A handle that can ask a task to cancel what it does, and nothing else.
#[derive(Clone, Debug)]
pub struct Canceller {
    task: TaskRef,
}

impl Canceller {
    pub(crate) fn new(task: TaskRef) -> Self {
        Self { task }
    }

    /// As [`JoinHandle::cancel`](crate::JoinHandle::cancel).
    #[track_caller]
    pub fn cancel(&self) -> bool {
        request(&self.task, Site::caller())
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.is_done()
    }

    /// The task's id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        TaskId(self.task.id())
    }

    /// As [`requests`], for this task.
    #[must_use]
    pub fn requests(&self) -> u32 {
        count(self.task.core(), self.task.id())
    }

    /// As [`uncancel`], for this task.
    pub fn uncancel(&self) -> u32 {
        withdraw(self.task.core(), self.task.id())
    }
}

/// A canceller for the task that is being polled, with which it can ask itself, or have others
/// ask it.
///
/// # Panics
/// Outside of a task.
#[must_use]
pub fn current() -> Canceller {
    with_core("cancel::current", |core| {
        let task = core.current_task();
        Canceller::new(task.expect("`cancel::current` was called outside of a task"))
    })
}

/// Whether the current task was asked and does not know it yet. A computation that never waits
/// can look, and stop by itself; nothing is delivered thereby.
#[must_use]
pub fn is_requested() -> bool {
    try_with_core(|core| core.requests.is_pending(core.current())).unwrap_or(false)
}

/// Delivers a request to the current task without a waiting point.
///
/// # Errors
/// [`Cancelled`] if it was asked and does not know it yet.
pub fn take() -> Result<(), Cancelled> {
    match try_with_core(|core| core.requests.take(core.current())).flatten() {
        Some(cancelled) => Err(cancelled),
        None => Ok(()),
    }
}

/// Says that the current task is about to return because it was asked to: its end is recorded as
/// [`TaskCancelled`](Kind::TaskCancelled), whatever it returns. [`spawn`](super::spawn) does so by
/// itself. Does nothing outside of a task.
pub fn accept() {
    try_with_core(|core| core.note_given_up());
}

/// How often the current task was asked, less what was [taken back](uncancel). 0 outside of any.
#[must_use]
pub fn requests() -> u32 {
    try_with_core(|core| count(core, core.current())).unwrap_or(0)
}

/// Takes one request to the current task back, in the count only: whoever made a request for a
/// purpose of its own says that it has been served. Gives what remains.
pub fn uncancel() -> u32 {
    try_with_core(|core| withdraw(core, core.current())).unwrap_or(0)
}

fn count(core: &Core, task: u32) -> u32 {
    core.requests
        .of_task
        .borrow()
        .get(&task)
        .map_or(0, |account| account.count)
}

fn withdraw(core: &Core, task: u32) -> u32 {
    core.requests
        .of_task
        .borrow_mut()
        .get_mut(&task)
        .map_or(0, |account| {
            account.count = account.count.saturating_sub(1);
            account.count
        })
}
