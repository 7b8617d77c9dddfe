//! The state of a run at a moment: a pure function of the first so many events of its log.
//!
//! [`State::apply`] takes in one event; everything else reads. Events that contradict what came
//! before (a task that does not exist, a second end) change nothing but the clock, so a state
//! can be built from any log that decodes, whoever wrote it.
//!
//! A state is cheap to copy: what two states have in common they share.

mod apply;
mod carry;
mod line;
mod resource;
mod shelf;
mod table;
mod task;

use wakeline::log::{Outcome, TimerPurpose};

pub use resource::{
    Connection, ConnectionEnd, ConnectionManner, Holder, Message, Resource, Waiter,
};
pub use task::{CancelRequest, End, Fate, MOST_WAITS, Ready, Status, Task, Wait};

use shelf::Shelf;
use table::Table;

/// A timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Its id; ids count armings.
    pub id: u32,
    /// The task that armed it.
    pub task: u32,
    /// What it is for; `None` for a code that this version does not know.
    pub purpose: Option<TimerPurpose>,
    /// When it fires, in nanoseconds since the run began.
    pub deadline: u64,
    /// The event that armed it.
    pub armed: u32,
    /// Where it was armed: an index into the log's locations, 0 if unknown.
    pub location: u16,
}

/// How the run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// The event.
    pub at: u32,
    /// How; `None` for a code that this version does not know.
    pub outcome: Option<Outcome>,
    /// Index of the reason in the log's strings, 0 if there is none.
    pub reason: u32,
}

/// How many tasks there are, by what they are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that were created.
    pub created: usize,
    /// Those in the ready queue.
    pub ready: usize,
    /// Those that are alive, neither running nor ready.
    pub waiting: usize,
    /// Those that returned.
    pub completed: usize,
    /// Those that panicked or returned an error.
    pub failed: usize,
    /// Those that were cancelled.
    pub cancelled: usize,
    /// Those that were alive when the run ended.
    pub dropped: usize,
}

/// The state of a run after the first so many of its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The first event of the log that it is of.
    begin: usize,
    step: usize,
    time: u64,
    running: u32,
    tasks: Table<Task>,
    resources: Table<Resource>,
    ready: Shelf<u32, u32>,
    timers: Shelf<u32, Timer>,
    timer_order: Shelf<(u64, u32), ()>,
    lines: usize,
    findings: usize,
    polls: u64,
    fates: [usize; 4],
    /// How many of these are left out, whose events were let go.
    left_out: [usize; 4],
    /// How many resources are left out.
    resources_left_out: usize,
    connections: usize,
    end: Option<RunEnd>,
    /// The messages that left a channel with the last event, by the events that sent them.
    departed: Vec<u32>,
    /// Of the timer that the last event stopped: the task and the event that armed it.
    stopped: Option<(u32, u32)>,
}

impl State {
    /// The state before the first event.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many events have been applied.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// Whether it is of a log that begins with this event.
    pub(crate) fn begins_with(&self, event: usize) -> bool {
        self.begin == event
    }

    /// The time of the last event applied, in nanoseconds since the run began.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.time
    }

    /// The task that the executor polls.
    #[must_use]
    pub fn running(&self) -> Option<u32> {
        (self.running != 0).then_some(self.running)
    }

    /// The ready queue: the tasks in the order in which they became ready.
    pub fn ready(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.ready.iter().map(|(_, task)| *task)
    }

    /// How many tasks stand in the ready queue.
    #[must_use]
    pub fn ready_len(&self) -> usize {
        self.ready.len()
    }

    /// How many tasks stand before this one in the ready queue now; `None` if it is not there.
    #[must_use]
    pub fn place_in_queue(&self, task: u32) -> Option<usize> {
        let queued = self.task(task)?.queued()?;
        Some(self.ready.rank(queued.since))
    }

    /// All tasks in the order of their creation.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> + '_ {
        self.tasks.iter()
    }

    /// How many tasks were created, those included that ended before the log
    /// [begins](wakeline::log::Columns::first).
    #[must_use]
    pub fn tasks_len(&self) -> usize {
        self.tasks.len() + self.left_out.iter().sum::<usize>()
    }

    /// The task with this id, if it has been created.
    #[must_use]
    pub fn task(&self, id: u32) -> Option<&Task> {
        self.tasks.get(id)
    }

    /// All resources in the order of their creation.
    pub fn resources(&self) -> impl DoubleEndedIterator<Item = &Resource> + '_ {
        self.resources.iter()
    }

    /// How many resources were created, those included that were over before the log
    /// [begins](wakeline::log::Columns::first).
    #[must_use]
    pub fn resources_len(&self) -> usize {
        self.resources.len() + self.resources_left_out
    }

    /// The resource with this id, if it has been created.
    #[must_use]
    pub fn resource(&self, id: u32) -> Option<&Resource> {
        self.resources.get(id)
    }

    /// The timers that run, in the order in which they will fire: by deadline, then by arming.
    pub fn timers(&self) -> impl Iterator<Item = &Timer> + '_ {
        self.timer_order
            .iter()
            .filter_map(|((_, id), ())| self.timers.get(id))
    }

    /// How many timers run.
    #[must_use]
    pub fn timers_len(&self) -> usize {
        self.timers.len()
    }

    /// The running timer with this id.
    #[must_use]
    pub fn timer(&self, id: u32) -> Option<&Timer> {
        self.timers.get(id)
    }

    /// How many of its lines the program has printed that were not let go;
    /// [`Model::lines`](crate::Model::lines) has them.
    #[must_use]
    pub fn lines_len(&self) -> usize {
        self.lines
    }

    /// How many things the runtime has noticed that were not let go;
    /// [`Model::findings`](crate::Model::findings) has them.
    #[must_use]
    pub fn findings_len(&self) -> usize {
        self.findings
    }

    /// How many polls have begun, the turns in which aborted tasks are dropped included.
    #[must_use]
    pub fn polls(&self) -> u64 {
        self.polls
    }

    /// The requests and sockets in the order of their creation.
    pub fn connections(&self) -> impl Iterator<Item = (&Resource, &Connection)> + '_ {
        self.resources()
            .filter_map(|resource| Some((resource, resource.connection.as_deref()?)))
            .take(self.connections)
    }

    /// How many tasks there are, by what they are doing.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let [completed, failed, cancelled, dropped] = self.fates;
        let created = self.tasks_len();
        let alive = created.saturating_sub(self.fates.iter().sum::<usize>());
        let running = self.task(self.running).filter(|task| task.end().is_none());
        let running_only = running.is_some_and(|task| task.queued().is_none());
        Counts {
            created,
            ready: self.ready.len(),
            waiting: alive.saturating_sub(self.ready.len() + usize::from(running_only)),
            completed,
            failed,
            cancelled,
            dropped,
        }
    }

    /// How the run ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<RunEnd> {
        self.end
    }

    /// The messages that left a channel with the last event, by the events that sent them.
    pub(crate) fn departed(&self) -> &[u32] {
        &self.departed
    }

    /// Of the timer that the last event stopped: the task and the event that armed it.
    pub(crate) fn stopped(&self) -> Option<(u32, u32)> {
        self.stopped
    }

    /// Whether a timer runs.
    pub(crate) fn runs(&self, timer: u32) -> bool {
        self.timers.get(timer).is_some()
    }

    /// Whether a timer runs that this event armed.
    pub(crate) fn armed(&self, timer: u32, at: u32) -> bool {
        self.timers
            .get(timer)
            .is_some_and(|timer| timer.armed == at)
    }

    /// Bytes of memory that it holds, what it shares with others included.
    pub(crate) fn memory(&self) -> usize {
        let resources = self.resources.iter().map(Resource::memory);
        self.tasks.memory()
            + self.resources.memory()
            + resources.sum::<usize>()
            + self.ready.memory()
            + self.timers.memory()
            + self.timer_order.memory()
    }

    /// Bytes that this state does not share with another one.
    pub(crate) fn apart_from(&self, other: &Self) -> usize {
        self.tasks.apart_from(&other.tasks)
            + self.resources.apart_from(&other.resources)
            + self.ready.apart_from(&other.ready)
            + self.timers.apart_from(&other.timers)
            + self.timer_order.apart_from(&other.timer_order)
    }

    /// Bytes that were copied since this was asked last, because a copy of this state shared them.
    pub(crate) fn take_copied(&mut self) -> usize {
        let tables = self.tasks.take_copied() + self.resources.take_copied();
        let timers = self.timers.take_copied() + self.timer_order.take_copied();
        tables + timers + self.ready.take_copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checkpoints copy them by the thousand.
    #[test]
    fn a_task_and_a_resource_are_small() {
        assert!(size_of::<Task>() <= 88, "{}", size_of::<Task>());
        assert!(size_of::<Resource>() <= 144, "{}", size_of::<Resource>());
    }
}
