//! Putting a request off.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::runtime::current_core;

/// Finishes a future before a request to cancel the task is delivered: inside of it no waiting
/// point is interrupted and nothing is passed on. A request that comes meanwhile is delivered at
/// the next waiting point after it.
///
/// # Cancel safety
/// As that of the future. An abort is not put off.
///
/// ```
/// use std::time::Duration;
/// use wakeline::cancel::{cancellable, shield};
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let task = wakeline::spawn(async {
///         shield(async { cancellable(sleep(Duration::from_secs(3))).await.unwrap() }).await;
///         cancellable(sleep(Duration::from_secs(60))).await
///     });
///     sleep(Duration::from_secs(1)).await;
///     task.cancel();
///     assert!(task.await.unwrap().is_err());
///     assert_eq!(wakeline::time::now().as_nanos(), 3_000_000_000);
/// });
/// ```
pub fn shield<F: Future>(future: F) -> Shield<F> {
    Shield { future }
}

pin_project! {
    /// The future of [`shield`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Shield<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Shield<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        /// Takes the shield away, also by a panic.
        struct Restore<'a>(&'a std::cell::Cell<bool>, bool);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let Some(core) = current_core() else {
            return self.project().future.poll(cx);
        };
        let shielded = &core.requests.shielded;
        let _restore = Restore(shielded, shielded.replace(true));
        self.project().future.poll(cx)
    }
}
