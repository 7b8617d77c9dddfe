//! A value that is made once, by whoever needs it first.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};

use super::permits::{Permits, Stake};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A cell that is filled once, by a future if need be.
///
/// Whoever comes while one task makes the value waits in line. If that task fails, panics or is
/// dropped on the way, the first in line makes the value instead; nobody waits for an initialiser
/// that is gone.
///
/// In the log the initialiser holds the cell like a lock, and the others wait for it.
///
/// ```
/// use std::rc::Rc;
/// use std::time::Duration;
/// use wakeline::sync::OnceCell;
/// use wakeline::time::sleep;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let cell = Rc::new(OnceCell::named("configuration"));
///     let load = async || {
///         sleep(Duration::from_secs(1)).await;
///         wakeline::println!("loaded");
///         42
///     };
///     let other = wakeline::spawn({
///         let cell = Rc::clone(&cell);
///         async move { *cell.get_or_init(async || 7).await }
///     });
///     assert_eq!(*cell.get_or_init(load).await, 42);
///     assert_eq!(other.await.unwrap(), 42);
/// });
/// ```
pub struct OnceCell<T> {
    value: std::cell::OnceCell<T>,
    /// One, for whoever makes the value. Closed once that is there.
    permits: Permits,
    resource: Resource,
}

impl<T> OnceCell<T> {
    /// An empty cell.
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
            value: std::cell::OnceCell::new(),
            permits: Permits::new(1, Reason::Lock),
            resource: Resource::new(ResourceKind::OnceCell, 0, name),
        }
    }

    /// The value, if it is there.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value, to change.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// The value itself.
    #[must_use]
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Whether the value is there.
    #[must_use]
    pub fn is_initialized(&self) -> bool {
        self.value.get().is_some()
    }

    /// Fills the cell.
    ///
    /// # Errors
    /// If it is filled, or somebody is making the value; the error holds this one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), SetError<T>> {
        let site = Site::caller();
        match self.permits.try_take(1) {
            Ok(true) => {
                self.resource.record(Kind::Acquired, site, 1);
                let turn = Turn {
                    cell: self,
                    task: self.resource.current(),
                };
                turn.fill(value, site);
                Ok(())
            }
            Ok(false) => Err(SetError::Initializing(value)),
            Err(_) => Err(SetError::AlreadyInitialized(value)),
        }
    }

    /// The value. If it is not there, `init` makes it, unless somebody does already.
    ///
    /// An `init` that waits for the same cell waits for itself: a deadlock.
    ///
    /// # Cancel safety
    /// Yes. If the future is dropped while it makes the value, the first in line does so instead.
    #[track_caller]
    pub fn get_or_init<F: AsyncFnOnce() -> T>(&self, init: F) -> impl Future<Output = &T> {
        let site = Site::caller();
        async move {
            let init = async || Ok::<T, Infallible>(init().await);
            match self.get_or_try_init_at(init, site).await {
                Ok(value) => value,
                Err(never) => match never {},
            }
        }
    }

    /// As [`get_or_init`](Self::get_or_init), with an `init` that may fail. Only its own caller
    /// learns of that.
    ///
    /// # Errors
    /// That of `init`.
    ///
    /// # Cancel safety
    /// As [`get_or_init`](Self::get_or_init).
    #[track_caller]
    pub fn get_or_try_init<E, F>(&self, init: F) -> impl Future<Output = Result<&T, E>>
    where
        F: AsyncFnOnce() -> Result<T, E>,
    {
        self.get_or_try_init_at(init, Site::caller())
    }

    async fn get_or_try_init_at<E, F>(&self, init: F, site: Site) -> Result<&T, E>
    where
        F: AsyncFnOnce() -> Result<T, E>,
    {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let mut standing = Standing {
            cell: self,
            stake: Stake::default(),
            site,
        };
        match poll_fn(|cx| standing.poll(cx)).await {
            Some(turn) => Ok(turn.fill(init().await?, site)),
            None => match self.value.get() {
                Some(value) => Ok(value),
                None => unreachable!("the permits are closed when the value is there"),
            },
        }
    }
}

impl<T> Default for OnceCell<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceCell")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// A future's place in line.
struct Standing<'a, T> {
    cell: &'a OnceCell<T>,
    stake: Stake,
    site: Site,
}

impl<'a, T> Standing<'a, T> {
    /// The turn to make the value; `None` when it is there.
    fn poll(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<Turn<'a, T>>> {
        let (cell, site) = (self.cell, self.site);
        let at = (&cell.resource, site);
        let polled = cell.permits.poll_take(&mut self.stake, 1, at, cx);
        polled.map(|taken| {
            taken.ok().map(|()| {
                cell.resource.record(Kind::Acquired, site, 1);
                Turn {
                    cell,
                    task: cell.resource.current(),
                }
            })
        })
    }
}

impl<T> Drop for Standing<'_, T> {
    fn drop(&mut self) {
        let cell = self.cell;
        cell.permits.withdraw(&mut self.stake, 1, &cell.resource);
    }
}

/// The turn to make the value. It is passed on when this is dropped.
struct Turn<'a, T> {
    cell: &'a OnceCell<T>,
    task: u32,
}

impl<'a, T> Turn<'a, T> {
    fn fill(self, value: T, site: Site) -> &'a T {
        let cell = self.cell;
        // The turn is the only one, so nobody else has filled the cell.
        let value = cell.value.get_or_init(|| value);
        // Closed before the turn is given back: those in line learn that the value is there.
        let waiting = cell.permits.waiting();
        cell.resource.record(Kind::Notified, site, waiting as u64);
        cell.permits.close();
        value
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        let resource = &self.cell.resource;
        resource.record_for(self.task, Kind::Released, 1);
        self.cell.permits.give(1, resource);
    }
}

/// Why a cell could not be filled. Holds the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SetError<T> {
    /// It is filled.
    AlreadyInitialized(T),
    /// Somebody is making the value.
    Initializing(T),
}

impl<T> fmt::Debug for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyInitialized(_) => "AlreadyInitialized",
            Self::Initializing(_) => "Initializing",
        })
    }
}

impl<T> fmt::Display for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyInitialized(_) => "the cell is filled already",
            Self::Initializing(_) => "somebody is making the value of the cell",
        })
    }
}

impl<T> std::error::Error for SetError<T> {}
