//! Waiting for what a simulated connection brings.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::task::{Context, Waker};

use super::Connection;
use crate::log::{Kind, Reason, TimerPurpose};
use crate::record::{Site, Wait};
use crate::task::waker;
use crate::time::Instant;
use crate::timers::Key;

/// The place at one end of a simulated connection at which a task waits.
///
/// A simulated network is a part of the run and no task of it. Whoever sends knows when what was
/// sent arrives, and sets the time of the one who waits for it: the timer runs on behalf of the
/// waiting task, which is woken then and not before, and whose wait has the reason "network". An
/// idle run in which nothing is under way is a deadlock.
///
/// One task waits at a place at a time; another one that comes takes it over. Dropping the place
/// ends the wait and stops its timer. The wait, the timer, its end and the wake by it are in the
/// log.
///
/// ```
/// use std::cell::Cell;
/// use std::future::poll_fn;
/// use std::rc::Rc;
/// use std::task::Poll;
/// use std::time::Duration;
/// use wakeline::outside::{Arrival, Connection};
/// use wakeline::time::now;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let line = Rc::new((Arrival::new(&Connection::begin("line")), Cell::new(None)));
///     let far_end = Rc::clone(&line);
///     wakeline::spawn(async move {
///         let arrives = now() + Duration::from_millis(30);
///         far_end.1.set(Some(arrives));
///         far_end.0.expect(Some(arrives));
///     });
///     let (place, arrives) = &*line;
///     poll_fn(|cx| match arrives.get() {
///         Some(moment) if moment <= now() => {
///             place.over();
///             Poll::Ready(())
///         }
///         moment => {
///             place.pending(cx, moment);
///             Poll::Pending
///         }
///     })
///     .await;
///     assert_eq!(now().as_nanos(), 30_000_000);
/// });
/// ```
pub struct Arrival {
    connection: Connection,
    waker: RefCell<Option<Waker>>,
    wait: RefCell<Wait>,
    /// The task that waits.
    task: Cell<u32>,
    timer: Cell<Option<(Key, u64)>>,
    site: Site,
}

impl Arrival {
    /// A place at which nobody waits.
    #[must_use]
    #[track_caller]
    pub fn new(connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
            waker: RefCell::default(),
            wait: RefCell::default(),
            task: Cell::new(0),
            timer: Cell::new(None),
            site: Site::caller(),
        }
    }

    /// The current task waits, and is woken at this moment, if one is known.
    pub fn pending(&self, cx: &Context<'_>, at: Option<Instant>) {
        let resource = &self.connection.inner.resource;
        let Some(core) = resource.core() else { return };
        let waker = cx.waker().clone();
        let is_another = self.task.replace(core.current()) != core.current();
        let old = self.waker.replace(Some(waker));
        let mut wait = self.wait.borrow_mut();
        wait.begin(core, Reason::Network, resource.id(), 0, self.site);
        drop(wait);
        let is_stale = match (&old, &*self.waker.borrow()) {
            (Some(old), Some(new)) => !old.will_wake(new),
            _ => true,
        };
        drop(old);
        if is_another || is_stale {
            // The timer is on behalf of whoever waited before.
            self.stop();
        }
        self.expect(at);
    }

    /// Whoever waits is woken at this moment and no other; with `None`, when it becomes known. If
    /// it has passed, at once. Does nothing if nobody waits.
    pub fn expect(&self, at: Option<Instant>) {
        let Some(core) = self.connection.inner.resource.core() else {
            return;
        };
        let deadline = at.map(Instant::as_nanos);
        if let Some((key, running)) = self.timer.get()
            && core.timers.borrow().runs(key)
            && Some(running) == deadline
        {
            return;
        }
        self.stop();
        let waker = self.waker.borrow().clone();
        if let (Some(deadline), Some(waker)) = (deadline, waker) {
            let task = self.task.get();
            let key = core.timers.borrow_mut().arm(deadline, task, waker);
            let purpose = TimerPurpose::Arrival.code();
            core.record(Kind::TimerArmed, purpose, self.site, task, key.id, deadline);
            self.timer.set(Some((key, deadline)));
        }
    }

    /// Wakes whoever waits now.
    pub fn wake(&self) {
        self.stop();
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker::call(waker);
        }
    }

    /// The wait is over, if there was one: what it was for is here.
    pub fn over(&self) {
        self.stop();
        let waker = self.waker.take();
        self.task.set(0);
        let resource = &self.connection.inner.resource;
        let mut wait = self.wait.borrow_mut();
        resource.wait_ends(&mut wait, Reason::Network);
        drop(wait);
        drop(waker);
    }

    /// Stops the timer, if one runs.
    fn stop(&self) {
        let Some((key, deadline)) = self.timer.take() else {
            return;
        };
        if let Some(core) = self.connection.inner.resource.core() {
            let waker = core.timers.borrow_mut().cancel(key);
            if let Some(waker) = waker {
                let task = self.task.get();
                core.record_plain(Kind::TimerCancelled, 0, task, key.id, deadline);
                drop(waker);
            }
        }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.over();
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
