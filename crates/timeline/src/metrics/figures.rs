//! The figures of tasks and resources.

use wakeline::log::{Reason, TimerPurpose};

use crate::state::{Status, Task};

/// A task in figures. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskFigures {
    /// The task.
    pub task: u32,
    /// How many polls it had; the turn in which it was dropped on request is none.
    pub polls: u64,
    /// The time in which it ran.
    pub running_ns: u64,
    /// The time in which it stood in the ready queue, its own polls left out.
    pub ready_ns: u64,
    /// The time in which it waited for something but a deliberate sleep.
    pub waiting_ns: u64,
    /// The time in which it slept on purpose, or waited for its next tick.
    pub sleeping_ns: u64,
    /// How often it was woken, the spawn left out. Wakes of a task that was ready count too.
    pub wakes: u64,
    /// How many of its polls were for nothing: somebody else had woken it, nothing was recorded
    /// that is a step forward, and after it the task waited for the same as before.
    pub spurious: u64,
    /// The longest time without a turn and without being ready, deliberate sleep left out.
    pub longest_wait_ns: u64,
}

/// A resource in figures. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResourceFigures {
    /// The resource.
    pub resource: u32,
    /// How often something was sent, received, acquired, notified or done.
    pub operations: u64,
    /// How many waits for it began.
    pub waits: u64,
    /// How long they took together.
    pub waited_ns: u64,
    /// How long the longest took.
    pub longest_wait_ns: u64,
    /// The most messages inside, or permits held.
    pub max_occupancy: u64,
}

impl ResourceFigures {
    pub(super) fn wait(&mut self, waited: u64) {
        self.waited_ns = self.waited_ns.saturating_add(waited);
        self.longest_wait_ns = self.longest_wait_ns.max(waited);
    }
}

/// What throughput counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Messages that were received, if any was.
    Messages,
    /// Tasks that returned.
    #[default]
    Tasks,
}

impl Unit {
    /// The name: `messages` or `tasks`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Tasks => "tasks",
        }
    }
}

/// A run in figures. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// When the log begins: 0 unless events were let go. What was before is not counted, but for
    /// tasks.
    pub begin_ns: u64,
    /// The time of the last event.
    pub end_ns: u64,
    /// How many events there are.
    pub events: u64,
    /// How many tasks were created.
    pub tasks: u64,
    /// How many polls there were.
    pub polls: u64,
    /// How many tasks failed.
    pub failed: u64,
    /// How many wakes there were; see [`TaskFigures::wakes`].
    pub wakes: u64,
    /// How many of the polls were for nothing.
    pub spurious: u64,
    /// How many messages were received.
    pub messages: u64,
    /// How long tasks waited, all of them together, deliberate sleep left out.
    pub waiting_ns: u64,
    /// Pieces of work in a second, in thousandths of a piece.
    pub throughput_thousandths: u64,
    /// What a piece is.
    pub unit: Unit,
}

/// What a task is doing, as far as its time is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    #[default]
    Nothing,
    Running,
    Ready,
    Waiting,
    Sleeping,
}

/// Adds up a task's time.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskClock {
    pub(super) figures: TaskFigures,
    doing: Doing,
    since: u64,
}

impl TaskClock {
    /// What the task does from now on.
    pub(super) fn follow(&mut self, task: &Task, time: u64) {
        let doing = match task.status() {
            Status::Ended(_) => Doing::Nothing,
            Status::Running { .. } => Doing::Running,
            Status::Ready(_) => Doing::Ready,
            // How it ended is said by the next event.
            Status::Waiting { .. } if task.is_ending() => Doing::Nothing,
            Status::Waiting { .. } => match task.main_wait() {
                Some(wait)
                    if wait.reason == Reason::Timer
                        && wait.purpose != Some(TimerPurpose::Timeout) =>
                {
                    Doing::Sleeping
                }
                _ => Doing::Waiting,
            },
        };
        if doing != self.doing {
            self.close(time);
            self.doing = doing;
        }
    }

    /// Counts the time up to now.
    pub(super) fn close(&mut self, time: u64) {
        let passed = time.saturating_sub(self.since);
        let figures = &mut self.figures;
        match self.doing {
            Doing::Nothing => {}
            Doing::Running => figures.running_ns += passed,
            Doing::Ready => figures.ready_ns += passed,
            Doing::Sleeping => figures.sleeping_ns += passed,
            Doing::Waiting => {
                figures.waiting_ns += passed;
                figures.longest_wait_ns = figures.longest_wait_ns.max(passed);
            }
        }
        self.since = time;
    }
}
