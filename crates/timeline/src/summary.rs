//! A run in figures.

use crate::Model;
use wakeline::log::Columns;

use crate::lanes::{LaneKey, Look, Slices};
use crate::state::Counts;

/// What a task did, in figures. All times are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskSummary {
    /// The task.
    pub id: u32,
    /// How many polls it had.
    pub polls: u32,
    /// From its creation to its end, or to the end of the log.
    pub lived: u64,
    /// The time in each kind of slice, by [`Look::index`].
    pub time: [u64; Look::ALL.len()],
    /// Its longest poll.
    pub longest_poll: u64,
    /// Its longest wait in the ready queue.
    pub longest_ready: u64,
}

impl TaskSummary {
    /// The time in which it ran.
    #[must_use]
    pub fn running(&self) -> u64 {
        self.sum(Look::is_poll)
    }

    /// The time in which it was ready and something else ran.
    #[must_use]
    pub fn ready(&self) -> u64 {
        self.sum(|look| matches!(look, Look::Ready | Look::Cancelling))
    }

    /// The time in which it waited for something, deliberate sleep left out.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.sum(|look| look.is_wait() && !matches!(look, Look::Sleep | Look::Interval))
    }

    fn sum(&self, wanted: impl Fn(Look) -> bool) -> u64 {
        let wanted = Look::ALL.into_iter().filter(|look| wanted(*look));
        wanted.map(|look| self.time[look.index()]).sum()
    }

    fn add(&mut self, slices: &Slices, columns: &Columns) {
        for slice in (0..slices.len()).filter_map(|index| slices.get(index, columns)) {
            let duration = slice.duration();
            self.time[slice.look.index()] += duration;
            if slice.look.is_poll() {
                self.longest_poll = self.longest_poll.max(duration);
            } else if matches!(slice.look, Look::Ready | Look::Cancelling) {
                self.longest_ready = self.longest_ready.max(duration);
            }
        }
    }
}

/// A run in figures. All times are in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The time of the last event.
    pub end_time: u64,
    /// Number of events.
    pub events: usize,
    /// Number of polls.
    pub polls: u64,
    /// How many tasks there were, by what became of them.
    pub tasks: Counts,
    /// How many resources there were.
    pub resources: usize,
    /// How many lines were printed.
    pub lines: usize,
    /// The task with the most polls, the first of several.
    pub busiest: Option<u32>,
    /// The times of all tasks together, by [`Look::index`].
    pub time: [u64; Look::ALL.len()],
    /// The longest poll of all.
    pub longest_poll: u64,
    /// The longest wait in the ready queue of all.
    pub longest_ready: u64,
}

impl Model {
    /// What a task did, in figures; `None` if there is no such task. Costs a look at each of its
    /// slices.
    #[must_use]
    pub fn task_summary(&self, id: u32) -> Option<TaskSummary> {
        let task = self.tip().task(id)?;
        let slices = self.lanes().slices(LaneKey::Task(id))?;
        let end = task.end().map_or(usize::MAX, |end| end.at as usize);
        let columns = &self.log().columns;
        let mut summary = TaskSummary {
            id,
            polls: task.polls,
            lived: columns.time(end) - columns.time(task.created as usize),
            ..TaskSummary::default()
        };
        summary.add(slices, columns);
        Some(summary)
    }

    /// The run in figures. Costs a look at every slice.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut all = TaskSummary::default();
        for lane in self.lanes().tasks() {
            all.add(&lane.slices, &self.log().columns);
        }
        let tip = self.tip();
        let most = tip.tasks().map(|task| task.polls).max();
        let busiest = tip.tasks().find(|task| Some(task.polls) == most);
        Summary {
            end_time: self.end_time(),
            events: self.len(),
            polls: tip.polls(),
            tasks: tip.counts(),
            resources: tip.resources_len(),
            lines: tip.lines_len(),
            busiest: busiest.map(|task| task.id),
            time: all.time,
            longest_poll: all.longest_poll,
            longest_ready: all.longest_ready,
        }
    }
}
