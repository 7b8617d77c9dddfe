//! The receiving side of a channel.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Channel, TryRecvError};
use crate::record::Site;
use crate::sync::permits::Stake;

/// The receiving side of a channel. Also a `Stream` of its messages.
///
/// Dropping it closes the channel and drops the messages inside.
pub struct Receiver<T> {
    pub(super) channel: Rc<Channel<T>>,
    /// The wait of the stream, which keeps no future between its polls.
    stake: Stake,
    site: Site,
}

impl<T> Receiver<T> {
    #[track_caller]
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// A message that was handed to the stream before it was put aside comes first.
    #[inline]
    fn leave_stream(&mut self) {
        self.channel.fifo.withdraw_take(&mut self.stake);
    }

    /// Waits for a message. `None` if the channel is empty and closed: there will be none.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no message.
    #[track_caller]
    #[inline]
    pub fn recv(&mut self) -> Recv<'_, T> {
        self.leave_stream();
        Recv {
            channel: &self.channel,
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Takes a message if there is one.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.leave_stream();
        match self.channel.fifo.try_take(Site::caller()) {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        }
    }

    /// Lets no further message in. What is inside, and what permits were given for, can still
    /// be received.
    pub fn close(&mut self) {
        self.channel.close();
    }

    /// Number of messages inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.channel.fifo.len()
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
        let this = &mut *self;
        this.channel
            .fifo
            .poll_take(&mut this.stake, this.site, cx)
            .map(Result::ok)
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.leave_stream();
        self.channel.close();
        self.channel.fifo.discard();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// The future of [`Receiver::recv`].
#[must_use = "futures do nothing unless awaited"]
pub struct Recv<'a, T> {
    channel: &'a Channel<T>,
    stake: Stake,
    site: Site,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        this.channel
            .fifo
            .poll_take(&mut this.stake, this.site, cx)
            .map(Result::ok)
    }
}

impl<T> Drop for Recv<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.channel.fifo.withdraw_take(&mut self.stake);
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recv")
    }
}
