//! Tasks that end together.

mod error;
mod member;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use self::error::Cause;
pub use self::error::{GroupError, GroupFailure};
pub use self::member::GroupMember;
use super::{Builder, JoinHandle, TaskId, TaskRef, Watched};
use crate::cancel::{self, Cancelled};
use crate::record::Site;
use crate::runtime::{request_abort, with_core};

/// Runs a body that may spawn tasks in a group, and returns when the body and every task of the
/// group have ended: none of them outlives this.
///
/// The first failure ends the group: the body is dropped where it waits, and so are the tasks
/// that were [spawned](TaskGroup::spawn) plainly; those that were spawned
/// [cancellable](TaskGroup::spawn_cancellable) are asked, and their clean-up is awaited. Whatever
/// fails on the way is returned together.
///
/// If the task that awaits this is asked to [cancel](crate::cancel) what it does, the body learns
/// of it at its own waiting points, as always; once only the tasks are left, the group ends as if
/// it had failed, and the error says so.
///
/// In the log, the task waits for each task that is left.
///
/// # Errors
/// Everything that failed, in the order in which it did.
///
/// # Panics
/// Outside of a runtime. A task that panics fails the group; a body that panics ends its tasks as
/// a drop does.
///
/// # Cancel safety
/// Dropping the future aborts every task of the group. Nobody awaits their ends then, and their
/// clean-up consists of destructors: ask instead, where that matters.
///
/// ```
/// use std::time::Duration;
/// use wakeline::cancel::cancellable;
/// use wakeline::task::group;
/// use wakeline::time::{now, sleep};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let error = group(async |group| {
///         group.spawn("fails", async {
///             sleep(Duration::from_secs(1)).await;
///             Err::<(), _>("out of luck")
///         });
///         group.spawn_cancellable("cleans up", async {
///             let waited = cancellable(sleep(Duration::from_secs(60))).await;
///             sleep(Duration::from_secs(2)).await;
///             Ok(waited?)
///         });
///         Ok(())
///     })
///     .await
///     .unwrap_err();
///     assert_eq!(error.failures().len(), 1);
///     assert_eq!(error.first(), Some(&"out of luck"));
///     assert_eq!(now().as_nanos(), 3_000_000_000); // the clean-up was awaited
/// });
/// ```
#[track_caller]
pub fn group<T, E>(
    body: impl AsyncFnOnce(&TaskGroup<E>) -> Result<T, Stop<E>>,
) -> impl Future<Output = Result<T, GroupError<E>>>
where
    E: fmt::Display + 'static,
{
    let site = Site::caller();
    async move {
        let group = TaskGroup::new(site);
        let mut cancelled = None;
        let value = {
            let mut body = pin!(body(&group));
            poll_fn(|cx| group.poll_body(body.as_mut(), cx)).await
        };
        let value = match value {
            Some(Ok(value)) => Some(value),
            Some(Err(Stop::Failed(error))) => {
                group.fail(None, Cause::Error(error));
                None
            }
            Some(Err(Stop::Cancelled(by))) => {
                cancelled = Some(by);
                group.end_at(site);
                None
            }
            None => None,
        };
        poll_fn(|cx| group.poll_empty(&mut cancelled, cx)).await;
        let failures = group.failures.take();
        match value {
            Some(value) if failures.is_empty() && cancelled.is_none() => Ok(value),
            _ => Err(GroupError {
                failures,
                cancelled,
            }),
        }
    }
}

/// Why a task of a group, or its body, stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<E> {
    /// It was asked to. `?` makes this of what [`cancellable`](crate::cancel::cancellable) gives.
    Cancelled(Cancelled),
    /// It failed, which ends the group.
    Failed(E),
}

impl<E> From<Cancelled> for Stop<E> {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

/// The tasks of a [`group`], for its body to add to.
pub struct TaskGroup<E> {
    members: RefCell<Vec<Member<E>>>,
    watched: RefCell<Watched>,
    failures: RefCell<Vec<GroupFailure<E>>>,
    ending: Cell<bool>,
    /// Where the group is awaited: what it does by itself is done there.
    site: Site,
}

struct Member<E> {
    /// `None` once its output was taken: the error with which it failed, if it did.
    handle: Option<JoinHandle<Option<E>>>,
    /// It is asked to end, and not dropped.
    is_asked: bool,
}

impl<E: fmt::Display + 'static> TaskGroup<E> {
    fn new(site: Site) -> Self {
        Self {
            members: RefCell::default(),
            watched: RefCell::new(Watched::new(site)),
            failures: RefCell::default(),
            ending: Cell::new(false),
            site,
        }
    }

    /// Starts a task in the group. When the group ends early, its future is dropped where it
    /// waits, as by [`abort`](JoinHandle::abort).
    ///
    /// An `Err` is recorded as the task's failure and ends the group.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn<F, T>(&self, name: impl Into<String>, future: F) -> GroupMember<T>
    where
        F: Future<Output = Result<T, E>> + 'static,
        T: 'static,
    {
        let future = async move { future.await.map_err(Stop::Failed) };
        self.add(name.into(), future, false)
    }

    /// Starts a task in the group. When the group ends early, it is asked to
    /// [cancel](crate::cancel) what it does, and the group waits until it has cleaned up, however
    /// long that takes.
    ///
    /// [`Stop::Failed`] is recorded as the task's failure and ends the group; [`Stop::Cancelled`]
    /// is recorded as its cancellation and is no failure.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn_cancellable<F, T>(&self, name: impl Into<String>, future: F) -> GroupMember<T>
    where
        F: Future<Output = Result<T, Stop<E>>> + 'static,
        T: 'static,
    {
        self.add(name.into(), future, true)
    }

    #[track_caller]
    fn add<F, T>(&self, name: String, future: F, is_asked: bool) -> GroupMember<T>
    where
        F: Future<Output = Result<T, Stop<E>>> + 'static,
        T: 'static,
    {
        let site = Site::caller();
        let value: Rc<RefCell<Option<T>>> = Rc::default();
        let store = Rc::clone(&value);
        let handle = Builder::new().name(name).spawn(async move {
            match future.await {
                Ok(value) => {
                    *store.borrow_mut() = Some(value);
                    None
                }
                Err(Stop::Cancelled(_)) => {
                    cancel::accept();
                    None
                }
                Err(Stop::Failed(error)) => {
                    let message = error.to_string();
                    with_core("fail", |core| core.note_failure(message));
                    Some(error)
                }
            }
        });
        let task = handle.task().clone();
        if self.ending.get() {
            // Too late: it is never polled.
            handle.abort();
        }
        self.watched.borrow_mut().add(task.clone());
        self.members.borrow_mut().push(Member {
            handle: Some(handle),
            is_asked,
        });
        let mut watched = Watched::new(site);
        watched.add(task.clone());
        GroupMember {
            task,
            watched,
            value,
        }
    }

    /// How many tasks of the group have not ended, as far as the group knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.watched.borrow().left()
    }

    /// Whether every task of the group has ended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asks or aborts every task that is left, as a failure does, without one: for a body that
    /// has what it wanted.
    #[track_caller]
    pub fn end(&self) {
        self.end_at(Site::caller());
    }

    fn end_at(&self, site: Site) {
        self.ending.set(true);
        let left: Vec<(TaskRef, bool)> = {
            let members = self.members.borrow();
            let left = members.iter().filter_map(|member| {
                let handle = member.handle.as_ref()?;
                Some((handle.task().clone(), member.is_asked))
            });
            left.collect()
        };
        for (task, is_asked) in left {
            match is_asked {
                true => drop(cancel::request(&task, site)),
                false => request_abort(&task, site),
            }
        }
    }

    fn fail(&self, task: Option<TaskId>, cause: Cause<E>) {
        self.failures
            .borrow_mut()
            .push(GroupFailure { task, cause });
        if !self.ending.get() {
            self.end_at(self.site);
        }
    }

    /// Takes note of every end that was not seen. When there is none left, the waker is kept.
    fn poll_ends(&self, cx: &mut Context<'_>) {
        let ends = self.watched.borrow().ends();
        while let Poll::Ready(number) = ends.poll(cx) {
            self.watched.borrow_mut().see(number);
            let handle = self.members.borrow_mut()[number].handle.take();
            let Some(mut handle) = handle else { continue };
            let id = handle.id();
            match Pin::new(&mut handle).poll(cx) {
                Poll::Ready(Ok(Some(error))) => self.fail(Some(id), Cause::Error(error)),
                Poll::Ready(Err(error)) if error.is_panic() => {
                    self.fail(Some(id), Cause::Panic(error));
                }
                // It returned, was cancelled, or was aborted by somebody else.
                Poll::Ready(Ok(None) | Err(_)) | Poll::Pending => {}
            }
        }
    }

    /// Polls the body, until it is ready or something has failed.
    fn poll_body<F: Future>(
        &self,
        body: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<F::Output>> {
        self.poll_ends(cx);
        if !self.failures.borrow().is_empty() {
            return Poll::Ready(None);
        }
        let polled = body.poll(cx).map(Some);
        if polled.is_pending() {
            // A task that it started may have ended at once, if the runtime has.
            self.poll_ends(cx);
            if !self.failures.borrow().is_empty() {
                return Poll::Ready(None);
            }
        }
        polled
    }

    /// Waits until every task has ended. A request to cancel the task that waits ends the group.
    fn poll_empty(&self, cancelled: &mut Option<Cancelled>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_ends(cx);
        if self.is_empty() {
            return Poll::Ready(());
        }
        if let Err(request) = cancel::take() {
            cancelled.get_or_insert(request);
            // Whoever cleans up already is not interrupted in that.
            if !self.ending.get() {
                self.end_at(self.site);
            }
        }
        self.watched.borrow_mut().begin_waits();
        Poll::Pending
    }
}

impl<E> Drop for TaskGroup<E> {
    fn drop(&mut self) {
        for member in self.members.take() {
            if let Some(handle) = member.handle {
                request_abort(handle.task(), self.site);
            }
        }
    }
}

impl<E> fmt::Debug for TaskGroup<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskGroup")
            .field("left", &self.watched.borrow().left())
            .field("ending", &self.ending.get())
            .finish_non_exhaustive()
    }
}
