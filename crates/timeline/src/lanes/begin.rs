//! The lanes of a log whose first events were let go.

use wakeline::log::{Carried, Columns, Kind, Past, pack};

use super::build::{At, shown};
use super::{Lanes, Look};
use crate::rows::Rows;
use crate::state::{State, Status, Task};

impl Lanes {
    /// The lanes of what is there when a log begins with this state. What each task does then, and
    /// who holds a lock, began with an event that is kept; before it there is nothing.
    pub(crate) fn begin(state: &State, past: &Past, at: At<'_>) -> Self {
        // Ids are counted: the tasks and resources that follow have greater ones.
        let (tasks, resources) = (state.tasks_len() as u32, state.resources_len() as u32);
        let mut lanes = Self {
            task_index: Rows::begin(state.tasks().map(|task| task.id), tasks),
            resource_index: Rows::begin(state.resources().map(|it| it.id), resources),
            ..Self::default()
        };
        lanes.begin_executor(state, past, at);
        let told = past
            .standing
            .iter()
            .filter(|event| event.kind == Kind::Carried && event.flags == Carried::Since.code());
        let mut told: Vec<u64> = told.map(|event| pack(event.low(), event.subject)).collect();
        told.sort_unstable();
        for task in state.tasks().filter(|task| task.end().is_none()) {
            lanes.put_task(task.id, task.created);
            let after = told.partition_point(|one| *one < pack(0, task.id));
            let told = told
                .get(after)
                .filter(|one| (**one >> 32) as u32 == task.id);
            let since = told.map_or_else(|| since(task), |one| *one as u32);
            if told.is_none() && since == task.created {
                // It does nothing before it stands in the queue for the first time.
                continue;
            }
            // Its last poll is over, and what follows says how it ended.
            let (look, object) = shown(task).unwrap_or((Look::Poll, 0));
            if let Some(lane) = lanes.tasks.last_mut() {
                lane.slices.begin(look, object, since, at.columns);
            }
        }
        for resource in state.resources() {
            lanes.add_resource(state, resource.id, at);
            lanes.refresh_resource(state, resource.id, at);
            lanes.refresh_lines_of(state, resource.id, at);
            let holder = resource
                .any_holder()
                .and_then(|task| resource.held_by(task));
            if let (Some(holder), Some(lane)) = (holder, lanes.resources.last_mut())
                && lane.id == resource.id
                && !lane.owners.is_empty()
            {
                lane.owners
                    .begin_again(Look::Held, holder.task, holder.since, at.columns);
            }
        }
        lanes
    }

    /// The tasks that do what they do after `step` events since another event than can be told from
    /// their states, each with that event.
    pub(crate) fn to_tell(&self, state: &State, columns: &Columns) -> Vec<(u32, u32)> {
        let alive = state.tasks().filter(|task| task.end().is_none());
        let told = alive.filter_map(|task| {
            let slices = &self.task(task.id)?.slices;
            let current = slices.first_from(state.step()).checked_sub(1)?;
            let start = slices.get(current, columns)?.start;
            (start != since(task)).then_some((task.id, start))
        });
        told.collect()
    }

    fn begin_executor(&mut self, state: &State, past: &Past, at: At<'_>) {
        if let Some(id) = state.running()
            && let Some(task) = state.task(id)
            && let Status::Running { since } = task.status()
        {
            self.executor.begin(Look::Poll, id, since, at.columns);
            return;
        }
        let ends = past.events.iter().rev();
        let mut ends = ends.filter(|(_, event)| event.kind == Kind::PollEnded);
        match ends.next() {
            // How the task ended may be said by the next event.
            Some((ended, event)) if *ended == at.event => {
                if let Some(begun) = last_poll(past) {
                    let task = event.subject;
                    self.executor.begin(Look::Poll, task, begun, at.columns);
                }
                self.pending_idle = Some((event.subject, *ended));
            }
            Some((ended, _)) => self.executor.begin(Look::Idle, 0, *ended, at.columns),
            None => {}
        }
    }
}

/// Since when a task does what it does, as far as its state tells.
fn since(task: &Task) -> u32 {
    match task.status() {
        Status::Running { since } => since,
        // One can be woken while it runs.
        Status::Ready(ready) => ready.since.max(task.idle_since()),
        _ => task.idle_since(),
    }
}

/// The event that began the last poll.
fn last_poll(past: &Past) -> Option<u32> {
    let mut events = past.events.iter().rev();
    let begun = events.find(|(_, event)| event.kind == Kind::PollBegun);
    begun.map(|(number, _)| *number)
}
