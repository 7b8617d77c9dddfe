//! A virtual clock that is moved by hand, for tests.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Instant;
use crate::log::{Cause, Kind};
use crate::record::Site;
use crate::runtime::{Core, Runtime, with_core};

/// Stops a virtual clock: from now on it moves by [`advance`] alone, and not when nothing is
/// ready. A `block_on` in which everybody then waits for time to pass reports that as a
/// [`Stalled`](crate::Stalled) run.
///
/// # Panics
/// Outside of a runtime; under a real clock, which nobody can stop.
///
/// ```
/// use std::time::Duration;
/// use wakeline::time::{advance, pause, sleep};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     pause();
///     let task = wakeline::spawn(async { sleep(Duration::from_secs(10)).await });
///     advance(Duration::from_secs(9)).await;
///     assert!(!task.is_finished());
///     advance(Duration::from_secs(1)).await;
///     assert!(task.is_finished());
/// });
/// ```
#[track_caller]
pub fn pause() {
    with_core("time::pause", |core| set_paused(core, true));
}

/// Lets a virtual clock jump to the next deadline again when nothing is ready.
///
/// # Panics
/// As [`pause`].
#[track_caller]
pub fn resume() {
    with_core("time::resume", |core| set_paused(core, false));
}

/// Whether the current runtime's clock is [paused](pause). False outside of any.
#[must_use]
pub fn is_paused() -> bool {
    crate::runtime::try_with_core(|core| core.paused.get()).unwrap_or(false)
}

/// Moves a virtual clock forward, whether it is paused or not. Time goes from deadline to
/// deadline: at each one the timers fire in their order, and whatever becomes ready thereby has
/// its turns, before time goes on. When this is ready, nothing else is, and everything that was
/// due has happened.
///
/// Recorded as the clock's jumps, and as the task giving way.
///
/// # Cancel safety
/// Dropping the future leaves the clock where it is.
///
/// # Panics
/// Under a real clock, and if two tasks move the clock at once. A task that is always ready keeps
/// this from ever being ready.
#[track_caller]
pub fn advance(duration: Duration) -> Advance {
    let site = Site::caller();
    let target = with_core("time::advance", |core| {
        assert_virtual(core);
        core.now() + duration
    });
    Advance {
        target,
        site,
        moves: false,
    }
}

/// The future of [`advance`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Advance {
    target: Instant,
    site: Site,
    /// It is the one that moves the clock.
    moves: bool,
}

impl Future for Advance {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        with_core("time::advance", |core| {
            if !self.moves {
                let before = core.advancing.replace(true);
                assert!(!before, "two tasks move the clock at the same time");
                self.moves = true;
            }
            // Whoever polls this is not in the ready queue, so an empty one means that nobody
            // else has anything to do at this moment.
            if core.ready() == 0 && !step(core, self.target) {
                self.moves = false;
                core.advancing.set(false);
                return Poll::Ready(());
            }
            core.record(Kind::Yielded, 0, self.site, core.current(), 0, 0);
            core.with_cause(Cause::Yielded, core.current(), || cx.waker().wake_by_ref());
            Poll::Pending
        })
    }
}

impl Drop for Advance {
    fn drop(&mut self) {
        if self.moves {
            crate::runtime::try_with_core(|core| core.advancing.set(false));
        }
    }
}

/// Moves the clock to the next deadline and fires what is due, or to the target if there is none
/// before it. True if there is more to do before the target is reached.
fn step(core: &Core, target: Instant) -> bool {
    let next = core.next_deadline();
    let to = next.map_or(target.as_nanos(), |next| next.min(target.as_nanos()));
    core.advance_to(to);
    core.fire_due() || core.now() < target
}

#[track_caller]
fn assert_virtual(core: &Core) {
    assert!(
        core.is_virtual(),
        "a real clock cannot be paused or moved; build the runtime with `Clock::Virtual`"
    );
}

#[track_caller]
fn set_paused(core: &Core, paused: bool) {
    assert_virtual(core);
    core.paused.set(paused);
}

impl Runtime {
    /// As [`time::pause`](pause), from outside: [`run_for`](Self::run_for) then says
    /// [`Waiting`](crate::Progress::Waiting) where the clock would have jumped.
    ///
    /// # Panics
    /// Under a real clock.
    #[track_caller]
    pub fn pause(&self) {
        set_paused(self.core(), true);
    }

    /// As [`time::resume`](resume), from outside.
    ///
    /// # Panics
    /// Under a real clock.
    #[track_caller]
    pub fn resume(&self) {
        set_paused(self.core(), false);
    }

    /// As [`time::advance`](advance), from outside: runs what is ready, then moves the clock from
    /// deadline to deadline, and runs what that makes ready. Returns at the log's limit, too.
    ///
    /// # Panics
    /// Under a real clock, and inside of a task of this runtime: await
    /// [`time::advance`](advance) there.
    #[track_caller]
    pub fn advance(&self, duration: Duration) {
        let core = self.core();
        assert_virtual(core);
        assert!(
            core.current() == 0,
            "`Runtime::advance` was called inside of a task; await `time::advance` instead"
        );
        let target = core.now() + duration;
        let was_paused = core.paused.replace(true);
        while self.run_for(u32::MAX) != crate::Progress::Limit && step(core, target) {}
        core.paused.set(was_paused);
    }
}
