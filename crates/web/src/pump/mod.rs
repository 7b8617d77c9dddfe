//! The pump: runs a runtime as a guest of the browser's event loop.
//!
//! A browser has one thread for a page and one for each worker, and whoever runs on it lets
//! nobody else run: no painting, no input, no messages, no timers. The pump therefore runs the
//! runtime in *slices* and gives the thread back after each:
//!
//! ```text
//!             a task became ready outside of a slice
//!  ┌─────────┐  microtask, or a hop if microtasks had their share  ┌───────────┐
//!  │ Waiting ├────────────────────────────────────────────────────►│ Scheduled │◄─┐
//!  └───▲─────┘  the alarm: the earliest timer of the runtime       └─────┬─────┘  │
//!      │                                                                 │        │ hop: the budget
//!      │ nothing is ready                                          ┌─────▼─────┐  │ of the slice is
//!      └───────────────────────────────────────────────────────────┤  Running  ├──┘ spent
//!         ┌────────┐ the work allows no poll                       └─┬───┬─────┘
//!         │ Paused │◄────────────────────────────────────────────────┘   │ the work is over
//!         └────────┘ `resume` leads back to Scheduled                    ▼ Ended
//! ```
//!
//! - **The way back.** A wake-up from outside (a promise, an event handler, a timer) comes back
//!   by a microtask, which is the cheapest. When a slice has spent its budget, the way back leads
//!   through the event loop ([`Continuation`]); microtasks that follow one another would starve
//!   it. For the same reason what slices from microtasks use adds up to one budget, and then the
//!   event loop has its turn.
//! - **One timer.** However many timers the runtime has, the browser holds one, for the earliest
//!   deadline, set again only when an earlier one appears.
//! - **Re-entry returns.** A browser may run microtasks, and so the pump, inside of a call that a
//!   task makes. Such an entry does nothing; the slice under way goes on afterwards.
//! - **Panics poison.** After a panic the runtime is not entered again: see [`panics`].
//!
//! Both clocks are pumped in the same way. Under the virtual one there is nothing to wait for but
//! the outside, so a run is one slice after another.

mod alarm;
mod credit;
mod hop;
mod stride;

use std::cell::Cell;
use std::fmt;
use std::rc::{Rc, Weak};

use wakeline::time::Instant;
use wakeline::{Progress, Runtime};

use crate::globals::performance_now;
use crate::panics;

pub use hop::Continuation;

use alarm::Alarm;
use credit::Credit;
use hop::{Hop, Kick};
use stride::Stride;

/// How a pump shares its thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How long a slice may take, in milliseconds. A slice ends with the first poll that ends
    /// after that, so a single long poll takes as long as it takes.
    pub budget_ms: f64,
    /// How the pump comes back after a slice.
    pub continuation: Continuation,
}

impl Settings {
    /// For a page: a quarter of a frame, and everything else goes first.
    pub const PAGE: Self = Self {
        budget_ms: 4.0,
        continuation: Continuation::Background,
    };

    /// For a worker, where nothing is painted and only messages wait.
    pub const WORKER: Self = Self {
        budget_ms: 10.0,
        continuation: Continuation::Background,
    };
}

/// What a pump drives: a runtime, and whoever looks at it from outside.
///
/// The pump calls these methods while it borrows nothing: they may read the runtime and stop,
/// pause or drop the pump.
///
/// A [`Runtime`] is such work by itself.
pub trait Work {
    /// Goes on for at most `polls` polls, usually by `Runtime::run_for`.
    fn step(&self, polls: u32) -> Step;

    /// How many polls are welcome at most before this is asked again. With 0 the pump pauses
    /// until [`Pump::resume`].
    fn allowance(&self) -> u32 {
        u32::MAX
    }

    /// A slice is over.
    fn after_slice(&self, slice: &Slice) {
        let _ = slice;
    }

    /// A step was [`Step::Ended`]. Follows the [`after_slice`](Self::after_slice) of the last
    /// slice. Not called after [`Pump::stop`].
    fn ended(&self) {}
}

impl Work for Runtime {
    fn step(&self, polls: u32) -> Step {
        self.run_for(polls).into()
    }
}

impl<W: Work + ?Sized> Work for Rc<W> {
    fn step(&self, polls: u32) -> Step {
        (**self).step(polls)
    }

    fn allowance(&self) -> u32 {
        (**self).allowance()
    }

    fn after_slice(&self, slice: &Slice) {
        (**self).after_slice(slice);
    }

    fn ended(&self) {
        (**self).ended();
    }
}

/// What a step of the work led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do now.
    Ready,
    /// Nothing is ready.
    Waiting {
        /// The earliest deadline on the runtime's real clock, if there is one.
        until: Option<Instant>,
    },
    /// It is over: there is nothing to do now or later.
    Ended,
}

impl From<Progress> for Step {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Ready => Self::Ready,
            Progress::Waiting { until } => Self::Waiting { until },
            Progress::Done | Progress::Stalled | Progress::Limit => Self::Ended,
        }
    }
}

/// What happened in a slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// Number of polls.
    pub polls: u64,
    /// How long it took, in milliseconds, as exactly as the browser tells.
    pub milliseconds: f64,
}

/// Where a pump stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A slice is going to begin.
    Scheduled,
    /// A slice is under way.
    Running,
    /// Nothing is ready.
    Waiting,
    /// The work allowed no further poll.
    Paused,
    /// The work is over.
    Ended,
    /// Somebody called [`Pump::stop`].
    Stopped,
    /// The program has panicked; the runtime is not touched any more.
    Poisoned,
}

/// Drives a runtime. Dropping it stops it, as [`stop`](Self::stop) does.
///
/// The tasks of the runtime are not dropped by that; that is what the drop of the runtime or
/// `Runtime::finish` is for.
#[must_use = "dropping a pump stops it"]
pub struct Pump {
    inner: Rc<Inner>,
}

struct Inner {
    runtime: Runtime,
    work: Box<dyn Work>,
    settings: Settings,
    status: Cell<Status>,
    /// A task became ready outside of the runtime while a slice was under way.
    kicked: Cell<bool>,
    stride: Cell<Stride>,
    credit: Credit,
    kick: Kick,
    hop: Hop,
    alarm: Alarm,
}

/// By which way the pump was entered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Via {
    Microtask,
    EventLoop,
}

/// What follows a slice.
enum Next {
    Continue,
    /// Until a time as `performance.now()` tells it, or until a task becomes ready.
    Wait(Option<f64>),
    Pause,
    End,
}

impl Pump {
    /// Begins to drive `work`, whose runtime is `runtime`. The first slice comes in a microtask.
    ///
    /// The pump takes the runtime's `on_ready`, and it makes sure that panics are noticed
    /// ([`panics::happened`]).
    ///
    /// # Panics
    /// Natively.
    pub fn start(runtime: &Runtime, settings: Settings, work: impl Work + 'static) -> Self {
        panics::notice();
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| Inner {
            runtime: runtime.clone(),
            work: Box::new(work),
            settings,
            status: Cell::new(Status::Scheduled),
            kicked: Cell::new(false),
            stride: Cell::new(Stride::FIRST),
            credit: Credit::new(settings.budget_ms),
            kick: Kick::new(entry(weak, Via::Microtask)),
            hop: Hop::new(settings.continuation, entry(weak, Via::EventLoop)),
            alarm: Alarm::new(entry(weak, Via::EventLoop)),
        });
        let weak = Rc::downgrade(&inner);
        runtime.on_ready(move || {
            if let Some(inner) = weak.upgrade() {
                inner.kick();
            }
        });
        inner.kick.request();
        Self { inner }
    }

    /// Goes on after a pause. Does nothing in any other state.
    pub fn resume(&self) {
        if self.inner.status.get() == Status::Paused {
            self.inner.schedule();
        }
    }

    /// Stops: no further poll, no timer and no handler of this pump is left in the browser.
    /// Called by a task, it takes effect when the task's poll ends.
    pub fn stop(&self) {
        self.inner.leave(Status::Stopped);
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        if panics::happened() {
            return Status::Poisoned;
        }
        self.inner.status.get()
    }

    /// How it comes back after a slice, in this browser.
    #[must_use]
    pub fn continuation(&self) -> Continuation {
        self.inner.hop.continuation()
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Pump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump")
            .field("settings", &self.inner.settings)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

fn entry(inner: &Weak<Inner>, via: Via) -> impl Fn() + 'static {
    let inner = inner.clone();
    move || {
        if let Some(inner) = inner.upgrade() {
            inner.enter(via);
        }
    }
}

impl Inner {
    /// A task became ready while the runtime was not running.
    fn kick(&self) {
        match self.status.get() {
            Status::Waiting if !panics::happened() => self.schedule(),
            // The work is being told of the slice, after the last look at the runtime.
            Status::Running => self.kicked.set(true),
            _ => {}
        }
    }

    fn schedule(&self) {
        self.status.set(Status::Scheduled);
        if self.credit.is_left() {
            self.kick.request();
        } else {
            self.hop.request();
        }
    }

    fn enter(&self, via: Via) {
        if panics::happened() {
            return;
        }
        if via == Via::EventLoop {
            self.credit.renew();
        }
        if matches!(self.status.get(), Status::Scheduled | Status::Waiting) {
            self.slice();
        }
    }

    fn slice(&self) {
        self.status.set(Status::Running);
        self.kicked.set(false);
        let (begun, polls) = (performance_now(), self.runtime.stats().polls);
        let next = self.run(begun);
        let milliseconds = performance_now() - begun;
        self.credit.spend(milliseconds);
        self.work.after_slice(&Slice {
            polls: self.runtime.stats().polls - polls,
            milliseconds,
        });
        // A task or the work may have stopped the pump.
        if self.status.get() == Status::Running {
            self.follow(next);
        }
    }

    /// Polls until the budget is spent or there is nothing to do.
    fn run(&self, begun: f64) -> Next {
        let mut mark = begun;
        while self.status.get() == Status::Running {
            let stride = self.stride.get();
            let polls = stride.polls().min(self.work.allowance());
            if polls == 0 {
                return Next::Pause;
            }
            let step = self.work.step(polls);
            let now = performance_now();
            match step {
                Step::Ready => {
                    // A stride that was cut short says nothing about a whole one.
                    if polls == stride.polls() {
                        let stride = stride.after(now - mark, self.settings.budget_ms);
                        self.stride.set(stride);
                    }
                    if now - begun >= self.settings.budget_ms {
                        return Next::Continue;
                    }
                }
                Step::Waiting { until } => {
                    // The runtime has read its clock to find that nothing is due, so this is
                    // the moment at which the two clocks can be compared.
                    let left = until.map(|until| until - self.runtime.now());
                    return Next::Wait(left.map(|left| now + left.as_secs_f64() * 1e3));
                }
                Step::Ended => return Next::End,
            }
            mark = now;
        }
        Next::Continue
    }

    fn follow(&self, next: Next) {
        match next {
            Next::Continue => {
                self.status.set(Status::Scheduled);
                self.hop.request();
            }
            Next::Wait(until) => {
                self.status.set(Status::Waiting);
                if self.kicked.take() {
                    self.schedule();
                } else if let Some(until) = until {
                    self.alarm.set(performance_now(), until);
                }
            }
            Next::Pause => self.status.set(Status::Paused),
            Next::End => {
                self.leave(Status::Ended);
                self.work.ended();
            }
        }
    }

    /// Lets go of the browser and of the runtime for good.
    fn leave(&self, status: Status) {
        if matches!(self.status.get(), Status::Ended | Status::Stopped) {
            return;
        }
        self.status.set(status);
        self.alarm.cancel();
        self.runtime.on_ready(|| {});
    }
}
