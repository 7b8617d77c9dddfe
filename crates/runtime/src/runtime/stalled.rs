//! A run that can never go on, explained.

use std::collections::BTreeMap;
use std::fmt;

use crate::log::{Kind, Log, Reason};
use crate::task::TaskId;

/// Tasks are alive, none is ready, no timer runs, and nothing outside is expected: a deadlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stalled {
    tasks: Vec<StalledTask>,
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
    /// The tasks that hold it, if it is something that is held.
    pub holders: Vec<String>,
}

impl Stalled {
    /// The tasks, in the order of their numbers.
    #[must_use]
    pub fn tasks(&self) -> &[StalledTask] {
        &self.tasks
    }

    /// Finds in the log what the given tasks wait for. Takes time in proportion to the log, once
    /// at the end of a run.
    pub(super) fn explain(log: &Log, live: Vec<(TaskId, String)>) -> Self {
        let mut waits: BTreeMap<u32, Vec<(u8, u32)>> = BTreeMap::new();
        let mut held: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
        let mut resources: BTreeMap<u32, String> = BTreeMap::new();
        for event in log.columns.iter_from(0) {
            let what = (event.flags, event.object);
            match event.kind {
                Kind::WaitBegun => waits.entry(event.subject).or_default().push(what),
                Kind::WaitEnded => {
                    let of_task = waits.entry(event.subject).or_default();
                    if let Some(at) = of_task.iter().position(|wait| *wait == what) {
                        of_task.remove(at);
                    }
                }
                Kind::Acquired => {
                    let by = held.entry(event.object).or_default();
                    *by.entry(event.subject).or_default() += event.value;
                }
                Kind::Released => {
                    let by = held.entry(event.object).or_default();
                    if let Some(permits) = by.get_mut(&event.subject) {
                        *permits = permits.saturating_sub(event.value);
                    }
                }
                Kind::ResourceCreated if event.low() != 0 => {
                    resources.insert(event.subject, log.text(event.low()).to_owned());
                }
                Kind::ResourceNamed => {
                    resources.insert(event.subject, log.text(event.low()).to_owned());
                }
                _ => {}
            }
        }
        let names: BTreeMap<u32, &str> = live.iter().map(|(id, name)| (id.0, &**name)).collect();
        let task_name = |id: u32| match names.get(&id) {
            Some(name) if !name.is_empty() => format!("“{name}”"),
            _ => format!("task {id}"),
        };
        let describe = |(flags, object): &(u8, u32)| {
            let reason = Reason::from_code(*flags).unwrap_or(Reason::Other);
            let name = match reason {
                Reason::Join => task_name(*object),
                _ => match resources.get(object) {
                    Some(name) => format!("“{name}”"),
                    None if *object == 0 => String::new(),
                    None => format!("{} {object}", reason.name()),
                },
            };
            let holders = held.get(object).into_iter().flatten();
            let holders = match reason {
                Reason::Lock | Reason::Semaphore => holders
                    .filter(|(_, n)| **n > 0)
                    .map(|(task, _)| task_name(*task))
                    .collect(),
                _ => Vec::new(),
            };
            StalledWait {
                reason,
                object: name,
                holders,
            }
        };
        let tasks = live
            .iter()
            .map(|(id, name)| StalledTask {
                id: *id,
                name: name.clone(),
                waits: waits
                    .get(&id.0)
                    .into_iter()
                    .flatten()
                    .map(describe)
                    .collect(),
            })
            .collect();
        Self { tasks }
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
                write!(f, "{}", wait.reason.name())?;
                if !wait.object.is_empty() {
                    write!(f, " {}", wait.object)?;
                }
                if !wait.holders.is_empty() {
                    write!(f, " held by {}", wait.holders.join(", "))?;
                }
            }
            if !task.waits.is_empty() {
                f.write_str(")")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Stalled {}
