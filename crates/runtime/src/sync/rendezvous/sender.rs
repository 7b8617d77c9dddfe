//! The sending side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_sink::Sink;

use super::line::{Offer, Standing};
use super::{Channel, SendError};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::task::waker;

/// The sending side of a channel without room. Clones send into the same channel.
///
/// Also a `Sink`, which holds one message on offer: it is flushed when that was received.
pub struct Sender<T> {
    channel: Rc<Channel<T>>,
    /// What the sink offers.
    sink: Offered,
    sink_closed: bool,
    site: Site,
}

/// An offer and the wait for its receiver.
#[derive(Debug, Default)]
struct Offered {
    ticket: Option<u64>,
    wait: Wait,
}

impl Offered {
    fn make<T>(&mut self, channel: &Channel<T>, value: T, site: Site, cx: Option<&Context<'_>>) {
        let offer = Offer {
            description: channel.describe(&value),
            value,
            task: channel.resource.current(),
            site,
        };
        let waker = cx.map(|cx| cx.waker().clone());
        let (place, (ticket, entitled)) = {
            let mut lines = channel.lines.borrow_mut();
            (lines.offers(), lines.offer(offer, waker))
        };
        self.ticket = Some(ticket);
        let (resource, reason) = (&channel.resource, Reason::ChannelSend);
        if cx.is_some() {
            resource.wait_begins(&mut self.wait, reason, place, site);
        }
        if let Some(receiver) = entitled {
            waker::call(receiver);
        }
    }

    /// Waits until the offer was taken. At once if there is none.
    fn poll<T>(
        &mut self,
        channel: &Channel<T>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError<T>>> {
        let Some(ticket) = self.ticket else {
            return Poll::Ready(Ok(()));
        };
        let (resource, reason) = (&channel.resource, Reason::ChannelSend);
        let task = resource.current();
        let standing = channel
            .lines
            .borrow_mut()
            .look_at_offer(ticket, cx.waker(), task);
        match standing {
            Standing::Taken => {
                self.ticket = None;
                resource.wait_ends(&mut self.wait, reason);
                Poll::Ready(Ok(()))
            }
            Standing::Waiting { .. } if channel.closed.get() => {
                let value = self.withdraw(channel);
                Poll::Ready(match value {
                    Some(value) => Err(SendError(value)),
                    None => Ok(()),
                })
            }
            Standing::Waiting { stale } => {
                if stale {
                    let waker = cx.waker().clone();
                    let old = channel.lines.borrow_mut().replace_sender(ticket, waker);
                    drop(old);
                }
                if !self.wait.is_of(task) {
                    // Another task polls now than the one that offered.
                    let place = channel.lines.borrow().place_of_offer(ticket);
                    resource.wait_begins(&mut self.wait, reason, place, site);
                }
                Poll::Pending
            }
        }
    }

    /// Takes the offer back, if it is still there.
    fn withdraw<T>(&mut self, channel: &Channel<T>) -> Option<T> {
        let ticket = self.ticket.take()?;
        let withdrawn = channel.lines.borrow_mut().withdraw(ticket);
        channel
            .resource
            .wait_ends(&mut self.wait, Reason::ChannelSend);
        withdrawn.map(|(offer, _waker)| offer.value)
    }
}

impl<T> Sender<T> {
    #[track_caller]
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            sink: Offered::default(),
            sink_closed: false,
            site: Site::caller(),
        }
    }

    /// Sends a message: ready when somebody has received it.
    ///
    /// # Errors
    /// If every receiver is gone or one has closed the channel; the error holds the message.
    ///
    /// # Cancel safety
    /// If the future is dropped before the message was received, the message is withdrawn and
    /// dropped with it. It may have been received if the future was not polled since.
    #[track_caller]
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send {
            channel: &self.channel,
            message: Some(message),
            offered: Offered::default(),
            site: Site::caller(),
        }
    }

    /// Whether every receiver is gone or one has closed the channel.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.channel.closed.get()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.channel.senders.set(self.channel.senders.get() + 1);
        Self {
            channel: Rc::clone(&self.channel),
            sink: Offered::default(),
            sink_closed: false,
            site: self.site,
        }
    }
}

impl<T> Unpin for Sender<T> {}

impl<T> Sink<T> for Sender<T> {
    type Error = SendError<T>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // One message at a time: the one before has to be received first.
        self.poll_flush(cx)
    }

    /// # Panics
    /// If the one before was not received, or the sink was closed.
    fn start_send(mut self: Pin<&mut Self>, message: T) -> Result<(), Self::Error> {
        let this = &mut *self;
        assert!(
            this.sink.ticket.is_none() && !this.sink_closed,
            "`start_send` was called without `poll_ready`"
        );
        if this.channel.closed.get() {
            return Err(SendError(message));
        }
        this.sink.make(&this.channel, message, this.site, None);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = &mut *self;
        this.sink.poll(&this.channel, this.site, cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        std::task::ready!(self.as_mut().poll_flush(cx))?;
        if !std::mem::replace(&mut self.sink_closed, true) {
            self.channel.remove_sender();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        drop(self.sink.withdraw(&self.channel));
        if !self.sink_closed {
            self.channel.remove_sender();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

/// The future of [`Sender::send`].
#[must_use = "futures do nothing unless awaited"]
pub struct Send<'a, T> {
    channel: &'a Channel<T>,
    /// Until the first poll.
    message: Option<T>,
    offered: Offered,
    site: Site,
}

impl<T> Unpin for Send<'_, T> {}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(message) = this.message.take() {
            if this.channel.closed.get() {
                return Poll::Ready(Err(SendError(message)));
            }
            this.offered
                .make(this.channel, message, this.site, Some(cx));
            return Poll::Pending;
        }
        this.offered.poll(this.channel, this.site, cx)
    }
}

impl<T> Drop for Send<'_, T> {
    fn drop(&mut self) {
        drop(self.offered.withdraw(self.channel));
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Send")
    }
}
