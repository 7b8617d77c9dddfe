//! What a sender needs to be a `Sink`: room that is reserved between two of its polls.

use std::task::{Context, Poll};

use super::fifo::{Fifo, Store};
use super::permits::{IsClosed, Stake};
use crate::log::Kind;
use crate::record::Site;

/// The part of a sender that belongs to its `Sink`.
#[derive(Debug, Default)]
pub(super) struct SinkPart {
    stake: Stake,
    /// Room was reserved by `poll_ready` and not used yet; the task that did so.
    reserved: Option<u32>,
    /// The sink was closed: the sender does not count any more.
    pub(super) closed: bool,
}

impl SinkPart {
    pub(super) fn poll_ready<T, S: Store<T>>(
        &mut self,
        fifo: &Fifo<T, S>,
        site: Site,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), IsClosed>> {
        if self.closed {
            return Poll::Ready(Err(IsClosed));
        }
        if self.reserved.is_none() {
            std::task::ready!(fifo.poll_reserve(&mut self.stake, site, cx))?;
            fifo.resource.record(Kind::Acquired, site, 1);
            self.reserved = Some(fifo.resource.current());
        }
        Poll::Ready(Ok(()))
    }

    /// # Panics
    /// If `poll_ready` did not say so before.
    pub(super) fn start_send<T, S: Store<T>>(&mut self, fifo: &Fifo<T, S>, value: T, site: Site) {
        let Some(task) = self.reserved.take() else {
            panic!("`start_send` was called without `poll_ready`");
        };
        fifo.resource.record_for(task, Kind::Released, 1);
        fifo.put(value, site);
    }

    /// Gives everything back.
    pub(super) fn leave<T, S: Store<T>>(&mut self, fifo: &Fifo<T, S>) {
        fifo.withdraw_reserve(&mut self.stake);
        if let Some(task) = self.reserved.take() {
            fifo.resource.record_for(task, Kind::Released, 1);
            fifo.unreserve();
        }
    }
}
