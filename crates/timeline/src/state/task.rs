//! A task at a moment.

use std::rc::Rc;

use wakeline::log::{Cause, NONE, Reason, TimerPurpose};

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status<'a> {
    /// The executor polls it.
    Running {
        /// The event that began the poll.
        since: u32,
    },
    /// It stands in the ready queue.
    Ready(Ready),
    /// It was polled, or will be, once something wakes it.
    Waiting {
        /// The event since which it neither ran nor stood in the ready queue.
        since: u32,
        /// What it waits for, in the order in which the waits began. Empty if the runtime knows
        /// nothing of it.
        waits: &'a [Wait],
    },
    /// It has ended.
    Ended(End),
}

/// A task's place in the ready queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The event that put it there.
    pub since: u32,
    /// How many tasks stood before it then.
    pub place: u32,
    /// What put it there; `None` for a code that this version does not know.
    pub cause: Option<Cause>,
    /// The task or timer that `cause` speaks of, 0 if none.
    pub by: u32,
}

/// One thing that a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The event that began the wait.
    pub since: u32,
    /// Why; a code that this version does not know counts as [`Reason::Other`].
    pub reason: Reason,
    /// For a timer that is known: what the timer is for.
    pub purpose: Option<TimerPurpose>,
    /// The resource, task or timer that `reason` speaks of, 0 if none.
    pub object: u32,
    /// How many stood before it in the same line when it began.
    pub place: u32,
    /// Where the wait stands in the source: an index into the log's locations, 0 if unknown.
    pub location: u16,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It returned.
    Completed,
    /// It panicked or returned an error.
    Failed {
        /// Index of the message in the log's strings.
        message: u32,
    },
    /// Its future was dropped because somebody asked for it.
    Cancelled,
    /// Its future was dropped because the run ended.
    Dropped,
}

/// How and when a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The event.
    pub at: u32,
    /// How.
    pub fate: Fate,
}

/// Somebody asked for a task's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelRequest {
    /// The event.
    pub at: u32,
    /// The task that asked, 0 if that was outside of any task.
    pub by: u32,
    /// Whether the task answers the request itself: it is told where it waits, cleans up and
    /// ends when it will. Otherwise it is dropped where it waits.
    pub gentle: bool,
}

/// How many things at once a task is seen to wait for. A task that waits for more does not list
/// the rest: looking through them at every event would cost more than it tells.
pub const MOST_WAITS: usize = 1024;

/// A task at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id, from 1 in the order of creation.
    pub id: u32,
    /// Index of its name in the log's strings, 0 if it has none.
    pub name: u32,
    /// The task that spawned it, 0 for none.
    pub parent: u32,
    /// The event that created it.
    pub created: u32,
    /// Where it was spawned: an index into the log's locations, 0 if unknown.
    pub spawned_at: u16,
    /// Where it last gave way or began to wait, 0 if unknown.
    pub awaits_at: u16,
    /// Its priority; 0 unless it was given one.
    pub priority: i32,
    /// How many polls have begun. The turn in which an aborted task is dropped is none.
    pub polls: u32,
    /// The first request for its end, which few tasks get.
    pub(super) cancel: Option<Rc<CancelRequest>>,
    pub(super) place: Place,
    /// The event that began the poll that is under way, plus one; 0 if none is.
    pub(super) polling: u32,
    /// The event after which it neither ran nor was ready.
    pub(super) idle_since: u32,
    pub(super) waits: Waits,
    /// The turn that is under way is the one in which the future is dropped, as somebody asked.
    pub(super) dropping: bool,
    /// The last poll said that no other follows; the event that says why has yet to come.
    pub(super) ending: bool,
}

impl Task {
    pub(super) fn new(id: u32, name: u32, parent: u32, at: u32, location: u16) -> Self {
        Self {
            id,
            name,
            parent,
            created: at,
            spawned_at: location,
            awaits_at: 0,
            priority: 0,
            polls: 0,
            cancel: None,
            place: Place::None,
            polling: 0,
            idle_since: at,
            waits: Waits::None,
            dropping: false,
            ending: false,
        }
    }

    /// What the task is doing.
    #[must_use]
    pub fn status(&self) -> Status<'_> {
        if let Some(end) = self.end() {
            Status::Ended(end)
        } else if self.polling != NONE {
            Status::Running {
                since: self.polling - 1,
            }
        } else if let Some(ready) = self.queued() {
            Status::Ready(ready)
        } else {
            Status::Waiting {
                since: self.idle_since,
                waits: self.waits.as_slice(),
            }
        }
    }

    /// What the task waits for, whether or not it is being polled or ready at the moment: at most
    /// the first [`MOST_WAITS`] things.
    #[must_use]
    pub fn waits(&self) -> &[Wait] {
        self.waits.as_slice()
    }

    /// The wait that says most about why the task does not run: the latest that is not a mere
    /// limit in time on another one.
    #[must_use]
    pub fn main_wait(&self) -> Option<&Wait> {
        let waits = self.waits.as_slice();
        waits
            .iter()
            .rev()
            .find(|wait| wait.reason != Reason::Timer)
            .or_else(|| {
                waits
                    .iter()
                    .rev()
                    .find(|wait| wait.purpose != Some(TimerPurpose::Timeout))
            })
            .or(waits.last())
    }

    /// Its place in the ready queue, whether or not it is being polled at the moment.
    pub(crate) fn ready(&self) -> Option<Ready> {
        self.queued()
    }

    /// The event with which its last poll ended, or which created it.
    pub(crate) fn idle_since(&self) -> u32 {
        self.idle_since
    }

    /// Whether its last poll is over and how it ended is about to be said.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending
    }

    /// Whether the turn that is under way is the one in which its future is dropped, as somebody
    /// asked.
    #[must_use]
    pub fn is_being_dropped(&self) -> bool {
        self.polling != NONE && self.dropping
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        match self.place {
            Place::Ended(end) => Some(end),
            Place::None | Place::Queued(_) => None,
        }
    }

    /// The first request for its end.
    #[must_use]
    pub fn cancel(&self) -> Option<CancelRequest> {
        self.cancel.as_deref().copied()
    }

    /// Its place in the ready queue.
    pub(super) fn queued(&self) -> Option<Ready> {
        match self.place {
            Place::Queued(ready) => Some(ready),
            Place::None | Place::Ended(_) => None,
        }
    }

    /// Takes it out of the ready queue.
    pub(super) fn leave_queue(&mut self) -> Option<Ready> {
        let queued = self.queued()?;
        self.place = Place::None;
        Some(queued)
    }

    /// Whether it was woken again while the executor polls it, so that it stands in the ready
    /// queue and runs at once.
    #[must_use]
    pub fn woken_while_running(&self) -> Option<Ready> {
        if self.polling != NONE {
            self.queued()
        } else {
            None
        }
    }
}

/// Where a task stands. One that has ended stands in no queue, so that both need room once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Not in the ready queue.
    None,
    /// In the ready queue.
    Queued(Ready),
    /// Past its end.
    Ended(End),
}

/// The waits of a task. Most have one at most, which needs no allocation.
#[derive(Clone, Debug)]
pub(super) enum Waits {
    None,
    One(Wait),
    Many(Vec<Wait>),
}

impl Waits {
    pub(super) fn as_slice(&self) -> &[Wait] {
        match self {
            Self::None => &[],
            Self::One(wait) => std::slice::from_ref(wait),
            Self::Many(waits) => waits,
        }
    }

    pub(super) fn push(&mut self, wait: Wait) {
        match self {
            Self::None => *self = Self::One(wait),
            Self::One(first) => *self = Self::Many(vec![*first, wait]),
            Self::Many(waits) => waits.push(wait),
        }
    }

    /// The wait that this event began.
    pub(super) fn get_mut(&mut self, since: u32) -> Option<&mut Wait> {
        let waits = match self {
            Self::None => &mut [],
            Self::One(wait) => std::slice::from_mut(wait),
            Self::Many(waits) => waits,
        };
        waits.iter_mut().find(|wait| wait.since == since)
    }

    /// Removes and returns the first wait for this.
    pub(super) fn remove(&mut self, reason: Reason, object: u32) -> Option<Wait> {
        let place = self
            .as_slice()
            .iter()
            .position(|wait| wait.reason == reason && wait.object == object)?;
        match self {
            Self::Many(waits) => Some(waits.remove(place)),
            _ => match std::mem::replace(self, Self::None) {
                Self::One(wait) => Some(wait),
                _ => None,
            },
        }
    }
}

impl PartialEq for Waits {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Waits {}
