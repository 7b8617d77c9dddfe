//! Sleeping.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Instant;
use crate::log::{Cause, Kind, Reason, TimerPurpose};
use crate::record::{Birth, Site, Wait};
use crate::runtime::{Core, try_with_core, with_core};
use crate::timers::Key;

/// Waits until so much time has passed from now.
///
/// A sleep of zero gives way once, like [`yield_now`](crate::task::yield_now).
///
/// # Cancel safety
/// Yes. A dropped sleep is cancelled and leaves nothing behind.
///
/// # Panics
/// Outside of a runtime.
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    let deadline = super::now() + duration;
    Sleep::new(deadline, TimerPurpose::Sleep, Site::caller())
}

/// Waits until the given moment; if that has passed already, gives way once.
///
/// # Cancel safety
/// As [`sleep`].
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep::new(deadline, TimerPurpose::Sleep, Site::caller())
}

/// The future of [`sleep`] and [`sleep_until`].
///
/// Its timer is armed by the first poll; the deadline is set when it is made.
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep {
    deadline: Instant,
    purpose: TimerPurpose,
    site: Site,
    wait: Wait,
    state: State,
}

enum State {
    /// It was never polled.
    New(Birth),
    /// It was set to another moment and not polled since.
    Reset,
    /// The deadline had passed at the first poll: gave way.
    Yielded,
    Armed(Rc<Core>, Key),
    Over,
}

impl Sleep {
    pub(crate) fn new(deadline: Instant, purpose: TimerPurpose, site: Site) -> Self {
        Self {
            deadline,
            purpose,
            site,
            wait: Wait::default(),
            state: State::New(
                try_with_core(|core| Birth::now(Some(core))).unwrap_or(Birth::now(None)),
            ),
        }
    }

    /// The moment at which it ends.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether it has ended and its end was seen by a poll.
    #[must_use]
    pub fn is_elapsed(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Makes it end at another moment, whether it has ended or not.
    pub fn reset(&mut self, deadline: Instant) {
        self.disarm();
        self.deadline = deadline;
        self.state = State::Reset;
    }

    fn disarm(&mut self) {
        if let State::Armed(core, key) = &self.state {
            self.wait.end(core, Reason::Timer, key.id);
            let waker = core.timers.borrow_mut().cancel(*key);
            if let Some(waker) = waker {
                let deadline = self.deadline.as_nanos();
                core.record_plain(Kind::TimerCancelled, 0, core.current(), key.id, deadline);
                drop(waker);
            }
        }
    }

    fn arm(&mut self, core: &Rc<Core>, cx: &Context<'_>) {
        let (task, deadline) = (core.current(), self.deadline.as_nanos());
        let waker = cx.waker().clone();
        let key = core.timers.borrow_mut().arm(deadline, task, waker);
        core.record(
            Kind::TimerArmed,
            self.purpose.code(),
            self.site,
            task,
            key.id,
            deadline,
        );
        self.wait.begin(core, Reason::Timer, key.id, 0, self.site);
        self.state = State::Armed(Rc::clone(core), key);
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        match &this.state {
            State::New(_) | State::Reset => with_core("sleep", |core| {
                if this.deadline > core.now() {
                    this.arm(core, cx);
                    return Poll::Pending;
                }
                if this.purpose != TimerPurpose::Sleep {
                    this.state = State::Over;
                    return Poll::Ready(());
                }
                core.record(Kind::Yielded, 0, this.site, core.current(), 0, 0);
                core.with_cause(Cause::Yielded, core.current(), || cx.waker().wake_by_ref());
                this.state = State::Yielded;
                Poll::Pending
            }),
            State::Armed(core, key) => {
                let runs = core.timers.borrow().runs(*key);
                if runs {
                    let task = core.current();
                    let stale = core.timers.borrow_mut().refresh(*key, task, cx.waker());
                    if stale {
                        let waker = cx.waker().clone();
                        let old = core.timers.borrow_mut().replace_waker(*key, waker);
                        drop(old);
                    }
                    this.wait.begin(core, Reason::Timer, key.id, 0, this.site);
                    return Poll::Pending;
                }
                this.wait.end(core, Reason::Timer, key.id);
                this.state = State::Over;
                Poll::Ready(())
            }
            State::Yielded | State::Over => {
                this.state = State::Over;
                Poll::Ready(())
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let State::New(birth) = self.state
            && self.purpose == TimerPurpose::Sleep
        {
            let site = self.site;
            try_with_core(|core| birth.never_polled(Some(core), 0, site));
        }
        self.disarm();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
