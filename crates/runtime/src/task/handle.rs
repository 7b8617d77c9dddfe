//! Tasks as such, whatever they return: the current one, and all that are alive.

use std::panic::Location;
use std::time::Duration;

use super::end::on_end;
use super::{EndRegistration, TaskEnd, TaskId, TaskRef};
use crate::cancel::{Canceller, request};
use crate::record::Site;
use crate::runtime::{Core, Runtime, request_abort, try_with_core, with_core};

/// A task, whatever it returns. It can be looked at and ended; its output is its
/// [`JoinHandle`](super::JoinHandle)'s. Dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct TaskHandle {
    task: TaskRef,
}

/// The task that is being polled, `None` outside of any. [`current`](super::current) gives its
/// number alone, for less.
///
/// ```
/// use wakeline::task;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     wakeline::spawn_named("greeter", async {
///         let me = task::handle().unwrap();
///         assert_eq!(me.name().as_deref(), Some("greeter"));
///         me.set_name("greeter, second shift");
///     })
///     .await
///     .unwrap();
/// });
/// assert!(task::handle().is_none());
/// ```
#[must_use]
pub fn handle() -> Option<TaskHandle> {
    try_with_core(|core| core.current_task())
        .flatten()
        .map(TaskHandle::new)
}

impl TaskHandle {
    pub(super) fn new(task: TaskRef) -> Self {
        Self { task }
    }

    pub(super) fn task(&self) -> &TaskRef {
        &self.task
    }

    /// The task's number.
    #[must_use]
    pub fn id(&self) -> TaskId {
        TaskId(self.task.id())
    }

    /// Its name, `None` if it has none or has ended.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self.task.is_done() {
            true => None,
            false => self.task.core().name_of(&self.task),
        }
    }

    /// Gives it another name, which is recorded. Does nothing if it has ended.
    pub fn set_name(&self, name: impl AsRef<str>) {
        self.task.core().rename(&self.task, name.as_ref());
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.is_done()
    }

    /// How it ended, `None` as long as it has not.
    #[must_use]
    pub fn end(&self) -> Option<TaskEnd> {
        self.task.end()
    }

    /// As [`JoinHandle::abort`](super::JoinHandle::abort).
    #[track_caller]
    pub fn abort(&self) {
        request_abort(&self.task, Site::caller());
    }

    /// As [`JoinHandle::cancel`](super::JoinHandle::cancel).
    #[track_caller]
    pub fn cancel(&self) -> bool {
        request(&self.task, Site::caller())
    }

    /// As [`JoinHandle::canceller`](super::JoinHandle::canceller).
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.task.clone())
    }

    /// As [`JoinHandle::on_end`](super::JoinHandle::on_end).
    #[track_caller]
    pub fn on_end(&self, function: impl FnOnce(TaskId, TaskEnd) + 'static) -> EndRegistration {
        on_end(&self.task, function, Site::caller())
    }
}

/// What a live task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// It is being polled: whoever asks is in it.
    Running,
    /// It stands in the ready queue.
    Ready,
    /// It waits for something.
    Waiting,
}

/// A live task, as [`list`] found it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// Its number.
    pub id: TaskId,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it is doing.
    pub state: TaskState,
    /// How long ago it was spawned, on the run's clock. `None` if events were not recorded then.
    pub age: Option<Duration>,
    /// Where it was spawned. `None` if events were not recorded then.
    pub spawned_at: Option<&'static Location<'static>>,
    /// The task itself.
    pub handle: TaskHandle,
}

/// Every live task of the current runtime, in the order of their numbers.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// use wakeline::task::{self, TaskState};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let worker = wakeline::spawn_named("worker", async {});
///     let tasks = task::list();
///     assert_eq!(tasks[0].state, TaskState::Running); // this one
///     assert_eq!(tasks[1].name.as_deref(), Some("worker"));
///     assert_eq!(tasks[1].state, TaskState::Ready);
///     worker.await.unwrap();
/// });
/// ```
#[must_use]
pub fn list() -> Vec<TaskInfo> {
    with_core("task::list", |core| list_of(core))
}

impl Runtime {
    /// Every live task, in the order of their numbers: [`task::list`](list) from outside.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskInfo> {
        list_of(self.core())
    }
}

fn list_of(core: &Core) -> Vec<TaskInfo> {
    core.refresh();
    let live = core.live().into_iter();
    live.map(|(task, name)| {
        let birth = core.attached.birth(task.slot());
        TaskInfo {
            id: TaskId(task.id()),
            name,
            state: match () {
                () if task.id() == core.current() => TaskState::Running,
                () if task.is_queued() => TaskState::Ready,
                () => TaskState::Waiting,
            },
            age: birth.map(|(moment, _)| core.now() - moment),
            spawned_at: birth.and_then(|(_, site)| site.place()),
            handle: TaskHandle::new(task),
        }
    })
    .collect()
}
