//! A run that can never go on, explained.

use std::fmt;

use crate::log::Reason;
use crate::task::TaskId;

/// Tasks are alive, none is ready, no timer runs, and nothing outside is expected: a deadlock.
///
/// The error names every task, what it waits for, who holds that, and the circle in which tasks
/// wait for each other, if there is one. All of it is read from the log; without one, only the
/// tasks are known.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::Mutex;
/// use wakeline::task::yield_now;
///
/// let runtime = wakeline::Builder::new().build();
/// let stalled = runtime
///     .try_block_on(async {
///         let (left, right) = (Rc::new(Mutex::named("left", ())), Rc::new(Mutex::named("right", ())));
///         let both = |first: &Rc<Mutex<()>>, second: &Rc<Mutex<()>>| {
///             let (first, second) = (Rc::clone(first), Rc::clone(second));
///             async move {
///                 let _first = first.lock().await;
///                 yield_now().await;
///                 let _second = second.lock().await;
///             }
///         };
///         let a = wakeline::spawn_named("a", both(&left, &right));
///         let b = wakeline::spawn_named("b", both(&right, &left));
///         a.await.unwrap();
///         b.await.unwrap();
///     })
///     .unwrap_err();
/// assert!(stalled.to_string().ends_with("in a circle: “a” → “b” → “a”"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stalled {
    pub(super) tasks: Vec<StalledTask>,
    pub(super) circle: Vec<TaskId>,
}

/// A task that can never go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StalledTask {
    /// Its number.
    pub id: TaskId,
    /// Its name, empty if it has none.
    pub name: String,
    /// What it waits for. Empty if the runtime knows nothing of it, or if nothing is recorded.
    pub waits: Vec<StalledWait>,
}

/// Something that a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StalledWait {
    /// What kind of thing.
    pub reason: Reason,
    /// Its name or, if it has none, its kind and number.
    pub object: String,
    /// Where it waits in the program's source: file and line, empty if unknown.
    pub place: String,
    /// The tasks that hold it, if it is something that is held.
    pub holders: Vec<String>,
    /// The live tasks that could let it go on: those that hold the lock or permits, the task
    /// whose end it waits for, those that have used the other end of the channel, or notified.
    pub depends_on: Vec<TaskId>,
    /// The event that began the wait.
    pub(super) begun: u32,
    /// The resource in the log, 0 if it is none.
    pub(super) resource: u32,
    /// A notification that came too early for it: the event, and its place.
    pub(super) missed: Option<(u32, u16)>,
}

impl StalledWait {
    /// Whether a notification of what it waits for was given before it came, and none since.
    #[must_use]
    pub fn missed_notification(&self) -> bool {
        self.missed.is_some()
    }
}

impl Stalled {
    /// The tasks, in the order of their numbers.
    #[must_use]
    pub fn tasks(&self) -> &[StalledTask] {
        &self.tasks
    }

    /// Tasks each of which waits for the next and the last for the first, empty if there is no
    /// such circle. A circle through locks and joins is preferred to one through channels and
    /// notifications, of which it is known only who used them so far.
    #[must_use]
    pub fn circle(&self) -> &[TaskId] {
        &self.circle
    }

    /// The task after this one in the circle.
    pub(super) fn next_in_circle(&self, task: TaskId) -> Option<TaskId> {
        let place = self.circle.iter().position(|other| *other == task)?;
        self.circle.iter().cycle().nth(place + 1).copied()
    }

    fn name(&self, task: TaskId) -> String {
        let known = self.tasks.iter().find(|other| other.id == task);
        match known {
            Some(known) if !known.name.is_empty() => format!("“{}”", known.name),
            _ => format!("task {task}"),
        }
    }
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock: nothing is ready, and nothing can wake")?;
        for (number, task) in self.tasks.iter().enumerate() {
            f.write_str(if number == 0 { " " } else { ", " })?;
            if task.name.is_empty() {
                write!(f, "task {}", task.id)?;
            } else {
                write!(f, "task {} “{}”", task.id, task.name)?;
            }
            for (number, wait) in task.waits.iter().enumerate() {
                f.write_str(if number == 0 { " (waits for " } else { " and " })?;
                self.write_wait(f, wait)?;
            }
            if !task.waits.is_empty() {
                f.write_str(")")?;
            }
        }
        if !self.circle.is_empty() {
            f.write_str("; in a circle: ")?;
            for task in &self.circle {
                write!(f, "{} → ", self.name(*task))?;
            }
            f.write_str(&self.name(self.circle[0]))?;
        }
        Ok(())
    }
}

impl Stalled {
    fn write_wait(&self, f: &mut fmt::Formatter<'_>, wait: &StalledWait) -> fmt::Result {
        f.write_str(wait.reason.name())?;
        if !wait.object.is_empty() {
            write!(f, " {}", wait.object)?;
        }
        if !wait.holders.is_empty() {
            write!(f, " held by {}", wait.holders.join(", "))?;
        }
        let used = match wait.reason {
            Reason::ChannelSend => " received from by ",
            Reason::ChannelReceive => " sent to by ",
            Reason::QueueJoin => " taken from by ",
            Reason::Event | Reason::Condition => " notified before by ",
            _ => "",
        };
        if !used.is_empty() && !wait.depends_on.is_empty() {
            let names = wait.depends_on.iter().map(|task| self.name(*task));
            write!(f, "{used}{}", names.collect::<Vec<_>>().join(", "))?;
        }
        if wait.missed_notification() {
            f.write_str(" whose notification came too early")?;
        }
        Ok(())
    }
}

impl std::error::Error for Stalled {}
