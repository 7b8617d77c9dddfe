//! Waiting for a condition on a value under a lock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::wait_list::{Key, WaitList};
use super::{MutexGuard, OwnedMutexGuard};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// Lets tasks wait, with a mutex released meanwhile, until another task says that the value may be
/// as they want it.
///
/// A notification reaches those who wait when it is given, in the order of arrival; with nobody
/// waiting it is lost. Whoever was notified still has to get the lock, in line with everybody
/// else, so the value may have changed once more: look at it again, in a loop.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::{Condvar, Mutex};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let shared = Rc::new((Mutex::new(0), Condvar::named("grown")));
///     let waiter = wakeline::spawn({
///         let shared = Rc::clone(&shared);
///         async move {
///             let (number, grown) = &*shared;
///             let mut guard = number.lock().await;
///             while *guard < 3 {
///                 guard = grown.wait(guard).await;
///             }
///             *guard
///         }
///     });
///     for _ in 0..3 {
///         wakeline::task::yield_now().await;
///         *shared.0.lock().await += 1;
///         shared.1.notify_one();
///     }
///     assert_eq!(waiter.await.unwrap(), 3);
/// });
/// ```
#[derive(Debug)]
pub struct Condvar {
    resource: Resource,
    line: WaitList,
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    /// Nobody waits.
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
        Self {
            resource: Resource::new(ResourceKind::Condvar, 0, name),
            line: WaitList::default(),
        }
    }

    /// Releases the lock, waits for a notification, and takes the lock again.
    ///
    /// # Cancel safety
    /// If the future is dropped, the lock is not taken again; a notification that had reached it
    /// goes to the next who waits. To come back with the lock after a request to
    /// [cancel](crate::cancel), wait for [`notified`](Self::notified) and lock again yourself.
    #[track_caller]
    pub fn wait<'a, T>(
        &'a self,
        guard: MutexGuard<'a, T>,
    ) -> impl Future<Output = MutexGuard<'a, T>> {
        // Made here, so that the log shows the caller's place; in line only when polled.
        let (mut notified, lock) = (self.notified(), guard.mutex().lock());
        async move {
            notified.enter_now().await;
            drop(guard);
            notified.await;
            lock.await
        }
    }

    /// As [`wait`](Self::wait), for a lock that is held by a guard of its own.
    #[track_caller]
    pub fn wait_owned<T: 'static>(
        &self,
        guard: OwnedMutexGuard<T>,
    ) -> impl Future<Output = OwnedMutexGuard<T>> {
        let (mut notified, lock) = (self.notified(), guard.mutex().lock_owned());
        async move {
            notified.enter_now().await;
            drop(guard);
            notified.await;
            lock.await
        }
    }

    /// Waits for a notification and has nothing to do with the lock, which the caller releases
    /// after the first poll and takes afterwards. Counts from the first poll.
    ///
    /// # Cancel safety
    /// Yes. A notification that had reached the dropped future goes to the next who waits.
    #[track_caller]
    pub fn notified(&self) -> CondvarNotified<'_> {
        CondvarNotified {
            condvar: self,
            key: None,
            wait: Wait::default(),
            over: false,
            site: Site::caller(),
        }
    }

    /// Notifies the first who waits. False if nobody does.
    #[track_caller]
    pub fn notify_one(&self) -> bool {
        self.notify_many(1) == 1
    }

    /// Notifies so many of those who wait, in the order of arrival. How many there were.
    #[track_caller]
    pub fn notify_many(&self, most: usize) -> usize {
        self.notify_many_at(most, Site::caller())
    }

    fn notify_many_at(&self, most: usize, site: Site) -> usize {
        let count = self.line.waiting().min(most);
        let wakers: Vec<_> = (0..count).filter_map(|_| self.line.call_next()).collect();
        let count = wakers.len();
        if let Some(core) = self.resource.core() {
            let (task, id, lost) = (core.current(), self.resource.id(), count == 0);
            core.record(Kind::Notified, u8::from(lost), site, task, id, count as u64);
        }
        wakers.into_iter().for_each(waker::call);
        count
    }

    /// Notifies everybody who waits now. How many those were.
    #[track_caller]
    pub fn notify_all(&self) -> usize {
        self.notify_many(usize::MAX)
    }
}

/// The future of [`Condvar::notified`].
#[must_use = "futures do nothing unless awaited"]
pub struct CondvarNotified<'a> {
    condvar: &'a Condvar,
    key: Option<Key>,
    wait: Wait,
    over: bool,
    site: Site,
}

impl CondvarNotified<'_> {
    /// Enters the line in this very poll, so that the lock can be released after it.
    fn enter_now(&mut self) -> impl Future<Output = ()> + '_ {
        std::future::poll_fn(|cx| {
            // It has just begun, so it is pending.
            let _ = Pin::new(&mut *self).poll(cx);
            Poll::Ready(())
        })
    }
}

impl Future for CondvarNotified<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let (line, resource) = (&this.condvar.line, &this.condvar.resource);
        if this.over {
            return Poll::Ready(());
        }
        let task = resource.current();
        let place = match this.key {
            Some(key) => {
                if line.is_called(key) {
                    this.key = None;
                    this.over = true;
                    resource.wait_ends(&mut this.wait, Reason::Condition);
                    return Poll::Ready(());
                }
                line.stay(key, cx.waker(), task);
                if this.wait.is_of(task) {
                    return Poll::Pending;
                }
                // Another task polls now than the one that entered.
                line.place(key)
            }
            None => {
                this.key = Some(line.enter(cx.waker(), task, 0));
                line.waiting() - 1
            }
        };
        resource.wait_begins(&mut this.wait, Reason::Condition, place, this.site);
        Poll::Pending
    }
}

impl Drop for CondvarNotified<'_> {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let was_called = self.condvar.line.leave(key);
        self.condvar
            .resource
            .wait_ends(&mut self.wait, Reason::Condition);
        if was_called {
            self.condvar.notify_many_at(1, self.site);
        }
    }
}

impl fmt::Debug for CondvarNotified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CondvarNotified")
    }
}
