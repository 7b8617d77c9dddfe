//! Tasks that can never go on: in a circle, or for lack of anybody who could wake them.

use std::collections::BTreeMap;

use wakeline::log::{FindingKind, Kind};

use super::{Code, Detector, Finding, Finished, Place, Seen, Severity};

/// A task that is stuck.
#[derive(Clone, Copy, Debug)]
struct Stuck {
    task: u32,
    /// The task that would have to go on first, 0 if it is in no circle.
    next: u32,
    /// The event that began its wait.
    wait: u32,
    resource: u32,
}

#[derive(Debug, Default)]
pub(super) struct Deadlock {
    stuck: Vec<Stuck>,
}

impl Detector for Deadlock {
    fn follow(&mut self, seen: &Seen<'_>) {
        if seen.told() != Some(FindingKind::Deadlock) || seen.event.value == 0 {
            return;
        }
        let wait = seen.evidence();
        let resource = seen.log.columns.get(wait as usize);
        let resource = resource.filter(|event| event.kind == Kind::WaitBegun);
        let resource = resource.map_or(0, |event| event.object);
        self.stuck.push(Stuck {
            task: seen.event.subject,
            next: seen.event.object,
            wait,
            resource: seen.state.resource(resource).map_or(0, |known| known.id),
        });
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        let last = end.last_event();
        let waited = |stuck: &Stuck| {
            let times = &end.log.columns;
            times.time(last as usize) - times.time(stuck.wait as usize)
        };
        // The circles first, each from its first task on.
        let (circles, mut left): (Vec<Stuck>, _) = std::mem::take(&mut self.stuck)
            .into_iter()
            .partition(|stuck| stuck.next != 0);
        let mut circles: BTreeMap<u32, Stuck> = circles
            .into_iter()
            .map(|stuck| (stuck.task, stuck))
            .collect();
        while let Some((_, first)) = circles.pop_first() {
            let mut circle = vec![first];
            while let Some(next) = circle.last().map(|stuck| stuck.next)
                && let Some(stuck) = circles.remove(&next)
            {
                circle.push(stuck);
            }
            let first = circle[0];
            let others = circle[1..].iter().map(|stuck| Place {
                event: stuck.wait,
                task: stuck.task,
            });
            found.push(Finding {
                task: first.task,
                resource: first.resource,
                numbers: vec![
                    ("count", circle.len() as u64),
                    ("waited_ns", waited(&first)),
                ],
                also: others.collect(),
                ..Finding::new(Code::Deadlock, Severity::Trouble, first.wait)
            });
        }
        // Who waits in vain outside of a circle, together: the first began to wait first.
        left.sort_by_key(|stuck| stuck.wait);
        if let Some((first, rest)) = left.split_first() {
            found.push(Finding {
                task: first.task,
                resource: first.resource,
                numbers: vec![("count", left.len() as u64), ("waited_ns", waited(first))],
                also: rest
                    .iter()
                    .map(|stuck| Place {
                        event: stuck.wait,
                        task: stuck.task,
                    })
                    .collect(),
                ..Finding::new(Code::Deadlock, Severity::Trouble, first.wait)
            });
        }
    }
}
