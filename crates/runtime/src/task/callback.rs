//! Callbacks: functions that run by themselves, soon or at a moment.
//!
//! A callback is a task that consists of one call. It stands in the ready queue like any other
//! task, so callbacks and polls alternate in one order; its timer is armed when it is registered,
//! so that equal deadlines of callbacks and of sleeping tasks keep the order of arming.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{AbortHandle, JoinHandle};
use crate::log::{Kind, TimerPurpose};
use crate::record::Site;
use crate::runtime::{Core, spawn_on, spawn_parked, with_core};
use crate::time::Instant;
use crate::timers::Key;

/// Calls a function at its turn: behind everything that is ready now.
///
/// # Panics
/// Outside of a runtime. A panic of the function ends the callback alone.
///
/// ```
/// use wakeline::task::{call_soon, yield_now};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     call_soon(|| wakeline::println!("second"));
///     wakeline::println!("first");
///     yield_now().await;
///     wakeline::println!("third");
/// });
/// ```
#[track_caller]
pub fn call_soon(function: impl FnOnce() + 'static) -> Callback {
    let site = Site::caller();
    with_core("call_soon", |core| soon(core, function, site))
}

/// As [`call_soon`], on a given runtime.
pub(crate) fn soon(core: &Rc<Core>, function: impl FnOnce() + 'static, site: Site) -> Callback {
    Callback::of(spawn_on(core, None, async move { function() }, site))
}

/// Calls a function when so much time has passed.
///
/// # Panics
/// As [`call_soon`].
#[track_caller]
pub fn call_later(delay: Duration, function: impl FnOnce() + 'static) -> Callback {
    let site = Site::caller();
    with_core("call_later", |core| {
        at(core, core.now() + delay, function, site)
    })
}

/// Calls a function at a moment. If that has passed already, its timer is due at once.
///
/// # Panics
/// As [`call_soon`].
#[track_caller]
pub fn call_at(deadline: Instant, function: impl FnOnce() + 'static) -> Callback {
    let site = Site::caller();
    with_core("call_at", |core| at(core, deadline, function, site))
}

fn at(
    core: &Rc<Core>,
    deadline: Instant,
    function: impl FnOnce() + 'static,
    site: Site,
) -> Callback {
    let timer = Rc::new(Timer {
        core: Rc::clone(core),
        deadline: deadline.as_nanos(),
        key: Cell::new(None),
        task: Cell::new(0),
    });
    let call = Call {
        timer: Rc::clone(&timer),
        function: Some(function),
    };
    let (handle, waker) = spawn_parked(core, None, call, site);
    let Some(waker) = waker else {
        // The runtime has ended.
        return Callback::of(handle);
    };
    let task = handle.id().get();
    let key = core
        .timers
        .borrow_mut()
        .arm(deadline.as_nanos(), task, waker);
    core.record(
        Kind::TimerArmed,
        TimerPurpose::Callback.code(),
        site,
        task,
        key.id,
        deadline.as_nanos(),
    );
    timer.task.set(task);
    timer.key.set(Some(key));
    Callback::of(handle)
}

/// The timer of a callback. It is stopped when the callback goes.
struct Timer {
    core: Rc<Core>,
    deadline: u64,
    key: Cell<Option<Key>>,
    task: Cell<u32>,
}

/// The one call, when its timer has fired.
struct Call<F> {
    timer: Rc<Timer>,
    function: Option<F>,
}

impl<F> Unpin for Call<F> {}

impl<F: FnOnce()> Future for Call<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let timer = &self.timer;
        let runs = timer
            .key
            .get()
            .is_some_and(|key| timer.core.timers.borrow().runs(key));
        if runs {
            return Poll::Pending;
        }
        if let Some(function) = self.function.take() {
            function();
        }
        Poll::Ready(())
    }
}

impl<F> Drop for Call<F> {
    fn drop(&mut self) {
        let timer = &self.timer;
        let Some(key) = timer.key.take() else { return };
        let waker = timer.core.timers.borrow_mut().cancel(key);
        if let Some(waker) = waker {
            let (task, deadline) = (timer.task.get(), timer.deadline);
            timer
                .core
                .record_plain(Kind::TimerCancelled, 0, task, key.id, deadline);
            drop(waker);
        }
    }
}

/// A registered callback. Dropping this changes nothing: the function is called all the same.
#[derive(Clone)]
pub struct Callback {
    task: AbortHandle,
    cancelled: Rc<Cell<bool>>,
}

impl Callback {
    fn of(handle: JoinHandle<()>) -> Self {
        Self {
            task: handle.abort_handle(),
            cancelled: Rc::default(),
        }
    }

    /// Sees to it that the function is not called. False if it was called, or cancelled before.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        if !self.is_pending() {
            return false;
        }
        self.cancelled.set(true);
        self.task.abort();
        true
    }

    /// Whether the function is still to be called.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        !self.cancelled.get() && !self.task.is_finished()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("pending", &self.is_pending())
            .finish_non_exhaustive()
    }
}
