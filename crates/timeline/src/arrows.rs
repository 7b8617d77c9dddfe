//! What connects one lane with another: wakes, spawns, joins, cancellations, messages, timers.

use std::ops::Range;

use wakeline::log::{Cause, Kind};

use crate::Model;
use crate::lanes::LaneKey;
pub use crate::links::Arm;

/// What a wake came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeEffect {
    /// The task became ready because of it.
    Useful,
    /// The task was ready already.
    Coalesced,
    /// The task woke itself, or gave way.
    Itself,
}

/// A wake of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// The event.
    pub event: u32,
    /// The task that was woken.
    pub task: u32,
    /// What woke it; `None` for a code that this version does not know.
    pub cause: Option<Cause>,
    /// The task or timer that `cause` speaks of, 0 if none.
    pub by: u32,
    /// What it came to.
    pub effect: WakeEffect,
}

impl Wake {
    /// The task that woke the other; `None` if it was a timer, the outside or the task itself.
    #[must_use]
    pub fn waker(&self) -> Option<u32> {
        match self.cause {
            Some(Cause::Spawned | Cause::Task | Cause::Abort | Cause::Cancel)
                if self.by != 0 && self.by != self.task =>
            {
                Some(self.by)
            }
            _ => None,
        }
    }
}

/// What an arrow means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArrowKind {
    /// From a task to the one that it spawned.
    Spawn,
    /// From a task to one that it woke.
    Wake,
    /// From a task to one that was ready already.
    Coalesced,
    /// From the end of a task to the one that awaited it.
    Join,
    /// From a task to one for whose end it asked.
    Cancel,
}

/// A connection of two tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// What it means.
    pub kind: ArrowKind,
    /// The lane where it begins.
    pub from: LaneKey,
    /// The event at which it begins.
    pub from_event: u32,
    /// The lane where it ends.
    pub to: LaneKey,
    /// The event at which it ends; differs from `from_event` only for a join.
    pub to_event: u32,
}

/// A message on its way through a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The event that sent it.
    pub sent: u32,
    /// The event with which it left; `None` while it is inside.
    pub left: Option<u32>,
    /// Whether nobody received it: it was dropped with the receiver, or another replaced it.
    pub discarded: bool,
}

/// A timer from its arming on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerSpan {
    /// The timer's id.
    pub id: u32,
    /// The event that armed it.
    pub armed: u32,
    /// The deadline in nanoseconds since the run began.
    pub deadline: u64,
    /// The event that ended it; `None` while it runs.
    pub over: Option<u32>,
    /// Whether it reached its deadline.
    pub fired: bool,
}

impl Model {
    /// The events by which others did something to a task, in order: wakes, requests for its end,
    /// the ends of those that it awaited. In this order they stand on every axis.
    #[must_use]
    pub fn incoming(&self, task: u32) -> &[u32] {
        self.links().task(task).map_or(&[], |task| &task.incoming)
    }

    /// The events by which a task did something to others, or by which somebody took in its end.
    #[must_use]
    pub fn outgoing(&self, task: u32) -> &[u32] {
        self.links().task(task).map_or(&[], |task| &task.outgoing)
    }

    /// The events about a task's requests and sockets, in order.
    #[must_use]
    pub fn network(&self, task: u32) -> &[u32] {
        self.links()
            .task(task)
            .map_or(&[], |task| &task.more().network)
    }

    /// The waits that a task had together with others, in the order of their beginning.
    #[must_use]
    pub fn arms(&self, task: u32) -> &[Arm] {
        self.links()
            .task(task)
            .map_or(&[], |task| &task.more().arms)
    }

    /// Number of timers that a task armed.
    #[must_use]
    pub fn timers_len(&self, task: u32) -> usize {
        self.links()
            .task(task)
            .map_or(0, |task| task.more().timers.len())
    }

    /// Number of messages that were sent into a channel.
    #[must_use]
    pub fn flights_len(&self, resource: u32) -> usize {
        self.links()
            .messages(resource)
            .map_or(0, |links| links.sent.len())
    }

    /// A message of a channel, by the order in which they were sent.
    #[must_use]
    pub fn flight(&self, resource: u32, number: usize) -> Option<Flight> {
        let links = self.links().messages(resource)?;
        let left = Some(*links.left.get(number)?).filter(|left| *left != 0);
        let kind = left.and_then(|left| self.log().columns.kind(left as usize));
        Some(Flight {
            sent: links.sent[number],
            left,
            discarded: left.is_some() && kind != Some(Kind::Received),
        })
    }

    /// Whether a wake led to a poll in which nothing happened: the task was woken for nothing.
    #[must_use]
    pub fn is_spurious(&self, wake: &Wake) -> bool {
        let poll = self
            .lanes()
            .slices(LaneKey::Task(wake.task))
            .and_then(|slices| {
                self.slice(
                    LaneKey::Task(wake.task),
                    slices.first_from(wake.event as usize + 1),
                )
            });
        poll.is_some_and(|poll| {
            poll.look.is_poll()
                && !poll.open
                && poll.end == poll.start + 1
                && self.log().columns.kind(poll.end as usize) == Some(Kind::PollEnded)
        })
    }

    /// The wakes of a task among some events, in order. Includes the one by which it was spawned.
    pub fn wakes_of(&self, task: u32, events: Range<usize>) -> impl Iterator<Item = Wake> + '_ {
        let incoming = self
            .links()
            .task(task)
            .map_or(&[][..], |task| &task.incoming);
        within(incoming, events)
            .iter()
            .filter_map(|&at| self.wake(at))
    }

    /// The wakes that a task caused among some events, in order.
    pub fn wakes_by(&self, task: u32, events: Range<usize>) -> impl Iterator<Item = Wake> + '_ {
        let outgoing = self
            .links()
            .task(task)
            .map_or(&[][..], |task| &task.outgoing);
        within(outgoing, events)
            .iter()
            .filter_map(|&at| self.wake(at))
    }

    /// What made a task run or ready at a step: the last wake that was not in vain.
    #[must_use]
    pub fn woken_by(&self, task: u32, step: usize) -> Option<Wake> {
        let incoming = &self.links().task(task)?.incoming;
        within(incoming, 0..step)
            .iter()
            .rev()
            .filter_map(|&at| self.wake(at))
            .find(|wake| wake.effect != WakeEffect::Coalesced)
    }

    /// What a task woke next, from a step on.
    #[must_use]
    pub fn woke_next(&self, task: u32, step: usize) -> Option<Wake> {
        self.wakes_by(task, step..self.len())
            .find(|wake| wake.effect == WakeEffect::Useful)
    }

    /// The wake that an event is, if it is one.
    #[must_use]
    pub fn wake(&self, event: u32) -> Option<Wake> {
        let found = self.event(event as usize)?;
        let cause = Cause::from_code(found.flags);
        let own = cause == Some(Cause::Yielded)
            || cause == Some(Cause::Task) && found.object == found.subject;
        let effect = match found.kind {
            Kind::WakeCoalesced => WakeEffect::Coalesced,
            Kind::TaskReady if own => WakeEffect::Itself,
            Kind::TaskReady => WakeEffect::Useful,
            _ => return None,
        };
        Some(Wake {
            event,
            task: found.subject,
            cause,
            by: found.object,
            effect,
        })
    }

    /// The arrows to and from a task among some events, at most `limit`. Those of a task with
    /// itself are left out.
    #[must_use]
    pub fn arrows(&self, task: u32, events: Range<usize>, limit: usize) -> Vec<Arrow> {
        let Some(links) = self.links().task(task) else {
            return Vec::new();
        };
        let both = [&links.incoming, &links.outgoing];
        both.into_iter()
            .flat_map(|list| within(list, events.clone()))
            .filter_map(|&at| self.arrow(at))
            .take(limit)
            .collect()
    }

    /// The arrow that an event is, if it is one.
    #[must_use]
    pub fn arrow(&self, event: u32) -> Option<Arrow> {
        let found = self.event(event as usize)?;
        let (from, to) = (found.object, found.subject);
        let coalesced = found.kind == Kind::WakeCoalesced;
        let kind = match found.kind {
            Kind::CancelRequested => ArrowKind::Cancel,
            Kind::WaitEnded => ArrowKind::Join,
            Kind::TaskReady | Kind::WakeCoalesced => match Cause::from_code(found.flags)? {
                Cause::Spawned => ArrowKind::Spawn,
                Cause::Task | Cause::Abort | Cause::Cancel if coalesced => ArrowKind::Coalesced,
                Cause::Task | Cause::Abort | Cause::Cancel => ArrowKind::Wake,
                _ => return None,
            },
            _ => return None,
        };
        if from == to || self.tip().task(to).is_none() {
            return None;
        }
        let from_event = match kind {
            // A handle that was dropped ends a wait, but nothing comes from the other task.
            ArrowKind::Join => {
                let end = self.tip().task(from)?.end()?;
                (end.at <= event).then_some(end.at)?
            }
            _ => {
                self.tip().task(from)?;
                event
            }
        };
        Some(Arrow {
            kind,
            from: LaneKey::Task(from),
            from_event,
            to: LaneKey::Task(to),
            to_event: event,
        })
    }

    /// The messages that were inside of a channel or crossed it during some events, at most
    /// `limit`: those that were sent before the end of the range and left at or after its
    /// beginning.
    #[must_use]
    pub fn flights(&self, resource: u32, events: Range<usize>, limit: usize) -> Vec<Flight> {
        let Some(links) = self.links().messages(resource) else {
            return Vec::new();
        };
        let end = links
            .sent
            .partition_point(|&sent| (sent as usize) < events.end);
        let is_over = |left: u32| left != 0 && (left as usize) < events.start;
        // Those that left in the order in which they were sent can be jumped over.
        let first = if links.out_of_order {
            0
        } else {
            links.left.partition_point(|&left| is_over(left))
        };
        (first..end)
            .filter(|&number| !is_over(links.left[number]))
            .take(limit)
            .filter_map(|number| self.flight(resource, number))
            .collect()
    }

    /// The timers that a task armed among some events, in order.
    pub fn timers_of(&self, task: u32, events: Range<usize>) -> impl Iterator<Item = TimerSpan> {
        let links = self.links().task(task);
        let timers = links.map_or(&[][..], |task| &task.more().timers);
        let first = timers.partition_point(|timer| (timer.armed as usize) < events.start);
        let end = timers.partition_point(|timer| (timer.armed as usize) < events.end);
        (first..end.max(first)).filter_map(move |number| self.timer(task, number))
    }

    /// A timer of a task, by the order in which it armed them.
    #[must_use]
    pub fn timer(&self, task: u32, number: usize) -> Option<TimerSpan> {
        let timer = self.links().task(task)?.more().timers.get(number)?;
        let armed = self.event(timer.armed as usize)?;
        let over = (timer.over != 0).then_some(timer.over);
        let kind = over.and_then(|over| self.log().columns.kind(over as usize));
        Some(TimerSpan {
            id: armed.object,
            armed: timer.armed,
            deadline: armed.value,
            over,
            fired: kind == Some(Kind::TimerFired),
        })
    }
}

fn within(list: &[u32], events: Range<usize>) -> &[u32] {
    let first = list.partition_point(|&at| (at as usize) < events.start);
    let end = list.partition_point(|&at| (at as usize) < events.end);
    &list[first..end.max(first)]
}
