//! The receiving side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Channel, TryRecvError};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::task::waker;

/// The receiving side of a channel without room. Clones receive from the same channel; each
/// message goes to one of them. Also a `Stream`.
///
/// Dropping the last one closes the channel.
pub struct Receiver<T> {
    channel: Rc<Channel<T>>,
    /// The wait of the stream, which keeps no future between its polls.
    stream: Place,
    site: Site,
}

/// A receiver's place in line, if it has one.
#[derive(Debug, Default)]
struct Place {
    ticket: Option<u64>,
    wait: Wait,
}

impl Place {
    fn poll<T>(
        &mut self,
        channel: &Channel<T>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T>> {
        let (resource, reason) = (&channel.resource, Reason::ChannelReceive);
        if channel.closed.get() {
            self.leave(channel);
            return Poll::Ready(None);
        }
        if let Some(ticket) = self.ticket {
            if channel.lines.borrow().is_entitled(ticket) {
                let old = channel.lines.borrow_mut().leave_to_take(ticket);
                drop(old);
                self.ticket = None;
                resource.wait_ends(&mut self.wait, reason);
                return Poll::Ready(channel.take_first(site));
            }
            if channel.lines.borrow().is_stale(ticket, cx.waker()) {
                let waker = cx.waker().clone();
                let old = channel.lines.borrow_mut().replace_receiver(ticket, waker);
                drop(old);
            }
            if !self.wait.is_of(resource.current()) {
                // Another task polls now than the one that entered.
                let place = channel.lines.borrow().place_of_receiver(ticket);
                resource.wait_begins(&mut self.wait, reason, place, site);
            }
            return Poll::Pending;
        }
        if channel.lines.borrow().is_left_over() {
            return Poll::Ready(channel.take_first(site));
        }
        let waker = cx.waker().clone();
        let place = {
            let mut lines = channel.lines.borrow_mut();
            let place = lines.receivers();
            self.ticket = Some(lines.enter(waker));
            place
        };
        resource.wait_begins(&mut self.wait, reason, place, site);
        Poll::Pending
    }

    fn leave<T>(&mut self, channel: &Channel<T>) {
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let (own, next) = channel.lines.borrow_mut().leave(ticket);
        drop(own);
        channel
            .resource
            .wait_ends(&mut self.wait, Reason::ChannelReceive);
        if let Some(next) = next {
            waker::call(next);
        }
    }
}

impl<T> Receiver<T> {
    #[track_caller]
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        Self {
            channel,
            stream: Place::default(),
            site: Site::caller(),
        }
    }

    /// Waits for a message, and lets its sender go on. `None` if the channel is closed.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no message; its turn goes to the next in line.
    #[track_caller]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv {
            channel: &self.channel,
            place: Place::default(),
            site: Site::caller(),
        }
    }

    /// Takes a message if one is on offer that no receiver in line is entitled to.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        if self.channel.closed.get() {
            return Err(TryRecvError::Disconnected);
        }
        let is_left_over = self.channel.lines.borrow().is_left_over();
        let message = match is_left_over {
            true => self.channel.take_first(Site::caller()),
            false => None,
        };
        message.ok_or(TryRecvError::Empty)
    }

    /// Lets nothing more through: messages that are on offer go back to their senders.
    pub fn close(&self) {
        self.channel.close();
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.channel.receivers.set(self.channel.receivers.get() + 1);
        Self {
            channel: Rc::clone(&self.channel),
            stream: Place::default(),
            site: self.site,
        }
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        this.stream.poll(&this.channel, this.site, cx)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.stream.leave(&self.channel);
        self.channel.receivers.set(self.channel.receivers.get() - 1);
        if self.channel.receivers.get() == 0 {
            self.channel.close();
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}

/// The future of [`Receiver::recv`].
#[must_use = "futures do nothing unless awaited"]
pub struct Recv<'a, T> {
    channel: &'a Channel<T>,
    place: Place,
    site: Site,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        this.place.poll(this.channel, this.site, cx)
    }
}

impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        self.place.leave(self.channel);
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recv")
    }
}
