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
pub(super) use recv::Receiving;
pub use recv::Recv;
pub use sender::{Permit, Reserve, Send, Sender};
pub use unbounded::UnboundedSender;

use super::fifo::Fifo;
use super::line::Line;

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

    /// Lets no further message in.
    fn close(&self) {
        self.fifo.close();
        self.closed.wake_all();
    }
}
