//! Not so fast.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::log::TimerPurpose;
use crate::record::Site;
use crate::time::{Sleep, now};

/// Gives the items of a stream, each at least so long after the one before. No item is lost: the
/// source is not polled until the time has passed, so that it is slowed down, too. Time in which
/// no item came is not made up for.
///
/// The end of the source is seen as late as an item would be.
///
/// # Cancel safety
/// Dropping a wait for the next item loses nothing.
///
/// # Panics
/// When polled outside of a runtime.
///
/// ```
/// use std::time::Duration;
/// use futures_util::{StreamExt, stream};
/// use wakeline::stream::throttle;
/// use wakeline::time::now;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let second = Duration::from_secs(1);
///     let times: Vec<u64> = throttle(stream::iter(0..3), second)
///         .map(|_| now().as_nanos() / 1_000_000_000)
///         .collect()
///         .await;
///     assert_eq!(times, [0, 1, 2]);
/// });
/// ```
#[track_caller]
pub fn throttle<S: Stream>(stream: S, period: Duration) -> Throttle<S> {
    Throttle {
        stream,
        period,
        pause: None,
        site: Site::caller(),
    }
}

pin_project! {
    /// The stream of [`throttle`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Throttle<S> {
        #[pin]
        stream: S,
        period: Duration,
        // Runs from an item on.
        pause: Option<Sleep>,
        site: Site,
    }
}

impl<S: Stream> Stream for Throttle<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if let Some(pause) = this.pause {
            std::task::ready!(Pin::new(pause).poll(cx));
            *this.pause = None;
        }
        let item = std::task::ready!(this.stream.poll_next(cx));
        if item.is_some() && !this.period.is_zero() {
            let end = now() + *this.period;
            *this.pause = Some(Sleep::new(end, TimerPurpose::Interval, *this.site));
        }
        Poll::Ready(item)
    }
}

impl<S> fmt::Debug for Throttle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle")
            .field("period", &self.period)
            .finish_non_exhaustive()
    }
}
