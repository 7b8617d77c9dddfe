//! At most so many at once.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::holders::{Holders, Holding, Share};
use super::permits::{Permits, Stake};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A number of permits. Whoever wants one when none is free waits in line.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::Semaphore;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let semaphore = Rc::new(Semaphore::named("connections", 3));
///     let permit = semaphore.acquire().await.unwrap();
///     assert_eq!(semaphore.available_permits(), 2);
///     drop(permit);
///     assert_eq!(semaphore.available_permits(), 3);
/// });
/// ```
#[derive(Debug)]
pub struct Semaphore {
    permits: Permits,
    resource: Resource,
    holders: Holders,
    /// How many permits there are, free or not.
    capacity: Cell<usize>,
}

impl Semaphore {
    /// A semaphore with so many permits.
    #[must_use]
    #[track_caller]
    pub fn new(permits: usize) -> Self {
        Self::build(permits, None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str, permits: usize) -> Self {
        Self::build(permits, Some(name))
    }

    #[track_caller]
    fn build(permits: usize, name: Option<&str>) -> Self {
        let capacity = u32::try_from(permits).unwrap_or(u32::MAX - 1);
        Self {
            permits: Permits::new(permits, Reason::Semaphore),
            resource: Resource::new(ResourceKind::Semaphore, capacity, name),
            holders: Holders::default(),
            capacity: Cell::new(permits),
        }
    }

    /// Waits for a permit. It goes back when it is dropped.
    ///
    /// # Errors
    /// [`Closed`] if the semaphore is closed before the permit is there.
    ///
    /// # Cancel safety
    /// Yes, but the place in line is lost.
    #[track_caller]
    #[inline]
    pub fn acquire(&self) -> Acquire<'_> {
        self.acquire_many(1)
    }

    /// Waits for so many permits at once. While they are collected, nobody overtakes.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    #[inline]
    pub fn acquire_many(&self, count: usize) -> Acquire<'_> {
        self.acquire_many_at(count, Site::caller())
    }

    /// As [`acquire_many`](Self::acquire_many), called at a place in the source.
    #[inline]
    pub(super) fn acquire_many_at(&self, count: usize, site: Site) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            count,
            stake: Stake::default(),
            site,
        }
    }

    /// How many permits a share is.
    pub(super) fn count(&self, share: Share) -> usize {
        share
            .as_count(&self.resource)
            .unwrap_or_else(|| self.holders.look(share).count)
    }

    /// Takes back permits that a task holds.
    #[inline]
    pub(super) fn release(&self, share: Share) {
        let count = match share.as_count(&self.resource) {
            Some(count) => count,
            None => self.tell_released(share),
        };
        self.give(count);
    }

    #[cold]
    #[inline(never)]
    fn tell_released(&self, share: Share) -> usize {
        let Holding { count, task } = self.holders.remove(share);
        if count > 0 {
            self.resource.record_for(task, Kind::Released, count as u64);
        }
        count
    }

    /// Takes a permit if one is free and nobody stands in line.
    ///
    /// # Errors
    /// If none is free, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<Permit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes so many permits if they are free and nobody stands in line.
    ///
    /// # Errors
    /// If they are not free, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many(&self, count: usize) -> Result<Permit<'_>, TryAcquireError> {
        match self.permits.try_take(count) {
            Ok(true) => Ok(self.permit(count, Site::caller())),
            Ok(false) => Err(TryAcquireError::NoPermits),
            Err(_) => Err(TryAcquireError::Closed),
        }
    }

    /// Adds permits. Those in line are served first.
    ///
    /// # Panics
    /// If there were more than `usize::MAX` of them.
    #[track_caller]
    pub fn add_permits(&self, count: usize) {
        let capacity = self.capacity.get().checked_add(count);
        self.capacity
            .set(capacity.expect("more permits than can be counted"));
        self.capacity_changed(Site::caller());
        self.give(count);
    }

    fn capacity_changed(&self, site: Site) {
        let capacity = self.capacity.get() as u64;
        self.resource.record(Kind::CapacityChanged, site, capacity);
    }

    /// Hands out no more permits: everybody in line gets an error. Permits that are out stay
    /// valid.
    pub fn close(&self) {
        if self.permits.is_closed() {
            return;
        }
        self.resource.record_self(Kind::ResourceClosed, 0);
        self.permits.close();
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }

    /// How many permits are free.
    #[must_use]
    pub fn available_permits(&self) -> usize {
        self.permits.free()
    }

    #[inline]
    fn permit(&self, count: usize, site: Site) -> Permit<'_> {
        let share = match self.resource.is_quiet() {
            true => Share::of_count(count),
            false => self.tell_acquired(count, site),
        };
        Permit {
            semaphore: self,
            share,
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_acquired(&self, count: usize, site: Site) -> Share {
        self.resource.record(Kind::Acquired, site, count as u64);
        let task = self.resource.current();
        self.holders.add(Holding { count, task })
    }

    #[inline]
    fn give(&self, count: usize) {
        self.permits.give(count, &self.resource);
    }
}

/// The future of [`Semaphore::acquire`] and [`Semaphore::acquire_many`].
#[must_use = "futures do nothing unless awaited"]
pub struct Acquire<'a> {
    semaphore: &'a Semaphore,
    count: usize,
    stake: Stake,
    site: Site,
}

impl<'a> Future for Acquire<'a> {
    type Output = Result<Permit<'a>, Closed>;

    /// In its callers: a permit that is given back through memory costs more than taking it.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (semaphore, count, site) = (self.semaphore, self.count, self.site);
        let at = (&semaphore.resource, site);
        semaphore
            .permits
            .poll_take(&mut self.stake, count, at, cx)
            .map(|taken| match taken {
                Ok(()) => Ok(semaphore.permit(count, site)),
                Err(_) => Err(Closed(())),
            })
    }
}

impl Drop for Acquire<'_> {
    #[inline]
    fn drop(&mut self) {
        let (semaphore, count) = (self.semaphore, self.count);
        semaphore
            .permits
            .withdraw(&mut self.stake, count, &semaphore.resource);
    }
}

impl fmt::Debug for Acquire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Permits of a [`Semaphore`], given back when this is dropped.
#[must_use = "a permit that is dropped at once protects nothing"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
    share: Share,
}

impl Permit<'_> {
    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.semaphore.count(self.share)
    }

    /// Leaves the permits to somebody who calls `release` with the share that this gives.
    pub(super) fn into_share(self) -> Share {
        let share = self.share;
        std::mem::forget(self);
        share
    }

    /// Takes the permits out of the semaphore for good.
    #[track_caller]
    pub fn forget(self) {
        let semaphore = self.semaphore;
        let share = self.into_share();
        let count = match share.as_count(&semaphore.resource) {
            Some(count) => count,
            None => {
                let Holding { count, task } = semaphore.holders.remove(share);
                let resource = &semaphore.resource;
                resource.record_for(task, Kind::Released, count as u64);
                count
            }
        };
        let capacity = semaphore.capacity.get().saturating_sub(count);
        semaphore.capacity.set(capacity);
        semaphore.capacity_changed(Site::caller());
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.semaphore.release(self.share);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// The semaphore was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed(());

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the semaphore is closed")
    }
}

impl std::error::Error for Closed {}

/// Why there is no permit right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryAcquireError {
    /// None is free, or others stand in line.
    NoPermits,
    /// The semaphore is closed.
    Closed,
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPermits => "no permit is free",
            Self::Closed => "the semaphore is closed",
        })
    }
}

impl std::error::Error for TryAcquireError {}
