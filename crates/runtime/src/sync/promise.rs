//! A value that somebody gives by hand, once, to everybody who wants it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::arrivals::Arrivals;
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site, Wait};
use crate::runtime::current_core;
use crate::task::{callback, waker};

/// A value to come. Clones are the same promise: any of them can complete it, and any number of
/// tasks can wait for it; each gets a clone of the value. Functions can be registered too.
///
/// Tasks that wait and functions that are registered are served in one order, that of their
/// arrival. A function is called at its turn, as by [`call_soon`](crate::task::call_soon), never
/// inside of [`complete`](Self::complete).
///
/// A [`oneshot`](super::oneshot) channel has one receiver and knows when its sender is gone; a
/// promise that nobody completes is waited for without end.
///
/// ```
/// use wakeline::sync::Promise;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let answer = Promise::named("answer");
///     let asking = wakeline::spawn({
///         let answer = answer.clone();
///         async move { answer.wait().await }
///     });
///     answer.complete(42).unwrap();
///     assert_eq!(asking.await.unwrap(), 42);
///     assert_eq!(answer.wait().await, 42); // at once
///     assert!(answer.complete(43).is_err());
/// });
/// ```
pub struct Promise<T> {
    shared: Rc<Shared<T>>,
}

struct Shared<T> {
    resource: Resource,
    value: RefCell<Option<T>>,
    /// Who is to be told, by the number of arrival.
    waiting: RefCell<Arrivals<Waiting<T>>>,
    arrivals: Cell<u64>,
}

enum Waiting<T> {
    Task(Waker),
    Function(Box<dyn FnOnce(T)>),
}

/// A function that is registered with a [`Promise`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration(u64);

impl<T> Promise<T> {
    /// A promise that is not complete.
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
            shared: Rc::new(Shared {
                resource: Resource::with_core(ResourceKind::Promise, 0, name),
                value: RefCell::new(None),
                waiting: RefCell::default(),
                arrivals: Cell::new(0),
            }),
        }
    }

    /// Whether the value is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.shared.value.borrow().is_some()
    }

    /// Whether the other is the same promise.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}

impl<T: Clone + 'static> Promise<T> {
    /// Gives the value: wakes everybody who waits.
    ///
    /// # Errors
    /// If it is complete already; the error holds the value.
    #[track_caller]
    pub fn complete(&self, value: T) -> Result<(), AlreadyComplete<T>> {
        let site = Site::caller();
        let shared = &self.shared;
        if self.is_complete() {
            return Err(AlreadyComplete(value));
        }
        *shared.value.borrow_mut() = Some(value.clone());
        let waiting = shared.waiting.take();
        shared
            .resource
            .record(Kind::Notified, site, waiting.len() as u64);
        for waiting in waiting.into_values() {
            match waiting {
                Waiting::Task(waker) => waker::call(waker),
                Waiting::Function(function) => self.call(function, value.clone(), site),
            }
        }
        Ok(())
    }

    /// The value, if it is there.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        self.shared.value.borrow().clone()
    }

    /// Waits for the value; not at all if it is there.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn wait(&self) -> PromiseWait<T> {
        PromiseWait {
            shared: Rc::clone(&self.shared),
            arrival: None,
            wait: Wait::default(),
            site: Site::caller(),
        }
    }

    /// Has a function called with the value, at its turn after the promise is complete. If it is
    /// already, that is soon.
    #[track_caller]
    pub fn on_complete(&self, function: impl FnOnce(T) + 'static) -> Registration {
        let site = Site::caller();
        let arrival = self.shared.arrive();
        match self.get() {
            Some(value) => self.call(Box::new(function), value, site),
            None => {
                let function = Waiting::Function(Box::new(function));
                self.shared.waiting.borrow_mut().put(arrival, function);
            }
        }
        Registration(arrival)
    }

    /// Takes a function out. False if the promise was completed before.
    pub fn unregister(&self, registration: Registration) -> bool {
        let gone = self.shared.waiting.borrow_mut().remove(registration.0);
        gone.is_some()
    }

    fn call(&self, function: Box<dyn FnOnce(T)>, value: T, site: Site) {
        let core = self.shared.resource.core().cloned().or_else(current_core);
        match core {
            Some(core) => drop(callback::soon(&core, move || function(value), site)),
            // There is no queue in which it could stand.
            None => function(value),
        }
    }
}

impl<T> Shared<T> {
    fn arrive(&self) -> u64 {
        self.arrivals.set(self.arrivals.get() + 1);
        self.arrivals.get()
    }
}

impl<T> Default for Promise<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Promise<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promise")
            .field("value", &self.shared.value)
            .finish_non_exhaustive()
    }
}

/// The future of [`Promise::wait`].
#[must_use = "futures do nothing unless awaited"]
pub struct PromiseWait<T> {
    shared: Rc<Shared<T>>,
    arrival: Option<u64>,
    wait: Wait,
    site: Site,
}

impl<T> Unpin for PromiseWait<T> {}

impl<T: Clone> Future for PromiseWait<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let shared = &this.shared;
        if let Some(value) = shared.value.borrow().clone() {
            this.arrival = None;
            shared.resource.wait_ends(&mut this.wait, Reason::Promise);
            return Poll::Ready(value);
        }
        let arrival = *this.arrival.get_or_insert_with(|| shared.arrive());
        let waiting = Waiting::Task(cx.waker().clone());
        // The old waker may be anybody's: it is dropped when nothing is borrowed.
        let old = shared.waiting.borrow_mut().put(arrival, waiting);
        drop(old);
        if !this.wait.is_of(shared.resource.current()) {
            let place = shared.waiting.borrow().before(arrival);
            shared
                .resource
                .wait_begins(&mut this.wait, Reason::Promise, place, this.site);
        }
        Poll::Pending
    }
}

impl<T> Drop for PromiseWait<T> {
    fn drop(&mut self) {
        if let Some(arrival) = self.arrival {
            let gone = self.shared.waiting.borrow_mut().remove(arrival);
            drop(gone);
        }
        self.shared
            .resource
            .wait_ends(&mut self.wait, Reason::Promise);
    }
}

impl<T> fmt::Debug for PromiseWait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PromiseWait")
    }
}

/// The promise has a value; this is the one that came too late.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AlreadyComplete<T>(pub T);

impl<T> fmt::Debug for AlreadyComplete<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AlreadyComplete")
    }
}

impl<T> fmt::Display for AlreadyComplete<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the promise is complete already")
    }
}

impl<T> std::error::Error for AlreadyComplete<T> {}
