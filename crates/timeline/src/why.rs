//! Why a task runs or does not, in one sentence.

use wakeline::log::{Cause, Reason, ResourceKind, TimerPurpose};

use crate::Model;
use crate::describe::waiting_for;
use crate::phrase::{Argument, Phrase};
use crate::state::{End, Fate, Ready, Resource, State, Status, Task, Wait};

impl Model {
    /// Why a task runs or does not, at the moment of a state of this model. The sentence for a
    /// task that does not exist yet says so.
    #[must_use]
    pub fn why(&self, state: &State, id: u32) -> Phrase {
        let Some(known) = state.task(id) else {
            return Phrase::new("why.not-yet").with_task("task", id);
        };
        match known.status() {
            Status::Running { .. } if known.is_being_dropped() => {
                let by = known.cancel().map_or(0, |request| request.by);
                Phrase::new("why.dropping")
                    .with_task("task", id)
                    .with_task("by", by)
            }
            Status::Running { .. } => {
                let key = match known.woken_while_running() {
                    Some(_) => "why.running.woken",
                    None => "why.running",
                };
                Phrase::new(key)
                    .with_task("task", id)
                    .with_number("poll", known.polls.into())
            }
            Status::Ready(ready) => self.why_ready(state, known, &ready),
            Status::Waiting { since, waits } => match known.main_wait() {
                None if since == known.created => Phrase::new("why.created").with_task("task", id),
                None => Phrase::new("why.other").with_task("task", id),
                Some(main) => {
                    let sentence = self.why_waiting(state, known, main);
                    let sentence = self.with_others(state, sentence, waits, main);
                    if self.is_stuck(id, since) {
                        Phrase::new("why.stuck").with("sentence", Argument::Phrase(sentence))
                    } else {
                        sentence
                    }
                }
            },
            Status::Ended(end) => self.why_ended(known, end),
        }
    }

    fn why_ready(&self, state: &State, task: &Task, ready: &Ready) -> Phrase {
        let ahead = state.place_in_queue(task.id).unwrap_or(0);
        let cause = match ready.cause {
            Some(cause) => {
                let itself = ready.by == task.id && cause.name() == "task";
                let name = if itself { "itself" } else { cause.name() };
                Phrase::new(format!("cause.{name}")).with_task("by", ready.by)
            }
            None => Phrase::new("cause.outside"),
        };
        let since = self.log().columns.time(ready.since as usize);
        let phrase = match (task.cancel(), ahead) {
            (Some(request), _) if ready.cause == Some(Cause::Abort) => {
                Phrase::new("why.cancelling").with_task("by", request.by)
            }
            (_, 0) => match state.running() {
                Some(running) => Phrase::new("why.ready.next-after").with_task("running", running),
                None => Phrase::new("why.ready.next"),
            },
            _ => Phrase::new("why.ready.behind").with(
                "ahead",
                Argument::list(state.ready().map(Argument::Task), ahead),
            ),
        };
        phrase
            .with_task("task", task.id)
            .with("cause", Argument::Phrase(cause))
            .with("since", Argument::Time(since))
            .with_number("count", ahead as u64)
    }

    fn why_waiting(&self, state: &State, task: &Task, wait: &Wait) -> Phrase {
        let subject = Argument::Task(task.id);
        let resource = state.resource(wait.object);
        let phrase = match (wait.reason, resource) {
            (Reason::Timer, _) => return why_timer(state, task.id, wait),
            (Reason::Join, _) => Phrase::new("why.join")
                .with_task("target", wait.object)
                .with("doing", Argument::Phrase(doing(state, wait.object))),
            (Reason::JoinAny, _) => Phrase::new("why.join-any")
                .with_task("target", wait.object)
                .with("doing", Argument::Phrase(doing(state, wait.object))),
            (Reason::Closed, Some(_)) => Phrase::new("why.closed"),
            (Reason::ChannelSend, Some(resource)) if resource.kind == Some(ResourceKind::Pipe) => {
                Phrase::new("why.send.read")
            }
            (Reason::ChannelSend, Some(resource))
                if resource.kind == Some(ResourceKind::Rendezvous) =>
            {
                Phrase::new("why.send.taken")
            }
            (Reason::ChannelSend, Some(resource)) if resource.has_room() => {
                Phrase::new("why.send.room")
            }
            (Reason::ChannelSend, Some(resource)) => Phrase::new("why.send")
                .with_number("inside", resource.len() as u64)
                .with_number("capacity", resource.capacity().unwrap_or(0).into()),
            (Reason::ChannelReceive, Some(resource)) => Phrase::new(match resource.kind {
                Some(ResourceKind::Watch) => "why.receive.value",
                Some(ResourceKind::Broadcast) => "why.receive.next",
                _ if resource.is_empty() => "why.receive",
                _ => "why.receive.there",
            }),
            (Reason::Lock, Some(resource)) => self.why_lock(resource, task.id),
            (Reason::Semaphore, Some(resource)) => why_semaphore(resource, task.id),
            (Reason::Event, Some(resource)) => match resource.kind {
                Some(ResourceKind::Barrier) => {
                    let parties = resource.capacity().unwrap_or(0);
                    Phrase::new("why.barrier")
                        .with_number("count", resource.waiters_len() as u64)
                        .with_number("capacity", parties.into())
                }
                Some(ResourceKind::Event) => Phrase::new("why.event.set"),
                Some(ResourceKind::CancellationToken) => Phrase::new("why.event.cancelled"),
                _ => Phrase::new("why.event"),
            },
            (Reason::QueueJoin, Some(resource)) => {
                Phrase::new("why.queue-join").with_number("count", resource.units())
            }
            (Reason::Network, Some(resource)) => {
                let phase = resource
                    .connection
                    .as_ref()
                    .and_then(|connection| connection.phase);
                let phase = phase.map_or("begun", |phase| phase.name());
                Phrase::new("why.network").with(
                    "phase",
                    Argument::Phrase(Phrase::new(format!("phase.{phase}"))),
                )
            }
            (Reason::Outside, _) => Phrase::new("why.outside"),
            (Reason::Other, _) => Phrase::new("why.other"),
            _ => Phrase::new("why.wait").with(
                "what",
                Argument::Phrase(waiting_for(wait.reason, wait.object)),
            ),
        };
        let phrase = phrase
            .with("task", subject)
            .with_resource("resource", wait.object);
        match resource.and_then(|resource| place_in_line(resource, wait)) {
            Some((place, all)) if all > 1 => Phrase::new("why.in-line")
                .with("sentence", Argument::Phrase(phrase))
                .with_number("place", place as u64 + 1)
                .with_number("count", all as u64),
            _ => phrase,
        }
    }

    fn why_lock(&self, resource: &Resource, task: u32) -> Phrase {
        let holders = resource.holders();
        let Some(first) = holders.first() else {
            return Phrase::new("why.lock.free");
        };
        match resource.held_by(task) {
            Some(holder) if holder.handed > 0 => return Phrase::new("why.granted"),
            // Who holds a mutex and waits for it waits for itself.
            Some(_) if resource.kind == Some(ResourceKind::Mutex) => {
                return Phrase::new("why.lock.own");
            }
            _ => {}
        }
        let tasks = holders.iter().map(|holder| Argument::Task(holder.task));
        let since = self.log().columns.time(first.since as usize);
        Phrase::new("why.lock")
            .with("holder", Argument::list(tasks, holders.len()))
            .with("since", Argument::Time(since))
    }

    /// Adds what else the task waits for: a limit in time, other arms of a select.
    fn with_others(&self, state: &State, sentence: Phrase, waits: &[Wait], main: &Wait) -> Phrase {
        let others = || waits.iter().filter(|wait| wait.since != main.since);
        let is_limit = |wait: &&Wait| wait.purpose == Some(TimerPurpose::Timeout);
        let limit = others()
            .filter(is_limit)
            .filter_map(|wait| state.timer(wait.object))
            .map(|timer| timer.deadline)
            .min();
        let mut sentence = sentence;
        let rest = others().filter(|wait| !is_limit(wait)).count();
        if rest > 0 {
            let what = others()
                .filter(|wait| !is_limit(wait))
                .map(|wait| Argument::Phrase(waiting_for(wait.reason, wait.object)));
            sentence = Phrase::new("why.also")
                .with("sentence", Argument::Phrase(sentence))
                .with("others", Argument::list(what, rest));
        }
        match limit {
            Some(deadline) => Phrase::new("why.limit")
                .with("sentence", Argument::Phrase(sentence))
                .with("deadline", Argument::Time(deadline))
                .with(
                    "left",
                    Argument::Duration(deadline.saturating_sub(state.time())),
                ),
            None => sentence,
        }
    }

    fn why_ended(&self, task: &Task, end: End) -> Phrase {
        let phrase = match end.fate {
            Fate::Completed => Phrase::new("why.completed"),
            Fate::Failed { message } => Phrase::new("why.failed").with(
                "message",
                Argument::Text(self.log().text(message).to_owned()),
            ),
            Fate::Cancelled => match task.cancel() {
                Some(request) => Phrase::new("why.cancelled.by").with_task("by", request.by),
                None => Phrase::new("why.cancelled"),
            },
            Fate::Dropped => Phrase::new("why.dropped"),
        };
        let created = self.log().columns.time(task.created as usize);
        let time = self.log().columns.time(end.at as usize);
        phrase
            .with_task("task", task.id)
            .with("time", Argument::Time(time))
            .with("lived", Argument::Duration(time.saturating_sub(created)))
            .with_number("polls", task.polls.into())
    }

    /// Whether a task that neither runs nor is ready since this event can never run again: nothing
    /// could wake it any more, and the run ended in a deadlock. Known once the run has ended.
    #[must_use]
    pub fn is_stuck(&self, task: u32, since: u32) -> bool {
        let lane = self.lanes().task(task);
        lane.and_then(|lane| lane.stuck_since)
            .is_some_and(|stuck| since == stuck)
    }
}

fn why_timer(state: &State, task: u32, wait: &Wait) -> Phrase {
    let timer = state.timer(wait.object);
    let Some(timer) = timer.filter(|timer| timer.deadline > state.time()) else {
        return Phrase::new("why.timer.over").with_task("task", task);
    };
    let key = match timer.purpose {
        Some(TimerPurpose::Timeout) => "why.timer.timeout",
        Some(TimerPurpose::Interval) => "why.timer.interval",
        _ => "why.timer.sleep",
    };
    Phrase::new(key)
        .with_task("task", task)
        .with("deadline", Argument::Time(timer.deadline))
        .with(
            "left",
            Argument::Duration(timer.deadline.saturating_sub(state.time())),
        )
}

fn why_semaphore(resource: &Resource, task: u32) -> Phrase {
    if resource
        .held_by(task)
        .is_some_and(|holder| holder.handed > 0)
    {
        return Phrase::new("why.granted");
    }
    let holders = resource.holders();
    let key = if holders.is_empty() {
        "why.semaphore.free"
    } else {
        "why.semaphore"
    };
    let tasks = holders.iter().map(|holder| Argument::Task(holder.task));
    Phrase::new(key)
        .with_number("used", resource.permits_in_use())
        .with_number("capacity", resource.capacity().unwrap_or(0).into())
        .with("holders", Argument::list(tasks, holders.len()))
}

/// The place of a wait in its line, and how many stand in it. Of some kinds of resources
/// everybody is served at once, so that there is no line.
fn place_in_line(resource: &Resource, wait: &Wait) -> Option<(usize, usize)> {
    let all = match (wait.reason, resource.kind?) {
        (Reason::ChannelSend, _) => resource.blocked_senders_len(),
        (
            _,
            ResourceKind::Channel
            | ResourceKind::Rendezvous
            | ResourceKind::Queue
            | ResourceKind::OnceCell
            | ResourceKind::Mutex
            | ResourceKind::RwLock
            | ResourceKind::Semaphore
            | ResourceKind::Notify
            | ResourceKind::Condvar,
        ) if wait.reason != Reason::QueueJoin => resource.waiters_len(),
        _ => return None,
    };
    Some((resource.place_in_line(wait.since)?, all))
}

/// What another task is doing, in a word or two.
fn doing(state: &State, id: u32) -> Phrase {
    let Some(task) = state.task(id) else {
        return Phrase::new("doing.unknown");
    };
    match task.status() {
        Status::Running { .. } => Phrase::new("doing.running"),
        Status::Ready(_) => Phrase::new("doing.ready"),
        Status::Ended(_) => Phrase::new("doing.ended"),
        Status::Waiting { .. } => match task.main_wait() {
            Some(wait) => Phrase::new("doing.waiting").with(
                "what",
                Argument::Phrase(waiting_for(wait.reason, wait.object)),
            ),
            None => Phrase::new("doing.waiting-unknown"),
        },
    }
}
