//! One event after another.

use std::rc::Rc;

use wakeline::log::{
    Cause, Event, Kind, MessageDirection, NetworkPhase, Outcome, PollResult, Reason, ResourceKind,
    TimerPurpose,
};

use super::task::{Place, Waits};
use super::{
    CancelRequest, Connection, ConnectionEnd, ConnectionManner, End, Fate, MOST_WAITS, Message,
    Ready, Resource, RunEnd, State, Task, Timer, Wait,
};

impl State {
    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        // Sequence numbers are 32 bits wide in the binary form.
        let at = u32::try_from(self.step).unwrap_or(u32::MAX);
        self.step += 1;
        self.time = event.time;
        self.departed.clear();
        self.stopped = None;
        match event.kind {
            Kind::RunEnded => {
                self.end.get_or_insert(RunEnd {
                    at,
                    outcome: Outcome::from_code(event.flags),
                    reason: event.low(),
                });
            }
            Kind::TaskCreated => self.create_task(event, at),
            Kind::TaskNamed => {
                if let Some(task) = self.tasks.get_mut(event.subject) {
                    task.name = event.low();
                }
            }
            Kind::TaskReady => self.make_ready(event, at),
            Kind::PollBegun => self.begin_poll(event.subject, at),
            Kind::PollEnded => self.end_poll(event, at),
            Kind::Yielded => {
                if let Some(task) = self.alive(event.subject) {
                    task.awaits_at = event.location;
                }
            }
            Kind::TaskCompleted => self.end_task(event.subject, at, Fate::Completed),
            Kind::TaskFailed => {
                let message = event.low();
                self.end_task(event.subject, at, Fate::Failed { message });
            }
            Kind::TaskCancelled => self.end_task(event.subject, at, Fate::Cancelled),
            Kind::TaskDropped => self.end_task(event.subject, at, Fate::Dropped),
            Kind::CancelRequested => {
                let (by, gentle) = (event.object, event.flags != 0);
                if let Some(task) = self.alive(event.subject) {
                    let request = CancelRequest { at, by, gentle };
                    task.cancel.get_or_insert_with(|| Rc::new(request));
                }
            }
            Kind::WaitBegun => self.begin_wait(event, at),
            Kind::WaitEnded => self.end_wait(event),
            Kind::TimerArmed => self.arm_timer(event, at),
            Kind::TimerFired | Kind::TimerCancelled => {
                if let Some(timer) = self.timers.remove(event.object) {
                    self.timer_order.remove((timer.deadline, timer.id));
                    self.stopped = Some((timer.task, timer.armed));
                }
            }
            Kind::PriorityChanged => {
                if let Some(task) = self.alive(event.subject) {
                    task.priority = event.low().cast_signed();
                }
            }
            Kind::Line => self.lines += 1,
            Kind::Finding => self.findings += 1,
            Kind::ResourceCreated => self.create_resource(event, at),
            Kind::NetworkBegun => self.begin_connection(event, at),
            _ => self.apply_to_resource(event, at),
        }
    }

    fn alive(&mut self, id: u32) -> Option<&mut Task> {
        // Asked before writing, so that an event about an ended task copies no shared page.
        self.tasks.get(id).filter(|task| task.end().is_none())?;
        self.tasks.get_mut(id)
    }

    fn create_task(&mut self, event: &Event, at: u32) {
        // Ids count from 1 and each takes an event, so a greater one is a lie that would cost
        // memory.
        if event.subject > at.saturating_add(1) {
            return;
        }
        let task = Task::new(event.subject, event.low(), event.object, at, event.location);
        self.tasks.insert(event.subject, task);
    }

    fn make_ready(&mut self, event: &Event, at: u32) {
        let Some(task) = self.alive(event.subject) else {
            return;
        };
        if task.queued().is_some() {
            return;
        }
        task.place = Place::Queued(Ready {
            since: at,
            place: clamp(event.value),
            cause: Cause::from_code(event.flags),
            by: event.object,
        });
        self.ready.insert(at, event.subject);
    }

    fn begin_poll(&mut self, id: u32, at: u32) {
        if self.alive(id).is_none() {
            return;
        }
        // One task runs at a time: a poll that nothing ended is over when the next begins.
        self.stop_running(at);
        self.running = id;
        self.polls += 1;
        if let Some(task) = self.alive(id) {
            task.dropping = task.cancel().is_some_and(|request| !request.gentle);
            task.polls += u32::from(!task.dropping);
            task.polling = at.saturating_add(1);
            task.ending = false;
            if let Some(queued) = task.leave_queue() {
                self.ready.remove(queued.since);
            }
        }
    }

    fn end_poll(&mut self, event: &Event, at: u32) {
        if self.running != event.subject || self.running == 0 {
            return;
        }
        let result = PollResult::from_code(event.flags);
        self.stop_running(at);
        if let Some(task) = self.alive(event.subject) {
            task.ending = result.is_some_and(|result| result != PollResult::Pending);
        }
    }

    fn stop_running(&mut self, at: u32) {
        let id = std::mem::take(&mut self.running);
        if let Some(task) = self.tasks.get_mut(id) {
            task.polling = 0;
            task.idle_since = at;
        }
    }

    fn end_task(&mut self, id: u32, at: u32, fate: Fate) {
        let Some(task) = self.alive(id) else {
            return;
        };
        let queued = task.leave_queue();
        task.place = Place::Ended(End { at, fate });
        let waits = std::mem::replace(&mut task.waits, Waits::None);
        if let Some(queued) = queued {
            self.ready.remove(queued.since);
        }
        for wait in waits.as_slice() {
            self.leave_line(wait);
        }
        self.fates[match fate {
            Fate::Completed => 0,
            Fate::Failed { .. } => 1,
            Fate::Cancelled => 2,
            Fate::Dropped => 3,
        }] += 1;
    }

    fn begin_wait(&mut self, event: &Event, at: u32) {
        let reason = Reason::from_code(event.flags).unwrap_or(Reason::Other);
        let purpose = match reason {
            Reason::Timer => self
                .timers
                .get(event.object)
                .and_then(|timer| timer.purpose),
            _ => None,
        };
        let Some(task) = self.alive(event.subject) else {
            return;
        };
        task.awaits_at = event.location;
        if task.waits.as_slice().len() >= MOST_WAITS {
            return;
        }
        task.waits.push(Wait {
            since: at,
            reason,
            purpose,
            object: event.object,
            place: clamp(event.value),
            location: event.location,
        });
        if let Some(resource) = self.resource_of(reason, event.object) {
            match reason {
                Reason::ChannelSend => resource.senders.insert(at, event.subject),
                _ => resource.waiters.insert(at, event.subject),
            }
        }
    }

    fn end_wait(&mut self, event: &Event) {
        let reason = Reason::from_code(event.flags).unwrap_or(Reason::Other);
        let removed = self
            .alive(event.subject)
            .and_then(|task| task.waits.remove(reason, event.object));
        if let Some(wait) = removed {
            self.leave_line(&wait);
        }
    }

    pub(super) fn leave_line(&mut self, wait: &Wait) {
        if let Some(resource) = self.resource_of(wait.reason, wait.object) {
            match wait.reason {
                Reason::ChannelSend => resource.senders.remove(wait.since),
                _ => resource.waiters.remove(wait.since),
            };
        }
    }

    /// The resource in whose line a wait for this reason stands.
    fn resource_of(&mut self, reason: Reason, object: u32) -> Option<&mut Resource> {
        match reason {
            Reason::Timer | Reason::Join | Reason::JoinAny => None,
            _ => self.resources.get_mut(object),
        }
    }

    fn arm_timer(&mut self, event: &Event, at: u32) {
        if self.timers.get(event.object).is_some() {
            return;
        }
        let timer = Timer {
            id: event.object,
            task: event.subject,
            purpose: TimerPurpose::from_code(event.flags),
            deadline: event.value,
            armed: at,
            location: event.location,
        };
        self.timers.insert(timer.id, timer);
        self.timer_order.insert((timer.deadline, timer.id), ());
    }

    fn create_resource(&mut self, event: &Event, at: u32) {
        if event.subject > at.saturating_add(1) {
            return;
        }
        let mut resource = Resource::new(event.subject, ResourceKind::from_code(event.flags), at);
        resource.name = event.low();
        resource.capacity = event.high();
        resource.created_by = event.object;
        resource.location = event.location;
        self.resources.insert(event.subject, resource);
    }

    fn begin_connection(&mut self, event: &Event, at: u32) {
        if event.object > at.saturating_add(1) {
            return;
        }
        if self.resources.get(event.object).is_none() {
            let mut resource = Resource::new(event.object, Some(ResourceKind::Connection), at);
            resource.created_by = event.subject;
            self.resources.insert(event.object, resource);
        }
        let Some(resource) = self.resources.get_mut(event.object) else {
            return;
        };
        if resource.connection.is_some() {
            return;
        }
        resource.connection = Some(Rc::new(Connection {
            task: event.subject,
            begun: at,
            request: event.low(),
            phase: None,
            status: 0,
            body: 0,
            sent: 0,
            received: 0,
            end: None,
        }));
        self.connections += 1;
    }

    /// The events that change nothing but one resource.
    fn apply_to_resource(&mut self, event: &Event, at: u32) {
        let id = match event.kind {
            Kind::ResourceNamed | Kind::ResourceClosed | Kind::Discarded => event.subject,
            Kind::Acquired
            | Kind::Released
            | Kind::HandedOver
            | Kind::Sent
            | Kind::Received
            | Kind::Notified
            | Kind::UnitDone
            | Kind::CapacityChanged
            | Kind::Cleared
            | Kind::NetworkPhase
            | Kind::NetworkMessage
            | Kind::NetworkEnded => event.object,
            _ => return,
        };
        if event.kind == Kind::HandedOver {
            self.leave_line_of(event.subject, id);
        }
        let Some(resource) = self.resources.get_mut(id) else {
            return;
        };
        match event.kind {
            Kind::ResourceNamed => resource.name = event.low(),
            Kind::ResourceClosed => {
                resource.close(at);
            }
            // A notification has no permits: who acquires one takes what was stored.
            Kind::Acquired if resource.kind == Some(ResourceKind::Notify) => {
                resource.notified = false;
            }
            Kind::Acquired => resource.acquire(event.subject, event.value, at),
            Kind::Released => resource.release(event.subject, event.value),
            Kind::HandedOver => resource.hand_over(event.subject, event.value, at),
            Kind::Sent => {
                let message = Message {
                    sent: at,
                    sender: event.subject,
                    text: event.low(),
                };
                resource.put(message, event.high(), &mut self.departed);
            }
            Kind::Received => resource.take(event.low(), event.high(), &mut self.departed),
            Kind::Discarded => resource.discard(event.value, &mut self.departed),
            Kind::Notified => {
                resource.release_waiters(event.value);
                // Of these it stays, whoever was released by it.
                resource.notified |= match resource.kind {
                    Some(
                        ResourceKind::Event
                        | ResourceKind::CancellationToken
                        | ResourceKind::Promise,
                    ) => true,
                    _ => event.value == 0 && event.flags == 0,
                };
            }
            Kind::Cleared => resource.notified = false,
            Kind::CapacityChanged => resource.capacity = clamp(event.value),
            Kind::UnitDone => resource.finish_unit(event.value),
            _ => {
                if let Some(connection) = &mut resource.connection {
                    Rc::make_mut(connection).apply(event, at);
                }
            }
        }
    }

    /// Takes the task out of the line at a resource that now gave it what it waited for. The
    /// task itself learns of it, and ends its wait, in its next poll.
    fn leave_line_of(&mut self, task: u32, resource: u32) {
        let wait = self.tasks.get(task).and_then(|task| {
            let waits = task.waits.as_slice().iter();
            waits.copied().find(|wait| {
                matches!(wait.reason, Reason::Lock | Reason::Semaphore) && wait.object == resource
            })
        });
        if let Some(wait) = wait {
            self.leave_line(&wait);
        }
    }
}

impl Connection {
    fn apply(&mut self, event: &Event, at: u32) {
        if self.end.is_some() {
            return;
        }
        match event.kind {
            Kind::NetworkPhase => {
                self.phase = NetworkPhase::from_code(event.flags).or(self.phase);
                match self.phase {
                    Some(NetworkPhase::Headers) => self.status = event.high(),
                    Some(NetworkPhase::Body) => self.body = event.high(),
                    _ => {}
                }
            }
            Kind::NetworkMessage => match MessageDirection::from_code(event.flags) {
                Some(MessageDirection::SentText | MessageDirection::SentBytes) => self.sent += 1,
                Some(_) => self.received += 1,
                None => {}
            },
            Kind::NetworkEnded => {
                self.end = Some(ConnectionEnd {
                    at,
                    manner: match event.flags {
                        0 => ConnectionManner::Well,
                        2 => ConnectionManner::Aborted,
                        _ => ConnectionManner::Error,
                    },
                    reason: event.low(),
                });
            }
            _ => {}
        }
    }
}

/// Places are small numbers in an honest log.
fn clamp(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
