//! Events of a log, said by what they are and by names, so that a lesson need not count events.

use serde::{Deserialize, Serialize};
use wakeline::log::{Event, FindingKind, Kind, Log, Reason};

/// One event of a log: the `nth` of its kind that is about this task or resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The kind, by its name in the JSON form of a log.
    pub event: String,
    /// The task that is its subject, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The resource that is its subject or its object, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Which of those that match, from 1.
    #[serde(default = "first")]
    pub nth: usize,
}

fn first() -> usize {
    1
}

/// A task or a resource, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A task.
    Task(u32),
    /// A resource.
    Resource(u32),
}

impl Mark {
    /// The number of the event in a log, `None` if there is no such event. Of several tasks or
    /// resources with one name any will do; a thing that was renamed has its last name.
    #[must_use]
    pub fn find(&self, log: &Log) -> Option<usize> {
        let before = self.nth.checked_sub(1)?;
        let names = Names::of(log);
        let matching = log.columns.iter_from(0).enumerate().filter(|(_, event)| {
            let is = |wanted: &Option<String>, names: &[u32], id: u32| match wanted {
                Some(wanted) => {
                    id != 0 && names.get(id as usize).map(|n| log.text(*n)) == Some(wanted.as_str())
                }
                None => true,
            };
            event.kind.name() == self.event
                && is(&self.task, &names.tasks, task_of(event))
                && is(&self.resource, &names.resources, resource_of(event))
        });
        matching.map(|(number, _)| number).nth(before)
    }
}

/// The first task with this name, or else the first resource.
#[must_use]
pub fn find_named(log: &Log, name: &str) -> Option<Subject> {
    let names = Names::of(log);
    let id = |names: &[u32]| {
        let place = names
            .iter()
            .skip(1)
            .position(|text| log.text(*text) == name)?;
        u32::try_from(place + 1).ok()
    };
    id(&names.tasks)
        .map(Subject::Task)
        .or_else(|| id(&names.resources).map(Subject::Resource))
}

/// The texts that are the names of tasks and resources, by id.
struct Names {
    tasks: Vec<u32>,
    resources: Vec<u32>,
}

impl Names {
    fn of(log: &Log) -> Self {
        // Ids are counted from 1 in the order of creation.
        let (mut tasks, mut resources) = (vec![0], vec![0]);
        for event in log.columns.iter_from(0) {
            let renamed = match event.kind {
                Kind::TaskCreated => {
                    tasks.push(event.low());
                    continue;
                }
                Kind::ResourceCreated => {
                    resources.push(event.low());
                    continue;
                }
                Kind::TaskNamed => tasks.get_mut(event.subject as usize),
                Kind::ResourceNamed => resources.get_mut(event.subject as usize),
                _ => continue,
            };
            if let Some(name) = renamed {
                *name = event.low();
            }
        }
        Self { tasks, resources }
    }
}

/// The task that is the subject, 0 if none is.
fn task_of(event: &Event) -> u32 {
    match event.kind {
        Kind::RunBegun
        | Kind::RunEnded
        | Kind::ClockAdvanced
        | Kind::ResourceCreated
        | Kind::ResourceNamed
        | Kind::ResourceClosed
        | Kind::Discarded => 0,
        _ => event.subject,
    }
}

/// The resource that the event is about, 0 if it is about none.
fn resource_of(event: &Event) -> u32 {
    match event.kind {
        Kind::ResourceCreated | Kind::ResourceNamed | Kind::ResourceClosed | Kind::Discarded => {
            event.subject
        }
        Kind::Acquired
        | Kind::Released
        | Kind::HandedOver
        | Kind::Sent
        | Kind::Received
        | Kind::Notified
        | Kind::UnitDone
        | Kind::CapacityChanged
        | Kind::Cleared
        | Kind::NetworkBegun
        | Kind::NetworkPhase
        | Kind::NetworkMessage
        | Kind::NetworkEnded => event.object,
        Kind::WaitBegun | Kind::WaitEnded => match Reason::from_code(event.flags) {
            // Of these the object is a timer or a task.
            Some(Reason::Other | Reason::Timer | Reason::Join | Reason::JoinAny) | None => 0,
            Some(_) => event.object,
        },
        Kind::Finding => match FindingKind::from_code(event.flags) {
            Some(
                FindingKind::FutureNeverPolled
                | FindingKind::GuardAcrossAwait
                | FindingKind::LostNotification
                | FindingKind::GrantedNotTaken,
            ) => event.object,
            _ => 0,
        },
        _ => 0,
    }
}
