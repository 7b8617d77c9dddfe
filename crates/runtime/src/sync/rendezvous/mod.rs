//! A channel without any room: a send is over when somebody has received the message.
//!
//! Many may send and many receive. Messages are received in the order in which they were offered,
//! and receivers are served in the order in which they came.
//!
//! # Fairness
//!
//! Of the receivers that wait, the first so many as there are messages on offer are *entitled* to
//! one each, and woken; a newcomer gets a message only if one is left over. A receiver that is
//! dropped passes its entitlement on. A message that is withdrawn before it was received takes the
//! entitlement of the last entitled receiver back, which keeps its place in line.

mod line;
mod receiver;
mod sender;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

pub use super::channel::{SendError, TryRecvError};
pub use receiver::{Receiver, Recv};
pub use sender::{Send, Sender};

use self::line::Lines;
use super::fifo::Describe;
use crate::log::{Kind, ResourceKind, pack};
use crate::record::{Resource, Site};
use crate::task::waker;

/// A channel without any room.
///
/// ```
/// use std::time::Duration;
/// use wakeline::sync::rendezvous;
/// use wakeline::time::{now, sleep};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, receiver) = rendezvous::channel();
///     let giving = wakeline::spawn(async move {
///         sender.send("here you are").await.unwrap();
///         now().as_nanos()
///     });
///     sleep(Duration::from_secs(1)).await;
///     assert_eq!(receiver.recv().await, Some("here you are"));
///     assert_eq!(giving.await.unwrap(), 1_000_000_000); // not before somebody took it
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    build(None, None)
}

/// Settings of a channel: what the log calls it and its messages.
pub struct Builder<T> {
    name: String,
    describe: Option<Describe<T>>,
}

impl<T> Builder<T> {
    /// A channel with a name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            describe: None,
        }
    }

    /// How a message appears in the log. Called once a message, only while recording.
    #[must_use]
    pub fn describe(mut self, describe: impl Fn(&T) -> String + 'static) -> Self {
        self.describe = Some(Box::new(describe));
        self
    }

    /// The channel.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> (Sender<T>, Receiver<T>) {
        build(Some(&self.name), self.describe)
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[track_caller]
fn build<T>(name: Option<&str>, describe: Option<Describe<T>>) -> (Sender<T>, Receiver<T>) {
    let channel = Rc::new(Channel {
        lines: RefCell::new(Lines::default()),
        resource: Resource::new(ResourceKind::Rendezvous, 0, name),
        describe,
        senders: Cell::new(1),
        receivers: Cell::new(1),
        closed: Cell::new(false),
    });
    (Sender::new(Rc::clone(&channel)), Receiver::new(channel))
}

struct Channel<T> {
    lines: RefCell<Lines<T>>,
    resource: Resource,
    describe: Option<Describe<T>>,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    closed: Cell<bool>,
}

impl<T> Channel<T> {
    fn describe(&self, value: &T) -> u32 {
        match (&self.describe, self.resource.core()) {
            (Some(describe), Some(core)) if core.is_recording() => core.intern(&describe(value)),
            _ => 0,
        }
    }

    /// Takes the first message on offer, which there is, and lets its sender go on.
    fn take_first(&self, site: Site) -> Option<T> {
        let (offer, sender) = self.lines.borrow_mut().take_first()?;
        if let Some(core) = self.resource.core() {
            let (id, value) = (self.resource.id(), pack(offer.description, 1));
            core.record(Kind::Sent, 0, offer.site, offer.task, id, value);
        }
        let received = pack(offer.description, 0);
        self.resource.record(Kind::Received, site, received);
        if let Some(sender) = sender {
            waker::call(sender);
        }
        Some(offer.value)
    }

    /// Lets nothing more through: whoever waits on either side is told.
    fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        self.resource.record_self(Kind::ResourceClosed, 0);
        let wakers = self.lines.borrow_mut().wakers();
        wakers.into_iter().for_each(waker::call);
    }

    fn remove_sender(&self) {
        self.senders.set(self.senders.get() - 1);
        if self.senders.get() == 0 {
            self.close();
        }
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
