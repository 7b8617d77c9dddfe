//! Channels from many senders to many receivers: each message goes to one of them.
//!
//! Receivers that wait are served in the order of arrival, and so are senders that wait for room.
//! A message that was promised to a receiver which is then dropped goes to the next in line.
//!
//! The channel closes for the receivers when every sender is gone and every message is taken, and
//! for the senders when every receiver is gone or one has closed it.
//!
//! For a channel without any room, in which a send is over when the message is received, see
//! [`rendezvous`](super::rendezvous).

mod receiver;
mod sender;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

pub use receiver::{Receiver, Recv};
pub use sender::{Send, Sender, UnboundedSender};

pub use super::mpsc::{SendError, TryRecvError, TrySendError};

use super::fifo::{Describe, Fifo};
use crate::log::ResourceKind;

/// A channel with room for so many messages.
///
/// # Panics
/// If the capacity is 0.
///
/// ```
/// use wakeline::sync::mpmc;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, receiver) = mpmc::channel(4);
///     let workers = [receiver.clone(), receiver].map(|receiver| {
///         wakeline::spawn(async move {
///             let mut done = 0;
///             while let Some(_job) = receiver.recv().await {
///                 done += 1;
///             }
///             done
///         })
///     });
///     for job in 0..10 {
///         sender.send(job).await.unwrap();
///     }
///     drop(sender);
///     let mut done = 0;
///     for worker in workers {
///         done += worker.await.unwrap();
///     }
///     assert_eq!(done, 10);
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::unnamed().bounded(capacity)
}

/// A channel with room for any number of messages.
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
            "the capacity of a bounded channel must not be 0; see `sync::rendezvous`"
        );
        let channel = self.build(Some(capacity));
        (Sender::new(Rc::clone(&channel)), Receiver::new(channel))
    }

    /// A channel with room for any number of messages.
    #[must_use]
    #[track_caller]
    pub fn unbounded(self) -> (UnboundedSender<T>, Receiver<T>) {
        let channel = self.build(None);
        let sender = UnboundedSender::new(Rc::clone(&channel));
        (sender, Receiver::new(channel))
    }

    #[track_caller]
    fn build(self, capacity: Option<usize>) -> Rc<Channel<T>> {
        let name = self.name.as_deref();
        Rc::new(Channel {
            fifo: Fifo::new(ResourceKind::Channel, capacity, name, self.describe),
            senders: Cell::new(1),
            receivers: Cell::new(1),
            capacity,
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
    receivers: Cell<usize>,
    capacity: Option<usize>,
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
}
