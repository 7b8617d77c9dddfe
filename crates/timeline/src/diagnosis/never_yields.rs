//! A task that does not give way.
//!
//! Under a virtual clock a poll takes no time, however much it does. What tells a loop that never
//! waits is how much it records, or that the log ends before the poll does.

use super::{Code, Detector, Finding, Finished, Seen, Severity};

/// So many events in one poll are a loop. Primitives make a task give way long before.
const MOST_EVENTS: u32 = 10_000;

#[derive(Debug, Default)]
pub(super) struct NeverYields {
    /// The worst poll of each task: task, first and last event.
    worst: Vec<(u32, u32, u32)>,
}

impl NeverYields {
    fn note(&mut self, task: u32, from: u32, to: u32) {
        if to.saturating_sub(from) <= MOST_EVENTS {
            return;
        }
        match self.worst.iter_mut().find(|worst| worst.0 == task) {
            Some(worst) if to - from > worst.2 - worst.1 => (worst.1, worst.2) = (from, to),
            Some(_) => {}
            None => self.worst.push((task, from, to)),
        }
    }
}

impl Detector for NeverYields {
    fn follow(&mut self, seen: &Seen<'_>) {
        if let Some(turn) = seen.turn {
            self.note(turn.task, turn.begun, turn.ended);
        }
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        if let Some(open) = end.turns.open() {
            self.note(open.task, open.begun, end.last_event());
        }
        for &(task, from, to) in &self.worst {
            found.push(Finding {
                task,
                until: Some(to),
                numbers: vec![("events", u64::from(to - from) - 1)],
                ..Finding::new(Code::NeverYields, Severity::Trouble, from)
            });
        }
    }
}
