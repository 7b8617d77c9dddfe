//! "Something happened."

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::wait_list::{Key, WaitList};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// Wakes tasks that wait for something to happen, without a value.
///
/// A notification to one, given while nobody waits, is kept for the next who does; at most one is
/// kept. A notification to all reaches those who wait and is lost on everybody else.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::Notify;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let door = Rc::new(Notify::named("door"));
///     let visitor = wakeline::spawn({
///         let door = Rc::clone(&door);
///         async move { door.notified().await }
///     });
///     door.notify_one();
///     visitor.await.unwrap();
/// });
/// ```
#[derive(Debug)]
pub struct Notify {
    resource: Resource,
    line: WaitList,
    stored: Cell<bool>,
    /// How often all were notified, so that a future which exists but was not polled yet knows
    /// that it was among them.
    sweeps: Cell<u64>,
}

impl Default for Notify {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Notify {
    /// No notification is kept.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Self::build(None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        Self::build(Some(name))
    }

    #[track_caller]
    fn build(name: Option<&str>) -> Self {
        let resource = Resource::new(ResourceKind::Notify, 0, name);
        Self {
            resource,
            line: WaitList::default(),
            stored: Cell::new(false),
            sweeps: Cell::new(0),
        }
    }

    /// Waits for a notification. One to all counts from the moment at which this is called, one
    /// to one from the first poll.
    ///
    /// # Cancel safety
    /// Yes. A notification that had reached the dropped future goes to the next in line, or is
    /// kept.
    #[track_caller]
    pub fn notified(&self) -> Notified<'_> {
        Notified {
            notify: self,
            sweeps: self.sweeps.get(),
            key: None,
            wait: Wait::default(),
            over: false,
            site: Site::caller(),
        }
    }

    /// Notifies the first in line or, if nobody waits, the next who will.
    #[track_caller]
    pub fn notify_one(&self) {
        self.notify_one_at(Site::caller());
    }

    fn notify_one_at(&self, site: Site) {
        let waker = self.line.call_next();
        if waker.is_none() {
            self.stored.set(true);
        }
        self.told(u64::from(waker.is_some()), false, site);
        if let Some(waker) = waker {
            waker::call(waker);
        }
    }

    /// Notifies everybody who waits now, in order.
    #[track_caller]
    pub fn notify_waiters(&self) {
        let site = Site::caller();
        self.sweeps.set(self.sweeps.get() + 1);
        let wakers = self.line.call_all();
        self.told(wakers.len() as u64, wakers.is_empty(), site);
        wakers.into_iter().for_each(waker::call);
    }

    fn told(&self, released: u64, lost: bool, site: Site) {
        if let Some(core) = self.resource.core() {
            let (task, id) = (core.current(), self.resource.id());
            core.record(Kind::Notified, u8::from(lost), site, task, id, released);
        }
    }
}

/// The future of [`Notify::notified`].
#[must_use = "futures do nothing unless awaited"]
pub struct Notified<'a> {
    notify: &'a Notify,
    sweeps: u64,
    key: Option<Key>,
    wait: Wait,
    over: bool,
    site: Site,
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Notify { resource, line, .. } = this.notify;
        if this.over {
            return Poll::Ready(());
        }
        let task = resource.current();
        let arrived = match this.key {
            Some(key) if line.is_called(key) => {
                this.key = None;
                true
            }
            Some(key) => {
                line.stay(key, cx.waker(), task);
                false
            }
            None if this.notify.sweeps.get() != this.sweeps => true,
            None => {
                let stored = this.notify.stored.take();
                if stored {
                    resource.record(Kind::Acquired, this.site, 1);
                }
                stored
            }
        };
        if arrived {
            this.over = true;
            resource.wait_ends(&mut this.wait, Reason::Event);
            return Poll::Ready(());
        }
        let place = match this.key {
            Some(_) if this.wait.is_of(task) => return Poll::Pending,
            // Another task polls now than the one that entered.
            Some(key) => line.place(key),
            None => {
                this.key = Some(line.enter(cx.waker(), task, 0));
                line.waiting() - 1
            }
        };
        resource.wait_begins(&mut this.wait, Reason::Event, place, this.site);
        Poll::Pending
    }
}

impl Drop for Notified<'_> {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let was_called = self.notify.line.leave(key);
        let sweeps = self.notify.sweeps.get();
        self.notify
            .resource
            .wait_ends(&mut self.wait, Reason::Event);
        // A notification to one that came too late for us goes on. One to all was for everybody
        // who waited, and needs no heir.
        if was_called && sweeps == self.sweeps {
            self.notify.notify_one_at(self.site);
        }
    }
}

impl fmt::Debug for Notified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notified")
    }
}
