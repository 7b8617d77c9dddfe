//! Limits.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::sleep::Sleep;
use super::{Instant, now};
use crate::log::TimerPurpose;
use crate::record::Site;

/// Gives a future so much time, and drops it when that is over.
///
/// If the future is ready at the very moment of the deadline, its value wins: it is polled first.
/// A limit of zero still polls the future once. A future that keeps the thread in one poll cannot
/// be interrupted by this or by anything else.
///
/// # Cancel safety
/// As that of the future.
///
/// # Errors
/// [`Elapsed`] if the time was over before the future was ready.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// use std::time::Duration;
/// use wakeline::time::{sleep, timeout};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let second = Duration::from_secs(1);
///     assert!(timeout(second, sleep(second / 2)).await.is_ok());
///     assert!(timeout(second, sleep(second)).await.is_ok());
///     assert!(timeout(second, sleep(second * 2)).await.is_err());
/// });
/// ```
#[track_caller]
pub fn timeout<F: Future>(limit: Duration, future: F) -> Timeout<F> {
    Timeout::new(now() + limit, future, Site::caller())
}

/// As [`timeout`], with the moment itself.
///
/// # Errors
/// As [`timeout`].
#[track_caller]
pub fn timeout_at<F: Future>(deadline: Instant, future: F) -> Timeout<F> {
    Timeout::new(deadline, future, Site::caller())
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        limit: Sleep,
    }
}

impl<F> Timeout<F> {
    fn new(deadline: Instant, future: F, site: Site) -> Self {
        Self {
            future,
            limit: Sleep::new(deadline, TimerPurpose::Timeout, site),
        }
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(value) = this.future.poll(cx) {
            return Poll::Ready(Ok(value));
        }
        Pin::new(this.limit).poll(cx).map(|()| Err(Elapsed(())))
    }
}

/// The time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed(());

impl Elapsed {
    pub(super) fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit was reached")
    }
}

impl std::error::Error for Elapsed {}
