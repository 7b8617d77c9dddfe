//! What a runtime consists of, and what a task can have it do.

use std::cell::{Cell, Ref, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::rc::Rc;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc;
use std::task::Waker;

use super::attached::Attached;
use super::choosing::Choosing;
use super::counters::Counters;
use super::diagnosis::Diagnosis;
use super::registry::Registry;
use super::{Builder, Clock, Stalled, Stats, wait_graph};
use crate::cancel::Requests;
use crate::log::{Cause, Event, Kind, Log, Outcome, PollResult};
use crate::random::Random;
use crate::record::Site;
use crate::recorder::Recorder;
use crate::task::pool::Pool;
#[cfg(not(target_arch = "wasm32"))]
use crate::task::remote::{Delivery, Inbox, Owner};
use crate::task::{JoinHandle, TaskEnd, TaskId, TaskRef, allocate, waker};
use crate::time::Instant;
use crate::timers::Timers;

/// For so many ready tasks there is always room.
const QUEUE_KEPT: usize = 1024;

/// The parts of one runtime.
///
/// No field is borrowed while code of the program runs: its polls, drops, wakers, hooks.
pub(crate) struct Core {
    queue: RefCell<VecDeque<TaskRef>>,
    registry: RefCell<Registry>,
    pub(crate) timers: RefCell<Timers>,
    recorder: RefCell<Recorder>,
    recording: Cell<bool>,
    pub(super) diagnosis: RefCell<Diagnosis>,
    /// The log was told that nothing can go on.
    pub(super) stall_told: Cell<bool>,
    /// The log has as many events as it may.
    full: Cell<bool>,
    /// The task that is being polled, 0 outside of any.
    current: Cell<u32>,
    /// Its slot in the registry; means nothing outside of any.
    current_slot: Cell<u32>,
    /// What a wake that happens now is caused by.
    cause: Cell<(Cause, u32)>,
    pub(super) running: Cell<bool>,
    /// The runtime was dropped inside of one of its own tasks and ends after this poll.
    pub(super) ending: Cell<bool>,
    closed: Cell<bool>,
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
        let core = Rc::new(Self {
            queue: RefCell::default(),
            registry: RefCell::default(),
            timers: RefCell::default(),
            recorder: RefCell::new(Recorder::new(limit, builder.meta)),
            recording: Cell::new(builder.record && cfg!(feature = "trace")),
            diagnosis: RefCell::new(Diagnosis::new(builder.longest_poll)),
            stall_told: Cell::new(false),
            full: Cell::new(false),
            current: Cell::new(0),
            current_slot: Cell::new(0),
            cause: Cell::new((Cause::Outside, 0)),
            running: Cell::new(false),
            ending: Cell::new(false),
            closed: Cell::new(false),
            finished: Cell::new(false),
            clock: builder.clock,
            now: Cell::new(0),
            choosing: Choosing::new(&builder.policy, builder.seed),
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

    // ===== the log =====

    /// Appends an event that has a place in the source.
    #[inline]
    pub(crate) fn record(
        &self,
        kind: Kind,
        flags: u8,
        site: Site,
        subject: u32,
        object: u32,
        value: u64,
    ) {
        if cfg!(feature = "trace") && self.recording.get() {
            self.append(kind, flags, Some(site), subject, object, value);
        }
    }

    /// Appends an event without a place.
    #[inline]
    pub(crate) fn record_plain(
        &self,
        kind: Kind,
        flags: u8,
        subject: u32,
        object: u32,
        value: u64,
    ) {
        if cfg!(feature = "trace") && self.recording.get() {
            self.append(kind, flags, None, subject, object, value);
        }
    }

    #[cold]
    #[inline(never)]
    fn append(
        &self,
        kind: Kind,
        flags: u8,
        site: Option<Site>,
        subject: u32,
        object: u32,
        value: u64,
    ) {
        if !self.running.get() {
            self.record_between_turns(kind);
        }
        let event = Event {
            time: self.now.get(),
            kind,
            flags,
            location: 0,
            subject,
            object,
            value,
        };
        let full = self.recorder.borrow_mut().push(event, site);
        if full {
            self.full.set(true);
        }
    }

    /// How many events the log has.
    #[cfg(feature = "trace")]
    pub(crate) fn events(&self) -> u32 {
        u32::try_from(self.recorder.borrow().log.columns.len()).unwrap_or(u32::MAX)
    }

    /// Appends an event whose place and time are known already.
    pub(crate) fn record_event(&self, event: Event) {
        if self.is_recording() && self.recorder.borrow_mut().push(event, None) {
            self.full.set(true);
        }
    }

    /// The number of a place that is no `Location` of ours.
    #[cfg(feature = "tracing")]
    pub(crate) fn place_of(&self, file: &str, line: u32) -> u16 {
        self.recorder.borrow_mut().place_of(file, line, 0)
    }

    /// What tells this runtime from others for `tracing`, made when it is first asked for.
    #[cfg(feature = "tracing")]
    pub(crate) fn span_token(&self, make: impl FnOnce() -> u32) -> u32 {
        if self.span_token.get() == 0 {
            self.span_token.set(make());
        }
        self.span_token.get()
    }

    /// The number that the next span gets.
    #[cfg(feature = "tracing")]
    pub(crate) fn next_span(&self) -> u32 {
        next(&self.next_span)
    }

    /// Between two turns time has passed by itself: what happens there, such as a wake from
    /// outside, happens now and not when the last turn ended.
    #[cold]
    #[inline(never)]
    fn record_between_turns(&self, kind: Kind) {
        if kind != Kind::RunBegun {
            self.refresh();
        }
    }

    /// The index of a text in the log; 0 when nothing is recorded.
    pub(crate) fn intern(&self, text: &str) -> u32 {
        if self.is_recording() {
            self.recorder.borrow_mut().log.strings.intern(text)
        } else {
            0
        }
    }

    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        cfg!(feature = "trace") && self.recording.get()
    }

    pub(super) fn is_full(&self) -> bool {
        self.full.get()
    }

    pub(super) fn log(&self) -> Ref<'_, Log> {
        Ref::map(self.recorder.borrow(), |recorder| &recorder.log)
    }

    pub(crate) fn next_resource(&self) -> u32 {
        next(&self.next_resource)
    }

    // ===== who and when =====

    #[inline]
    pub(crate) fn current(&self) -> u32 {
        self.current.get()
    }

    /// The task that is being polled.
    pub(crate) fn current_task(&self) -> Option<TaskRef> {
        let (slot, id) = (self.current_slot.get(), self.current.get());
        self.registry.borrow().find(slot, id)
    }

    #[inline]
    pub(crate) fn now(&self) -> Instant {
        Instant::from_nanos(self.now.get())
    }

    /// Reads a real clock.
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

    /// Runs `f` with another cause for the wakes in it.
    #[inline]
    pub(crate) fn with_cause<T>(&self, cause: Cause, object: u32, f: impl FnOnce() -> T) -> T {
        let before = self.cause.replace((cause, object));
        let value = f();
        self.cause.set(before);
        value
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
        self.failure.set(Some(message));
    }

    /// The task that is being polled is about to return because it was asked to.
    pub(crate) fn note_given_up(&self) {
        self.gave_up.set(self.current.get());
    }

    // ===== the ready queue =====

    /// Puts a task into the ready queue unless it is there, or done.
    #[inline]
    fn enqueue(&self, task: &TaskRef, (cause, object): (Cause, u32)) {
        if self.closed.get() {
            return;
        }
        let Some(queued) = task.queued() else {
            if self.is_recording() && !task.is_done() {
                self.record_wake(Kind::WakeCoalesced, task, (cause, object), 0);
            }
            return;
        };
        let before = if self.choosing.chooses() {
            self.choosing.push(queued)
        } else {
            let mut queue = self.queue.borrow_mut();
            let before = queue.len();
            queue.push_back(queued);
            before
        };
        if self.is_recording() {
            self.record_wake(Kind::TaskReady, task, (cause, object), before);
        }
        if before == 0 && !self.running.get() {
            self.call_on_ready();
        }
    }

    /// Apart, so that a wake that is not recorded keeps nothing for it.
    #[inline(never)]
    fn record_wake(
        &self,
        kind: Kind,
        task: &TaskRef,
        (cause, object): (Cause, u32),
        before: usize,
    ) {
        self.record_plain(kind, cause.code(), task.id(), object, before as u64);
    }

    /// Gives back memory that the ready queue took when many tasks were ready at once. Each time
    /// moves an eighth of what it held at most, so that it is paid for by the pushes that filled it.
    pub(super) fn trim_queue(&self) {
        let mut queue = self.queue.borrow_mut();
        if queue.capacity() > QUEUE_KEPT && queue.len() < queue.capacity() / 8 {
            let less = queue.capacity() / 4;
            queue.shrink_to(less);
        }
    }

    #[cold]
    #[inline(never)]
    fn call_on_ready(&self) {
        let hook = self.on_ready.borrow().clone();
        if let Some(hook) = hook {
            hook();
        }
    }

    /// The task whose turn it is.
    pub(super) fn dequeue(&self) -> Option<TaskRef> {
        self.dequeue_first(usize::MAX)
    }

    /// The same, of those that became ready first, so many of them at most.
    pub(super) fn dequeue_first(&self, most: usize) -> Option<TaskRef> {
        if self.choosing.chooses() {
            return self.choose(most);
        }
        self.queue.borrow_mut().pop_front()
    }

    /// Takes what other threads sent.
    #[inline]
    pub(super) fn take_deliveries(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        if self.inbox.is_filled() {
            self.open_deliveries();
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[cold]
    #[inline(never)]
    fn open_deliveries(&self) {
        for delivery in self.inbox.take() {
            match delivery {
                Delivery::Wake { slot, id } => {
                    let task = self.registry.borrow().find(slot, id);
                    if let Some(task) = task {
                        self.enqueue(&task, (Cause::Thread, 0));
                    }
                }
                Delivery::Released(task) => drop(task),
            }
        }
    }

    /// How many tasks stand in the ready queue.
    pub(crate) fn ready(&self) -> usize {
        if self.choosing.chooses() {
            return self.choosing.len();
        }
        self.queue.borrow().len()
    }

    // ===== turns =====

    /// Polls a task that has just left the ready queue, and sees to its end. `poll` says how.
    #[inline]
    pub(super) fn turn(&self, task: &TaskRef, poll: impl FnOnce(&TaskRef) -> PollResult) {
        let id = task.id();
        self.current.set(id);
        self.current_slot.set(task.slot());
        self.cause.set((Cause::Task, id));
        if self.is_recording() {
            self.record_turn(Kind::PollBegun, 0, id);
        }
        let result = poll(task);
        if self.is_recording() {
            self.record_turn(Kind::PollEnded, result.code(), id);
            self.diagnose();
        }
        self.counters.polls.count();
        if result != PollResult::Pending {
            self.end(task, result);
        }
        self.leave_turn();
    }

    /// A poll has a length only where time passes by itself; reading a real clock twice a poll is
    /// worth it only for a log.
    fn record_turn(&self, kind: Kind, flags: u8, task: u32) {
        self.refresh();
        self.record_plain(kind, flags, task, 0, 0);
    }

    /// No task is being polled any more.
    pub(super) fn leave_turn(&self) {
        self.current.set(0);
        self.cause.set((Cause::Outside, 0));
    }

    /// A task's future is gone: tells the log, the registry and whoever awaits it.
    fn end(&self, task: &TaskRef, result: PollResult) {
        let id = task.id();
        let failure = self.failure.take();
        let gave_up = self.gave_up.get() == id;
        self.requests.forget(id);
        task.note_end(match (result, failure) {
            (PollResult::Dropped, _) => {
                self.counters.cancelled.count();
                self.record_plain(Kind::TaskCancelled, 0, id, 0, 0);
                TaskEnd::Cancelled
            }
            (PollResult::Ready, None) if gave_up => {
                self.counters.cancelled.count();
                self.record_plain(Kind::TaskCancelled, 0, id, 0, 0);
                TaskEnd::Cancelled
            }
            (PollResult::Ready, None) => {
                self.counters.completed.count();
                self.record_plain(Kind::TaskCompleted, 0, id, 0, 0);
                TaskEnd::Completed
            }
            (_, message) => {
                self.counters.failed.count();
                let message = self.intern(message.as_deref().unwrap_or_default());
                self.record_plain(Kind::TaskFailed, 0, id, 0, u64::from(message));
                TaskEnd::Failed
            }
        });
        let watchers = self.attached.detach(id);
        self.choosing.forget(task);
        let registered = self.registry.borrow_mut().remove(task.slot());
        let joiner = task.mark_done();
        drop(registered);
        task.check_error_is_seen();
        if let Some(joiner) = joiner {
            waker::call(joiner);
        }
        watchers.tell(task);
    }

    /// Fires every timer that is due; true if there was one.
    pub(crate) fn fire_due(&self) -> bool {
        let mut any = false;
        loop {
            let due = self.timers.borrow_mut().pop_due(self.now.get());
            let Some(timer) = due else { return any };
            any = true;
            self.record_plain(Kind::TimerFired, 0, timer.task, timer.id, timer.deadline);
            self.with_cause(Cause::Timer, timer.id, || waker::call(timer.waker));
        }
    }

    /// The earliest deadline in nanoseconds. Under a real clock it may be a moment before that,
    /// at which to ask again, if the exact one takes long to find.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.timers.borrow_mut().next_deadline(self.is_virtual())
    }

    // ===== the end =====

    /// Ends a task whose future lives elsewhere and is not going to be polled again.
    pub(super) fn abandon(&self, task: &TaskRef) {
        task.drop_future();
        self.drop_task(task);
    }

    /// A task's future is gone because nobody is going to poll it again.
    fn drop_task(&self, task: &TaskRef) {
        let id = task.id();
        self.counters.dropped.count();
        self.record_plain(Kind::TaskDropped, 0, id, 0, 0);
        task.note_end(TaskEnd::Dropped);
        self.requests.forget(id);
        let watchers = self.attached.detach(id);
        self.choosing.forget(task);
        let registered = self.registry.borrow_mut().remove(task.slot());
        let joiner = task.mark_done();
        drop(registered);
        if let Some(joiner) = joiner {
            // Ours are ignored once the runtime has ended; another runtime's task must learn of
            // it.
            waker::call(joiner);
        }
        watchers.tell(task);
    }

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

    pub(super) fn finish(&self, outcome: Outcome, reason: &str) {
        assert!(
            !self.running.get(),
            "`finish` was called inside of a task of the same runtime"
        );
        if self.finished.replace(true) {
            return;
        }
        if outcome == Outcome::Deadlock && !self.stall_told.get() {
            let stalled = self.stalled();
            self.tell_stalled(&stalled);
        }
        self.tell_never_polled();
        self.recorder.borrow_mut().ending = true;
        self.shut_down();
        let reason = self.intern(reason);
        self.record_plain(Kind::RunEnded, outcome.code(), 0, 0, u64::from(reason));
        self.recording.set(false);
    }

    /// Frees the log, which nobody can ask for any more. A waker that strays may keep the core
    /// for long; it should not keep megabytes.
    pub(super) fn free_log(&self) {
        self.recording.set(false);
        let log = self.recorder.replace(Recorder::new(0, String::new()));
        drop(log);
    }

    /// Drops the future of every task, then everything that refers to one.
    pub(super) fn shut_down(&self) {
        if self.running.get() {
            // Inside of a poll of one of the tasks: the run loop does it afterwards.
            self.ending.set(true);
            return;
        }
        if self.closed.replace(true) {
            return;
        }
        let mut slot = 0;
        loop {
            let task = self.registry.borrow().next_from(slot);
            let Some(task) = task else { break };
            slot = task.slot() as usize + 1;
            self.current.set(task.id());
            self.cause.set((Cause::Task, task.id()));
            task.drop_future();
            self.drop_task(&task);
        }
        self.leave_turn();
        let queue = self.queue.take();
        drop(queue);
        drop(self.choosing.take_all());
        let timers = self.timers.take();
        drop(timers);
        #[cfg(not(target_arch = "wasm32"))]
        {
            self.inbox.close();
            drop(self.inbox.take());
        }
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

/// Makes a task ready: what its waker does on the owner's thread.
#[inline]
pub(crate) fn wake(task: TaskRef) {
    wake_by_ref(&task);
}

/// As [`wake`], leaving the reference where it is.
#[inline]
pub(crate) fn wake_by_ref(task: &TaskRef) {
    let core = task.core();
    core.enqueue(task, core.cause.get());
}

/// Marks a task for its end and makes it ready, so that its next turn drops the future.
pub(crate) fn request_abort(task: &TaskRef, site: Site) {
    if task.request_cancel() {
        let core = task.core();
        core.record(Kind::CancelRequested, 0, site, task.id(), core.current(), 0);
        core.enqueue(task, (Cause::Abort, core.current()));
    }
}

/// Makes a task ready to answer a request.
pub(crate) fn wake_to_cancel(task: &TaskRef) {
    let core = task.core();
    core.enqueue(task, (Cause::Cancel, core.current()));
}

/// Makes a task and puts it into the ready queue.
pub(crate) fn spawn_on<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    future: F,
    site: Site,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    spawn_with(core, name, 0, future, site)
}

/// As [`spawn_on`], with a priority.
pub(crate) fn spawn_with<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    priority: i32,
    future: F,
    site: Site,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    let (task, handle) = create(core, name, future, site);
    if let Some(task) = task {
        if priority != 0 {
            core.set_priority(&task, priority, site);
        }
        core.enqueue(&task, (Cause::Spawned, core.current()));
    }
    handle
}

/// Makes a task that is not ready, with the waker that will make it so: for something that the
/// runtime itself has to wait for before the first poll. No waker if the runtime has ended.
pub(crate) fn spawn_parked<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    future: F,
    site: Site,
) -> (JoinHandle<F::Output>, Option<Waker>)
where
    F: Future + 'static,
{
    let (task, handle) = create(core, name, future, site);
    (handle, task.map(|task| waker::owned(&task)))
}

/// Makes a task; `None` in place of it if the runtime has ended. What does not depend on the
/// future's type stands in functions of its own: this one exists once for each.
fn create<F>(
    core: &Rc<Core>,
    name: Option<&str>,
    future: F,
    site: Site,
) -> (Option<TaskRef>, JoinHandle<F::Output>)
where
    F: Future + 'static,
{
    #[cfg(feature = "small")]
    let future: std::pin::Pin<Box<dyn Future<Output = F::Output>>> = Box::pin(future);
    let place = core.reserve();
    let (task, handle) = allocate(Rc::clone(core), place.id, place.slot, future, site);
    (core.admit(task, place, name, site), handle)
}

/// Where a new task will stand.
#[derive(Clone, Copy)]
struct Place {
    id: u32,
    /// Its slot in the registry; any if the runtime has ended.
    slot: u32,
    /// Whether the runtime has ended.
    closed: bool,
}

impl Core {
    fn reserve(&self) -> Place {
        let closed = self.closed.get();
        let slot = match closed {
            true => 0,
            false => self.registry.borrow_mut().reserve(),
        };
        let id = next(&self.next_task);
        Place { id, slot, closed }
    }

    fn admit(
        &self,
        task: TaskRef,
        place: Place,
        name: Option<&str>,
        site: Site,
    ) -> Option<TaskRef> {
        if place.closed {
            // Such a task never was: it is not counted, and its handle says "cancelled".
            task.drop_future();
            drop(task.mark_done());
            return None;
        }
        self.registry.borrow_mut().fill(task.clone(), name);
        self.attached.born(self, place.id, place.slot, site);
        self.counters.created.count();
        let name = name.map_or(0, |name| self.intern(name));
        self.record(
            Kind::TaskCreated,
            0,
            site,
            place.id,
            self.current(),
            u64::from(name),
        );
        Some(task)
    }
}
