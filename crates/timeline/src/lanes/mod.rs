//! The lanes of the timeline: what is drawn beside what, and every level of detail of it.
//!
//! There is a lane for the executor, one for each task, and one for each resource that holds
//! something over time. All are kept up to date event by event, so a run that is under way and
//! a log from a file take the same path. [`Model`](crate::Model) answers questions about them.

mod begin;
mod build;
mod forest;
mod grown;
mod look;
mod marks;
mod merged;
mod series;
mod slices;
mod spans;

use wakeline::log::ResourceKind;

pub use look::{Look, Looks, OVERLONG};
pub use marks::{Mark, Marks};
pub use merged::Merged;
pub use series::{Level, Point, Series};
pub use slices::{Slice, Slices};
pub use spans::Span;

pub(crate) use build::At;
pub(crate) use forest::first_not;
pub(crate) use grown::{push, row};

use crate::rows::Rows;
use crate::state::End;

/// Which lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaneKey {
    /// The executor: whose poll it is.
    Executor,
    /// A task, by its id.
    Task(u32),
    /// A resource, by its id.
    Resource(u32),
}

/// The lane of a task.
#[derive(Clone, Debug)]
pub struct TaskLane {
    /// The task.
    pub id: u32,
    /// The event that created it.
    pub created: u32,
    /// How and when it ended, if it has.
    pub end: Option<End>,
    /// If the run ended in a deadlock while this task was alive: the end of its last poll, the
    /// event since which nothing could wake it.
    pub stuck_since: Option<u32>,
    /// What it did.
    pub slices: Slices,
    /// Requests for its end, its failure, errors that it printed or met on the network.
    pub marks: Marks,
}

/// The lane of a resource.
#[derive(Clone, Debug)]
pub struct ResourceLane {
    /// The resource.
    pub id: u32,
    /// What it is.
    pub kind: ResourceKind,
    /// How many messages or permits fit; `None` for any number.
    pub capacity: Option<u32>,
    /// How many messages are inside, or how many permits are held.
    pub series: Series,
    /// How many tasks wait for room.
    pub blocked: Series,
    /// How many tasks wait for what it gives: a message, a permit, the lock, a notification.
    pub waiting: Series,
    /// Who holds the lock; empty for what is not a lock.
    pub owners: Slices,
    /// Notifications and the closing. A notification that was lost counts as an error.
    pub marks: Marks,
}

/// All lanes.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    executor: Slices,
    tasks: Vec<TaskLane>,
    resources: Vec<ResourceLane>,
    /// Index into `tasks` plus one by the id of the task, 0 for none.
    task_index: Rows<u32>,
    /// Index into `resources` plus one by the id of the resource, 0 for none.
    resource_index: Rows<u32>,
    /// The end of a poll on the executor's lane, kept back until it is known how the task ended.
    pending_idle: Option<(u32, u32)>,
}

impl Lanes {
    /// Number of lanes.
    #[must_use]
    pub fn len(&self) -> usize {
        1 + self.tasks.len() + self.resources.len()
    }

    /// Never true: the executor's lane is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The lane at a place: the executor first, then the tasks and then the resources, each in
    /// the order of their creation.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<LaneKey> {
        let Some(index) = index.checked_sub(1) else {
            return Some(LaneKey::Executor);
        };
        match self.tasks.get(index) {
            Some(lane) => Some(LaneKey::Task(lane.id)),
            None => {
                let lane = self.resources.get(index - self.tasks.len())?;
                Some(LaneKey::Resource(lane.id))
            }
        }
    }

    /// The place of a lane.
    #[must_use]
    pub fn index_of(&self, key: LaneKey) -> Option<usize> {
        match key {
            LaneKey::Executor => Some(0),
            LaneKey::Task(id) => Some(1 + place(&self.task_index, id)?),
            LaneKey::Resource(id) => Some(1 + self.tasks.len() + place(&self.resource_index, id)?),
        }
    }

    /// The executor's lane: slices of [`Look::Poll`] and its like whose object is the task, and
    /// of [`Look::Idle`].
    #[must_use]
    pub fn executor(&self) -> &Slices {
        &self.executor
    }

    /// The lanes of the tasks, in the order of their creation.
    #[must_use]
    pub fn tasks(&self) -> &[TaskLane] {
        &self.tasks
    }

    /// The lanes of the resources, in the order of their creation.
    #[must_use]
    pub fn resources(&self) -> &[ResourceLane] {
        &self.resources
    }

    /// The lane of a task.
    #[must_use]
    pub fn task(&self, id: u32) -> Option<&TaskLane> {
        self.tasks.get(place(&self.task_index, id)?)
    }

    /// The lane of a resource.
    #[must_use]
    pub fn resource(&self, id: u32) -> Option<&ResourceLane> {
        self.resources.get(place(&self.resource_index, id)?)
    }

    /// The slices of a lane; those of a resource are the owners of a lock.
    #[must_use]
    pub fn slices(&self, key: LaneKey) -> Option<&Slices> {
        match key {
            LaneKey::Executor => Some(&self.executor),
            LaneKey::Task(id) => self.task(id).map(|lane| &lane.slices),
            LaneKey::Resource(id) => self.resource(id).map(|lane| &lane.owners),
        }
    }

    /// The marks of a lane. The executor has none.
    #[must_use]
    pub fn marks(&self, key: LaneKey) -> Option<&Marks> {
        match key {
            LaneKey::Executor => None,
            LaneKey::Task(id) => self.task(id).map(|lane| &lane.marks),
            LaneKey::Resource(id) => self.resource(id).map(|lane| &lane.marks),
        }
    }

    /// Number of slices over all lanes.
    #[must_use]
    pub fn slices_len(&self) -> usize {
        let tasks: usize = self.tasks.iter().map(|lane| lane.slices.len()).sum();
        let locks: usize = self.resources.iter().map(|lane| lane.owners.len()).sum();
        self.executor.len() + tasks + locks
    }

    /// Number of changes over all series.
    #[must_use]
    pub fn points_len(&self) -> usize {
        let series = self.resources.iter().map(|lane| &lane.series);
        series.map(|series| series.points().len()).sum()
    }

    /// Bytes of memory that the lanes hold, their levels of detail included.
    #[must_use]
    pub fn memory(&self) -> usize {
        let tasks: usize = self.tasks.iter().map(|lane| lane.slices.memory()).sum();
        let resources = self.resources.iter();
        let resources: usize = resources
            .map(|lane| {
                let lines = lane.blocked.memory() + lane.waiting.memory();
                lane.owners.memory() + lane.series.memory() + lines
            })
            .sum();
        let lanes = self.tasks.capacity() * size_of::<TaskLane>()
            + self.resources.capacity() * size_of::<ResourceLane>();
        let index = self.task_index.memory() + self.resource_index.memory();
        self.executor.memory() + tasks + resources + lanes + index
    }
}

fn place(index: &Rows<u32>, id: u32) -> Option<usize> {
    let place = *index.get(id)?;
    (place as usize).checked_sub(1)
}
