//! The sending side of an unbounded channel.

use std::fmt;
use std::rc::Rc;

use super::{Channel, Closed, SendError};
use crate::record::Site;

/// The sending side of an unbounded channel. Clones send into the same channel.
pub struct UnboundedSender<T> {
    pub(super) channel: Rc<Channel<T>>,
}

impl<T> UnboundedSender<T> {
    /// Sends a message, at once.
    ///
    /// # Errors
    /// If the receiver is gone or has closed the channel; the error holds the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.channel.fifo.try_reserve() {
            Ok(_) => {
                self.channel.fifo.put(message, Site::caller());
                Ok(())
            }
            Err(_) => Err(SendError(message)),
        }
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn closed(&self) -> Closed<'_, T> {
        Closed::new(&self.channel)
    }

    /// Whether the receiver is gone or has closed the channel.
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
        }
    }
}

impl<T> Drop for UnboundedSender<T> {
    fn drop(&mut self) {
        self.channel.remove_sender();
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnboundedSender")
    }
}
