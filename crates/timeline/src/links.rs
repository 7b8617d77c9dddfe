//! Which events connect one lane with another: wakes, spawns, joins, cancellations, messages.

use std::collections::HashMap;

use wakeline::log::{Cause, Event, Kind, Reason};

use crate::state::State;

/// The events that connect one task with others, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskLinks {
    /// Events about the task that another party caused.
    pub(crate) incoming: Vec<u32>,
    /// Events about others that this task caused.
    pub(crate) outgoing: Vec<u32>,
    /// The timers that it armed.
    pub(crate) timers: Vec<TimerLink>,
    /// Waits that were under way together with others of the task, in the order of their beginning.
    pub(crate) arms: Vec<Arm>,
    /// Events about its requests and sockets.
    pub(crate) network: Vec<u32>,
}

/// A wait that a task had beside others: an arm of a select, a race, a gather, or a limit in time
/// on something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The event that began it.
    pub begun: u32,
    /// The event that ended it, 0 while it is under way.
    pub over: u32,
    /// Whether it was dropped before what it waited for came.
    pub cut: bool,
    /// What it waits for.
    reason: Reason,
    object: u32,
}

/// A timer from the event that armed it to the one that ended it, 0 while it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimerLink {
    pub(crate) armed: u32,
    pub(crate) over: u32,
}

/// The messages of one channel, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageLinks {
    /// The events that sent.
    pub(crate) sent: Vec<u32>,
    /// The event with which each of them left, 0 while it is inside.
    pub(crate) left: Vec<u32>,
    /// Whether some message left before one that was sent earlier.
    pub(crate) out_of_order: bool,
    /// All messages before this one have left.
    gone: usize,
}

/// Waits of one task at once that are looked at; who waits for more has no arms to be told apart.
const MOST_ARMS: usize = 32;

/// All connections between lanes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    tasks: Vec<TaskLinks>,
    messages: Vec<MessageLinks>,
    /// Where the link of a running timer stands: its task, and its place among the timers of
    /// that task. Only ever looked up in.
    running: HashMap<u32, (u32, u32)>,
    /// The timer that was cancelled last, which its wait may hear of only afterwards.
    cancelled: u32,
}

impl Links {
    pub(crate) fn task(&self, id: u32) -> Option<&TaskLinks> {
        self.tasks.get((id as usize).checked_sub(1)?)
    }

    pub(crate) fn messages(&self, resource: u32) -> Option<&MessageLinks> {
        self.messages.get((resource as usize).checked_sub(1)?)
    }

    /// Takes in an event; `state` is the state after it.
    pub(crate) fn follow(&mut self, state: &State, event: &Event, at: u32) {
        match event.kind {
            Kind::TaskReady | Kind::WakeCoalesced => {
                self.receive(state, event.subject, at);
                if matches!(
                    Cause::from_code(event.flags),
                    Some(Cause::Spawned | Cause::Task | Cause::Abort | Cause::Cancel)
                ) {
                    self.cause(state, event.object, at);
                }
            }
            Kind::CancelRequested => {
                self.receive(state, event.subject, at);
                self.cause(state, event.object, at);
            }
            Kind::WaitBegun => self.begin(state, event.subject),
            Kind::WaitEnded => self.end(state, event, at),
            Kind::NetworkBegun | Kind::NetworkPhase | Kind::NetworkMessage | Kind::NetworkEnded
                if state.task(event.subject).is_some() =>
            {
                row(&mut self.tasks, event.subject).network.push(at);
            }
            Kind::TimerArmed => self.arm(state, event, at),
            Kind::TimerFired | Kind::TimerCancelled => {
                let place = self.running.remove(&event.object);
                let link = place.and_then(|(task, place)| {
                    let links = self.tasks.get_mut(task as usize - 1)?;
                    links.timers.get_mut(place as usize)
                });
                if let Some(link) = link {
                    link.over = at;
                }
                if event.kind == Kind::TimerCancelled {
                    self.cancelled = event.object;
                }
            }
            Kind::Sent => {
                self.channel(state, event.object, |links| {
                    links.sent.push(at);
                    links.left.push(0);
                    links.leave(state.departed(), at);
                });
            }
            Kind::Received => {
                self.channel(state, event.object, |links| {
                    links.leave(state.departed(), at)
                });
            }
            Kind::Discarded => {
                self.channel(state, event.subject, |links| {
                    links.leave(state.departed(), at)
                });
            }
            _ => {}
        }
    }

    /// A task waits for something more.
    fn begin(&mut self, state: &State, id: u32) {
        let Some(task) = state.task(id) else { return };
        let waits = task.waits();
        if waits.len() < 2 || waits.len() > MOST_ARMS {
            return;
        }
        let arms = &mut row(&mut self.tasks, id).arms;
        // The first of them was alone until now.
        let first = if waits.len() == 2 { 0 } else { waits.len() - 1 };
        for wait in &waits[first..] {
            let known = arms.iter().rev().take(MOST_ARMS);
            if !known.into_iter().any(|arm| arm.begun == wait.since) {
                arms.push(Arm {
                    begun: wait.since,
                    over: 0,
                    cut: false,
                    reason: wait.reason,
                    object: wait.object,
                });
            }
        }
    }

    /// A wait is over: whether what it was for has come, or it was dropped.
    fn end(&mut self, state: &State, event: &Event, at: u32) {
        let (id, object) = (event.subject, event.object);
        let reason = Reason::from_code(event.flags);
        if reason == Some(Reason::Join) {
            self.receive(state, id, at);
            self.cause(state, object, at);
        }
        let Some(task) = state.task(id) else { return };
        if self.tasks.len() < id as usize {
            return;
        }
        let arms = &mut row(&mut self.tasks, id).arms;
        let turn = task.idle_since();
        let open = arms.iter().rev().take(MOST_ARMS);
        let mut open = open.enumerate().filter(|(_, arm)| arm.over == 0);
        // Which of them it was: the one that the task no longer waits for.
        let waits = task.waits();
        let kind = reason.unwrap_or(Reason::Other);
        let found = open.find(|(_, arm)| {
            (arm.reason, arm.object) == (kind, object)
                && waits.iter().all(|wait| wait.since != arm.begun)
        });
        let Some((back, _)) = found else { return };
        let place = arms.len() - 1 - back;
        // Whatever came first in this turn is what the others are dropped for.
        let won = arms.iter().rev().take(MOST_ARMS);
        let won = won.into_iter().any(|arm| arm.over > turn && !arm.cut);
        arms[place].cut = match reason {
            Some(Reason::Timer) => self.running.contains_key(&object) || self.cancelled == object,
            Some(Reason::Join) => state.task(object).is_some_and(|task| task.end().is_none()),
            _ => won,
        };
        arms[place].over = at;
    }

    fn arm(&mut self, state: &State, event: &Event, at: u32) {
        if state.task(event.subject).is_none() || self.running.contains_key(&event.object) {
            return;
        }
        let timers = &mut row(&mut self.tasks, event.subject).timers;
        let place = (event.subject, timers.len() as u32);
        timers.push(TimerLink { armed: at, over: 0 });
        self.running.insert(event.object, place);
    }

    fn receive(&mut self, state: &State, id: u32, at: u32) {
        if state.task(id).is_some() {
            row(&mut self.tasks, id).incoming.push(at);
        }
    }

    fn cause(&mut self, state: &State, id: u32, at: u32) {
        if state.task(id).is_some() {
            row(&mut self.tasks, id).outgoing.push(at);
        }
    }

    fn channel(&mut self, state: &State, id: u32, change: impl FnOnce(&mut MessageLinks)) {
        if state.resource(id).is_some() {
            change(row(&mut self.messages, id));
        }
    }
}

impl MessageLinks {
    /// These messages leave, each named by the event that sent it.
    fn leave(&mut self, departed: &[u32], at: u32) {
        for sent in departed {
            let Ok(number) = self.sent.binary_search(sent) else {
                continue;
            };
            self.left[number] = at;
            self.out_of_order |= number > self.gone;
            while self.left.get(self.gone).is_some_and(|left| *left != 0) {
                self.gone += 1;
            }
        }
    }
}

/// The row of an id whose row in the state exists, which has bounded it.
fn row<T: Default>(rows: &mut Vec<T>, id: u32) -> &mut T {
    let index = id as usize - 1;
    if rows.len() <= index {
        rows.resize_with(index + 1, T::default);
    }
    &mut rows[index]
}
