//! Guards that borrow nothing: they can be kept in a struct, and given back by another task than
//! the one that acquired.

use std::cell::{Ref, RefMut};
use std::fmt;
use std::future::Future;
use std::rc::Rc;

use super::holders::Share;
use super::{Closed, Mutex, Semaphore};

impl<T: 'static> Mutex<T> {
    /// As [`lock`](Self::lock), with a guard that keeps the mutex alive instead of borrowing it.
    ///
    /// # Cancel safety
    /// As [`lock`](Self::lock).
    #[track_caller]
    pub fn lock_owned(
        self: &Rc<Self>,
    ) -> impl Future<Output = OwnedMutexGuard<T>> + use<T> + 'static {
        let mutex = Rc::clone(self);
        let site = crate::record::Site::caller();
        async move {
            mutex.lock_at(site).await.into_owner();
            OwnedMutexGuard { mutex }
        }
    }
}

/// A lock of a [`Mutex`], released when this is dropped. The value is behind
/// [`borrow`](Self::borrow), because there is nothing that a reference could live in.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct OwnedMutexGuard<T> {
    mutex: Rc<Mutex<T>>,
}

impl<T> OwnedMutexGuard<T> {
    /// The value, to read.
    ///
    /// # Panics
    /// While it is borrowed to write.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.mutex.value().borrow()
    }

    /// The value, to write.
    ///
    /// # Panics
    /// While it is borrowed.
    pub fn borrow_mut(&mut self) -> RefMut<'_, T> {
        self.mutex.value().borrow_mut()
    }

    /// The mutex that is locked.
    #[must_use]
    pub fn mutex(&self) -> Rc<Mutex<T>> {
        Rc::clone(&self.mutex)
    }
}

impl<T> Drop for OwnedMutexGuard<T> {
    fn drop(&mut self) {
        self.mutex.unlock();
    }
}

impl<T: fmt::Debug> fmt::Debug for OwnedMutexGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.borrow(), f)
    }
}

impl Semaphore {
    /// As [`acquire`](Self::acquire), with a permit that keeps the semaphore alive instead of
    /// borrowing it.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn acquire_owned(
        self: &Rc<Self>,
    ) -> impl Future<Output = Result<OwnedPermit, Closed>> + 'static {
        self.acquire_many_owned(1)
    }

    /// As [`acquire_many`](Self::acquire_many), with permits that keep the semaphore alive instead
    /// of borrowing it.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn acquire_many_owned(
        self: &Rc<Self>,
        count: usize,
    ) -> impl Future<Output = Result<OwnedPermit, Closed>> + 'static {
        let semaphore = Rc::clone(self);
        let site = crate::record::Site::caller();
        async move {
            let share = semaphore.acquire_many_at(count, site).await?.into_share();
            Ok(OwnedPermit { semaphore, share })
        }
    }
}

/// Permits of a [`Semaphore`], given back when this is dropped.
#[must_use = "a permit that is dropped at once protects nothing"]
pub struct OwnedPermit {
    semaphore: Rc<Semaphore>,
    share: Share,
}

impl OwnedPermit {
    /// The semaphore that they are of.
    #[must_use]
    pub fn semaphore(&self) -> &Rc<Semaphore> {
        &self.semaphore
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.semaphore.count(self.share)
    }
}

impl Drop for OwnedPermit {
    fn drop(&mut self) {
        self.semaphore.release(self.share);
    }
}

impl fmt::Debug for OwnedPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}
