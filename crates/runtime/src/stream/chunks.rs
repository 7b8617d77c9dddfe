//! Items in chunks.

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

/// Gives the items of a stream in chunks: a chunk is full with so many items, or when so much time
/// has passed since its first item came, whichever is earlier. A chunk is never empty. At the end
/// of the stream the last chunk is given at once.
///
/// An item that is there at the very moment at which the time is over still belongs to the chunk.
///
/// # Cancel safety
/// Dropping a wait for the next chunk loses nothing: what was collected stays here. Dropping the
/// stream drops it.
///
/// # Panics
/// If the size is 0. When polled outside of a runtime.
///
/// ```
/// use std::time::Duration;
/// use futures_util::StreamExt;
/// use wakeline::stream::chunks;
/// use wakeline::time::interval;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let beat = interval(Duration::from_millis(10)).take(7);
///     let chunks = chunks(beat, 3, Duration::from_millis(15));
///     let sizes: Vec<usize> = chunks.map(|chunk| chunk.len()).collect().await;
///     assert_eq!(sizes, [2, 2, 2, 1]); // never three within 15 ms
/// });
/// ```
#[track_caller]
pub fn chunks<S: Stream>(stream: S, size: usize, linger: Duration) -> Chunks<S> {
    assert!(size > 0, "the size of a chunk must not be 0");
    Chunks {
        stream,
        size,
        linger,
        collected: Vec::new(),
        timer: None,
        is_over: false,
        site: Site::caller(),
    }
}

pin_project! {
    /// The stream of [`chunks`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Chunks<S: Stream> {
        #[pin]
        stream: S,
        size: usize,
        linger: Duration,
        collected: Vec<S::Item>,
        // Runs while something is collected.
        timer: Option<Sleep>,
        is_over: bool,
        site: Site,
    }
}

impl<S: Stream> Stream for Chunks<S> {
    type Item = Vec<S::Item>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        while !*this.is_over && this.collected.len() < *this.size {
            match this.stream.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    if this.collected.is_empty() {
                        let end = now() + *this.linger;
                        let timer = Sleep::new(end, TimerPurpose::Timeout, *this.site);
                        *this.timer = Some(timer);
                    }
                    this.collected.push(item);
                }
                Poll::Ready(None) => *this.is_over = true,
                Poll::Pending => match this.timer {
                    None => return Poll::Pending,
                    Some(timer) => {
                        std::task::ready!(Pin::new(timer).poll(cx));
                        break;
                    }
                },
            }
        }
        *this.timer = None;
        let chunk = std::mem::take(this.collected);
        Poll::Ready((!chunk.is_empty()).then_some(chunk))
    }
}

impl<S: Stream> fmt::Debug for Chunks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks")
            .field("collected", &self.collected.len())
            .finish_non_exhaustive()
    }
}
