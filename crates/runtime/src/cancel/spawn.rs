//! Tasks that may end because they were asked to.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Cancelled;
use crate::record::Site;
use crate::runtime::{spawn_on, with_core};
use crate::task::JoinHandle;

/// Starts a task that says at its end whether it was cancelled: `Err(Cancelled)` is recorded as
/// that and not as a return. The handle yields it like any other output.
///
/// # Panics
/// Outside of a runtime.
#[track_caller]
pub fn spawn<F, T>(name: impl AsRef<str>, future: F) -> JoinHandle<Result<T, Cancelled>>
where
    F: Future<Output = Result<T, Cancelled>> + 'static,
    T: 'static,
{
    let site = Site::caller();
    with_core("spawn", |core| {
        spawn_on(core, Some(name.as_ref()), Noted { future }, site)
    })
}

pin_project! {
    /// Notes with the executor how the task ends.
    struct Noted<F> {
        #[pin]
        future: F,
    }
}

impl<F, T> Future for Noted<F>
where
    F: Future<Output = Result<T, Cancelled>>,
{
    type Output = Result<T, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.project().future.poll(cx);
        if matches!(polled, Poll::Ready(Err(_))) {
            super::accept();
        }
        polled
    }
}
