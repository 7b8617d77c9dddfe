//! A channel whose every receiver gets every message.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::line::{Line, Place};
use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::record::{Resource, Site};

/// A channel that keeps the last so many messages for every receiver.
///
/// A sender never waits. A receiver that is slower than the channel is long misses the oldest
/// messages and is told how many ([`RecvError::Lagged`]).
///
/// # Panics
/// If the capacity is 0.
///
/// ```
/// use wakeline::sync::broadcast;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, mut first) = broadcast::channel(2);
///     let mut second = sender.subscribe();
///     sender.send("hello").unwrap();
///     assert_eq!(first.recv().await, Ok("hello"));
///     assert_eq!(second.recv().await, Ok("hello"));
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T: Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    build(None, capacity)
}

/// The same with a name for the log.
///
/// # Panics
/// If the capacity is 0.
#[must_use]
#[track_caller]
pub fn named<T: Clone>(name: &str, capacity: usize) -> (Sender<T>, Receiver<T>) {
    build(Some(name), capacity)
}

#[track_caller]
fn build<T: Clone>(name: Option<&str>, capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        capacity > 0,
        "the capacity of a broadcast channel must not be 0"
    );
    let in_log = u32::try_from(capacity).unwrap_or(u32::MAX - 1);
    let shared = Rc::new(Shared {
        ring: RefCell::default(),
        first: Cell::new(0),
        capacity,
        senders: Cell::new(1),
        receivers: Cell::new(1),
        line: Line::default(),
        resource: Resource::new(ResourceKind::Broadcast, in_log, name),
    });
    (
        Sender {
            shared: Rc::clone(&shared),
        },
        Receiver { shared, next: 0 },
    )
}

struct Shared<T> {
    ring: RefCell<VecDeque<Slot<T>>>,
    /// The number of the oldest message that is kept.
    first: Cell<u64>,
    capacity: usize,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    line: Line,
    resource: Resource,
}

struct Slot<T> {
    message: T,
    /// How many receivers have yet to take it.
    left: usize,
}

impl<T> Shared<T> {
    /// The number that the next message gets.
    fn end(&self) -> u64 {
        self.first.get() + self.ring.borrow().len() as u64
    }

    /// Drops what every receiver has taken.
    fn trim(&self) {
        loop {
            let done = {
                let mut ring = self.ring.borrow_mut();
                match ring.front() {
                    Some(slot) if slot.left == 0 => ring.pop_front(),
                    _ => return,
                }
            };
            self.first.set(self.first.get() + 1);
            drop(done);
        }
    }
}

/// The sending side. Clones send into the same channel.
pub struct Sender<T> {
    shared: Rc<Shared<T>>,
}

impl<T: Clone> Sender<T> {
    /// Sends a message to every receiver there is now, and says how many that are. If the channel
    /// is full, the oldest message goes.
    ///
    /// # Errors
    /// The message itself, if there is no receiver.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<usize, T> {
        let shared = &self.shared;
        let receivers = shared.receivers.get();
        if receivers == 0 {
            return Err(message);
        }
        let (lost, inside) = {
            let mut ring = shared.ring.borrow_mut();
            let lost = if ring.len() == shared.capacity {
                ring.pop_front()
            } else {
                None
            };
            ring.push_back(Slot {
                message,
                left: receivers,
            });
            (lost, ring.len())
        };
        if lost.is_some() {
            shared.first.set(shared.first.get() + 1);
            shared.resource.record_self(Kind::Discarded, 1);
        }
        drop(lost);
        let inside = u32::try_from(inside).unwrap_or(u32::MAX);
        shared
            .resource
            .record(Kind::Sent, Site::caller(), pack(0, inside));
        shared.line.wake_all();
        Ok(receivers)
    }

    /// Another receiver, which gets every message from now on.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        self.shared.receivers.set(self.shared.receivers.get() + 1);
        Receiver {
            shared: Rc::clone(&self.shared),
            next: self.shared.end(),
        }
    }

    /// Number of receivers.
    #[must_use]
    pub fn receiver_count(&self) -> usize {
        self.shared.receivers.get()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.senders.set(self.shared.senders.get() + 1);
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.senders.set(self.shared.senders.get() - 1);
        if self.shared.senders.get() == 0 {
            self.shared.resource.record_self(Kind::ResourceClosed, 0);
            self.shared.line.wake_all();
        }
    }
}

/// The receiving side.
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
    /// The number of the message that it gets next.
    next: u64,
}

impl<T: Clone> Receiver<T> {
    /// Waits for the next message.
    ///
    /// # Errors
    /// [`RecvError::Lagged`] if messages were lost because this receiver was too slow; the next
    /// call gives the oldest that is left. [`RecvError::Closed`] if every sender is gone and
    /// every message was taken.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no message.
    #[track_caller]
    pub fn recv(&mut self) -> Recv<'_, T> {
        Recv {
            receiver: self,
            place: Place::default(),
            site: Site::caller(),
        }
    }

    fn take(&mut self, site: Site) -> Option<Result<T, RecvError>> {
        let shared = &self.shared;
        let first = shared.first.get();
        if self.next < first {
            let missed = first - self.next;
            self.next = first;
            return Some(Err(RecvError::Lagged(missed)));
        }
        let message = {
            let mut ring = shared.ring.borrow_mut();
            let slot = ring.get_mut((self.next - first) as usize);
            slot.map(|slot| {
                slot.left -= 1;
                slot.message.clone()
            })
        };
        match message {
            Some(message) => {
                self.next += 1;
                let all_took = shared
                    .ring
                    .borrow()
                    .front()
                    .is_some_and(|slot| slot.left == 0);
                if all_took {
                    // In the log a message leaves the channel when the last receiver took it.
                    let inside = u32::try_from(shared.ring.borrow().len() - 1).unwrap_or(u32::MAX);
                    shared
                        .resource
                        .record(Kind::Received, site, pack(0, inside));
                    shared.trim();
                }
                Some(Ok(message))
            }
            None if shared.senders.get() == 0 => Some(Err(RecvError::Closed)),
            None => None,
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let shared = &self.shared;
        shared.receivers.set(shared.receivers.get() - 1);
        let unread = self.next.saturating_sub(shared.first.get()) as usize;
        for slot in shared.ring.borrow_mut().iter_mut().skip(unread) {
            slot.left -= 1;
        }
        let before = shared.ring.borrow().len();
        shared.trim();
        let gone = before - shared.ring.borrow().len();
        if gone > 0 {
            shared.resource.record_self(Kind::Discarded, gone as u64);
        }
    }
}

/// The future of [`Receiver::recv`].
#[must_use = "futures do nothing unless awaited"]
pub struct Recv<'a, T> {
    receiver: &'a mut Receiver<T>,
    place: Place,
    site: Site,
}

impl<T: Clone> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let shared = Rc::clone(&this.receiver.shared);
        let (receiver, site) = (&mut *this.receiver, this.site);
        shared.line.poll(
            &mut this.place,
            &shared.resource,
            Reason::ChannelReceive,
            site,
            cx,
            || receiver.take(site),
        )
    }
}

impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        let shared = &self.receiver.shared;
        shared
            .line
            .leave(&mut self.place, &shared.resource, Reason::ChannelReceive);
    }
}

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvError {
    /// Every sender is gone and every message was taken.
    Closed,
    /// So many messages were lost because this receiver was too slow.
    Lagged(u64),
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the channel is empty and closed"),
            Self::Lagged(missed) => write!(f, "{missed} messages were missed"),
        }
    }
}

impl std::error::Error for RecvError {}

macro_rules! opaque_debug {
    ($($name:ty, $text:literal;)*) => {$(
        impl<T> fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text)
            }
        }
    )*};
}
opaque_debug! {
    Sender<T>, "Sender";
    Receiver<T>, "Receiver";
    Recv<'_, T>, "Recv";
}
