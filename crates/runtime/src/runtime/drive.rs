//! Driving: whose turn it is, and what happens when it is nobody's.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Core, Runtime, Stalled, enter, spawn_on};
use crate::log::{Outcome, PollResult};
use crate::record::Site;
use crate::task::{Current, TaskRef, Unusual};
use crate::time::Instant;

/// After this many polls a real clock is read and due timers fire, however busy the tasks are.
const POLLS_BETWEEN_CLOCK_READINGS: u32 = 61;

/// What a driver has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Progress {
    /// There is more to do now.
    Ready,
    /// Nothing is ready. Come back at the deadline if there is one, and whenever
    /// [`Runtime::on_ready`] says so.
    Waiting {
        /// The earliest deadline on the real clock.
        until: Option<Instant>,
    },
    /// No task is alive.
    Done,
    /// Tasks are alive, none is ready, no timer runs, and nothing outside is expected: unless
    /// somebody keeps a waker that the runtime does not know of, this is a deadlock.
    Stalled,
    /// The log has as many events as it may.
    Limit,
}

/// A future that `block_on` polls where it is, in the turns of a task that stands for it.
struct Root<'a> {
    task: TaskRef,
    poll: &'a mut dyn FnMut(&mut Context<'_>) -> PollResult,
}

impl Runtime {
    /// Polls ready tasks, at most `polls` of them; fires timers; moves a virtual clock when
    /// nothing is ready. Returns when it has polled so many ([`Progress::Ready`], whatever comes
    /// next) or when there is nothing to poll.
    ///
    /// Called while the runtime already runs (from inside of a task), it does nothing and says
    /// [`Progress::Ready`].
    ///
    /// # Panics
    /// Not because a task panics: that ends the task alone. (In WebAssembly a panic ends the
    /// whole module.)
    pub fn run_for(&self, polls: u32) -> Progress {
        run(self.core(), polls, None)
    }

    /// Runs until the future is finished, and other tasks meanwhile; those that are alive then
    /// stay, and go on with the next call. The future need not be `'static`; in the log it is a
    /// task called `main`.
    ///
    /// Under a virtual clock this works anywhere. Under a real one the thread is parked while
    /// nothing is ready, which a browser does not allow: use `wakeline-web` there.
    ///
    /// # Panics
    /// If the future can never finish ([`try_block_on`](Self::try_block_on) returns that
    /// instead), if the log is full before it does, if it panics itself, or when called inside
    /// of a task of the same runtime.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.try_block_on(future) {
            Ok(output) => output,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`block_on`](Self::block_on).
    ///
    /// # Errors
    /// If nothing is ready, no timer runs and nothing outside is expected while the future is
    /// not finished; or if the log is full. The error names every task and what it waits for.
    ///
    /// # Panics
    /// As [`block_on`](Self::block_on), but for these errors.
    #[track_caller]
    pub fn try_block_on<F: Future>(&self, future: F) -> Result<F::Output, Stalled> {
        let core = self.core();
        assert!(
            !core.is_running(),
            "`block_on` was called inside of a task of the same runtime; await the future instead"
        );
        let mut future = pin!(future);
        let mut output = None;
        let handle = spawn_on(
            core,
            Some("main"),
            std::future::pending::<()>(),
            Site::caller(),
        );
        let task = handle.into_task();
        let mut poll = |cx: &mut Context<'_>| match future.as_mut().poll(cx) {
            Poll::Pending => PollResult::Pending,
            Poll::Ready(value) => {
                output = Some(value);
                PollResult::Ready
            }
        };
        task.live_elsewhere();
        let mut root = Root {
            task: task.clone(),
            poll: &mut poll,
        };
        let _abandon = Abandon { core, task: &task };
        let stalled = loop {
            let progress = run(core, u32::MAX, Some(&mut root));
            if task.is_done() {
                break None;
            }
            match progress {
                Progress::Ready => {}
                // Nobody is left who could move the clock.
                Progress::Waiting { .. } if core.paused.get() && !core.expects_outside() => {
                    break Some(core.stalled());
                }
                Progress::Waiting { until } => park(core, until),
                Progress::Done | Progress::Stalled | Progress::Limit => break Some(core.stalled()),
            }
        };
        match (output, stalled) {
            (Some(output), _) => Ok(output),
            (None, Some(stalled)) => {
                core.tell_stalled(&stalled);
                Err(stalled)
            }
            // The root task is done without an output: the runtime was ended by the program.
            (None, None) => Err(core.stalled()),
        }
    }

    /// The explanation of a [`Progress::Stalled`].
    #[must_use]
    pub fn stalled(&self) -> Stalled {
        self.core().stalled()
    }

    /// Ends a run whose main task has ended, or cannot: the outcome that fits, with the reason.
    pub fn finish_stalled(&self) {
        let reason = self.core().stalled().to_string();
        self.finish(Outcome::Deadlock, &reason);
    }
}

/// Sees to it that the task which stands for a future of `block_on` does not outlive it.
struct Abandon<'a> {
    core: &'a Rc<Core>,
    task: &'a TaskRef,
}

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        if !self.task.is_done() {
            self.core.abandon(self.task);
        }
    }
}

/// Says that the runtime runs, until dropped, also by a panic.
pub(super) struct Running<'a>(pub(super) &'a Core);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set_running(false);
        self.0.leave_turn();
        if self.0.is_ending() {
            self.0.shut_down();
        }
    }
}

/// The run loop.
fn run(core: &Rc<Core>, mut polls: u32, mut root: Option<&mut Root<'_>>) -> Progress {
    if core.is_running() {
        return Progress::Ready;
    }
    core.set_running(true);
    let _running = Running(core);
    enter(core, || {
        loop {
            if core.is_full() {
                return Progress::Limit;
            }
            if !core.is_virtual() {
                core.refresh();
                core.fire_due();
            }
            if polls == 0 {
                // Also when nothing is ready: time must not move before the caller has seen
                // what the last poll did.
                return Progress::Ready;
            }
            let most = polls.min(POLLS_BETWEEN_CLOCK_READINGS);
            let mut left = most;
            while left > 0 {
                core.take_deliveries();
                let Some(ready) = core.dequeue() else {
                    core.leave_turn();
                    match idle(core) {
                        Some(progress) => return progress,
                        None if core.is_full() => return Progress::Limit,
                        None => continue,
                    }
                };
                let stops = match ready.take_turn() {
                    Ok(task) => turn(core, task),
                    Err(Unusual::DropFuture(task)) => abort_turn(core, task),
                    Err(Unusual::PollElsewhere(task)) => {
                        if root_turn(core, task, root.as_deref_mut()) {
                            return Progress::Ready;
                        }
                        core.stops()
                    }
                    Err(Unusual::Nothing) => continue,
                };
                left -= 1;
                if stops {
                    return stop(core);
                }
            }
            core.leave_turn();
            polls -= most;
        }
    })
}

/// The turn of a task. True if the run loop has to stop.
#[inline]
pub(super) fn turn(core: &Core, task: Current) -> bool {
    core.begin_turn(&task);
    let result = task.run();
    core.end_turn(task, result)
}

/// The turn of a task that was aborted. True if the run loop has to stop.
#[inline(never)]
fn abort_turn(core: &Core, task: Current) -> bool {
    core.begin_turn(&task);
    let result = task.drop_future();
    core.end_turn(task, result)
}

/// The turn of the task that stands for the future of `block_on`. True if that was its last.
#[inline(never)]
fn root_turn(core: &Core, task: Current, root: Option<&mut Root<'_>>) -> bool {
    core.begin_turn(&task);
    let result = match root {
        Some(root) if root.task.is(&task) => task.run_elsewhere(&mut *root.poll),
        // Of another `block_on`, which is not under way.
        _ => PollResult::Pending,
    };
    let ended = result != PollResult::Pending;
    if ended {
        task.drop_future();
    }
    core.end_turn(task, result);
    ended
}

/// A turn outside of `block_on` that is no poll. True if the run loop has to stop.
pub(super) fn unusual_turn(core: &Core, turn: Unusual) -> bool {
    match turn {
        Unusual::DropFuture(task) => abort_turn(core, task),
        Unusual::PollElsewhere(task) => {
            root_turn(core, task, None);
            core.stops()
        }
        Unusual::Nothing => false,
    }
}

/// Why the run loop stops after a poll.
#[cold]
pub(super) fn stop(core: &Core) -> Progress {
    match core.is_ending() {
        true => Progress::Done,
        false => Progress::Limit,
    }
}

/// Nothing is ready. Fires timers if any are due, moving a virtual clock to the next; otherwise
/// says what there is to wait for.
pub(super) fn idle(core: &Core) -> Option<Progress> {
    core.refresh();
    if core.fire_due() {
        return None;
    }
    if core.stats().live() == 0 {
        return Some(Progress::Done);
    }
    match core.next_deadline() {
        Some(deadline) if core.is_virtual() && !core.expects_outside() && !core.paused.get() => {
            core.advance_to(deadline);
            core.fire_due();
            None
        }
        Some(deadline) => {
            // Under a virtual clock time stands still while the outside works.
            let until = (!core.is_virtual()).then(|| Instant::from_nanos(deadline));
            Some(Progress::Waiting { until })
        }
        None if core.expects_outside() => Some(Progress::Waiting { until: None }),
        None => Some(Progress::Stalled),
    }
}

/// Sleeps until the deadline or until another thread posts.
#[cfg(not(target_arch = "wasm32"))]
fn park(core: &Core, until: Option<Instant>) {
    match until {
        None => std::thread::park(),
        Some(deadline) => {
            core.refresh();
            std::thread::park_timeout(deadline.saturating_duration_since(core.now()));
        }
    }
}

/// A browser's thread cannot be parked.
#[cfg(target_arch = "wasm32")]
fn park(_: &Core, _: Option<Instant>) {
    panic!(
        "`block_on` cannot wait for real time in WebAssembly; drive the runtime with `wakeline-web`"
    )
}
