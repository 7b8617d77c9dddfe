//! Waiting for a message: as a future, and as a stream.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Channel;
use crate::record::Site;
use crate::sync::permits::Stake;

/// The future of a receiver's `recv`.
#[must_use = "futures do nothing unless awaited"]
pub struct Recv<'a, T> {
    channel: &'a Channel<T>,
    stake: Stake,
    site: Site,
}

impl<'a, T> Recv<'a, T> {
    #[inline]
    pub(in crate::sync) fn new(channel: &'a Channel<T>, site: Site) -> Self {
        Self {
            channel,
            stake: Stake::default(),
            site,
        }
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        fifo.poll_take(&mut this.stake, this.site, cx)
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

/// The wait of a receiver that is polled as a stream, which keeps no future between its polls.
#[derive(Debug)]
pub(in crate::sync) struct Streaming {
    stake: Stake,
    site: Site,
}

impl Streaming {
    pub(in crate::sync) fn at(site: Site) -> Self {
        Self {
            stake: Stake::default(),
            site,
        }
    }

    /// Where the receiver was made, which stands for all waits of its stream.
    pub(in crate::sync) fn site(&self) -> Site {
        self.site
    }

    pub(in crate::sync) fn poll_next<T>(
        &mut self,
        channel: &Channel<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T>> {
        channel
            .fifo
            .poll_take(&mut self.stake, self.site, cx)
            .map(Result::ok)
    }

    /// Leaves the line. A message that was handed over and not taken is the next one again.
    #[inline]
    pub(in crate::sync) fn leave<T>(&mut self, channel: &Channel<T>) {
        channel.fifo.withdraw_take(&mut self.stake);
    }
}
