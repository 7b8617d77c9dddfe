//! What a runtime consists of, and what a task can have it do.

mod ending;
mod flags;
mod ready;
mod recording;
mod spawn;
mod turns;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc;

use flags::Flags;
pub(crate) use ready::{request_abort, wake, wake_by_ref, wake_to_cancel};
pub(crate) use spawn::{spawn_on, spawn_parked, spawn_with};

use super::attached::Attached;
use super::choosing::Choosing;
use super::counters::Counters;
use super::diagnosis::Diagnosis;
use super::registry::Registry;
use super::{Builder, Clock, Stalled, Stats, wait_graph};
use crate::cancel::Requests;
use crate::log::{Cause, Kind};
use crate::random::Random;
use crate::recorder::Recorder;
use crate::task::pool::Pool;
#[cfg(not(target_arch = "wasm32"))]
use crate::task::remote::{Inbox, Owner};
use crate::task::{Identity, ReadyQueue, TaskId, TaskRef};
use crate::time::Instant;
use crate::timers::Timers;

/// No task.
const NOBODY: Identity = Identity { id: 0, slot: 0 };

/// The parts of one runtime.
///
/// No field is borrowed while code of the program runs: its polls, drops, wakers, hooks.
pub(crate) struct Core {
    flags: Flags,
    /// The task that is being polled, or [`NOBODY`].
    current: Cell<Identity>,
    queue: ReadyQueue,
    registry: RefCell<Registry>,
    pub(crate) timers: RefCell<Timers>,
    recorder: RefCell<Recorder>,
    pub(super) diagnosis: Diagnosis,
    /// The log was told that nothing can go on.
    pub(super) stall_told: Cell<bool>,
    /// What a wake that happens now is caused by, if not by the task that is being polled.
    cause: Cell<Option<(Cause, u32)>>,
    finished: Cell<bool>,
    pub(super) clock: Clock,
    now: Cell<u64>,
    /// What is ready under a policy that chooses; the queue is empty then.
    pub(super) choosing: Choosing,
    pub(crate) random: RefCell<Random>,
    pub(crate) seed: u64,
    next_task: Cell<u32>,
    next_resource: Cell<u32>,
    #[cfg(feature = "tracing")]
    next_span: Cell<u32>,
    #[cfg(feature = "tracing")]
    span_token: Cell<u32>,
    counters: Counters,
    /// How many things outside of the runtime are expected to wake a task.
    outside: Cell<u32>,
    on_ready: RefCell<Option<Rc<dyn Fn()>>>,
    /// Why the task that is being polled failed, noted before its poll ends.
    failure: Cell<Option<String>>,
    /// The task that returns because it was asked to, noted likewise. 0 for none.
    gave_up: Cell<u32>,
    /// Blocks for tasks. Dropped with the core, so after the last task.
    pub(crate) pool: Pool,
    /// Which tasks were asked to cancel what they do, and who passes such requests on.
    pub(crate) requests: Requests,
    /// What some tasks have besides a future.
    pub(crate) attached: Attached,
    /// A virtual clock moves only by hand.
    pub(crate) paused: Cell<bool>,
    /// Somebody moves it.
    pub(crate) advancing: Cell<bool>,
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) owner: Owner,
    #[cfg(not(target_arch = "wasm32"))]
    inbox: Arc<Inbox>,
}

impl Core {
    pub(super) fn new(builder: Builder) -> Rc<Self> {
        #[cfg(not(target_arch = "wasm32"))]
        let owner = Owner::new();
        let limit = builder.event_limit as usize;
        let choosing = Choosing::new(&builder.policy, builder.seed);
        let core = Rc::new(Self {
            flags: Flags::new(builder.record, choosing.chooses()),
            current: Cell::new(NOBODY),
            queue: ReadyQueue::default(),
            registry: RefCell::default(),
            timers: RefCell::default(),
            recorder: RefCell::new(Recorder::new(limit, builder.meta)),
            diagnosis: Diagnosis::new(builder.longest_poll),
            stall_told: Cell::new(false),
            cause: Cell::new(None),
            finished: Cell::new(false),
            clock: builder.clock,
            now: Cell::new(0),
            choosing,
            random: RefCell::new(Random::labelled(builder.seed, "")),
            seed: builder.seed,
            next_task: Cell::new(1),
            next_resource: Cell::new(1),
            #[cfg(feature = "tracing")]
            next_span: Cell::new(1),
            #[cfg(feature = "tracing")]
            span_token: Cell::new(0),
            counters: Counters::default(),
            outside: Cell::new(0),
            on_ready: RefCell::new(None),
            failure: Cell::new(None),
            gave_up: Cell::new(0),
            pool: Pool::default(),
            requests: Requests::default(),
            attached: Attached::default(),
            paused: Cell::new(false),
            advancing: Cell::new(false),
            #[cfg(not(target_arch = "wasm32"))]
            owner,
            #[cfg(not(target_arch = "wasm32"))]
            inbox: Inbox::open(owner),
        });
        core.record_plain(Kind::RunBegun, 0, 0, 0, core.seed);
        core
    }

    // ===== who and when =====

    #[inline]
    pub(crate) fn current(&self) -> u32 {
        self.current.get().id
    }

    /// The task that is being polled.
    pub(crate) fn current_task(&self) -> Option<TaskRef> {
        let Identity { id, slot } = self.current.get();
        self.registry.borrow().find(slot, id)
    }

    #[inline]
    pub(crate) fn now(&self) -> Instant {
        Instant::from_nanos(self.now.get())
    }

    /// Reads a real clock.
    #[inline]
    pub(crate) fn refresh(&self) {
        if let Clock::Real(read) = &self.clock {
            self.now.set(self.now.get().max(read()));
        }
    }

    /// Moves a virtual clock forward.
    pub(crate) fn advance_to(&self, time: u64) {
        let before = self.now.get();
        if time > before {
            self.now.set(time);
            self.record_plain(Kind::ClockAdvanced, 0, 0, 0, before);
        }
    }

    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self.clock, Clock::Virtual)
    }

    /// Whether somebody drives the runtime right now.
    pub(super) fn is_running(&self) -> bool {
        self.flags.is_running()
    }

    pub(super) fn set_running(&self, running: bool) {
        self.flags.set_running(running);
    }

    /// Whether the run loop has to stop: the log is full, or the runtime ends.
    pub(super) fn stops(&self) -> bool {
        self.flags.stops()
    }

    pub(super) fn stats(&self) -> Stats {
        self.counters.stats()
    }

    pub(super) fn add_outside(&self, change: i32) {
        self.outside
            .set(self.outside.get().saturating_add_signed(change));
    }

    pub(super) fn expects_outside(&self) -> bool {
        self.outside.get() > 0
    }

    pub(super) fn set_on_ready(&self, hook: Rc<dyn Fn()>) {
        *self.on_ready.borrow_mut() = Some(hook);
    }

    /// The task that is being polled is about to fail, and why.
    pub(crate) fn note_failure(&self, message: String) {
        self.note_besides();
        self.failure.set(Some(message));
    }

    /// The task that is being polled is about to return because it was asked to.
    pub(crate) fn note_given_up(&self) {
        self.note_besides();
        self.gave_up.set(self.current());
    }

    /// What some tasks have besides a future, to give a task something of it.
    pub(crate) fn attach(&self) -> &Attached {
        self.note_besides();
        &self.attached
    }

    /// The requests, to make one or to have them passed on.
    pub(crate) fn ask(&self) -> &Requests {
        self.note_besides();
        &self.requests
    }

    /// A task has, or is about to have, something that has to be seen to when it ends.
    pub(super) fn note_besides(&self) {
        self.flags.put_besides(true);
    }

    /// Whether no task has anything besides its future, nor is about to leave anything behind.
    fn has_nothing_besides(&self) -> bool {
        self.gave_up.get() == 0
            && self.requests.is_empty()
            && self.attached.is_empty()
            && self.choosing.has_no_priorities()
    }

    // ===== who is alive =====

    /// Every live task with its name, in the order of their numbers.
    pub(crate) fn live(&self) -> Vec<(TaskRef, Option<String>)> {
        let registry = self.registry.borrow();
        let live = registry.live().into_iter();
        live.map(|(task, name)| (task, name.map(str::to_owned)))
            .collect()
    }

    /// The name of a live task.
    pub(crate) fn name_of(&self, task: &TaskRef) -> Option<String> {
        self.registry.borrow().name(task.slot()).map(str::to_owned)
    }

    /// Gives a live task another name.
    pub(crate) fn rename(&self, task: &TaskRef, name: &str) {
        if task.is_done() {
            return;
        }
        self.registry.borrow_mut().rename(task.slot(), name);
        let text = self.intern(name);
        self.record_plain(Kind::TaskNamed, 0, task.id(), 0, u64::from(text));
    }

    /// Who waits for what, when nothing can go on.
    pub(super) fn stalled(&self) -> Stalled {
        let live = self
            .registry
            .borrow()
            .live()
            .into_iter()
            .map(|(task, name)| (TaskId(task.id()), name.unwrap_or_default().to_owned()))
            .collect();
        wait_graph::explain(&self.log(), live)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

fn next(counter: &Cell<u32>) -> u32 {
    let id = counter.get();
    counter.set(
        id.checked_add(1)
            .expect("fewer than 2^32 of them in one run"),
    );
    id
}
