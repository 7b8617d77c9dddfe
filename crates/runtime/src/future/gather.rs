//! Everybody's output.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::record::Site;
use crate::task::{JoinError, JoinHandle, Watched};

/// Waits until all tasks have ended and gives their outputs in the order in which the tasks were
/// named, whatever the order in which they ended. A task that panicked or was cancelled is an
/// error among the outputs; the others are not disturbed.
///
/// In the log, the task that awaits this waits for each task that is left.
///
/// # Cancel safety
/// Dropping the future aborts the tasks that are left: it owns them.
///
/// ```
/// use std::time::Duration;
/// use wakeline::future::gather;
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let tasks = [3, 1, 2].map(|seconds| {
///         wakeline::spawn(async move {
///             sleep(Duration::from_secs(seconds)).await;
///             seconds
///         })
///     });
///     let outputs: Vec<u64> = gather(tasks).await.into_iter().flatten().collect();
///     assert_eq!(outputs, [3, 1, 2]);
/// });
/// ```
#[track_caller]
pub fn gather<T>(tasks: impl IntoIterator<Item = JoinHandle<T>>) -> Gather<T> {
    Gather {
        members: Members::new(tasks, Site::caller()),
    }
}

/// The future of [`gather`].
#[must_use = "dropping this aborts the tasks"]
pub struct Gather<T> {
    members: Members<T>,
}

impl<T> Future for Gather<T> {
    type Output = Vec<Result<T, JoinError>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        while std::task::ready!(self.members.poll_next(cx)).is_some() {}
        Poll::Ready(self.members.take_outputs())
    }
}

impl<T> fmt::Debug for Gather<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather")
            .field("left", &self.members.left())
            .finish_non_exhaustive()
    }
}

/// Tasks that are awaited together, and the outputs of those that have ended.
pub(super) struct Members<T> {
    members: Vec<Member<T>>,
    watched: Watched,
}

enum Member<T> {
    Left(JoinHandle<T>),
    Over(Result<T, JoinError>),
    Taken,
}

impl<T> Members<T> {
    pub(super) fn new(tasks: impl IntoIterator<Item = JoinHandle<T>>, site: Site) -> Self {
        let members: Vec<Member<T>> = tasks.into_iter().map(Member::Left).collect();
        let mut watched = Watched::new(site);
        for member in &members {
            if let Member::Left(handle) = member {
                watched.add(handle.task().clone());
            }
        }
        Self { members, watched }
    }

    pub(super) fn left(&self) -> usize {
        self.watched.left()
    }

    /// The number of the next task that ends, whose output is kept; `None` if all have.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let Some(number) = std::task::ready!(self.watched.poll_next(cx)) else {
            return Poll::Ready(None);
        };
        if let Member::Left(handle) = &mut self.members[number]
            && let Poll::Ready(output) = Pin::new(handle).poll(cx)
        {
            self.members[number] = Member::Over(output);
        }
        Poll::Ready(Some(number))
    }

    /// Looks at the output of a task that has ended.
    pub(super) fn output(&self, number: usize) -> Option<&Result<T, JoinError>> {
        match &self.members[number] {
            Member::Over(output) => Some(output),
            Member::Left(_) | Member::Taken => None,
        }
    }

    /// The output of a task that has ended.
    pub(super) fn take(&mut self, number: usize) -> Option<Result<T, JoinError>> {
        match std::mem::replace(&mut self.members[number], Member::Taken) {
            Member::Over(output) => Some(output),
            member => {
                self.members[number] = member;
                None
            }
        }
    }

    /// The outputs that were not taken, in the order of the tasks, when all have ended.
    pub(super) fn take_outputs(&mut self) -> Vec<Result<T, JoinError>> {
        let members = std::mem::take(&mut self.members).into_iter();
        let outputs = members.filter_map(|member| match member {
            Member::Over(output) => Some(output),
            Member::Left(_) | Member::Taken => None,
        });
        outputs.collect()
    }

    /// Aborts those that are left.
    pub(super) fn abort(&self) {
        for member in &self.members {
            if let Member::Left(handle) = member {
                handle.abort();
            }
        }
    }
}

impl<T> Unpin for Members<T> {}

impl<T> Drop for Members<T> {
    fn drop(&mut self) {
        self.abort();
    }
}
