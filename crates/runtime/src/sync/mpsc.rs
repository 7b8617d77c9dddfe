//! Channels from many senders to one receiver.
//!
//! A bounded channel has room for so many messages; a sender that finds it full waits, and that
//! wait is the *backpressure* which keeps a fast producer from running away. An unbounded channel
//! never makes a sender wait, and grows.
//!
//! The channel closes for the receiver when every sender is gone and every message is taken, and
//! for the senders when the receiver is gone or has closed it.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;

pub use super::channel::{
    Closed, Permit, Recv, Reserve, Send, SendError, Sender, TryRecvError, TrySendError,
    UnboundedSender,
};

use super::channel::{Channel, Receiving, ReceivingSide};
use crate::record::Site;

/// Settings of a channel: what the log calls it and its messages.
pub type Builder<T> = super::channel::Builder<T, Receiver<T>>;

/// A bounded channel.
///
/// # Panics
/// If the capacity is 0.
///
/// ```
/// use wakeline::sync::mpsc;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, mut receiver) = mpsc::channel(1);
///     wakeline::spawn(async move {
///         for word in ["one", "two"] {
///             sender.send(word).await.unwrap(); // waits until there is room
///         }
///     });
///     assert_eq!(receiver.recv().await, Some("one"));
///     assert_eq!(receiver.recv().await, Some("two"));
///     assert_eq!(receiver.recv().await, None);
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::unnamed().bounded(capacity)
}

/// An unbounded channel.
#[must_use]
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, Receiver<T>) {
    Builder::unnamed().unbounded()
}

/// The receiving side of a channel. Also a `Stream` of its messages.
///
/// Dropping it closes the channel and drops the messages inside.
pub struct Receiver<T>(Receiving<T>);

impl<T> ReceivingSide<T> for Receiver<T> {
    #[track_caller]
    fn of(channel: Rc<Channel<T>>) -> Self {
        Self(Receiving::new(channel))
    }
}

impl<T> Receiver<T> {
    /// Waits for a message. `None` if the channel is empty and closed: there will be none.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no message.
    #[track_caller]
    #[inline]
    pub fn recv(&mut self) -> Recv<'_, T> {
        // What was handed to the stream before it was put aside comes first.
        self.0.leave_stream();
        self.0.recv(Site::caller())
    }

    /// Takes a message if there is one.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.0.leave_stream();
        self.0.try_recv(Site::caller())
    }

    /// Lets no further message in. What is inside, and what permits were given for, can still
    /// be received.
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Number of messages inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no message is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_next(cx)
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
