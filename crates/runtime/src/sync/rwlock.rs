//! Many readers or one writer.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::permits::{Permits, Stake};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// How many may read at once. A writer takes as many permits as there are.
const READERS: usize = 1 << 20;

/// A value that many tasks may read at once or one may write, also while they wait for something
/// else.
///
/// The line is first come, first served: a writer that waits keeps later readers out, so readers
/// cannot starve it. A task that reads and asks to read again may therefore wait for itself.
///
/// ```
/// use wakeline::sync::RwLock;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let table = RwLock::named("table", vec![1]);
///     {
///         let (a, b) = (table.read().await, table.read().await);
///         assert_eq!(a.len() + b.len(), 2);
///     }
///     table.write().await.push(2);
///     assert_eq!(*table.read().await, [1, 2]);
/// });
/// ```
pub struct RwLock<T> {
    permits: Permits,
    resource: Resource,
    // The permits make every borrow of it succeed.
    value: RefCell<T>,
}

impl<T> RwLock<T> {
    /// An unlocked lock.
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
            permits: Permits::new(READERS, Reason::Lock),
            resource: Resource::new(ResourceKind::RwLock, READERS as u32, name),
            value: RefCell::new(value),
        }
    }

    /// Waits until the value may be read.
    ///
    /// # Cancel safety
    /// Yes, but the place in line is lost.
    #[track_caller]
    pub fn read(&self) -> Read<'_, T> {
        Read {
            claim: Claim::new(self, 1, Site::caller()),
        }
    }

    /// Waits until the value may be written.
    ///
    /// # Cancel safety
    /// Yes, but the place in line is lost.
    #[track_caller]
    pub fn write(&self) -> Write<'_, T> {
        Write {
            claim: Claim::new(self, READERS, Site::caller()),
        }
    }

    /// Reads, if that is possible now and nobody stands in line.
    ///
    /// # Errors
    /// If it is not.
    #[track_caller]
    pub fn try_read(&self) -> Result<ReadGuard<'_, T>, super::TryLockError> {
        match self.permits.try_take(1) {
            Ok(true) => Ok(self.reading(Site::caller())),
            Ok(false) | Err(_) => Err(super::TryLockError::new()),
        }
    }

    /// Writes, if that is possible now and nobody stands in line.
    ///
    /// # Errors
    /// If it is not.
    #[track_caller]
    pub fn try_write(&self) -> Result<WriteGuard<'_, T>, super::TryLockError> {
        match self.permits.try_take(READERS) {
            Ok(true) => Ok(self.writing(Site::caller())),
            Ok(false) | Err(_) => Err(super::TryLockError::new()),
        }
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    fn reading(&self, site: Site) -> ReadGuard<'_, T> {
        ReadGuard {
            value: self.value.borrow(),
            held: self.hold(1, site),
        }
    }

    fn writing(&self, site: Site) -> WriteGuard<'_, T> {
        WriteGuard {
            value: self.value.borrow_mut(),
            held: self.hold(READERS, site),
        }
    }

    fn hold(&self, count: usize, site: Site) -> Held<'_> {
        self.resource.record(Kind::Acquired, site, count as u64);
        let task = self.resource.current();
        Held {
            permits: &self.permits,
            resource: &self.resource,
            count,
            task,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// A place in the line for some of the permits.
struct Claim<'a, T> {
    lock: &'a RwLock<T>,
    count: usize,
    stake: Stake,
    site: Site,
}

impl<'a, T> Claim<'a, T> {
    fn new(lock: &'a RwLock<T>, count: usize, site: Site) -> Self {
        Self {
            lock,
            count,
            stake: Stake::default(),
            site,
        }
    }

    #[inline]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (lock, count, site) = (self.lock, self.count, self.site);
        // Never closed, so there is no other outcome.
        lock.permits
            .poll_take(&mut self.stake, count, (&lock.resource, site), cx)
            .map(drop)
    }
}

impl<T> Drop for Claim<'_, T> {
    fn drop(&mut self) {
        let (lock, count) = (self.lock, self.count);
        lock.permits
            .withdraw(&mut self.stake, count, &lock.resource);
    }
}

/// The future of [`RwLock::read`].
#[must_use = "futures do nothing unless awaited"]
pub struct Read<'a, T> {
    claim: Claim<'a, T>,
}

impl<'a, T> Future for Read<'a, T> {
    type Output = ReadGuard<'a, T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.claim
            .poll(cx)
            .map(|()| self.claim.lock.reading(self.claim.site))
    }
}

/// The future of [`RwLock::write`].
#[must_use = "futures do nothing unless awaited"]
pub struct Write<'a, T> {
    claim: Claim<'a, T>,
}

impl<'a, T> Future for Write<'a, T> {
    type Output = WriteGuard<'a, T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.claim
            .poll(cx)
            .map(|()| self.claim.lock.writing(self.claim.site))
    }
}

impl<T> fmt::Debug for Read<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Read")
    }
}

impl<T> fmt::Debug for Write<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Write")
    }
}

struct Held<'a> {
    permits: &'a Permits,
    resource: &'a Resource,
    count: usize,
    task: u32,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.resource
            .record_for(self.task, Kind::Released, self.count as u64);
        self.permits.give(self.count, self.resource);
    }
}

/// Reading access to the value of a [`RwLock`], given up when this is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct ReadGuard<'a, T> {
    // Dropped in this order: the value is free before the next in line is woken.
    value: Ref<'a, T>,
    #[allow(dead_code, reason = "held for its drop")]
    held: Held<'a>,
}

/// Writing access to the value of a [`RwLock`], given up when this is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct WriteGuard<'a, T> {
    // Dropped in this order: the value is free before the next in line is woken.
    value: RefMut<'a, T>,
    #[allow(dead_code, reason = "held for its drop")]
    held: Held<'a>,
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
