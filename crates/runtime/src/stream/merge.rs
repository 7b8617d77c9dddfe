//! Several streams as one.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// Gives the items of several streams as they come, each with the place of its stream among those
/// that were named, from 0. Ends when all have.
///
/// # Fairness
/// Whichever stream gave an item stands behind all others for the next: of streams that always
/// have items each gives every nth. The order depends on nothing but what the streams do.
///
/// Every poll asks the streams in their turn until one has an item, so this is for few; for many,
/// let a task for each send into one channel.
///
/// # Cancel safety
/// Dropping a wait for the next item loses nothing.
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use wakeline::stream::merge;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let merged = merge([stream::iter([1, 2, 3]), stream::iter([10, 20, 30])]);
///     let items: Vec<i32> = merged.map(|(_, item)| item).collect().await;
///     assert_eq!(items, [1, 10, 2, 20, 3, 30]);
/// });
/// ```
pub fn merge<S: Stream>(streams: impl IntoIterator<Item = S>) -> Merge<S> {
    let streams = streams.into_iter().enumerate();
    Merge {
        streams: streams
            .map(|(number, stream)| (number, Box::pin(stream)))
            .collect(),
        next: 0,
    }
}

/// The stream of [`merge`].
#[must_use = "streams do nothing unless polled"]
pub struct Merge<S> {
    /// Those that have not ended, in the order in which they were named.
    streams: Vec<(usize, Pin<Box<S>>)>,
    /// Whose turn it is among them.
    next: usize,
}

impl<S> Merge<S> {
    /// How many streams have not ended, as far as was seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether all streams have ended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }
}

impl<S: Stream> Stream for Merge<S> {
    type Item = (usize, S::Item);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut asked = 0;
        while asked < this.streams.len() {
            let at = this.next % this.streams.len();
            let (number, stream) = &mut this.streams[at];
            match stream.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    this.next = at + 1;
                    return Poll::Ready(Some((*number, item)));
                }
                Poll::Ready(None) => {
                    // The next one moves up into its place.
                    drop(this.streams.remove(at));
                    this.next = at;
                }
                Poll::Pending => {
                    asked += 1;
                    this.next = at + 1;
                }
            }
        }
        match this.streams.is_empty() {
            true => Poll::Ready(None),
            false => Poll::Pending,
        }
    }
}

impl<S> Unpin for Merge<S> {}

impl<S> fmt::Debug for Merge<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge")
            .field("left", &self.streams.len())
            .finish_non_exhaustive()
    }
}
