//! A source that runs ahead.

use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::sync::mpsc;
use crate::task::{AbortOnDrop, Builder};

/// Lets a stream run ahead of its consumer, in a task of its own, by as many items as are wanted
/// in reserve. When the reserve is full the source waits: it makes an item only when there is room
/// for it.
///
/// In the log this is a task and a channel: how full the reserve is, and who waits for whom, can
/// be seen there.
///
/// If the source panics, the stream ends. Dropping it aborts the task, and drops the source and
/// what is in reserve.
///
/// # Cancel safety
/// Dropping a wait for the next item loses nothing.
///
/// # Panics
/// Outside of a runtime, or if the reserve is 0.
///
/// ```
/// use std::time::Duration;
/// use futures_util::{StreamExt, stream};
/// use wakeline::stream::buffer;
/// use wakeline::time::{now, sleep};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let second = Duration::from_secs(1);
///     let slow = stream::iter(0..3).then(move |n| async move {
///         sleep(second).await;
///         n
///     });
///     let mut items = buffer(slow, 2);
///     while items.next().await.is_some() {
///         sleep(second).await;
///     }
///     assert_eq!(now().as_nanos(), 4_000_000_000); // and not six: both work at once
/// });
/// ```
#[track_caller]
pub fn buffer<S>(stream: S, reserve: usize) -> Buffer<S::Item>
where
    S: Stream + 'static,
    S::Item: 'static,
{
    buffer_named("buffer", stream, reserve)
}

/// As [`buffer`], with a name for the task and the channel.
///
/// # Panics
/// As [`buffer`].
#[track_caller]
pub fn buffer_named<S>(name: impl Into<String>, stream: S, reserve: usize) -> Buffer<S::Item>
where
    S: Stream + 'static,
    S::Item: 'static,
{
    let name = name.into();
    let (sender, receiver) = mpsc::Builder::new(name.as_str()).bounded(reserve);
    let source = Builder::new().name(name).spawn(async move {
        let mut stream = pin!(stream);
        loop {
            // Room first: what the source has made must have a place.
            let Ok(room) = sender.reserve().await else {
                return;
            };
            let Some(item) = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await else {
                return;
            };
            room.send(item);
        }
    });
    Buffer {
        receiver,
        _source: source.abort_on_drop(),
    }
}

/// The stream of [`buffer`].
#[must_use = "dropping this aborts the source"]
pub struct Buffer<T> {
    receiver: mpsc::Receiver<T>,
    _source: AbortOnDrop<()>,
}

impl<T> Buffer<T> {
    /// How many items are in reserve.
    #[must_use]
    pub fn len(&self) -> usize {
        self.receiver.len()
    }

    /// Whether no item is in reserve.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.receiver.is_empty()
    }
}

impl<T> Stream for Buffer<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.receiver).poll_next(cx)
    }
}

impl<T> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
