//! Lanes follow the state: after each event, a lane shows what its task or resource now does.

use wakeline::log::{Cause, Columns, Event, Kind, LineLevel, Outcome, Reason, ResourceKind};

use super::grown::push;
use super::slices::kept;
use super::{Lanes, Look, OVERLONG, ResourceLane, Slices, TaskLane};
use crate::lanes::{Marks, Series};
use crate::rows::Rows;
use crate::state::{Fate, Resource, State, Status, Task};

/// An event of a log.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) event: u32,
    pub(crate) columns: &'a Columns,
}

impl Lanes {
    /// Takes in an event of the log. `state` is the state after it, `ran` the task that ran
    /// before it.
    pub(crate) fn follow(&mut self, state: &State, event: &Event, at: At<'_>, ran: Option<u32>) {
        self.follow_executor(state, event, at, ran);
        match event.kind {
            Kind::TaskCreated => self.add_task(state, event, at),
            Kind::TaskReady
            | Kind::PollBegun
            | Kind::PollEnded
            | Kind::TaskCompleted
            | Kind::TaskFailed
            | Kind::TaskCancelled
            | Kind::TaskDropped
            | Kind::CancelRequested
            | Kind::WaitBegun
            | Kind::WaitEnded => {
                if event.kind == Kind::PollBegun
                    && let Some(other) = ran.filter(|&other| other != event.subject)
                {
                    self.refresh_task(state, other, at, false);
                }
                let begun = event.kind == Kind::PollBegun;
                self.refresh_task(state, event.subject, at, begun);
                if matches!(event.kind, Kind::WaitBegun | Kind::WaitEnded) {
                    self.refresh_lines(state, event, at);
                }
            }
            Kind::ResourceCreated => self.add_resource(state, event.subject, at),
            Kind::Sent | Kind::Received | Kind::Acquired | Kind::Released | Kind::HandedOver => {
                self.refresh_resource(state, event.object, at)
            }
            Kind::CapacityChanged => {
                let capacity = state.resource(event.object).and_then(Resource::capacity);
                let index = super::place(&self.resource_index, event.object);
                if let Some(lane) = index.and_then(|index| self.resources.get_mut(index)) {
                    lane.capacity = capacity;
                }
            }
            Kind::Discarded => self.refresh_resource(state, event.subject, at),
            Kind::RunEnded
                if Outcome::from_code(event.flags) == Some(Outcome::Deadlock)
                    && state.end().is_some_and(|end| end.at == at.event) =>
            {
                self.mark_stuck(state);
            }
            _ => {}
        }
        self.mark(event, at);
    }

    fn follow_executor(&mut self, state: &State, event: &Event, at: At<'_>, ran: Option<u32>) {
        if let Some((task, ended)) = self.pending_idle.take() {
            // The event that says how the task ended may follow the end of its poll.
            if event.subject == task {
                revise(&mut self.executor, event.kind);
            }
            self.executor.begin(Look::Idle, 0, ended, at.columns);
        } else if ran == Some(event.subject) {
            revise(&mut self.executor, event.kind);
        }
        match (ran, state.running()) {
            (_, Some(task)) if event.kind == Kind::PollBegun && task == event.subject => {
                close_poll(&mut self.executor, at);
                self.executor.begin(Look::Poll, task, at.event, at.columns);
            }
            (Some(task), None) => {
                close_poll(&mut self.executor, at);
                self.pending_idle = Some((task, at.event));
            }
            _ => {}
        }
    }

    fn add_task(&mut self, state: &State, event: &Event, at: At<'_>) {
        let id = event.subject;
        let known = super::place(&self.task_index, id).is_some();
        if known || state.task(id).is_none() {
            return;
        }
        self.put_task(id, at.event);
    }

    pub(super) fn put_task(&mut self, id: u32, created: u32) {
        push(
            &mut self.tasks,
            TaskLane {
                id,
                created,
                end: None,
                stuck_since: None,
                slices: Slices::default(),
                marks: Marks::default(),
            },
        );
        enter(&mut self.task_index, id, self.tasks.len());
    }

    fn refresh_task(&mut self, state: &State, id: u32, at: At<'_>, begun: bool) {
        let Some(task) = state.task(id) else {
            return;
        };
        let Some(lane) = super::place(&self.task_index, id).and_then(|i| self.tasks.get_mut(i))
        else {
            return;
        };
        if lane.end.is_some() {
            return;
        }
        if let Some(end) = task.end() {
            close_poll(&mut lane.slices, at);
            revise_end(&mut lane.slices, end.fate);
            lane.slices.finish(at.event);
            lane.end = Some(end);
            return;
        }
        let Some((look, object)) = shown(task) else {
            return;
        };
        if begun || lane.slices.current().map(plain) != Some((look, kept(object))) {
            close_poll(&mut lane.slices, at);
            lane.slices.begin(look, object, at.event, at.columns);
        }
    }

    /// The run ended because nothing could wake any task: every task that was dropped at the end
    /// had been waiting in vain since its last poll.
    fn mark_stuck(&mut self, state: &State) {
        for lane in &mut self.tasks {
            if let Some(end) = lane.end
                && end.fate == Fate::Dropped
                && let Some(task) = state.task(lane.id)
            {
                lane.stuck_since = Some(task.idle_since());
            }
        }
    }

    pub(super) fn add_resource(&mut self, state: &State, id: u32, at: At<'_>) {
        if super::place(&self.resource_index, id).is_some() {
            return;
        }
        let Some(resource) = state.resource(id) else {
            return;
        };
        let Some(kind) = resource.kind else {
            return;
        };
        let Some(contents) = Contents::of(kind) else {
            return;
        };
        let mut series = Series::default();
        let mut owners = Slices::default();
        if contents != Contents::Nothing {
            series.push(0, at.event, at.columns);
        }
        if kind == ResourceKind::Mutex {
            owners.begin(Look::Idle, 0, at.event, at.columns);
        }
        push(
            &mut self.resources,
            ResourceLane {
                id,
                kind,
                capacity: resource.capacity(),
                series,
                blocked: Series::default(),
                waiting: Series::default(),
                owners,
                marks: Marks::default(),
            },
        );
        enter(&mut self.resource_index, id, self.resources.len());
    }

    pub(super) fn refresh_resource(&mut self, state: &State, id: u32, at: At<'_>) {
        let Some(resource) = state.resource(id) else {
            return;
        };
        let Some(lane) =
            super::place(&self.resource_index, id).and_then(|i| self.resources.get_mut(i))
        else {
            return;
        };
        match Contents::of(lane.kind) {
            Some(Contents::Permits) => {
                let held = u32::try_from(resource.permits_in_use()).unwrap_or(u32::MAX);
                lane.series.push(held, at.event, at.columns);
                if lane.kind == ResourceKind::Mutex {
                    let slice = match resource.any_holder() {
                        Some(task) => (Look::Held, task),
                        None => (Look::Idle, 0),
                    };
                    if lane.owners.current() != Some((slice.0, kept(slice.1))) {
                        lane.owners.begin(slice.0, slice.1, at.event, at.columns);
                    }
                }
            }
            Some(Contents::Messages) => {
                let inside = u32::try_from(resource.len()).unwrap_or(u32::MAX);
                lane.series.push(inside, at.event, at.columns);
            }
            Some(Contents::Nothing) | None => {}
        }
    }

    /// Takes in who waits in line after a wait began or ended.
    fn refresh_lines(&mut self, state: &State, event: &Event, at: At<'_>) {
        let of_resource = !matches!(
            Reason::from_code(event.flags),
            None | Some(Reason::Timer | Reason::Join | Reason::JoinAny | Reason::Other)
        );
        if !of_resource {
            return;
        }
        self.refresh_lines_of(state, event.object, at);
    }

    pub(super) fn refresh_lines_of(&mut self, state: &State, id: u32, at: At<'_>) {
        let lane =
            super::place(&self.resource_index, id).and_then(|index| self.resources.get_mut(index));
        if let (Some(lane), Some(resource)) = (lane, state.resource(id)) {
            let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
            let (blocked, waiting) = (resource.blocked_senders_len(), resource.waiters_len());
            lane.blocked.push(number(blocked), at.event, at.columns);
            lane.waiting.push(number(waiting), at.event, at.columns);
        }
    }

    fn mark(&mut self, event: &Event, at: At<'_>) {
        let (task, error) = match event.kind {
            Kind::TaskFailed | Kind::Finding => (event.subject, true),
            Kind::Line if event.flags == LineLevel::Error.code() => (event.subject, true),
            Kind::NetworkEnded if event.flags == 1 => (event.subject, true),
            Kind::CancelRequested => (event.subject, false),
            Kind::Notified => {
                let lost = event.value == 0 && event.flags == 1;
                self.mark_resource(event.object, at, lost);
                return;
            }
            Kind::ResourceClosed => {
                self.mark_resource(event.subject, at, false);
                return;
            }
            _ => return,
        };
        if let Some(lane) = super::place(&self.task_index, task).and_then(|i| self.tasks.get_mut(i))
        {
            lane.marks.push(at.event, error);
        }
    }

    fn mark_resource(&mut self, id: u32, at: At<'_>, error: bool) {
        if let Some(lane) =
            super::place(&self.resource_index, id).and_then(|i| self.resources.get_mut(i))
        {
            lane.marks.push(at.event, error);
        }
    }
}

/// What a task that is alive is shown to do, and what that is about.
pub(super) fn shown(task: &Task) -> Option<(Look, u32)> {
    Some(match task.status() {
        Status::Running { .. } => (Look::Poll, 0),
        Status::Ready(ready) if ready.cause == Some(Cause::Abort) => (Look::Cancelling, ready.by),
        Status::Ready(ready) => (Look::Ready, ready.by),
        Status::Ended(_) => return None,
        // How it ended is said by the next event: until then, the last poll is the last slice.
        Status::Waiting { .. } if task.is_ending() => return None,
        Status::Waiting { .. } => match task.main_wait() {
            Some(wait) => (Look::of_wait(wait.reason, wait.purpose), wait.object),
            None => (Look::Other, 0),
        },
    })
}

/// What there is of a resource over time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    Messages,
    Permits,
    /// Pulses only.
    Nothing,
}

impl Contents {
    /// `None` for a kind that is drawn on the lanes of its tasks and has none of its own.
    fn of(kind: ResourceKind) -> Option<Self> {
        match kind {
            ResourceKind::Channel
            | ResourceKind::Queue
            | ResourceKind::Broadcast
            | ResourceKind::Pipe
            | ResourceKind::Rendezvous => Some(Self::Messages),
            ResourceKind::Mutex | ResourceKind::Semaphore | ResourceKind::RwLock => {
                Some(Self::Permits)
            }
            ResourceKind::Notify
            | ResourceKind::Event
            | ResourceKind::Condvar
            | ResourceKind::Barrier => Some(Self::Nothing),
            _ => None,
        }
    }
}

/// A poll that was found to be more than a poll is still one.
fn plain((look, object): (Look, u32)) -> (Look, u32) {
    (if look.is_poll() { Look::Poll } else { look }, object)
}

/// If the last slice is a poll, it ends now: says whether it was too long.
fn close_poll(slices: &mut Slices, at: At<'_>) {
    if let (Some((Look::Poll, _)), Some(start)) = (slices.current(), slices.last_start())
        && at.columns.time(at.event as usize) - at.columns.time(start as usize) > OVERLONG
    {
        slices.revise(Look::LongPoll);
    }
}

/// Says what an event about the task that ran makes of its poll.
fn revise(slices: &mut Slices, kind: Kind) {
    match kind {
        Kind::TaskFailed => revise_end(slices, Fate::Failed { message: 0 }),
        Kind::TaskCancelled => revise_end(slices, Fate::Cancelled),
        _ => {}
    }
}

fn revise_end(slices: &mut Slices, fate: Fate) {
    if !slices.current().is_some_and(|(look, _)| look.is_poll()) {
        return;
    }
    match fate {
        Fate::Failed { .. } => slices.revise(Look::Failed),
        Fate::Cancelled => slices.revise(Look::Cancelled),
        Fate::Completed | Fate::Dropped => {}
    }
}

/// Notes the place of a lane, counted from 1. The state has bounded the id.
pub(super) fn enter(index: &mut Rows<u32>, id: u32, place: usize) {
    if let Some(row) = index.row(id) {
        *row = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use wakeline::log::{Log, pack};

    use super::*;
    use crate::Model;

    #[test]
    fn who_waits_for_room_and_who_for_a_message_are_counted_apart() {
        let mut log = Log::new();
        let mut push = |kind, subject, object, flags, value| {
            log.columns.push(Event {
                time: 0,
                kind,
                flags,
                location: 0,
                subject,
                object,
                value,
            });
        };
        let channel = ResourceKind::Channel.code();
        push(Kind::ResourceCreated, 1, 0, channel, pack(0, 1));
        for task in 1..=3 {
            push(Kind::TaskCreated, task, 0, 0, 0);
        }
        let (send, receive) = (Reason::ChannelSend.code(), Reason::ChannelReceive.code());
        push(Kind::WaitBegun, 1, 1, send, 0);
        push(Kind::WaitBegun, 2, 1, send, 1);
        push(Kind::WaitBegun, 3, 1, receive, 0);
        push(Kind::WaitEnded, 1, 1, send, 0);
        let model = Model::from_log(log);
        let lane = &model.lanes().resources()[0];
        let values = |series: &Series| series.points().iter().map(|p| p.value).collect::<Vec<_>>();
        assert_eq!(values(&lane.blocked), [1, 2, 1]);
        assert_eq!(values(&lane.waiting), [0, 1]);
    }
}
