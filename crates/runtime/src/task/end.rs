//! How a task ended, and functions that are called then.

use super::{AbortHandle, JoinHandle, TaskHandle, TaskId, TaskRef, callback};
use crate::record::Site;
use crate::runtime::Watcher;

/// How a task ended, without its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskEnd {
    /// It returned.
    Completed,
    /// It panicked, or returned an error that was recorded as its failure (see
    /// [`spawn_fallible`](super::Builder::spawn_fallible)).
    Failed,
    /// It was aborted, or returned because it was [asked to](crate::cancel).
    Cancelled,
    /// It was alive when its runtime ended.
    Dropped,
}

/// A function that is registered with [`JoinHandle::on_end`] or [`TaskHandle::on_end`].
#[derive(Debug)]
pub struct EndRegistration {
    task: TaskRef,
    number: u64,
}

impl EndRegistration {
    /// Sees to it that the function is not called. False if the task has ended: the function was
    /// called, or is about to be.
    pub fn unregister(&self) -> bool {
        let core = self.task.core();
        core.attached.unwatch(self.task.id(), self.number)
    }
}

pub(super) fn on_end(
    task: &TaskRef,
    function: impl FnOnce(TaskId, TaskEnd) + 'static,
    site: Site,
) -> EndRegistration {
    let core = task.core();
    let number = match task.end() {
        Some(end) => {
            let id = TaskId(task.id());
            drop(callback::soon(core, move || function(id, end), site));
            0
        }
        None => {
            let watcher = Watcher::Function(Box::new(function), site);
            core.attach().watch(task.id(), watcher)
        }
    };
    EndRegistration {
        task: task.clone(),
        number,
    }
}

impl<T> JoinHandle<T> {
    /// Has a function called when the task has ended, at its turn, as by
    /// [`call_soon`](super::call_soon): never inside of this or of the task's last poll. If the
    /// task has ended already, that is soon. Several are called in the order of registration,
    /// after whoever awaits the handle was woken.
    ///
    /// Dropping what this returns changes nothing. At the end of the runtime nothing is called.
    ///
    /// ```
    /// use wakeline::task::{TaskEnd, yield_now};
    ///
    /// let runtime = wakeline::Builder::new().build();
    /// runtime.block_on(async {
    ///     let task = wakeline::spawn(async { 7 });
    ///     task.on_end(|id, end| {
    ///         assert_eq!(end, TaskEnd::Completed);
    ///         wakeline::println!("task {id} has ended");
    ///     });
    ///     assert_eq!(task.await.unwrap(), 7);
    /// });
    /// ```
    #[track_caller]
    pub fn on_end(&self, function: impl FnOnce(TaskId, TaskEnd) + 'static) -> EndRegistration {
        on_end(self.task(), function, Site::caller())
    }

    /// How the task ended, `None` as long as it has not. The output stays where it is.
    #[must_use]
    pub fn end(&self) -> Option<TaskEnd> {
        self.task().end()
    }

    /// Lets the task go on by itself. The same as dropping the handle, and says so.
    pub fn detach(self) {}

    /// A handle of the task that does not know its output, and may be cloned.
    #[must_use]
    pub fn handle(&self) -> TaskHandle {
        TaskHandle::new(self.task().clone())
    }
}

impl AbortHandle {
    /// How the task ended, `None` as long as it has not.
    #[must_use]
    pub fn end(&self) -> Option<TaskEnd> {
        self.task().end()
    }
}
