//! Join handles: how one task learns how another ended.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::TaskId;
use super::header::TaskRef;
use super::waker;
use crate::cancel::{Canceller, request};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::runtime::{Core, request_abort};

/// The handle of a spawned task: await it for the task's output.
///
/// Dropping the handle *detaches* the task: it goes on, and its output is dropped when it ends.
/// To end it, call [`abort`](Self::abort).
///
/// # Cancel safety
/// Awaiting `&mut handle` is cancel safe: a handle that was polled and not ready can be awaited
/// again, also by another task.
///
/// # Panics
/// If it is polled again after it gave the output.
///
/// ```
/// let runtime = wakeline::Builder::new().build();
/// let sum = runtime.block_on(async {
///     let task = wakeline::spawn(async { 1 + 2 });
///     task.await.unwrap()
/// });
/// assert_eq!(sum, 3);
/// ```
pub struct JoinHandle<T> {
    /// Given back by the drop, together with `HANDLE`.
    task: ManuallyDrop<TaskRef>,
    wait: Wait,
    /// It gave the output.
    taken: bool,
    site: Site,
    output: PhantomData<T>,
}

impl<T> JoinHandle<T> {
    /// Only for a task that was just allocated for a future with this output.
    pub(super) fn new(task: TaskRef, site: Site) -> Self {
        Self {
            task: ManuallyDrop::new(task),
            wait: Wait::default(),
            taken: false,
            site,
            output: PhantomData,
        }
    }

    /// The task itself, of whatever output.
    pub(crate) fn task(&self) -> &TaskRef {
        &self.task
    }

    /// The runtime of the task.
    pub(super) fn core(&self) -> &Rc<Core> {
        self.task.core()
    }

    /// Detaches the task and keeps hold of it.
    pub(crate) fn into_task(self) -> TaskRef {
        TaskRef::clone(&self.task)
    }

    /// The task's id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        TaskId(self.task.id())
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.is_done()
    }

    /// Asks for the task's end: at its next turn its future is dropped where it waits, and the
    /// handle yields an error for which [`JoinError::is_cancelled`] is true. A task that was
    /// never polled never will be. Does nothing if the task has ended or was asked before.
    ///
    /// A task that aborts itself runs on until it waits for something.
    #[track_caller]
    pub fn abort(&self) {
        request_abort(&self.task, Site::caller());
    }

    /// Asks the task to cancel what it does: at its waiting point it gets an error, cleans up as
    /// it sees fit, and ends when it will. See [`cancel`](crate::cancel). False if the task has
    /// ended.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        request(&self.task, Site::caller())
    }

    /// A handle that can only [`cancel`](Self::cancel), and may be cloned.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(TaskRef::clone(&self.task))
    }

    /// A handle that can only abort, and may be cloned.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle {
            task: TaskRef::clone(&self.task),
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let header = this.task.header();
        if this.task.is_done() {
            this.wait.end(this.task.core(), Reason::Join, header.id);
            let mut output: Option<Result<T, JoinError>> = None;
            // SAFETY: the task is live (the handle counts), DONE (no poll has the stage), and
            // `T` is the output type of the future it was allocated for: `JoinHandle::new` is
            // called with the task that was just allocated for such a future.
            unsafe {
                (header.vtable.take_output)(this.task.pointer(), (&raw mut output).cast());
            }
            match output {
                Some(output) => {
                    this.taken = true;
                    Poll::Ready(output)
                }
                None => panic!("a join handle was polled after it gave its output"),
            }
        } else {
            this.wait
                .begin(this.task.core(), Reason::Join, header.id, 0, this.site);
            if !header.joiner.will_wake(cx.waker()) {
                // Either waker may be anybody's: they are cloned and dropped beside the joiner.
                let new = waker::copy(cx.waker());
                drop(header.joiner.replace(new));
            }
            Poll::Pending
        }
    }
}

impl<T> Unpin for JoinHandle<T> {}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.wait.is_active() {
            self.wait
                .end(self.task.core(), Reason::Join, self.task.id());
        }
        // SAFETY: here alone, and what is being dropped is not used again.
        let task = unsafe { ManuallyDrop::take(&mut self.task) };
        if self.taken || !(task.is_done() || task.has_joiner()) {
            return task.drop_handle();
        }
        task.let_go();
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// A handle that can abort a task and nothing else.
#[derive(Clone, Debug)]
pub struct AbortHandle {
    task: TaskRef,
}

impl AbortHandle {
    pub(super) fn task(&self) -> &TaskRef {
        &self.task
    }

    /// As [`JoinHandle::abort`].
    #[track_caller]
    pub fn abort(&self) {
        request_abort(&self.task, Site::caller());
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
}

/// Why a task has no output.
pub struct JoinError {
    cause: Cause,
}

enum Cause {
    Cancelled,
    Panic(Box<dyn Any + Send>),
}

impl JoinError {
    pub(crate) fn cancelled() -> Self {
        Self {
            cause: Cause::Cancelled,
        }
    }

    pub(crate) fn panic(payload: Box<dyn Any + Send>) -> Self {
        Self {
            cause: Cause::Panic(payload),
        }
    }

    /// The task was aborted, or its runtime ended.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// The task panicked. (In WebAssembly a panic ends the whole module; no handle sees it.)
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self.cause, Cause::Panic(_))
    }

    /// What the panic said, if it said it with a text.
    #[must_use]
    pub fn panic_message(&self) -> Option<&str> {
        match &self.cause {
            Cause::Cancelled => None,
            Cause::Panic(payload) => Some(message_of(&**payload)),
        }
    }

    /// The payload of the panic, to go on with by [`std::panic::resume_unwind`].
    ///
    /// # Errors
    /// The error itself if it is not a panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.cause {
            Cause::Panic(payload) => Ok(payload),
            Cause::Cancelled => Err(self),
        }
    }
}

/// The text of a panic's payload.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text")
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.panic_message() {
            Some(message) => write!(f, "the task panicked: {message}"),
            None => f.write_str("the task was cancelled"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.panic_message() {
            Some(message) => f.debug_tuple("JoinError::Panic").field(&message).finish(),
            None => f.write_str("JoinError::Cancelled"),
        }
    }
}

impl std::error::Error for JoinError {}
