//! The runtime: one thread, one ready queue, one clock, one log.

mod attached;
mod builder;
mod choosing;
mod clock;
mod context;
mod core;
mod counters;
mod diagnosis;
mod drive;
mod findings;
mod policy;
mod registry;
mod stalled;
mod turn;
mod wait_graph;

use std::cell::Ref;
use std::fmt;
use std::future::Future;
use std::rc::Rc;

pub(crate) use attached::{AnyLocal, Watcher};
pub use builder::Builder;
pub use clock::Clock;
pub(crate) use context::{current_core, enter, try_with_core, with_core};
pub(crate) use core::{
    Core, request_abort, spawn_on, spawn_parked, spawn_with, wake, wake_by_ref, wake_to_cancel,
};
pub use drive::Progress;
pub use policy::{
    Choice, Choices, Divergence, Fallback, ParseChoicesError, ParsePolicyError, Policy,
};
pub use stalled::{Stalled, StalledTask, StalledWait};

use crate::log::{Log, Outcome};
use crate::record::Site;
use crate::task::JoinHandle;
use crate::time::Instant;

/// A single-threaded async executor.
///
/// The value is a handle; clones are the same runtime. When the last is dropped, every task's
/// future is dropped, in the order of their slots. A runtime never leaves its thread.
///
/// ```
/// use std::time::Duration;
///
/// let runtime = wakeline::Builder::new().build();
/// let slept = runtime.block_on(async {
///     let start = wakeline::time::now();
///     wakeline::time::sleep(Duration::from_secs(3600)).await;
///     wakeline::time::now() - start
/// });
/// assert_eq!(slept, Duration::from_secs(3600)); // virtual time: this took no time at all
/// ```
#[derive(Clone)]
pub struct Runtime {
    owner: Rc<Owner>,
}

/// Ends the runtime when the last handle goes.
struct Owner {
    core: Rc<Core>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.core.shut_down();
        self.core.free_log();
    }
}

/// What a runtime did so far, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Polls, including those that dropped an aborted future.
    pub polls: u64,
    /// Tasks created.
    pub created: u32,
    /// Tasks that returned.
    pub completed: u32,
    /// Tasks that panicked or returned an error (see [`spawn_fallible`]).
    ///
    /// [`spawn_fallible`]: crate::task::Builder::spawn_fallible
    pub failed: u32,
    /// Tasks that were aborted.
    pub cancelled: u32,
    /// Tasks that were alive when the runtime ended.
    pub dropped: u32,
}

impl Stats {
    /// Tasks that are alive.
    #[must_use]
    pub fn live(&self) -> u32 {
        self.created - self.completed - self.failed - self.cancelled - self.dropped
    }
}

impl Runtime {
    pub(crate) fn from_core(core: Rc<Core>) -> Self {
        Self {
            owner: Rc::new(Owner { core }),
        }
    }

    pub(crate) fn core(&self) -> &Rc<Core> {
        &self.owner.core
    }

    /// Starts a task from outside of any.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        spawn_on(self.core(), None, future, Site::caller())
    }

    /// Starts a task with a name from outside of any.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl AsRef<str>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        spawn_on(self.core(), Some(name.as_ref()), future, Site::caller())
    }

    /// Runs `enter` with this runtime as the current one, so that it can spawn, make timers and
    /// name resources outside of any task.
    pub fn enter<T>(&self, inside: impl FnOnce() -> T) -> T {
        enter(self.core(), inside)
    }

    /// The time on the run's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.core().now()
    }

    /// The log so far. Without the `trace` feature, or with recording off, it is empty.
    ///
    /// # Panics
    /// If it is held while the runtime runs, the runtime panics when it records.
    #[must_use]
    pub fn log(&self) -> Ref<'_, Log> {
        self.core().log()
    }

    /// Lets go of the events before number `before`, or of most of them, because somebody else has
    /// them: they no longer count for the [limit](Builder::event_limit), so that a run can go on
    /// for as long as somebody takes its events. Those that stay keep their numbers; what is kept
    /// here alone is no complete log. Does nothing without the `trace` feature.
    ///
    /// ```
    /// use wakeline::log::{Decoder, Log, Position, encode_rest, encode_since};
    /// use wakeline::{Builder, Progress};
    ///
    /// let runtime = Builder::new().event_limit(2_000).build();
    /// runtime.spawn_named("main", async {
    ///     for _ in 0..5_000 {
    ///         wakeline::task::yield_now().await;
    ///     }
    /// });
    /// let (mut decoder, mut copy, mut position) = (Decoder::new(), Log::new(), Position::default());
    /// while runtime.run_for(100) == Progress::Ready {
    ///     decoder.read(&mut copy, &encode_since(&runtime.log(), position)).unwrap();
    ///     position = Position::end_of(&runtime.log());
    ///     runtime.let_go(position.events);
    /// }
    /// runtime.finish(wakeline::log::Outcome::Completed, "");
    /// decoder.read(&mut copy, &encode_rest(&runtime.log(), position)).unwrap();
    /// assert!(copy.len() > 15_000);
    /// assert!(copy.columns.iter_from(0).count() == copy.len());
    /// ```
    ///
    /// # Panics
    /// If the [log](Self::log) is held.
    pub fn let_go(&self, before: usize) {
        #[cfg(feature = "trace")]
        self.core().let_go(before);
        #[cfg(not(feature = "trace"))]
        let _ = before;
    }

    /// Numbers so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core().stats()
    }

    /// Where the run left the choices of its [`Policy::Recorded`]: the first that it did not come
    /// to as it was recorded. `None` if there was no such choice so far, or under another policy.
    #[must_use]
    pub fn divergence(&self) -> Option<Divergence> {
        self.core().divergence()
    }

    /// Calls `hook` whenever a task becomes ready while the runtime is not running and nothing
    /// was ready before: the moment to have [`run_for`](Self::run_for) called. It must not run
    /// the runtime itself.
    pub fn on_ready(&self, hook: impl Fn() + 'static) {
        self.core().set_on_ready(Rc::new(hook));
    }

    /// While the guard lives, something outside of the runtime is expected to wake a task, so
    /// that "nothing is ready and no timer runs" is no deadlock.
    #[must_use]
    pub fn expect_outside(&self) -> OutsideGuard {
        OutsideGuard::new(self.core())
    }

    /// Ends the run: drops the future of every task that is alive and closes the log with the
    /// outcome and a reason in words (empty if there is none). The first call counts.
    ///
    /// # Panics
    /// Inside of a task of this runtime.
    pub fn finish(&self, outcome: Outcome, reason: &str) {
        self.core().finish(outcome, reason);
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// See [`Runtime::expect_outside`].
pub struct OutsideGuard {
    core: Rc<Core>,
}

impl OutsideGuard {
    pub(crate) fn new(core: &Rc<Core>) -> Self {
        core.add_outside(1);
        Self {
            core: Rc::clone(core),
        }
    }
}

impl Drop for OutsideGuard {
    fn drop(&mut self) {
        self.core.add_outside(-1);
    }
}

impl fmt::Debug for OutsideGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutsideGuard")
    }
}
