//! Waiting for the end of the receiving side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Channel;
use crate::log::Reason;
use crate::record::Site;
use crate::sync::line::Place;

/// The future of [`Sender::closed`](super::Sender::closed) and
/// [`UnboundedSender::closed`](super::UnboundedSender::closed).
#[must_use = "futures do nothing unless awaited"]
pub struct Closed<'a, T> {
    channel: &'a Channel<T>,
    place: Place,
    site: Site,
}

impl<'a, T> Closed<'a, T> {
    #[track_caller]
    pub(super) fn new(channel: &'a Channel<T>) -> Self {
        Self {
            channel,
            place: Place::default(),
            site: Site::caller(),
        }
    }
}

impl<T> Future for Closed<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let fifo = &this.channel.fifo;
        let (resource, site) = (&fifo.resource, this.site);
        this.channel
            .closed
            .poll(&mut this.place, resource, Reason::Closed, site, cx, || {
                fifo.is_closing().then_some(())
            })
    }
}

impl<T> Drop for Closed<'_, T> {
    fn drop(&mut self) {
        let resource = &self.channel.fifo.resource;
        self.channel
            .closed
            .leave(&mut self.place, resource, Reason::Closed);
    }
}

impl<T> fmt::Debug for Closed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closed")
    }
}
