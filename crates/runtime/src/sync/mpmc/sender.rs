//! The sending sides.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_sink::Sink;

use super::{Channel, SendError, TrySendError};
use crate::record::Site;
use crate::sync::permits::Stake;
use crate::sync::sink::SinkPart;

/// The sending side of a bounded channel. Clones send into the same channel. Also a `Sink`.
///
/// To close the sink drops this sender out of the count of those that keep the channel open; room
/// that the sink has reserved is given back when the sender is dropped.
pub struct Sender<T> {
    channel: Rc<Channel<T>>,
    sink: SinkPart,
    site: Site,
}

impl<T> Sender<T> {
    #[track_caller]
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            sink: SinkPart::default(),
            site: Site::caller(),
        }
    }

    /// Sends a message, waiting for room if there is none.
    ///
    /// # Errors
    /// If every receiver is gone or one has closed the channel; the error holds the message.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was not sent and is dropped with
    /// it.
    #[track_caller]
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send {
            channel: &self.channel,
            message: Some(message),
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Sends a message if there is room now and nobody stands in line for it.
    ///
    /// # Errors
    /// If there is no room, or the channel is closed; the error holds the message.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let put = self.channel.fifo.try_put(message, Site::caller());
        put.map_err(|(message, is_full)| match is_full {
            true => TrySendError::Full(message),
            false => TrySendError::Closed(message),
        })
    }

    /// Whether every receiver is gone or one has closed the channel.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.channel.fifo.is_closing()
    }

    /// How many more messages there is room for now.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.channel.fifo.room()
    }

    /// How many messages there is room for in an empty channel.
    #[must_use]
    pub fn max_capacity(&self) -> usize {
        self.channel.capacity.unwrap_or(usize::MAX)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Self {
            channel: Rc::clone(&self.channel),
            sink: SinkPart::default(),
            site: self.site,
        }
    }
}

impl<T> Unpin for Sender<T> {}

impl<T> Sink<T> for Sender<T> {
    type Error = SendError<()>;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = &mut *self;
        let ready = this.sink.poll_ready(&this.channel.fifo, this.site, cx);
        ready.map_err(|_| SendError(()))
    }

    fn start_send(mut self: Pin<&mut Self>, message: T) -> Result<(), Self::Error> {
        let this = &mut *self;
        this.sink.start_send(&this.channel.fifo, message, this.site);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // What is inside has left the sender's hands.
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = &mut *self;
        this.sink.leave(&this.channel.fifo);
        if !std::mem::replace(&mut this.sink.closed, true) {
            this.channel.remove_sender();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.sink.leave(&self.channel.fifo);
        if !self.sink.closed {
            self.channel.remove_sender();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

/// The future of [`Sender::send`].
#[must_use = "futures do nothing unless awaited"]
pub struct Send<'a, T> {
    channel: &'a Channel<T>,
    message: Option<T>,
    stake: Stake,
    site: Site,
}

impl<T> Unpin for Send<'_, T> {}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    /// # Panics
    /// When polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        fifo.poll_put(&mut this.stake, &mut this.message, this.site, cx)
            .map_err(SendError)
    }
}

impl<T> Drop for Send<'_, T> {
    fn drop(&mut self) {
        let fifo = &self.channel.fifo;
        fifo.withdraw_reserve(&mut self.stake);
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Send")
    }
}

/// The sending side of an unbounded channel. Clones send into the same channel. Also a `Sink`,
/// which is always ready.
pub struct UnboundedSender<T> {
    channel: Rc<Channel<T>>,
    sink_closed: bool,
    site: Site,
}

impl<T> UnboundedSender<T> {
    #[track_caller]
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            sink_closed: false,
            site: Site::caller(),
        }
    }

    /// Sends a message, at once.
    ///
    /// # Errors
    /// If every receiver is gone or one has closed the channel; the error holds the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.send_at(message, Site::caller())
    }

    fn send_at(&self, message: T, site: Site) -> Result<(), SendError<T>> {
        let put = self.channel.fifo.try_put(message, site);
        put.map_err(|(message, _)| SendError(message))
    }

    /// Whether every receiver is gone or one has closed the channel.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.channel.fifo.is_closing()
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Self {
            channel: Rc::clone(&self.channel),
            sink_closed: false,
            site: self.site,
        }
    }
}

impl<T> Unpin for UnboundedSender<T> {}

impl<T> Sink<T> for UnboundedSender<T> {
    type Error = SendError<()>;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(match self.sink_closed || self.is_closed() {
            true => Err(SendError(())),
            false => Ok(()),
        })
    }

    fn start_send(self: Pin<&mut Self>, message: T) -> Result<(), Self::Error> {
        let sent = self.send_at(message, self.site);
        sent.map_err(|_| SendError(()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if !std::mem::replace(&mut self.sink_closed, true) {
            self.channel.remove_sender();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for UnboundedSender<T> {
    fn drop(&mut self) {
        if !self.sink_closed {
            self.channel.remove_sender();
        }
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnboundedSender")
    }
}
