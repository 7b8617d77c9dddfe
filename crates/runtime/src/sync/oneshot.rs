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
    // By its `Default`, an `Rc` is filled where it lies. By `new`, it would be copied there in pieces
    // that are larger than those in which it was written a moment ago, which stalls the processor.
    let shared: Rc<Shared<T>> = Rc::default();
    shared.resource.open(ResourceKind::Oneshot, 1, name);
    let sender = Sender {
        shared: Rc::clone(&shared),
    };
    (sender, Receiver { shared })
}

/// Everything is in here, so that each side is one word.
///
/// In this order, because what is next to each other and wholly written is written at once.
#[repr(C)]
struct Shared<T> {
    /// Where it was made is where the receiver waits.
    resource: Resource,
    /// The receiver's.
    wait: Cell<Wait>,
    /// [`SENT`] and [`CLOSED`].
    state: Cell<u32>,
    receiver: Cell<Option<Waker>>,
    sender: Cell<Option<Waker>>,
    value: Cell<Option<T>>,
}

/// The sender has sent.
const SENT: u32 = 1;
/// One side is gone, or the receiver wants no message.
const CLOSED: u32 = 1 << 1;

impl<T> Shared<T> {
    #[inline]
    fn has(&self, flag: u32) -> bool {
        self.state.get() & flag != 0
    }

    /// Sets a flag; true if it was not set.
    #[inline]
    fn set(&self, flag: u32) -> bool {
        let state = self.state.get();
        self.state.set(state | flag);
        state & flag == 0
    }
}

impl<T> Default for Shared<T> {
    #[inline]
    fn default() -> Self {
        Self {
            resource: Resource::blank(),
            value: Cell::new(None),
            receiver: Cell::new(None),
            sender: Cell::new(None),
            wait: Cell::default(),
            state: Cell::new(0),
        }
    }
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
        if self.shared.has(CLOSED) {
            return Err(message);
        }
        self.shared.set(SENT);
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
        self.shared.has(CLOSED)
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
        if !self.shared.has(SENT) {
            self.abandon();
        }
        drop(self.shared.sender.take());
    }
}

impl<T> Sender<T> {
    /// Dropped without having sent.
    #[inline(never)]
    fn abandon(&self) {
        if self.shared.set(CLOSED) {
            self.shared.resource.record_self(Kind::ResourceClosed, 0);
            wake(&self.shared.receiver);
        }
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
        if this.shared.has(CLOSED) {
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
        if self.shared.set(CLOSED) {
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
            .ok_or_else(|| self.shared.has(CLOSED).then_some(RecvError(())))
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        let message = self.shared.value.take()?;
        self.shared.set(CLOSED);
        let shared = &*self.shared;
        shared
            .resource
            .record(Kind::Received, shared.resource.site(), 0);
        Some(message)
    }

    /// The wait is over, if there was one.
    #[inline]
    fn wait_ends(&self) {
        let resource = &self.shared.resource;
        if !resource.is_quiet() {
            let mut wait = self.shared.wait.take();
            resource.wait_ends(&mut wait, Reason::ChannelReceive);
        }
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let over = match this.take() {
            Some(message) => Ok(message),
            None if this.shared.has(CLOSED) => Err(RecvError(())),
            None => {
                let shared = &*this.shared;
                register(&shared.receiver, cx);
                let mut wait = shared.wait.take();
                let (resource, reason) = (&shared.resource, Reason::ChannelReceive);
                resource.wait_begins(&mut wait, reason, 0, resource.site());
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
        // The last one, of which nobody wants to know, has nothing to tell.
        if Rc::strong_count(&self.shared) > 1 || !self.shared.resource.is_quiet() {
            self.leave();
        }
    }
}

impl<T> Receiver<T> {
    #[inline(never)]
    fn leave(&mut self) {
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
