//! The state with which a log begins whose first events were let go, and what is kept of those for
//! it.

use std::rc::Rc;

use wakeline::log::{
    Carried, Columns, Event, Kind, NetworkPhase, Past, Reason, ResourceKind, TimerPurpose, pack,
};

use super::{Connection, Fate, Resource, State, Task};
use crate::numbers::Numbers;

/// Whether an event of this kind began something that lasts, so that it leads to the state again
/// when it is replayed. Of those of other kinds, only the time is of interest.
fn lasts(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::RunEnded
            | Kind::TaskCreated
            | Kind::TaskReady
            | Kind::PollBegun
            | Kind::PollEnded
            | Kind::TaskCompleted
            | Kind::TaskFailed
            | Kind::TaskCancelled
            | Kind::TaskDropped
            | Kind::CancelRequested
            | Kind::ResourceCreated
            | Kind::ResourceClosed
            | Kind::WaitBegun
            | Kind::Acquired
            | Kind::HandedOver
            | Kind::Sent
            | Kind::TimerArmed
            | Kind::NetworkBegun
            | Kind::NetworkEnded
    )
}

impl State {
    /// The state before the first event of a log that is not let go: nothing has happened, unless
    /// the log was [condensed](crate::Model::condense).
    #[must_use]
    pub fn begin(columns: &Columns) -> Self {
        Self::replay(columns, &mut |_, _, _| ())
    }

    /// The same; `seen` is given the state after each event that is replayed for it.
    pub(crate) fn replay(columns: &Columns, seen: &mut dyn FnMut(&Self, &Event, u32)) -> Self {
        let mut state = Self::new();
        let Some(past) = columns.past() else {
            return state;
        };
        for (number, event) in &past.events {
            if lasts(event.kind) {
                state.step = *number as usize;
                state.apply(event);
                seen(&state, event, *number);
            }
        }
        for event in &past.standing {
            state.carry(event);
        }
        state.step = columns.first();
        state.begin = columns.first();
        state.time = columns.time(state.step - 1);
        state.departed.clear();
        state.stopped = None;
        state
    }

    /// Takes in what was so.
    fn carry(&mut self, event: &Event) {
        match event.kind {
            Kind::TaskNamed => {
                if let Some(task) = self.tasks.get_mut(event.subject) {
                    task.name = event.low();
                }
            }
            Kind::ResourceNamed => {
                if let Some(resource) = self.resources.get_mut(event.subject) {
                    resource.name = event.low();
                }
            }
            Kind::CapacityChanged => {
                if let Some(resource) = self.resources.get_mut(event.object) {
                    resource.capacity = event.low();
                }
            }
            _ => {
                if let Some(what) = Carried::from_code(event.flags) {
                    self.carry_one(what, event);
                }
            }
        }
    }

    fn carry_one(&mut self, what: Carried, event: &Event) {
        // No log has more of anything than 32 bits count.
        let count = event.low() as usize;
        match what {
            Carried::Polls => self.polls = event.value,
            Carried::Resources => self.resources_left_out = count,
            Carried::Completed => self.leave_out(0, count),
            Carried::Failed => self.leave_out(1, count),
            Carried::Cancelled => self.leave_out(2, count),
            Carried::Dropped => self.leave_out(3, count),
            Carried::Task | Carried::Dropping | Carried::Ending => {
                if let Some(task) = self.tasks.get_mut(event.subject) {
                    task.carry(what, event);
                }
            }
            // For the lanes.
            Carried::Since => {}
            Carried::OutOfLine | Carried::Purpose => {
                let wait = self.tasks.get_mut(event.subject).and_then(|task| {
                    let wait = task.waits.get_mut(event.low())?;
                    if what == Carried::Purpose {
                        let purpose = u8::try_from(event.object).ok();
                        wait.purpose = purpose.and_then(TimerPurpose::from_code);
                    }
                    Some(*wait)
                });
                if let (Carried::OutOfLine, Some(wait)) = (what, wait) {
                    self.leave_line(&wait);
                }
            }
            _ => {
                if let Some(resource) = self.resources.get_mut(event.object) {
                    resource.carry(what, event);
                }
            }
        }
    }

    fn leave_out(&mut self, fate: usize, count: usize) {
        self.left_out[fate] = count;
        self.fates[fate] += count;
    }

    /// What is to be kept of the events before event number `step()`, so that a log that begins
    /// with that comes to this very state: of tasks that have ended and of resources that are
    /// over, if `keeps_task` or `keeps_resource` says so.
    pub(crate) fn past(
        &self,
        columns: &Columns,
        keeps_task: &dyn Fn(u32) -> bool,
        keeps_resource: &dyn Fn(u32) -> bool,
        more: &[u32],
    ) -> Past {
        let mut keeper = Keeper {
            columns,
            numbers: Numbers::default(),
            standing: Vec::new(),
        };
        keeper.numbers.extend(more);
        let first = u32::try_from(self.step).unwrap_or(u32::MAX);
        // The time at which the log begins; and when the run did.
        keeper.numbers.extend(&[first.saturating_sub(1), 0]);
        keeper.note(self.end.map(|end| end.at));
        keeper.count(Carried::Polls, self.polls);
        let mut left_out = self.left_out;
        for task in self.tasks() {
            match task.end() {
                Some(end) if !keeps_task(task.id) => left_out[end.fate.number()] += 1,
                _ => keeper.keep_task(self, task),
            }
        }
        let mut resources = self.resources_left_out;
        for resource in self.resources() {
            match resource.is_over() && !keeps_resource(resource.id) {
                true => resources += 1,
                false => keeper.keep_resource(resource),
            }
        }
        for timer in self.timers() {
            keeper.numbers.insert(timer.armed);
        }
        let fates = [
            Carried::Completed,
            Carried::Failed,
            Carried::Cancelled,
            Carried::Dropped,
        ];
        for (fate, count) in fates.into_iter().zip(left_out) {
            keeper.count(fate, count as u64);
        }
        keeper.count(Carried::Resources, resources as u64);
        keeper.finish(first)
    }
}

impl Fate {
    fn number(self) -> usize {
        match self {
            Self::Completed => 0,
            Self::Failed { .. } => 1,
            Self::Cancelled => 2,
            Self::Dropped => 3,
        }
    }
}

impl Task {
    fn carry(&mut self, what: Carried, event: &Event) {
        match what {
            Carried::Dropping => self.dropping = true,
            Carried::Ending => self.ending = true,
            _ => {
                self.polls = event.object;
                self.idle_since = event.low();
                self.priority = event.high().cast_signed();
                self.awaits_at = event.location;
            }
        }
    }
}

impl Resource {
    /// Whether nothing can come of it any more: an answer that is here, a channel that was closed
    /// and is empty.
    pub(crate) fn is_over(&self) -> bool {
        let is_done = match &self.connection {
            Some(connection) => connection.end.is_some(),
            None => self.closed().is_some(),
        };
        is_done
            && self.messages.is_empty()
            && self.senders.is_empty()
            && self.waiters.is_empty()
            && self.any_holder().is_none()
            && (self.units() == 0 || self.kind != Some(ResourceKind::Queue))
    }

    fn carry(&mut self, what: Carried, event: &Event) {
        let value = event.value;
        match what {
            Carried::Permits => self.set_permits(event.subject, value),
            Carried::Handed => self.set_handed(event.subject, value),
            Carried::Sent => self.sent = event.low(),
            Carried::Received => self.received = event.low(),
            Carried::Units => self.finish_unit(value),
            Carried::Notified => self.notified = true,
            _ => {
                if let Some(connection) = &mut self.connection {
                    Rc::make_mut(connection).carry(what, event);
                }
            }
        }
    }
}

impl Connection {
    fn carry(&mut self, what: Carried, event: &Event) {
        let number = event.low();
        match what {
            Carried::Phase => {
                self.phase = u8::try_from(number).ok().and_then(NetworkPhase::from_code);
            }
            Carried::Status => self.status = number,
            Carried::Body => self.body = number,
            Carried::MessagesSent => self.sent = number,
            Carried::MessagesReceived => self.received = number,
            _ => {}
        }
    }
}

/// Collects what is to be kept.
struct Keeper<'a> {
    columns: &'a Columns,
    numbers: Numbers,
    standing: Vec<Event>,
}

impl Keeper<'_> {
    fn note(&mut self, number: Option<u32>) {
        self.numbers.extend(number.as_slice());
    }

    fn stand(&mut self, kind: Kind, flags: u8, subject: u32, object: u32, value: u64) {
        self.standing.push(Event {
            time: 0,
            kind,
            flags,
            location: 0,
            subject,
            object,
            value,
        });
    }

    fn carry(&mut self, what: Carried, subject: u32, object: u32, value: u64) {
        self.stand(Kind::Carried, what.code(), subject, object, value);
    }

    /// Nothing is said of what there is none of.
    fn count(&mut self, what: Carried, value: u64) {
        self.carry_some(what, 0, value);
    }

    fn carry_some(&mut self, what: Carried, object: u32, value: u64) {
        if value > 0 {
            self.carry(what, 0, object, value);
        }
    }

    fn keep_task(&mut self, state: &State, task: &Task) {
        let (id, polling) = (task.id, task.polling.checked_sub(1));
        let ready = task.queued().map(|queued| queued.since);
        let cancel = task.cancel().map(|request| request.at);
        let end = task.end().map(|end| end.at);
        self.numbers.insert(task.created);
        for number in [polling, ready, cancel, end] {
            self.note(number);
        }
        let idle = self.columns.kind(task.idle_since as usize);
        if idle == Some(Kind::PollEnded) {
            self.numbers.insert(task.idle_since);
        }
        let created = self.columns.get(task.created as usize);
        if created.is_none_or(|created| created.low() != task.name) {
            self.stand(Kind::TaskNamed, 0, id, 0, task.name.into());
        }
        let value = pack(task.idle_since, task.priority.cast_unsigned());
        self.carry(Carried::Task, id, task.polls, value);
        if let Some(last) = self.standing.last_mut() {
            last.location = task.awaits_at;
        }
        if task.dropping {
            self.carry(Carried::Dropping, id, 0, 0);
        }
        if task.ending {
            self.carry(Carried::Ending, id, 0, 0);
        }
        for wait in task.waits.as_slice() {
            self.numbers.insert(wait.since);
            let resource = match wait.reason {
                Reason::Timer | Reason::Join | Reason::JoinAny => None,
                _ => state.resource(wait.object),
            };
            let stands = |resource: &Resource| match wait.reason {
                Reason::ChannelSend => resource.senders.get(wait.since).is_some(),
                _ => resource.waiters.get(wait.since).is_some(),
            };
            if resource.is_some_and(|resource| !stands(resource)) {
                self.carry(Carried::OutOfLine, id, 0, wait.since.into());
            }
            if let Some(purpose) = wait.purpose {
                self.carry(
                    Carried::Purpose,
                    id,
                    purpose.code().into(),
                    wait.since.into(),
                );
            }
        }
    }

    fn keep_resource(&mut self, resource: &Resource) {
        let id = resource.id;
        self.numbers.insert(resource.created);
        self.note(resource.closed());
        let created = self.columns.get(resource.created as usize);
        let created = created.filter(|created| created.kind == Kind::ResourceCreated);
        if created.map_or(0, |created| created.low()) != resource.name {
            self.stand(Kind::ResourceNamed, 0, id, 0, resource.name.into());
        }
        if created.map_or(0, |created| created.high()) != resource.capacity {
            self.stand(Kind::CapacityChanged, 0, 0, id, resource.capacity.into());
        }
        for message in resource.messages() {
            self.numbers.insert(message.sent);
        }
        for holder in resource.holders() {
            self.numbers.insert(holder.since);
            self.carry(Carried::Permits, holder.task, id, holder.permits);
            self.carry(Carried::Handed, holder.task, id, holder.handed);
        }
        self.carry_some(Carried::Sent, id, resource.sent.into());
        self.carry_some(Carried::Received, id, resource.received.into());
        let is_queue = resource.kind == Some(ResourceKind::Queue);
        if is_queue && resource.sent > 0 || resource.units() > 0 {
            self.carry(Carried::Units, 0, id, resource.units());
        }
        self.carry_some(Carried::Notified, id, resource.notified.into());
        if let Some(connection) = &resource.connection {
            self.numbers.insert(connection.begun);
            self.note(connection.end.map(|end| end.at));
            if let Some(phase) = connection.phase {
                self.carry(Carried::Phase, 0, id, phase.code().into());
            }
            for (what, number) in [
                (Carried::Status, connection.status),
                (Carried::Body, connection.body),
                (Carried::MessagesSent, connection.sent),
                (Carried::MessagesReceived, connection.received),
            ] {
                self.carry_some(what, id, number.into());
            }
        }
    }

    fn finish(mut self, first: u32) -> Past {
        self.numbers.settle();
        let numbers = self.numbers.iter().filter(|number| *number < first);
        let events = numbers.filter_map(|number| {
            let event = self.columns.get(number as usize)?;
            Some((number, event))
        });
        Past {
            events: events.collect(),
            standing: self.standing,
        }
    }
}
