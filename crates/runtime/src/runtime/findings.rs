//! Telling the log what was noticed.

use std::collections::BTreeSet;

use super::diagnosis::{finding, never_polled};
use super::{Core, Stalled};
use crate::log::{Event, FindingKind, Kind};
use crate::task::TaskRef;

impl Core {
    fn tell(&self, found: Vec<Event>) {
        let time = self.now().as_nanos();
        for event in found {
            self.record_event(Event { time, ..event });
        }
    }

    /// A poll has ended about which there may be something to say.
    #[cold]
    #[inline(never)]
    pub(super) fn diagnose(&self, task: u32, at: usize, waits: bool) {
        let time = self.now().as_nanos();
        let found = self.diagnosis.poll_ended(task, at, time, waits);
        if !found.is_empty() {
            self.tell(found);
        }
    }

    /// Tells of a run that can never go on. Once.
    pub(super) fn tell_stalled(&self, stalled: &Stalled) {
        if !self.is_recording() || self.stall_told.replace(true) {
            return;
        }
        let mut found = Vec::new();
        for task in stalled.tasks() {
            let next = stalled.next_in_circle(task.id);
            let next = next.map_or(0, |next| next.get());
            let mut event = finding(FindingKind::Deadlock, task.id.get(), next);
            if let Some(wait) = task.waits.first() {
                event.value = u64::from(wait.begun);
            }
            found.push(event);
            for wait in &task.waits {
                if let Some((notification, location)) = wait.missed {
                    let kind = FindingKind::LostNotification;
                    found.push(Event {
                        location,
                        value: u64::from(notification),
                        ..finding(kind, task.id.get(), wait.resource)
                    });
                }
            }
        }
        self.tell(found);
    }

    /// Tells of the tasks that are about to be dropped without ever having had their turn.
    pub(super) fn tell_never_polled(&self) {
        if self.is_recording() {
            let tasks: BTreeSet<u32> = self.live().iter().map(|(task, _)| task.id()).collect();
            let found = never_polled(&self.log(), &tasks);
            self.tell(found);
        }
    }

    /// A task has failed, and nobody can ask for its error any more.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell_error_never_seen(&self, task: &TaskRef) {
        if !self.is_recording() {
            return;
        }
        let said = {
            let log = self.log();
            let events = (0..log.columns.len()).rev();
            let mut said = events.filter(|at| log.columns.kind(*at) == Some(Kind::TaskFailed));
            said.find(|at| log.columns.get(*at).is_some_and(|e| e.subject == task.id()))
        };
        // It failed before its runtime recorded, or beyond the limit of the log.
        let Some(said) = said else { return };
        self.tell(vec![Event {
            value: said as u64,
            ..finding(FindingKind::ErrorNeverSeen, task.id(), 0)
        }]);
    }
}
