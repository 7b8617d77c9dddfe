//! A channel for one message.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// A channel for one message.
///
/// ```
/// use wakeline::sync::oneshot;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, receiver) = oneshot::channel();
///     wakeline::spawn(async move { sender.send(7) });
///     assert_eq!(receiver.await, Ok(7));
/// });
/// ```
#[must_use]
#[track_caller]
#[inline]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    build(None)
}

/// The same with a name for the log.
#[must_use]
#[track_caller]
pub fn named<T>(name: &str) -> (Sender<T>, Receiver<T>) {
    build(Some(name))
}

#[track_caller]
#[inline]
fn build<T>(name: Option<&str>) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(Shared {
        resource: Resource::blank(),
        site: Site::caller(),
        value: Cell::new(None),
        receiver: Cell::new(None),
        sender: Cell::new(None),
        wait: Cell::default(),
        sent: Cell::new(false),
        closed: Cell::new(false),
    });
    shared.resource.open(ResourceKind::Oneshot, 1, name);
    let sender = Sender {
        shared: Rc::clone(&shared),
    };
    (sender, Receiver { shared })
}

/// Everything is in here, so that each side is one word.
struct Shared<T> {
    resource: Resource,
    /// Where the channel was made, which is where the receiver waits.
    site: Site,
    value: Cell<Option<T>>,
    receiver: Cell<Option<Waker>>,
    sender: Cell<Option<Waker>>,
    /// The receiver's.
    wait: Cell<Wait>,
    /// The sender has sent.
    sent: Cell<bool>,
    /// One side is gone, or the receiver wants no message.
    closed: Cell<bool>,
}

fn wake(waker: &Cell<Option<Waker>>) {
    if let Some(waker) = waker.take() {
        waker::call(waker);
    }
}

/// Puts a waker where it will be found. The old one is dropped when nothing is borrowed.
fn register(slot: &Cell<Option<Waker>>, cx: &Context<'_>) {
    match slot.take() {
        Some(old) if old.will_wake(cx.waker()) => slot.set(Some(old)),
        old => {
            slot.set(Some(waker::copy(cx.waker())));
            drop(old);
        }
    }
}

/// The sending side. Dropping it without sending gives the receiver an error.
pub struct Sender<T> {
    shared: Rc<Shared<T>>,
}

impl<T> Sender<T> {
    /// Sends the message.
    ///
    /// # Errors
    /// The message itself, if the receiver is gone or closed.
    #[track_caller]
    #[inline]
    pub fn send(self, message: T) -> Result<(), T> {
        if self.shared.closed.get() {
            return Err(message);
        }
        self.shared.sent.set(true);
        self.shared.value.set(Some(message));
        self.shared
            .resource
            .record(Kind::Sent, Site::caller(), pack(0, 1));
        wake(&self.shared.receiver);
        Ok(())
    }

    /// Whether the receiver is gone or closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.get()
    }

    /// Waits until the receiver is gone or closed.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn closed(&mut self) -> Closed<'_, T> {
        Closed {
            shared: &self.shared,
            wait: Wait::default(),
            site: Site::caller(),
        }
    }
}

impl<T> Drop for Sender<T> {
    #[inline]
    fn drop(&mut self) {
        if !self.shared.sent.get() && !self.shared.closed.replace(true) {
            self.shared.resource.record_self(Kind::ResourceClosed, 0);
            wake(&self.shared.receiver);
        }
        drop(self.shared.sender.take());
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

/// The future of [`Sender::closed`].
#[must_use = "futures do nothing unless awaited"]
pub struct Closed<'a, T> {
    shared: &'a Shared<T>,
    wait: Wait,
    site: Site,
}

impl<T> Future for Closed<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let resource = &this.shared.resource;
        if this.shared.closed.get() {
            resource.wait_ends(&mut this.wait, Reason::Closed);
            return Poll::Ready(());
        }
        register(&this.shared.sender, cx);
        resource.wait_begins(&mut this.wait, Reason::Closed, 0, this.site);
        Poll::Pending
    }
}

impl<T> Drop for Closed<'_, T> {
    fn drop(&mut self) {
        let resource = &self.shared.resource;
        resource.wait_ends(&mut self.wait, Reason::Closed);
    }
}

impl<T> fmt::Debug for Closed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closed")
    }
}

/// The receiving side: a future of the message.
///
/// # Cancel safety
/// `&mut receiver` can be awaited again.
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
}

impl<T> Receiver<T> {
    /// Wants no message any more; one that was sent can still be received.
    #[inline]
    pub fn close(&mut self) {
        if !self.shared.closed.replace(true) {
            self.shared.resource.record_self(Kind::ResourceClosed, 0);
            wake(&self.shared.sender);
        }
    }

    /// Takes the message if it is there.
    ///
    /// # Errors
    /// `None` if it may still come, `Some` if it never will.
    pub fn try_recv(&mut self) -> Result<T, Option<RecvError>> {
        self.take()
            .ok_or_else(|| self.shared.closed.get().then_some(RecvError(())))
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        let message = self.shared.value.take()?;
        self.shared.closed.set(true);
        let shared = &*self.shared;
        shared.resource.record(Kind::Received, shared.site, 0);
        Some(message)
    }

    /// The wait is over, if there was one.
    #[inline]
    fn wait_ends(&self) {
        let mut wait = self.shared.wait.take();
        let resource = &self.shared.resource;
        resource.wait_ends(&mut wait, Reason::ChannelReceive);
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let over = match this.take() {
            Some(message) => Ok(message),
            None if this.shared.closed.get() => Err(RecvError(())),
            None => {
                let shared = &*this.shared;
                register(&shared.receiver, cx);
                let mut wait = shared.wait.take();
                let (resource, reason) = (&shared.resource, Reason::ChannelReceive);
                resource.wait_begins(&mut wait, reason, 0, shared.site);
                shared.wait.set(wait);
                return Poll::Pending;
            }
        };
        this.wait_ends();
        Poll::Ready(over)
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Drop for Receiver<T> {
    #[inline]
    fn drop(&mut self) {
        self.wait_ends();
        self.close();
        drop(self.shared.receiver.take());
        let unread = self.shared.value.take();
        if unread.is_some() {
            self.shared.resource.record_self(Kind::Discarded, 1);
        }
        drop(unread);
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}

/// The sender went without sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvError(());

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender was dropped without sending")
    }
}

impl std::error::Error for RecvError {}
