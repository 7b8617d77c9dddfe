//! A join handle whose task ends with it.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{JoinError, JoinHandle};

/// A [`JoinHandle`] that aborts its task when it is dropped. Await it for the task's output, as
/// that; it can do whatever that can.
///
/// # Cancel safety
/// Awaiting `&mut handle` is cancel safe. Dropping the handle itself while it is awaited, as by a
/// timeout around it, aborts the task: that is what it is for.
///
/// ```
/// use std::time::Duration;
/// use wakeline::time::{sleep, timeout};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let task = wakeline::spawn(sleep(Duration::from_secs(60)));
///     let end = task.handle();
///     assert!(timeout(Duration::from_secs(1), task.abort_on_drop()).await.is_err());
///     sleep(Duration::ZERO).await;
///     assert!(end.is_finished());
/// });
/// ```
#[derive(Debug)]
#[must_use = "a handle that is dropped at once aborts its task at once"]
pub struct AbortOnDrop<T> {
    /// Taken out by `into_inner` alone.
    handle: Option<JoinHandle<T>>,
}

impl<T> JoinHandle<T> {
    /// Makes the task end with its handle.
    pub fn abort_on_drop(self) -> AbortOnDrop<T> {
        AbortOnDrop { handle: Some(self) }
    }
}

impl<T> AbortOnDrop<T> {
    /// An ordinary handle again, whose drop lets the task go on.
    #[must_use = "dropping the handle detaches the task"]
    pub fn into_inner(mut self) -> JoinHandle<T> {
        match self.handle.take() {
            Some(handle) => handle,
            None => unreachable!("the handle is taken by this function alone, which consumes it"),
        }
    }
}

impl<T> Deref for AbortOnDrop<T> {
    type Target = JoinHandle<T>;

    fn deref(&self) -> &JoinHandle<T> {
        match &self.handle {
            Some(handle) => handle,
            None => unreachable!("the handle is taken by `into_inner` alone, which consumes it"),
        }
    }
}

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.handle {
            Some(handle) => Pin::new(handle).poll(cx),
            None => unreachable!("the handle is taken by `into_inner` alone, which consumes it"),
        }
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            handle.abort();
        }
    }
}
