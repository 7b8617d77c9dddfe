//! What [`mpsc`](super::mpsc) and [`mpmc`](super::mpmc) have in common: everything but how many
//! receivers there can be.

mod builder;
mod closed;
mod error;
mod recv;
mod sender;
mod unbounded;

use std::cell::Cell;

pub(super) use builder::{Builder, ReceivingSide};
pub use closed::Closed;
pub use error::{SendError, TryRecvError, TrySendError};
pub use recv::Recv;
pub(super) use recv::Streaming;
pub use sender::{Permit, Reserve, Send, Sender};
pub use unbounded::UnboundedSender;

use super::fifo::Fifo;
use super::line::Line;
use crate::record::Site;

/// The messages, and who is left.
#[derive(Debug)]
pub struct Channel<T> {
    fifo: Fifo<T>,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    capacity: usize,
    /// Those who wait for the end of the receiving side.
    closed: Line,
}

impl<T> Channel<T> {
    fn add_sender(&self) {
        self.senders.set(self.senders.get() + 1);
    }

    fn remove_sender(&self) {
        self.senders.set(self.senders.get() - 1);
        if self.senders.get() == 0 {
            self.fifo.close();
        }
    }

    pub(super) fn add_receiver(&self) {
        self.receivers.set(self.receivers.get() + 1);
    }

    /// The last one closes the channel and drops the messages inside.
    pub(super) fn remove_receiver(&self) {
        self.receivers.set(self.receivers.get() - 1);
        if self.receivers.get() == 0 {
            self.close();
            self.fifo.discard();
        }
    }

    /// Lets no further message in.
    pub(super) fn close(&self) {
        self.fifo.close();
        self.closed.wake_all();
    }

    /// Number of messages inside.
    pub(super) fn len(&self) -> usize {
        self.fifo.len()
    }

    #[inline]
    pub(super) fn try_recv(&self, site: Site) -> Result<T, TryRecvError> {
        match self.fifo.try_take(site) {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        }
    }
}
