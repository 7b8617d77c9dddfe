//! Which events connect one lane with another: wakes, spawns, joins, cancellations, messages.

use wakeline::log::{Cause, Event, Kind, Reason};

use crate::lanes::push;
use crate::rows::Rows;
use crate::state::State;

/// The events that connect one task with others, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskLinks {
    /// Events about the task that another party caused.
    pub(crate) incoming: Vec<u32>,
    /// Events about others that this task caused.
    pub(crate) outgoing: Vec<u32>,
    /// What many tasks have nothing of.
    pub(crate) more: Option<Box<More>>,
}

/// More of what connects a task.
#[derive(Clone, Debug)]
pub(crate) struct More {
    /// The timers that it armed.
    pub(crate) timers: Vec<TimerLink>,
    /// Waits that were under way together with others of the task, in the order of their beginning.
    pub(crate) arms: Vec<Arm>,
    /// Events about its requests and sockets.
    pub(crate) network: Vec<u32>,
}

/// What a task has that has nothing.
static NOTHING: More = More {
    timers: Vec::new(),
    arms: Vec::new(),
    network: Vec::new(),
};

impl Default for More {
    fn default() -> Self {
        NOTHING.clone()
    }
}

impl TaskLinks {
    pub(crate) fn more(&self) -> &More {
        self.more.as_deref().unwrap_or(&NOTHING)
    }
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
    tasks: Rows<TaskLinks>,
    messages: Rows<MessageLinks>,
    /// The timer that was cancelled last, which its wait may hear of only afterwards.
    cancelled: u32,
}

impl Links {
    pub(crate) fn task(&self, id: u32) -> Option<&TaskLinks> {
        self.tasks.get(id)
    }

    pub(crate) fn messages(&self, resource: u32) -> Option<&MessageLinks> {
        self.messages.get(resource)
    }

    /// The connections of a log that begins with this state; what led to it is to follow.
    pub(crate) fn of(state: &State) -> Self {
        // Ids are counted: the tasks and resources that follow have greater ones.
        let (tasks, resources) = (state.tasks_len() as u32, state.resources_len() as u32);
        Self {
            tasks: Rows::begin(state.tasks().map(|task| task.id), tasks),
            messages: Rows::begin(state.resources().map(|it| it.id), resources),
            cancelled: 0,
        }
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
                if let Some(more) = more(&mut self.tasks, event.subject) {
                    more.network.push(at);
                }
            }
            Kind::TimerArmed => self.arm(state, event, at),
            Kind::TimerFired | Kind::TimerCancelled => {
                if let Some((task, armed)) = state.stopped()
                    && state.task(task).is_some()
                    && let Some(more) = more(&mut self.tasks, task)
                {
                    let timers = &mut more.timers;
                    if let Ok(place) = timers.binary_search_by_key(&armed, |timer| timer.armed) {
                        timers[place].over = at;
                    }
                }
                if event.kind == Kind::TimerCancelled {
                    self.cancelled = event.object;
                }
            }
            Kind::Sent => {
                self.channel(state, event.object, |links| {
                    push(&mut links.sent, at);
                    push(&mut links.left, 0);
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
        let Some(more) = more(&mut self.tasks, id) else {
            return;
        };
        let arms = &mut more.arms;
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
        let links = self.tasks.get_mut(id);
        let Some(more) = links.and_then(|links| links.more.as_mut()) else {
            return;
        };
        let arms = &mut more.arms;
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
            Some(Reason::Timer) => state.runs(object) || self.cancelled == object,
            Some(Reason::Join) => state.task(object).is_some_and(|task| task.end().is_none()),
            _ => won,
        };
        arms[place].over = at;
    }

    fn arm(&mut self, state: &State, event: &Event, at: u32) {
        // One that runs is not armed again.
        if state.task(event.subject).is_none() || !state.armed(event.object, at) {
            return;
        }
        if let Some(more) = more(&mut self.tasks, event.subject) {
            push(&mut more.timers, TimerLink { armed: at, over: 0 });
        }
    }

    fn receive(&mut self, state: &State, id: u32, at: u32) {
        if state.task(id).is_some()
            && let Some(row) = self.tasks.row(id)
        {
            push(&mut row.incoming, at);
        }
    }

    fn cause(&mut self, state: &State, id: u32, at: u32) {
        if state.task(id).is_some()
            && let Some(row) = self.tasks.row(id)
        {
            push(&mut row.outgoing, at);
        }
    }

    fn channel(&mut self, state: &State, id: u32, change: impl FnOnce(&mut MessageLinks)) {
        if state.resource(id).is_some()
            && let Some(row) = self.messages.row(id)
        {
            change(row);
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

fn more(rows: &mut Rows<TaskLinks>, id: u32) -> Option<&mut More> {
    Some(rows.row(id)?.more.get_or_insert_default())
}

impl Links {
    /// Bytes of memory held.
    pub(crate) fn memory(&self) -> usize {
        let words = |list: &Vec<u32>| list.capacity() * size_of::<u32>();
        let more = |more: &More| {
            size_of::<More>()
                + words(&more.network)
                + more.timers.capacity() * size_of::<TimerLink>()
                + more.arms.capacity() * size_of::<Arm>()
        };
        let task = |task: &TaskLinks| {
            let more = task.more.as_deref().map_or(0, more);
            words(&task.incoming) + words(&task.outgoing) + more
        };
        let tasks: usize = self.tasks.iter().map(task).sum();
        let messages = self.messages.iter();
        let messages: usize = messages
            .map(|row| words(&row.sent) + words(&row.left))
            .sum();
        let rows = self.tasks.memory() + self.messages.memory();
        rows + tasks + messages
    }
}
