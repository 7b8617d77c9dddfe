//! The sending side of a bounded channel.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_sink::Sink;

use super::{Channel, Closed, SendError, TrySendError};
use crate::log::Kind;
use crate::record::{Birth, Site};
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
    /// If no receiver is left or one has closed the channel; the error holds the message.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was not sent and is dropped with
    /// it. To keep it, [`reserve`](Self::reserve) first.
    #[track_caller]
    #[inline]
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send {
            channel: &self.channel,
            message: Some(message),
            stake: Stake::default(),
            birth: Birth::now(self.channel.fifo.resource.core()),
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

    /// Waits for room for one message, and keeps it until the message is sent or the permit is
    /// dropped.
    ///
    /// # Errors
    /// If no receiver is left or one has closed the channel.
    ///
    /// # Cancel safety
    /// Yes, but the place in line is lost.
    #[track_caller]
    pub fn reserve(&self) -> Reserve<'_, T> {
        Reserve {
            channel: &self.channel,
            stake: Stake::default(),
            site: Site::caller(),
        }
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

    /// How many more messages there is room for now.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.channel.fifo.room()
    }

    /// How many messages there is room for in an empty channel.
    #[must_use]
    pub fn max_capacity(&self) -> usize {
        self.channel.capacity
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
    birth: Birth,
    site: Site,
}

impl<T> Unpin for Send<'_, T> {}

impl<T> Send<'_, T> {
    /// Dropped with the message.
    #[cold]
    #[inline(never)]
    fn give_up(&mut self) {
        if !self.stake.is_in_line() {
            let resource = &self.channel.fifo.resource;
            self.birth
                .never_polled(resource.core(), resource.id(), self.site);
        }
        self.channel.fifo.withdraw_reserve(&mut self.stake);
    }
}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    /// # Panics
    /// When polled again after it was ready.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        fifo.poll_put(&mut this.stake, &mut this.message, this.site, cx)
            .map_err(SendError)
    }
}

impl<T> Drop for Send<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.message.is_some() {
            self.give_up();
        }
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Send")
    }
}

/// The future of [`Sender::reserve`].
#[must_use = "futures do nothing unless awaited"]
pub struct Reserve<'a, T> {
    channel: &'a Channel<T>,
    stake: Stake,
    site: Site,
}

impl<'a, T> Future for Reserve<'a, T> {
    type Output = Result<Permit<'a, T>, SendError<()>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let channel = this.channel;
        channel
            .fifo
            .poll_reserve(&mut this.stake, this.site, cx)
            .map(|reserved| match reserved {
                Ok(()) => Ok(Permit::new(channel, this.site)),
                Err(_) => Err(SendError(())),
            })
    }
}

impl<T> Drop for Reserve<'_, T> {
    fn drop(&mut self) {
        self.channel.fifo.withdraw_reserve(&mut self.stake);
    }
}

impl<T> fmt::Debug for Reserve<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reserve")
    }
}

/// Room for one message in a channel. Given back when this is dropped unused.
#[must_use = "a permit that is dropped at once reserves nothing"]
pub struct Permit<'a, T> {
    channel: &'a Channel<T>,
    /// The task that reserved.
    task: u32,
}

impl<'a, T> Permit<'a, T> {
    fn new(channel: &'a Channel<T>, site: Site) -> Self {
        let resource = &channel.fifo.resource;
        resource.record(Kind::Acquired, site, 1);
        let task = resource.current();
        Self { channel, task }
    }

    /// The room is nobody's any more: it is about to be filled, or given back.
    fn released(&self) {
        let resource = &self.channel.fifo.resource;
        resource.record_for(self.task, Kind::Released, 1);
    }

    /// Sends a message into the room. It arrives even if the channel was closed since; if no
    /// receiver is left, it is dropped.
    #[track_caller]
    pub fn send(self, message: T) {
        self.released();
        self.channel.fifo.put(message, Site::caller());
        std::mem::forget(self);
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.released();
        self.channel.fifo.unreserve();
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}
