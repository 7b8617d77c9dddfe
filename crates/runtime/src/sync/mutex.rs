//! Exclusive access across an await.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::permits::{Permits, Stake};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A value that one task at a time has access to, also while that task waits for something else.
///
/// A task that panics while it holds the lock releases it; there is no poisoning. A task that
/// locks twice waits for itself: a deadlock.
///
/// ```
/// use wakeline::sync::Mutex;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let account = Mutex::named("account", 10);
///     *account.lock().await += 5;
///     assert_eq!(*account.lock().await, 15);
/// });
/// ```
pub struct Mutex<T> {
    permits: Permits,
    resource: Resource,
    /// The task that holds the lock, 0 if nobody wants to know.
    holder: Cell<u32>,
    // The one permit makes every borrow of it succeed.
    value: RefCell<T>,
}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[must_use]
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self::build(value, None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str, value: T) -> Self {
        Self::build(value, Some(name))
    }

    #[track_caller]
    fn build(value: T, name: Option<&str>) -> Self {
        Self {
            permits: Permits::new(1, Reason::Lock),
            resource: Resource::new(ResourceKind::Mutex, 1, name),
            holder: Cell::new(0),
            value: RefCell::new(value),
        }
    }

    /// Waits for the lock. It is released when the guard is dropped.
    ///
    /// # Cancel safety
    /// Yes, but the place in line is lost.
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> Lock<'_, T> {
        self.lock_at(Site::caller())
    }

    /// As [`lock`](Self::lock), called at a place in the source.
    #[inline]
    pub(super) fn lock_at(&self, site: Site) -> Lock<'_, T> {
        Lock {
            mutex: self,
            stake: Stake::default(),
            site,
        }
    }

    /// What is inside. Only for whoever holds the lock.
    pub(super) fn value(&self) -> &RefCell<T> {
        &self.value
    }

    /// Releases the lock that somebody holds.
    #[inline]
    pub(super) fn unlock(&self) {
        if !self.resource.is_quiet() {
            self.tell_unlocked();
        }
        self.permits.give(1, &self.resource);
    }

    #[cold]
    #[inline(never)]
    fn tell_locked(&self, site: Site) {
        self.resource.record(Kind::Acquired, site, 1);
        self.holder.set(self.resource.current());
    }

    #[cold]
    #[inline(never)]
    fn tell_unlocked(&self) {
        let holder = self.holder.get();
        self.resource.record_for(holder, Kind::Released, 1);
    }

    /// Takes the lock if it is free and nobody stands in line.
    ///
    /// # Errors
    /// If it is not.
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        match self.permits.try_take(1) {
            Ok(true) => Ok(self.guard(Site::caller())),
            Ok(false) | Err(_) => Err(TryLockError(())),
        }
    }

    /// Whether it is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.permits.free() == 0
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    /// The value, without locking: nobody else can have access.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    #[inline]
    fn guard(&self, site: Site) -> MutexGuard<'_, T> {
        if !self.resource.is_quiet() {
            self.tell_locked(site);
        }
        MutexGuard {
            value: self.value.borrow_mut(),
            held: Held { mutex: self },
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// The future of [`Mutex::lock`].
#[must_use = "futures do nothing unless awaited"]
pub struct Lock<'a, T> {
    mutex: &'a Mutex<T>,
    stake: Stake,
    site: Site,
}

impl<'a, T> Future for Lock<'a, T> {
    type Output = MutexGuard<'a, T>;

    /// In its callers: a guard that is given back through memory costs more than taking the lock.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (mutex, site) = (self.mutex, self.site);
        // A mutex is never closed, so there is no other outcome.
        mutex
            .permits
            .poll_take(&mut self.stake, 1, (&mutex.resource, site), cx)
            .map(|_| mutex.guard(site))
    }
}

impl<T> Drop for Lock<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let mutex = self.mutex;
        mutex.permits.withdraw(&mut self.stake, 1, &mutex.resource);
    }
}

impl<T> fmt::Debug for Lock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

/// Access to the value of a [`Mutex`], given up when this is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct MutexGuard<'a, T> {
    // Dropped in this order: the value is free before the next in line is woken.
    value: RefMut<'a, T>,
    held: Held<'a, T>,
}

struct Held<'a, T> {
    mutex: &'a Mutex<T>,
}

impl<T> Drop for Held<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.unlock();
    }
}

impl<'a, T> MutexGuard<'a, T> {
    /// The mutex that is locked.
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.held.mutex
    }

    /// Leaves the lock to somebody who calls `unlock`.
    pub(super) fn into_owner(self) {
        let Self { value, held } = self;
        drop(value);
        std::mem::forget(held);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// The lock is not free right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLockError(());

impl TryLockError {
    pub(super) fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for TryLockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock is not free")
    }
}

impl std::error::Error for TryLockError {}
