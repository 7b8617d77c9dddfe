//! How a channel is made.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::{Channel, Sender, UnboundedSender};
use crate::log::ResourceKind;
use crate::sync::fifo::{Describe, Fifo};
use crate::sync::line::Line;

/// What takes messages out of a channel.
pub trait ReceivingSide<T> {
    /// The first receiver of a new channel.
    #[doc(hidden)]
    fn of(channel: Rc<Channel<T>>) -> Self;
}

/// Settings of a channel: what the log calls it and its messages. `R` is its receiving side.
pub struct Builder<T, R> {
    name: Option<String>,
    describe: Option<Describe<T>>,
    receiver: PhantomData<fn() -> R>,
}

impl<T, R: ReceivingSide<T>> Builder<T, R> {
    /// A channel with a name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::unnamed()
        }
    }

    pub(in crate::sync) fn unnamed() -> Self {
        Self {
            name: None,
            describe: None,
            receiver: PhantomData,
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
    /// If the capacity is 0. A channel without any room is a
    /// [`rendezvous`](crate::sync::rendezvous).
    #[must_use]
    #[track_caller]
    pub fn bounded(self, capacity: usize) -> (Sender<T>, R) {
        assert!(
            capacity > 0,
            "the capacity of a bounded channel must not be 0; see `sync::rendezvous`"
        );
        let channel = self.build(Some(capacity));
        (Sender::new(Rc::clone(&channel)), R::of(channel))
    }

    /// A channel with room for any number of messages.
    #[must_use]
    #[track_caller]
    pub fn unbounded(self) -> (UnboundedSender<T>, R) {
        let channel = self.build(None);
        (UnboundedSender::new(Rc::clone(&channel)), R::of(channel))
    }

    #[track_caller]
    fn build(self, room: Option<usize>) -> Rc<Channel<T>> {
        let name = self.name.as_deref();
        Rc::new(Channel {
            fifo: Fifo::new(ResourceKind::Channel, room, name, self.describe),
            senders: Cell::new(1),
            receivers: Cell::new(1),
            capacity: room.unwrap_or(usize::MAX),
            closed: Line::default(),
        })
    }
}

impl<T, R> fmt::Debug for Builder<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
