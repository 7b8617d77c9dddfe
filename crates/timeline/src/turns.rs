//! The polls of a run, each with what made it possible and whether anything came of it.

use wakeline::log::{Cause, Event, Kind, PollResult, Reason};

use crate::sparse::Sparse;
use crate::state::State;

/// What put a task into the ready queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wake {
    /// The event.
    pub(crate) at: u32,
    /// The code of the cause.
    pub(crate) cause: u8,
    /// The task or timer that the cause speaks of.
    pub(crate) by: u32,
}

/// A poll from its beginning to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) task: u32,
    /// The event that began it.
    pub(crate) begun: u32,
    /// The event that ended it; the next poll's beginning if nothing did.
    pub(crate) ended: u32,
    /// What made the task ready for it.
    pub(crate) wake: Option<Wake>,
    /// The task's future is not finished, and goes on waiting.
    pub(crate) pending: bool,
    /// Nothing was recorded in it that is a step forward: nothing sent, printed, spawned, taken.
    /// After it the task waits for the same as before.
    pub(crate) idle: bool,
    /// In an idle poll: a wait ended, and another for the same began.
    pub(crate) resumed: bool,
    /// A wait for a condition ended in it.
    pub(crate) condition: bool,
}

impl Turn {
    /// Whether the task had woken itself or given way.
    pub(crate) fn is_own(&self) -> bool {
        self.wake.is_some_and(|wake| {
            let cause = Cause::from_code(wake.cause);
            cause == Some(Cause::Yielded) || cause == Some(Cause::Task) && wake.by == self.task
        })
    }

    /// Whether somebody else woke the task for nothing.
    pub(crate) fn is_spurious(&self) -> bool {
        let woken = self.wake.is_some_and(|wake| {
            matches!(
                Cause::from_code(wake.cause),
                Some(Cause::Task | Cause::Outside | Cause::Thread)
            )
        });
        self.pending && self.idle && woken && !self.is_own()
    }
}

/// Reads polls out of a log, event by event.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// For each task what put it into the queue, while it stands there.
    ready: Sparse<Option<Wake>>,
    open: Option<Turn>,
    /// The waits that ended in the open poll and did not begin again.
    ended: Vec<(u8, u32)>,
    /// Another wait began than those that ended.
    changed: bool,
    /// Locks or permits were taken and given back.
    held: bool,
}

impl Turns {
    /// Of a log that begins with this state. A poll that is under way then is none: what was
    /// recorded in it before is not known.
    pub(crate) fn begin(state: &State) -> Self {
        let mut turns = Self::default();
        for (ready, task) in state
            .tasks()
            .filter_map(|task| Some((task.ready()?, task.id)))
        {
            let wake = Wake {
                at: ready.since,
                cause: ready.cause.map_or(u8::MAX, Cause::code),
                by: ready.by,
            };
            turns.put(task, wake);
        }
        turns
    }

    fn put(&mut self, task: u32, wake: Wake) {
        self.ready.row(task).get_or_insert(wake);
    }

    /// Takes in an event; `state` is the state after it. Gives the poll that it ended.
    pub(crate) fn follow(&mut self, state: &State, event: &Event, at: u32) -> Option<Turn> {
        match event.kind {
            Kind::PollBegun => {
                let before = self.close(at, false);
                if state.running() == Some(event.subject) {
                    let wake = self.ready.get_mut(event.subject);
                    let first = state
                        .task(event.subject)
                        .is_some_and(|task| task.polls <= 1);
                    self.ended.clear();
                    (self.changed, self.held) = (false, false);
                    self.open = Some(Turn {
                        task: event.subject,
                        begun: at,
                        ended: at,
                        wake: wake.and_then(Option::take),
                        pending: false,
                        // The first poll is what a task is spawned for.
                        idle: !first,
                        resumed: false,
                        condition: false,
                    });
                }
                before
            }
            Kind::PollEnded if self.open.is_some_and(|open| open.task == event.subject) => {
                self.close(at, event.flags == PollResult::Pending.code())
            }
            _ => {
                if event.kind == Kind::TaskReady && state.task(event.subject).is_some() {
                    let wake = Wake {
                        at,
                        cause: event.flags,
                        by: event.object,
                    };
                    self.put(event.subject, wake);
                }
                self.look(event);
                None
            }
        }
    }

    /// Notes what an event says about the open poll.
    fn look(&mut self, event: &Event) {
        let Some(open) = &mut self.open else { return };
        if !open.idle {
            return;
        }
        let what = |event: &Event| match Reason::from_code(event.flags) {
            // Each arming is another timer.
            Some(Reason::Timer) => (event.flags, 0),
            _ => (event.flags, event.object),
        };
        let own = event.subject == open.task;
        match event.kind {
            Kind::WaitEnded if own => {
                open.condition |= event.flags == Reason::Condition.code();
                self.ended.push(what(event));
            }
            Kind::WaitBegun if own => {
                match self.ended.iter().position(|ended| *ended == what(event)) {
                    Some(place) => {
                        self.ended.remove(place);
                        open.resumed = true;
                    }
                    None => self.changed = true,
                }
            }
            Kind::Acquired | Kind::Released | Kind::HandedOver => self.held = true,
            Kind::TaskReady | Kind::WakeCoalesced if own => {}
            Kind::TimerArmed
            | Kind::TimerCancelled
            | Kind::Yielded
            | Kind::ChoiceMade
            | Kind::Finding
            | Kind::SpanEntered
            | Kind::SpanExited => {}
            _ => open.idle = false,
        }
    }

    fn close(&mut self, at: u32, pending: bool) -> Option<Turn> {
        let mut turn = self.open.take()?;
        turn.ended = at;
        turn.pending = pending;
        // Who waits for a condition takes the lock, looks, and gives it back.
        let held = self.held && !turn.condition;
        turn.idle &= pending && !self.changed && !held && self.ended.is_empty();
        Some(turn)
    }

    /// The poll that is under way, if one is.
    pub(crate) fn open(&self) -> Option<Turn> {
        self.open
    }

    /// What put a task into the ready queue, while it stands there.
    pub(crate) fn waiting_for_turn(&self) -> impl Iterator<Item = (u32, Wake)> + '_ {
        let tasks = self.ready.iter();
        tasks.filter_map(|(task, wake)| Some((task, (*wake)?)))
    }
}
