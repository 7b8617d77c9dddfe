//! The sending side of an unbounded channel.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_sink::Sink;

use super::{Channel, Closed, SendError};
use crate::record::Site;

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
    /// If no receiver is left or one has closed the channel; the error holds the message.
    #[track_caller]
    #[inline]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.send_at(message, Site::caller())
    }

    #[inline]
    fn send_at(&self, message: T, site: Site) -> Result<(), SendError<T>> {
        let put = self.channel.fifo.try_put(message, site);
        put.map_err(|(message, _)| SendError(message))
    }

    /// Waits until no receiver is left or one has closed the channel.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn closed(&self) -> Closed<'_, T> {
        Closed::new(&self.channel)
    }

    /// Whether no receiver is left or one has closed the channel.
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
