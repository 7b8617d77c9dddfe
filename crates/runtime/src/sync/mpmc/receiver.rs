//! The receiving side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Channel, TryRecvError};
use crate::record::Site;
use crate::sync::permits::Stake;

/// The receiving side of a channel. Clones receive from the same channel; each message goes to
/// one of them. Also a `Stream`.
///
/// Dropping the last one closes the channel and drops the messages inside.
pub struct Receiver<T> {
    channel: Rc<Channel<T>>,
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

    /// Waits for a message. `None` if the channel is empty and closed: there will be none.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no message; one that was promised to it goes to the next in
    /// line.
    #[track_caller]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv {
            channel: &self.channel,
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Takes a message if there is one and nobody stands in line for it.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match self.channel.fifo.try_take(Site::caller()) {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        }
    }

    /// Lets no further message in, whoever sends it. What is inside can still be received.
    pub fn close(&self) {
        self.channel.fifo.close();
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

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.channel.receivers.set(self.channel.receivers.get() + 1);
        Self {
            channel: Rc::clone(&self.channel),
            stake: Stake::default(),
            site: self.site,
        }
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        fifo.poll_take(&mut this.stake, this.site, cx)
            .map(Result::ok)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let channel = &self.channel;
        channel.fifo.withdraw_take(&mut self.stake);
        channel.receivers.set(channel.receivers.get() - 1);
        if channel.receivers.get() == 0 {
            channel.fifo.close();
            channel.fifo.discard();
        }
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

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        fifo.poll_take(&mut this.stake, this.site, cx)
            .map(Result::ok)
    }
}

impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        let fifo = &self.channel.fifo;
        fifo.withdraw_take(&mut self.stake);
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recv")
    }
}
