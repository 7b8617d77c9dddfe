//! A channel that keeps the last value only.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::line::{Line, Place};
use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::record::{Resource, Site};

/// A channel for a value that changes, and for those who want to know the last one. Values in
/// between may be missed; that there was a change is not.
///
/// ```
/// use wakeline::sync::watch;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (sender, mut receiver) = watch::channel("off");
///     sender.send("on").unwrap();
///     receiver.changed().await.unwrap();
///     assert_eq!(receiver.get(), "on");
/// });
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(value: T) -> (Sender<T>, Receiver<T>) {
    build(None, value)
}

/// The same with a name for the log.
#[must_use]
#[track_caller]
pub fn named<T>(name: &str, value: T) -> (Sender<T>, Receiver<T>) {
    build(Some(name), value)
}

#[track_caller]
fn build<T>(name: Option<&str>, value: T) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(Shared {
        value: RefCell::new(value),
        version: Cell::new(0),
        receivers: Cell::new(1),
        closed: Cell::new(false),
        line: Line::default(),
        resource: Resource::new(ResourceKind::Watch, 1, name),
    });
    (
        Sender {
            shared: Rc::clone(&shared),
        },
        Receiver { shared, seen: 0 },
    )
}

struct Shared<T> {
    value: RefCell<T>,
    /// Counts the changes.
    version: Cell<u64>,
    receivers: Cell<usize>,
    closed: Cell<bool>,
    line: Line,
    resource: Resource,
}

/// The sending side.
pub struct Sender<T> {
    shared: Rc<Shared<T>>,
}

impl<T> Sender<T> {
    /// Puts another value in, and wakes whoever waits for a change.
    ///
    /// # Errors
    /// The value itself, if every receiver is gone.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), T> {
        if self.shared.receivers.get() == 0 {
            return Err(value);
        }
        let old = self.shared.value.replace(value);
        drop(old);
        self.changed(Site::caller());
        Ok(())
    }

    /// Changes the value where it is, and wakes whoever waits for a change.
    ///
    /// # Panics
    /// If `change` reads the value through this channel.
    #[track_caller]
    pub fn modify(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.shared.value.borrow_mut());
        self.changed(Site::caller());
    }

    fn changed(&self, site: Site) {
        self.shared.version.set(self.shared.version.get() + 1);
        self.shared.resource.record(Kind::Sent, site, pack(0, 1));
        self.shared.line.wake_all();
    }

    /// Another receiver, which takes the value of now as seen.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        self.shared.receivers.set(self.shared.receivers.get() + 1);
        Receiver {
            shared: Rc::clone(&self.shared),
            seen: self.shared.version.get(),
        }
    }

    /// Whether every receiver is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.receivers.get() == 0
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.closed.set(true);
        self.shared.resource.record_self(Kind::ResourceClosed, 0);
        self.shared.line.wake_all();
    }
}

/// The receiving side. A clone has seen what the original has seen.
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
    seen: u64,
}

impl<T> Receiver<T> {
    /// Waits until the value differs from the one this receiver saw last, and takes it as seen.
    ///
    /// # Errors
    /// If the sender is gone and the last value was seen.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has seen nothing.
    #[track_caller]
    pub fn changed(&mut self) -> Changed<'_, T> {
        Changed {
            receiver: self,
            place: Place::default(),
            site: Site::caller(),
        }
    }

    /// Looks at the value without taking it as seen.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.shared.value.borrow())
    }

    /// A copy of the value, which is thereby seen.
    pub fn get(&mut self) -> T
    where
        T: Clone,
    {
        self.seen = self.shared.version.get();
        self.with(T::clone)
    }

    /// Whether the value differs from the one this receiver saw last.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.seen != self.shared.version.get()
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.shared.receivers.set(self.shared.receivers.get() + 1);
        Self {
            shared: Rc::clone(&self.shared),
            seen: self.seen,
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.receivers.set(self.shared.receivers.get() - 1);
    }
}

/// The future of [`Receiver::changed`].
#[must_use = "futures do nothing unless awaited"]
pub struct Changed<'a, T> {
    receiver: &'a mut Receiver<T>,
    place: Place,
    site: Site,
}

impl<T> Future for Changed<'_, T> {
    type Output = Result<(), Gone>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (shared, seen) = (Rc::clone(&this.receiver.shared), this.receiver.seen);
        let reason = Reason::ChannelReceive;
        let polled = shared.line.poll(
            &mut this.place,
            &shared.resource,
            reason,
            this.site,
            cx,
            || {
                if shared.version.get() != seen {
                    return Some(Ok(()));
                }
                shared.closed.get().then_some(Err(Gone(())))
            },
        );
        if matches!(polled, Poll::Ready(Ok(()))) {
            this.receiver.seen = shared.version.get();
        }
        polled
    }
}

impl<T> Drop for Changed<'_, T> {
    fn drop(&mut self) {
        let shared = &self.receiver.shared;
        shared
            .line
            .leave(&mut self.place, &shared.resource, Reason::ChannelReceive);
    }
}

/// The sender is gone: the value will not change any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone(());

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender is gone")
    }
}

impl std::error::Error for Gone {}

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
    Changed<'_, T>, "Changed";
}
