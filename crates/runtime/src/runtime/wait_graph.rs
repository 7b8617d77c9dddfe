//! Who waits for whom, read from the log when nothing can go on.

use std::collections::{BTreeMap, BTreeSet};

use super::stalled::{Stalled, StalledTask, StalledWait};
use crate::log::{Event, Kind, Log, Reason};
use crate::task::TaskId;

type Tasks = BTreeSet<u32>;

/// What the log says of resources and waits. Takes time in proportion to the log, once at the end
/// of a run.
#[derive(Debug, Default)]
struct Reading {
    /// The waits of each task that have not ended: the event, and its number.
    waits: BTreeMap<u32, Vec<(Event, u32)>>,
    names: BTreeMap<u32, u32>,
    /// Permits by resource and task; those that were handed over are the second number.
    held: BTreeMap<u32, BTreeMap<u32, (u64, u64)>>,
    sent: BTreeMap<u32, Tasks>,
    received: BTreeMap<u32, Tasks>,
    notified: BTreeMap<u32, Tasks>,
    /// The last notification that was lost, unless another was given since, and its place.
    lost: BTreeMap<u32, (u32, u16)>,
}

impl Reading {
    fn of(log: &Log) -> Self {
        let mut reading = Self::default();
        for (number, event) in (0..).zip(log.columns.iter_from(0)) {
            reading.follow(&event, number);
        }
        reading
    }

    fn follow(&mut self, event: &Event, number: u32) {
        let (task, resource) = (event.subject, event.object);
        match event.kind {
            Kind::WaitBegun => self.waits.entry(task).or_default().push((*event, number)),
            Kind::WaitEnded => {
                let of_task = self.waits.entry(task).or_default();
                let what = (event.flags, event.object);
                let same = |(wait, _): &(Event, u32)| (wait.flags, wait.object) == what;
                if let Some(at) = of_task.iter().position(same) {
                    of_task.remove(at);
                }
            }
            Kind::Acquired | Kind::Released | Kind::HandedOver => {
                let of_resource = self.held.entry(resource).or_default();
                let (permits, handed) = of_resource.entry(task).or_default();
                match event.kind {
                    Kind::HandedOver => {
                        *permits += event.value;
                        *handed += event.value;
                    }
                    Kind::Acquired => {
                        let before = (*handed).min(event.value);
                        *handed -= before;
                        *permits += event.value - before;
                    }
                    _ => {
                        *permits = permits.saturating_sub(event.value);
                        *handed = (*handed).min(*permits);
                    }
                }
            }
            Kind::Sent => self.used(task, resource, |reading| &mut reading.sent),
            Kind::Received => self.used(task, resource, |reading| &mut reading.received),
            Kind::Notified => {
                self.used(task, resource, |reading| &mut reading.notified);
                if event.value == 0 && event.flags == 1 {
                    self.lost.insert(resource, (number, event.location));
                } else {
                    self.lost.remove(&resource);
                }
            }
            Kind::Cleared if event.value == 0 => {
                self.lost.insert(resource, (number, event.location));
            }
            Kind::ResourceCreated | Kind::ResourceNamed if event.low() != 0 => {
                self.names.insert(event.subject, event.low());
            }
            _ => {}
        }
    }

    fn used(
        &mut self,
        task: u32,
        resource: u32,
        table: impl Fn(&mut Self) -> &mut BTreeMap<u32, Tasks>,
    ) {
        if task != 0 {
            table(self).entry(resource).or_default().insert(task);
        }
    }

    fn holders(&self, resource: u32) -> Vec<u32> {
        let of_resource = self.held.get(&resource).into_iter().flatten();
        of_resource
            .filter(|(_, (permits, _))| *permits > 0)
            .map(|(task, _)| *task)
            .collect()
    }

    /// Who could let a wait of a task go on, and whether that is certain.
    fn depends_on(&self, task: u32, wait: &Event) -> (Vec<u32>, bool) {
        let users = |table: &BTreeMap<u32, Tasks>| -> Vec<u32> {
            let users = table.get(&wait.object).cloned().unwrap_or_default();
            // A task that uses both ends itself counts only if nobody else does.
            let others: Vec<u32> = users.iter().copied().filter(|user| *user != task).collect();
            match others.is_empty() {
                true => users.into_iter().collect(),
                false => others,
            }
        };
        match Reason::from_code(wait.flags) {
            Some(Reason::Join | Reason::JoinAny) => (vec![wait.object], true),
            Some(Reason::Lock | Reason::Semaphore) => (self.holders(wait.object), true),
            Some(Reason::ChannelSend) => {
                let mut tasks = self.holders(wait.object);
                tasks.extend(users(&self.received));
                (tasks, false)
            }
            Some(Reason::ChannelReceive) => (users(&self.sent), false),
            Some(Reason::QueueJoin) => (users(&self.received), false),
            Some(Reason::Event | Reason::Condition | Reason::Promise) => {
                (users(&self.notified), false)
            }
            _ => (Vec::new(), false),
        }
    }
}

/// Explains why none of the live tasks goes on.
pub(super) fn explain(log: &Log, live: Vec<(TaskId, String)>) -> Stalled {
    let reading = Reading::of(log);
    let names: BTreeMap<u32, &str> = live.iter().map(|(id, name)| (id.0, &**name)).collect();
    let task_name = |id: u32| match names.get(&id) {
        Some(name) if !name.is_empty() => format!("“{name}”"),
        _ => format!("task {id}"),
    };
    let (mut certain, mut likely) = (BTreeMap::new(), BTreeMap::new());
    let mut describe = |task: u32, (wait, number): &(Event, u32)| {
        let reason = Reason::from_code(wait.flags).unwrap_or(Reason::Other);
        let of_task = matches!(reason, Reason::Join | Reason::JoinAny);
        let is_resource = !of_task && reason != Reason::Timer;
        let object = match reading.names.get(&wait.object) {
            _ if of_task => task_name(wait.object),
            Some(name) if is_resource => format!("“{}”", log.text(*name)),
            _ if wait.object == 0 => String::new(),
            _ => format!("{} {}", reason.name(), wait.object),
        };
        let (mut depends_on, sure) = reading.depends_on(task, wait);
        depends_on.retain(|other| names.contains_key(other));
        for other in &depends_on {
            if sure {
                certain
                    .entry(task)
                    .or_insert_with(Tasks::new)
                    .insert(*other);
            }
            likely.entry(task).or_insert_with(Tasks::new).insert(*other);
        }
        let holders = match reason {
            Reason::Lock | Reason::Semaphore => reading.holders(wait.object),
            _ => Vec::new(),
        };
        let place = log.location(wait.location).map_or_else(String::new, |at| {
            format!("{}:{}", log.text(at.file), at.line)
        });
        let missed = match reason {
            Reason::Event | Reason::Condition => reading.lost.get(&wait.object),
            _ => None,
        };
        StalledWait {
            reason,
            object,
            place,
            holders: holders.into_iter().map(task_name).collect(),
            depends_on: depends_on.into_iter().map(TaskId).collect(),
            begun: *number,
            resource: if is_resource { wait.object } else { 0 },
            missed: missed.filter(|(lost, _)| lost < number).copied(),
        }
    };
    let tasks = live
        .iter()
        .map(|(id, name)| StalledTask {
            id: *id,
            name: name.clone(),
            waits: reading
                .waits
                .get(&id.0)
                .into_iter()
                .flatten()
                .map(|wait| describe(id.0, wait))
                .collect(),
        })
        .collect();
    let circle = find_circle(&certain).or_else(|| find_circle(&likely));
    Stalled {
        tasks,
        circle: circle.unwrap_or_default().into_iter().map(TaskId).collect(),
    }
}

/// The first circle in the order of the tasks' numbers, which begins with its least.
fn find_circle(edges: &BTreeMap<u32, Tasks>) -> Option<Vec<u32>> {
    let mut done = Tasks::new();
    for start in edges.keys() {
        // The way from the start to here, each task with those it has yet to be followed to.
        let mut way: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut next = Some(*start);
        while let Some(task) = next {
            if let Some(place) = way.iter().position(|(other, _)| *other == task) {
                let circle = way.split_off(place);
                let mut circle: Vec<u32> = circle.into_iter().map(|(task, _)| task).collect();
                let least = (0..circle.len()).min_by_key(|at| circle[*at]).unwrap_or(0);
                circle.rotate_left(least);
                return Some(circle);
            }
            if done.insert(task) {
                let others = edges.get(&task).into_iter().flatten().rev();
                way.push((task, others.copied().collect()));
            }
            next = loop {
                let Some((_, others)) = way.last_mut() else {
                    break None;
                };
                match others.pop() {
                    Some(other) => break Some(other),
                    None => way.pop(),
                };
            };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(edges: &[(u32, &[u32])]) -> Option<Vec<u32>> {
        let edges = edges.iter();
        find_circle(
            &edges
                .map(|(task, others)| (*task, others.iter().copied().collect()))
                .collect(),
        )
    }

    #[test]
    fn a_circle_is_found_wherever_the_search_enters_it() {
        assert_eq!(circle(&[(1, &[2]), (2, &[3])]), None);
        assert_eq!(circle(&[(1, &[1])]), Some(vec![1]));
        assert_eq!(
            circle(&[(1, &[4]), (2, &[3]), (3, &[2]), (4, &[3])]),
            Some(vec![2, 3])
        );
        assert_eq!(
            circle(&[(1, &[2, 3]), (2, &[4]), (3, &[1]), (4, &[])]),
            Some(vec![1, 3])
        );
        // Two ways to the same task are no circle.
        assert_eq!(circle(&[(1, &[2, 3]), (2, &[4]), (3, &[4])]), None);
        assert_eq!(
            circle(&[(5, &[6]), (6, &[7]), (7, &[5])]),
            Some(vec![5, 6, 7])
        );
    }
}
