//! Waiting points that pass requests on to what is awaited.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Cancelled;
use crate::runtime::{Core, current_core};
use crate::task::{JoinError, JoinHandle};

/// Awaits a child so that a request to cancel this task goes to the child instead: this task goes
/// on when the child has ended, with whatever the child made of it.
///
/// # Errors
/// [`Cancelled`] if a request comes when the child has already ended and this task is about to go
/// on.
///
/// # Cancel safety
/// Dropping the future detaches the child, as dropping its handle does.
///
/// ```
/// use std::time::Duration;
/// use wakeline::cancel::{self, cancellable};
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let parent = wakeline::cancel::spawn("parent", async {
///         let child = cancel::spawn("child", async {
///             cancellable(sleep(Duration::from_secs(60))).await?;
///             Ok("slept")
///         });
///         cancel::join(child).await?.unwrap()
///     });
///     sleep(Duration::from_secs(1)).await;
///     parent.cancel();
///     assert!(parent.await.unwrap().is_err());
/// });
/// ```
pub fn join<T>(handle: JoinHandle<T>) -> Join<T> {
    let canceller = handle.canceller();
    Join {
        inner: pass_on(handle, move || canceller.cancel()),
    }
}

/// The future of [`join`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Join<T> {
    inner: PassOn<JoinHandle<T>>,
}

impl<T> Future for Join<T> {
    type Output = Result<Result<T, JoinError>, Cancelled>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.inner).poll(cx)
    }
}

/// Awaits a future. While it is pending, a request to cancel this task is given to `forward`; if
/// that says true, somebody else has taken it, and the wait goes on. If it says false, the request
/// is delivered here.
///
/// # Errors
/// [`Cancelled`] if a request could not be passed on.
///
/// # Cancel safety
/// As that of the future.
pub fn pass_on<F: Future>(future: F, forward: impl Fn() -> bool + 'static) -> PassOn<F> {
    PassOn {
        future,
        waiting: Registration {
            forward: Some(Rc::new(forward)),
            registered: None,
        },
    }
}

pin_project! {
    /// The future of [`pass_on`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct PassOn<F> {
        #[pin]
        future: F,
        waiting: Registration,
    }
}

/// What is registered with the task that waits, and for how long.
struct Registration {
    /// Gone when the wait has begun.
    forward: Option<Rc<dyn Fn() -> bool>>,
    registered: Option<(Rc<Core>, u32, u64)>,
}

impl Registration {
    fn begin(&mut self, cx: &Context<'_>) {
        let (Some(forward), Some(core)) = (self.forward.take(), current_core()) else {
            return;
        };
        let task = core.current();
        if core.requests.is_pending(task) {
            // It was asked before it came here.
            if forward() {
                // Somebody else has it now.
                let _ = core.requests.take(task);
            } else {
                cx.waker().wake_by_ref();
            }
        }
        if !core.requests.shielded.get() {
            let number = core.ask().register(task, forward);
            self.registered = Some((core, task, number));
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some((core, task, number)) = self.registered.take() {
            core.requests.unregister(task, number);
        }
    }
}

impl<F: Future> Future for PassOn<F> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if this.waiting.forward.is_none()
            && let Err(cancelled) = super::take()
        {
            return Poll::Ready(Err(cancelled));
        }
        match this.future.poll(cx) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => {
                this.waiting.begin(cx);
                Poll::Pending
            }
        }
    }
}

impl<F: fmt::Debug> fmt::Debug for PassOn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassOn")
            .field("future", &self.future)
            .finish_non_exhaustive()
    }
}
