//! In the order in which they end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::gather::Members;
use crate::record::Site;
use crate::task::{JoinError, JoinHandle};

/// A stream of the outputs of tasks in the order in which they end, each with the place of its
/// task among those that were named, from 0.
///
/// # Cancel safety
/// Dropping a wait for the next output loses nothing. Dropping the stream aborts the tasks that
/// are left: it owns them.
///
/// ```
/// use std::time::Duration;
/// use wakeline::future::as_completed;
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let mut ends = as_completed([3, 1, 2].map(|seconds| {
///         wakeline::spawn(async move { sleep(Duration::from_secs(seconds)).await })
///     }));
///     let mut order = Vec::new();
///     while let Some((number, output)) = ends.next().await {
///         output.unwrap();
///         order.push(number);
///     }
///     assert_eq!(order, [1, 2, 0]);
/// });
/// ```
#[track_caller]
pub fn as_completed<T>(tasks: impl IntoIterator<Item = JoinHandle<T>>) -> AsCompleted<T> {
    AsCompleted {
        members: Members::new(tasks, Site::caller()),
    }
}

/// The stream of [`as_completed`].
#[must_use = "dropping this aborts the tasks"]
pub struct AsCompleted<T> {
    members: Members<T>,
}

impl<T> AsCompleted<T> {
    /// How many outputs are still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.left()
    }

    /// Whether there is no output to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next output, `None` if there is none to come: what the stream gives, without a trait
    /// in scope.
    ///
    /// # Cancel safety
    /// Yes.
    pub async fn next(&mut self) -> Option<(usize, Result<T, JoinError>)> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T> Stream for AsCompleted<T> {
    type Item = (usize, Result<T, JoinError>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(number) = std::task::ready!(self.members.poll_next(cx)) else {
            return Poll::Ready(None);
        };
        let output = self.members.take(number);
        Poll::Ready(output.map(|output| (number, output)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted")
            .field("left", &self.members.left())
            .finish_non_exhaustive()
    }
}
