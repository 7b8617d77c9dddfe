//! Waiting points.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Cancelled;
use crate::runtime::try_with_core;

/// Makes an await a waiting point: a request to cancel the task is delivered here.
///
/// A future that is ready at its first poll never waits, so nothing is delivered. When a request
/// is delivered, the future is dropped first, and whatever it had been promised goes on to the
/// next in line; it is not polled once more, even if it has become ready at the same moment. A
/// request that was there before the wait began is delivered after giving way once.
///
/// # Errors
/// [`Cancelled`], once for each request.
///
/// # Cancel safety
/// As that of the future. A request that was not delivered is delivered at the next waiting point.
pub fn cancellable<F: Future>(future: F) -> Cancellable<F> {
    Cancellable {
        future: Some(future),
        waits: false,
    }
}

pin_project! {
    /// The future of [`cancellable`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Cancellable<F> {
        #[pin]
        future: Option<F>,
        waits: bool,
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if *this.waits {
            let taken = try_with_core(|core| core.requests.take(core.current())).flatten();
            if let Some(cancelled) = taken {
                this.future.set(None);
                return Poll::Ready(Err(cancelled));
            }
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            panic!("a waiting point was polled after it was ready");
        };
        if let Poll::Ready(value) = future.poll(cx) {
            this.future.set(None);
            return Poll::Ready(Ok(value));
        }
        if !*this.waits {
            *this.waits = true;
            if super::is_requested() {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}
