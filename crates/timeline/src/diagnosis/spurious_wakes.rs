//! A task that others wake again and again for nothing.
//!
//! The log does not see what a program does with its own variables. So only those polls count
//! that are idle for sure: in which nothing was recorded at all though the runtime knows what the
//! task waits for, or in which a condition was looked at and waited for again.

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::sparse::Sparse;

/// Fewer are not worth a word.
const LEAST: u64 = 20;
/// Of all polls of the task, in hundredths.
const SHARE: u64 = 50;

#[derive(Clone, Copy, Debug, Default)]
struct Wakes {
    polls: u64,
    spurious: u64,
    first: u32,
    last: u32,
}

#[derive(Debug, Default)]
pub(super) struct SpuriousWakes {
    tasks: Sparse<Wakes>,
}

impl Detector for SpuriousWakes {
    fn follow(&mut self, seen: &Seen<'_>) {
        let Some(turn) = seen.turn else { return };
        let wakes = self.tasks.row(turn.task);
        wakes.polls += 1;
        let waits = seen
            .state
            .task(turn.task)
            .map_or(&[][..], |task| task.waits());
        let certain = turn.condition || !turn.resumed && !waits.is_empty();
        if turn.is_spurious() && certain {
            if wakes.spurious == 0 {
                wakes.first = turn.begun;
            }
            wakes.last = turn.ended;
            wakes.spurious += 1;
        }
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        for (task, wakes) in self.tasks.iter() {
            if wakes.spurious < LEAST || wakes.spurious * 100 < wakes.polls * SHARE {
                continue;
            }
            found.push(Finding {
                task,
                until: Some(wakes.last),
                numbers: vec![
                    ("count", wakes.spurious),
                    ("percent", wakes.spurious * 100 / wakes.polls),
                    ("polls", wakes.polls),
                ],
                ..Finding::new(Code::SpuriousWakes, Severity::Hint, wakes.first)
            });
        }
    }
}
