//! Every result, or the first error.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::gather::Members;
use crate::record::Site;
use crate::task::{JoinError, JoinHandle};

/// Waits until all tasks have returned and gives their results in the order in which the tasks
/// were named. The first that returns an error, panics or is cancelled has the others aborted;
/// when they are gone, its error is returned.
///
/// For tasks that clean up with awaits, and for all the errors, see
/// [`group`](crate::task::group).
///
/// # Errors
/// The first, by the order in which the tasks ended.
///
/// # Cancel safety
/// Dropping the future aborts the tasks that are left: it owns them.
///
/// ```
/// use wakeline::future::try_gather;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let tasks = ["1", "2", "x"].map(|text| wakeline::spawn(async { text.parse::<u8>() }));
///     let error = try_gather(tasks).await.unwrap_err();
///     assert_eq!(error.number(), 2);
/// });
/// ```
#[track_caller]
pub fn try_gather<T, E>(
    tasks: impl IntoIterator<Item = JoinHandle<Result<T, E>>>,
) -> TryGather<T, E> {
    TryGather {
        members: Members::new(tasks, Site::caller()),
        error: None,
    }
}

/// The future of [`try_gather`].
#[must_use = "dropping this aborts the tasks"]
pub struct TryGather<T, E> {
    members: Members<Result<T, E>>,
    error: Option<GatherError<E>>,
}

impl<T, E> Unpin for TryGather<T, E> {}

impl<T, E> Future for TryGather<T, E> {
    type Output = Result<Vec<T>, GatherError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while let Some(number) = std::task::ready!(this.members.poll_next(cx)) {
            if this.error.is_some() {
                continue;
            }
            this.error = match this.members.output(number) {
                Some(Ok(Ok(_))) | None => continue,
                Some(_) => this.members.take(number).and_then(|output| {
                    let cause = match output {
                        Ok(Ok(_)) => return None,
                        Ok(Err(error)) => Cause::Error(error),
                        Err(error) => Cause::Join(error),
                    };
                    Some(GatherError { number, cause })
                }),
            };
            this.members.abort();
        }
        let outputs = this.members.take_outputs();
        Poll::Ready(match this.error.take() {
            Some(error) => Err(error),
            None => Ok(outputs.into_iter().flatten().flatten().collect()),
        })
    }
}

impl<T, E> fmt::Debug for TryGather<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGather")
            .field("left", &self.members.left())
            .finish_non_exhaustive()
    }
}

/// The first error among tasks that were gathered.
#[derive(Debug)]
pub struct GatherError<E> {
    number: usize,
    cause: Cause<E>,
}

#[derive(Debug)]
enum Cause<E> {
    Error(E),
    Join(JoinError),
}

impl<E> GatherError<E> {
    /// The place of the task among those that were gathered, from 0.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// What the task returned; `None` if it panicked or was cancelled.
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        match &self.cause {
            Cause::Error(error) => Some(error),
            Cause::Join(_) => None,
        }
    }

    /// The error itself.
    ///
    /// # Errors
    /// The end of the task, if it did not return.
    pub fn into_error(self) -> Result<E, JoinError> {
        match self.cause {
            Cause::Error(error) => Ok(error),
            Cause::Join(error) => Err(error),
        }
    }
}

impl<E: fmt::Display> fmt::Display for GatherError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Error(error) => error.fmt(f),
            Cause::Join(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for GatherError<E> {}
