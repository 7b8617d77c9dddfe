//! Channels from many senders to one receiver.
//!
//! A bounded channel has room for so many messages; a sender that finds it full waits, and that
//! wait is the *backpressure* which keeps a fast producer from running away. An unbounded channel
//! never makes a sender wait, and grows.
//!
//! The channel closes for the receiver when every sender is gone and every message is taken, and
//! for the senders when the receiver is gone or has closed it.

mod closed;
mod error;
mod receiver;
mod sender;
mod unbounded;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

pub use closed::Closed;
pub use error::{SendError, TryRecvError, TrySendError};
pub use receiver::{Receiver, Recv};
pub use sender::{Permit, Reserve, Send, Sender};
pub use unbounded::UnboundedSender;

use super::fifo::{Describe, Fifo};
use super::line::Line;
use crate::log::ResourceKind;

/// A bounded channel.
///
/// # Panics
/// If the capacity is 0.
///
/// ```
/// use wakeline::sync::mpsc;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, mut receiver) = mpsc::channel(1);
///     wakeline::spawn(async move {
///         for word in ["one", "two"] {
///             sender.send(word).await.unwrap(); // waits until there is room
///         }
///     });
///     assert_eq!(receiver.recv().await, Some("one"));
///     assert_eq!(receiver.recv().await, Some("two"));
///     assert_eq!(receiver.recv().await, None);
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::unnamed().bounded(capacity)
}

/// An unbounded channel.
#[must_use]
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, Receiver<T>) {
    Builder::unnamed().unbounded()
}

/// Settings of a channel: what the log calls it and its messages.
pub struct Builder<T> {
    name: Option<String>,
    describe: Option<Describe<T>>,
}

impl<T> Builder<T> {
    /// A channel with a name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            describe: None,
        }
    }

    fn unnamed() -> Self {
        Self {
            name: None,
            describe: None,
        }
    }

    /// How a message appears in the log. Called once a message, only while recording.
    #[must_use]
    pub fn describe(mut self, describe: impl Fn(&T) -> String + 'static) -> Self {
        self.describe = Some(Box::new(describe));
        self
    }

    /// A channel with room for so many messages.
    ///
    /// # Panics
    /// If the capacity is 0.
    #[must_use]
    #[track_caller]
    pub fn bounded(self, capacity: usize) -> (Sender<T>, Receiver<T>) {
        assert!(
            capacity > 0,
            "the capacity of a bounded channel must not be 0"
        );
        let channel = self.build(Some(capacity), capacity);
        (Sender::new(Rc::clone(&channel)), Receiver::new(channel))
    }

    /// A channel with room for any number of messages.
    #[must_use]
    #[track_caller]
    pub fn unbounded(self) -> (UnboundedSender<T>, Receiver<T>) {
        let channel = self.build(None, usize::MAX);
        (
            UnboundedSender::new(Rc::clone(&channel)),
            Receiver::new(channel),
        )
    }

    #[track_caller]
    fn build(self, room: Option<usize>, capacity: usize) -> Rc<Channel<T>> {
        let name = self.name.as_deref();
        Rc::new(Channel {
            fifo: Fifo::new(ResourceKind::Channel, room, name, self.describe),
            senders: Cell::new(1),
            capacity,
            closed: Line::default(),
        })
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Channel<T> {
    fifo: Fifo<T>,
    senders: Cell<usize>,
    capacity: usize,
    /// Those who wait for the receiver's end.
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

    fn close(&self) {
        self.fifo.close();
        self.closed.wake_all();
    }
}
