//! Until enough have ended.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::log::TimerPurpose;
use crate::record::Site;
use crate::task::{JoinHandle, TaskEnd, Watched};
use crate::time::{Instant, Sleep, now};

/// When a [`wait`] is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The first has ended, however it did.
    FirstEnd,
    /// The first has failed: panicked, or returned an error that is recorded as its failure (see
    /// [`spawn_fallible`](crate::task::Builder::spawn_fallible)). One that was cancelled has not
    /// failed. If none fails, all have ended.
    FirstFailure,
    /// All have ended.
    AllEnded,
}

/// Waits until enough of the tasks have ended, or a [deadline](WaitFor::deadline), and says which
/// have. The tasks are left alone and their outputs are in the handles: await those that have
/// ended, and do what you like with the rest.
///
/// Ends that happened before count: if enough have, this does not wait. Of no tasks all have
/// ended.
///
/// # Cancel safety
/// Yes. There is nothing to lose.
///
/// ```
/// use std::time::Duration;
/// use wakeline::future::{Until, wait};
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let mut tasks = [3, 1, 2].map(|seconds| {
///         wakeline::spawn(async move { sleep(Duration::from_secs(seconds)).await })
///     });
///     let waited = wait(&tasks, Until::FirstEnd).await;
///     assert_eq!(waited.ended, [1]);
///     assert_eq!(waited.left, [0, 2]);
///     (&mut tasks[1]).await.unwrap();
///     let waited = wait(&tasks, Until::AllEnded).limit(Duration::from_secs(1)).await;
///     assert!(!waited.is_over); // the deadline came first
///     assert_eq!(waited.ended, [1, 2]);
/// });
/// ```
#[track_caller]
pub fn wait<'a, T: 'a>(
    tasks: impl IntoIterator<Item = &'a JoinHandle<T>>,
    until: Until,
) -> WaitFor {
    let site = Site::caller();
    let mut watched = Watched::new(site);
    for handle in tasks {
        watched.add(handle.task().clone());
    }
    WaitFor {
        watched,
        until,
        limit: None,
        site,
    }
}

/// What a [`wait`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waited {
    /// The places of the tasks that have ended among those that were named, from 0, in that
    /// order.
    pub ended: Vec<usize>,
    /// The places of those that have not.
    pub left: Vec<usize>,
    /// What was waited for has come; false if the deadline came first.
    pub is_over: bool,
}

/// The future of [`wait`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct WaitFor {
    watched: Watched,
    until: Until,
    limit: Option<Sleep>,
    site: Site,
}

impl WaitFor {
    /// Waits no longer than that. Ends at the very moment of the deadline count.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.limit = Some(Sleep::new(deadline, TimerPurpose::Timeout, self.site));
        self
    }

    /// Waits no longer than so long from now.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn limit(self, limit: Duration) -> Self {
        self.deadline(now() + limit)
    }

    fn found(&mut self, is_over: bool) -> Waited {
        self.watched.end_waits();
        let (ended, left) = (0..self.watched.len()).partition(|number| {
            let end = self.watched.end_of(*number);
            end.is_some()
        });
        Waited {
            ended,
            left,
            is_over,
        }
    }
}

impl Future for WaitFor {
    type Output = Waited;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Waited> {
        let this = &mut *self;
        while let Poll::Ready(next) = this.watched.poll_next(cx) {
            let Some(number) = next else {
                return Poll::Ready(this.found(true));
            };
            let is_over = match this.until {
                Until::FirstEnd => true,
                Until::FirstFailure => this.watched.end_of(number) == Some(TaskEnd::Failed),
                Until::AllEnded => false,
            };
            if is_over {
                return Poll::Ready(this.found(true));
            }
        }
        if let Some(limit) = &mut this.limit
            && Pin::new(limit).poll(cx).is_ready()
        {
            return Poll::Ready(this.found(false));
        }
        Poll::Pending
    }
}
