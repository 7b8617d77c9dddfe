//! What all receivers have in common, and the wait for a message.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Channel, TryRecvError};
use crate::record::Site;
use crate::sync::permits::Stake;

/// The future of a receiver's `recv`.
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
        let fifo = &this.channel.fifo;
        fifo.poll_take(&mut this.stake, this.site, cx)
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

/// What every receiver is: a part in the channel, and a wait of its own, for the stream keeps no
/// future between its polls.
pub(in crate::sync) struct Receiving<T> {
    channel: Rc<Channel<T>>,
    stake: Stake,
    /// Where the receiver was made, which stands for all waits of its stream.
    site: Site,
}

impl<T> Receiving<T> {
    /// Counted already.
    #[track_caller]
    pub(in crate::sync) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Another receiver of the same channel.
    pub(in crate::sync) fn another(&self) -> Self {
        let receivers = &self.channel.receivers;
        receivers.set(receivers.get() + 1);
        Self {
            channel: Rc::clone(&self.channel),
            stake: Stake::default(),
            site: self.site,
        }
    }

    #[inline]
    pub(in crate::sync) fn recv(&self, site: Site) -> Recv<'_, T> {
        Recv {
            channel: &self.channel,
            stake: Stake::default(),
            site,
        }
    }

    pub(in crate::sync) fn try_recv(&self, site: Site) -> Result<T, TryRecvError> {
        match self.channel.fifo.try_take(site) {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        }
    }

    /// Lets no further message in.
    pub(in crate::sync) fn close(&self) {
        self.channel.close();
    }

    /// Number of messages inside.
    pub(in crate::sync) fn len(&self) -> usize {
        self.channel.fifo.len()
    }

    pub(in crate::sync) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let fifo = &self.channel.fifo;
        fifo.poll_take(&mut self.stake, self.site, cx)
    }

    /// The stream leaves the line. A message that was handed to it and not taken is the next one
    /// again.
    #[inline]
    pub(in crate::sync) fn leave_stream(&mut self) {
        self.channel.fifo.withdraw_take(&mut self.stake);
    }
}

impl<T> Drop for Receiving<T> {
    fn drop(&mut self) {
        self.leave_stream();
        let (channel, left) = (&self.channel, self.channel.receivers.get() - 1);
        channel.receivers.set(left);
        if left == 0 {
            channel.close();
            channel.fifo.discard();
        }
    }
}

impl<T> fmt::Debug for Receiving<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
