//! Channels from many senders to many receivers: each message goes to one of them.
//!
//! Receivers that wait are served in the order of arrival, and so are senders that wait for room.
//! A message that was promised to a receiver which is then dropped goes to the next in line.
//!
//! The channel closes for the receivers when every sender is gone and every message is taken, and
//! for the senders when every receiver is gone or one has closed it.
//!
//! For a channel without any room, in which a send is over when the message is received, see
//! [`rendezvous`](super::rendezvous).

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

/// A channel with room for so many messages.
///
/// # Panics
/// If the capacity is 0.
///
/// ```
/// use wakeline::sync::mpmc;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, receiver) = mpmc::channel(4);
///     let workers = [receiver.clone(), receiver].map(|receiver| {
///         wakeline::spawn(async move {
///             let mut done = 0;
///             while let Some(_job) = receiver.recv().await {
///                 done += 1;
///             }
///             done
///         })
///     });
///     for job in 0..10 {
///         sender.send(job).await.unwrap();
///     }
///     drop(sender);
///     let mut done = 0;
///     for worker in workers {
///         done += worker.await.unwrap();
///     }
///     assert_eq!(done, 10);
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::unnamed().bounded(capacity)
}

/// A channel with room for any number of messages.
#[must_use]
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, Receiver<T>) {
    Builder::unnamed().unbounded()
}

/// The receiving side of a channel. Clones receive from the same channel; each message goes to
/// one of them. Also a `Stream`.
///
/// Dropping the last one closes the channel and drops the messages inside.
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
    /// Yes. A dropped future has taken no message; one that was promised to it goes to the next in
    /// line.
    #[track_caller]
    #[inline]
    pub fn recv(&self) -> Recv<'_, T> {
        self.0.recv(Site::caller())
    }

    /// Takes a message if there is one and nobody stands in line for it.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.try_recv(Site::caller())
    }

    /// Lets no further message in, whoever sends it. What is inside, and what permits were given
    /// for, can still be received.
    pub fn close(&self) {
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

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self(self.0.another())
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_next(cx)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
