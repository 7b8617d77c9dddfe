//! What a task waits for, and what that in turn waits for, as far as it goes.

use wakeline::log::{Cause, Kind, Reason};

use crate::Model;
use crate::phrase::{Argument, Phrase};
use crate::state::{State, Status, Task, Wait};

/// How many tasks a chain names at most.
pub const LONGEST: usize = 100;

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// The last task runs.
    Running,
    /// The last task stands in the ready queue.
    Ready,
    /// The last task has ended.
    Ended,
    /// The last task waits for a timer with this deadline.
    Timer(u64),
    /// The last task waits for the network or something else outside of the program.
    Outside,
    /// The last task waits for one that stands in the chain already, at this place.
    Circle(usize),
    /// Nobody lets the last task go on: it waits in vain.
    Nobody,
    /// Who lets the last task go on cannot be told from the log.
    Unknown,
    /// The chain is longer than [`LONGEST`].
    More,
}

/// Who waits for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The task that was asked about, the one that it waits for, the one that that one waits for,
    /// and so on. [`Model::why`] has a sentence for each.
    pub tasks: Vec<u32>,
    /// What the last one waits for, or does.
    pub end: ChainEnd,
}

impl Chain {
    /// Whether the [conclusion](Self::conclusion) says more than what [`Model::why`] says of the
    /// last task. `state` is that in which the chain was found.
    #[must_use]
    pub fn concludes(&self, state: &State) -> bool {
        let last = self.tasks.last().and_then(|id| state.task(*id));
        let reason = last.and_then(Task::main_wait).map(|wait| wait.reason);
        match self.end {
            ChainEnd::Running | ChainEnd::Ready | ChainEnd::Ended => false,
            ChainEnd::Timer(_) => reason != Some(Reason::Timer),
            ChainEnd::Outside => !matches!(reason, Some(Reason::Network | Reason::Outside)),
            ChainEnd::Circle(_) | ChainEnd::Nobody | ChainEnd::Unknown | ChainEnd::More => true,
        }
    }

    /// The end of the chain in words.
    #[must_use]
    pub fn conclusion(&self) -> Phrase {
        let last = self.tasks.last().copied().unwrap_or(0);
        let phrase = match self.end {
            ChainEnd::Running => Phrase::new("chain.running"),
            ChainEnd::Ready => Phrase::new("chain.ready"),
            ChainEnd::Ended => Phrase::new("chain.ended"),
            ChainEnd::Timer(deadline) => {
                Phrase::new("chain.timer").with("deadline", Argument::Time(deadline))
            }
            ChainEnd::Outside => Phrase::new("chain.outside"),
            ChainEnd::Circle(place) => {
                let again = self.tasks.get(place).copied().unwrap_or(0);
                Phrase::new("chain.circle").with_task("other", again)
            }
            ChainEnd::Nobody => Phrase::new("chain.nobody"),
            ChainEnd::Unknown => Phrase::new("chain.unknown"),
            ChainEnd::More => Phrase::new("chain.more"),
        };
        phrase.with_task("task", last)
    }
}

/// What comes next in a chain.
enum Next {
    Task(u32),
    End(ChainEnd),
}

impl Model {
    /// Why a task does not run, followed upstream: the chain of who waits for whom, to its end.
    ///
    /// Who holds a lock or permits, and who is to end, is known from the state. Who will send,
    /// receive or notify is what the log says later; if it says nothing yet, whoever did so last.
    ///
    /// ```
    /// use wakeline_timeline::upstream::ChainEnd;
    /// use wakeline_timeline::{Model, state::State};
    ///
    /// let chain = Model::new().why_chain(&State::new(), 1);
    /// assert_eq!((chain.tasks, chain.end), (vec![1], ChainEnd::Unknown));
    /// ```
    #[must_use]
    pub fn why_chain(&self, state: &State, task: u32) -> Chain {
        let mut tasks = vec![task];
        let mut last = task;
        let end = loop {
            match self.upstream(state, last) {
                Next::End(end) => break end,
                Next::Task(next) => {
                    if let Some(place) = tasks.iter().position(|known| *known == next) {
                        break ChainEnd::Circle(place);
                    }
                    if tasks.len() == LONGEST {
                        break ChainEnd::More;
                    }
                    tasks.push(next);
                    last = next;
                }
            }
        };
        Chain { tasks, end }
    }

    fn upstream(&self, state: &State, id: u32) -> Next {
        let Some(task) = state.task(id) else {
            return Next::End(ChainEnd::Unknown);
        };
        let since = match task.status() {
            Status::Running { .. } => return Next::End(ChainEnd::Running),
            Status::Ready(_) => return Next::End(ChainEnd::Ready),
            Status::Ended(_) => return Next::End(ChainEnd::Ended),
            Status::Waiting { since, .. } => since,
        };
        let next = match task.main_wait() {
            Some(wait) => self.beyond(state, task, wait),
            None => None,
        };
        next.or_else(|| self.woken_later(state, id))
            .unwrap_or(match self.is_stuck(id, since) {
                true => Next::End(ChainEnd::Nobody),
                false => Next::End(ChainEnd::Unknown),
            })
    }

    /// What is behind a wait as far as the state tells, or the past if the log says nothing later.
    fn beyond(&self, state: &State, task: &Task, wait: &Wait) -> Option<Next> {
        match wait.reason {
            Reason::Timer => {
                let timer = state.timer(wait.object)?;
                Some(Next::End(ChainEnd::Timer(timer.deadline)))
            }
            Reason::Network | Reason::Outside => Some(Next::End(ChainEnd::Outside)),
            Reason::Join => Some(Next::Task(wait.object)),
            Reason::Lock | Reason::Semaphore => {
                let holders = state.resource(wait.object)?.holders();
                let other = holders.iter().find(|holder| holder.task != task.id);
                // Who holds all of it and waits for more waits for itself.
                Some(Next::Task(other.or(holders.first())?.task))
            }
            Reason::ChannelSend | Reason::ChannelReceive => {
                self.woken_later(state, task.id).or_else(|| {
                    let receives = wait.reason == Reason::ChannelReceive;
                    self.other_side(state, wait.object, receives)
                })
            }
            _ => None,
        }
    }

    /// What the log says later: who or what wakes the task next.
    fn woken_later(&self, state: &State, id: u32) -> Option<Next> {
        let wake = self.wakes_of(id, state.step()..self.len()).find(|wake| {
            self.event(wake.event as usize)
                .is_some_and(|event| event.kind == Kind::TaskReady)
        })?;
        Some(match (wake.cause, wake.waker()) {
            (_, Some(waker)) => Next::Task(waker),
            (Some(Cause::Timer), _) => {
                let time = self.log().columns.time(wake.event as usize);
                Next::End(ChainEnd::Timer(time))
            }
            (Some(Cause::Outside | Cause::Thread), _) => Next::End(ChainEnd::Outside),
            _ => return None,
        })
    }

    /// Who sent to a channel last, or received from it.
    fn other_side(&self, state: &State, resource: u32, sender: bool) -> Option<Next> {
        let messages = self.links().messages(resource)?;
        let events = if sender {
            &messages.sent
        } else {
            &messages.left
        };
        let before = |event: &&u32| (**event as usize) < state.step() && **event != 0;
        let event = self.event(*events.iter().rev().find(before)? as usize)?;
        let is_one = matches!(event.kind, Kind::Sent | Kind::Received);
        (is_one && event.subject != 0).then_some(Next::Task(event.subject))
    }
}
