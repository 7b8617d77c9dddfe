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
        resource: Resource::new(ResourceKind::Oneshot, 1, name),
        value: Cell::new(None),
        receiver: Cell::new(None),
        sender: Cell::new(None),
        closed: Cell::new(false),
    });
    let sender = Sender {
        shared: Rc::clone(&shared),
        sent: false,
    };
    (
        sender,
        Receiver {
            shared,
            wait: Wait::default(),
            site: Site::caller(),
        },
    )
}

struct Shared<T> {
    resource: Resource,
    value: Cell<Option<T>>,
    receiver: Cell<Option<Waker>>,
    sender: Cell<Option<Waker>>,
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
    sent: bool,
}

impl<T> Sender<T> {
    /// Sends the message.
    ///
    /// # Errors
    /// The message itself, if the receiver is gone or closed.
    #[track_caller]
    #[inline]
    pub fn send(mut self, message: T) -> Result<(), T> {
        if self.shared.closed.get() {
            return Err(message);
        }
        self.sent = true;
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
        if !self.sent && !self.shared.closed.replace(true) {
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
    wait: Wait,
    site: Site,
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
        self.shared.resource.record(Kind::Received, self.site, 0);
        Some(message)
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
                register(&this.shared.receiver, cx);
                let resource = &this.shared.resource;
                resource.wait_begins(&mut this.wait, Reason::ChannelReceive, 0, this.site);
                return Poll::Pending;
            }
        };
        this.shared
            .resource
            .wait_ends(&mut this.wait, Reason::ChannelReceive);
        Poll::Ready(over)
    }
}

impl<T> Unpin for Receiver<T> {}

impl<T> Drop for Receiver<T> {
    #[inline]
    fn drop(&mut self) {
        self.shared
            .resource
            .wait_ends(&mut self.wait, Reason::ChannelReceive);
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
