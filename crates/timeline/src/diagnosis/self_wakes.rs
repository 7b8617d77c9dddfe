//! A task that keeps itself busy until something happens.
//!
//! It wakes itself, or gives way, and its next poll does nothing but the same. While it does so
//! the executor is never idle, so under a virtual clock no time passes and no timer fires.

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::sparse::Sparse;

/// So many in a row are no way of letting others go first: there are rarely more in the queue.
const ROW: u64 = 50;
/// Of all polls of the task, in hundredths. A task that also works gives way in between.
const SHARE: u64 = 60;

#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    polls: u64,
    /// Polls after a wake of its own in which nothing happened.
    idle: u64,
    row: u64,
    row_from: u32,
    longest: u64,
    from: u32,
    to: u32,
}

#[derive(Debug, Default)]
pub(super) struct SelfWakes {
    tasks: Sparse<Streak>,
}

impl Detector for SelfWakes {
    fn follow(&mut self, seen: &Seen<'_>) {
        let Some(turn) = seen.turn else { return };
        let streak = self.tasks.row(turn.task);
        streak.polls += 1;
        if !turn.is_own() || !turn.idle {
            streak.row = 0;
            return;
        }
        streak.idle += 1;
        if streak.row == 0 {
            streak.row_from = turn.begun;
        }
        streak.row += 1;
        if streak.row > streak.longest {
            streak.longest = streak.row;
            (streak.from, streak.to) = (streak.row_from, turn.ended);
        }
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        for (task, streak) in self.tasks.iter() {
            if streak.longest < ROW || streak.idle * 100 < streak.polls * SHARE {
                continue;
            }
            found.push(Finding {
                task,
                until: Some(streak.to),
                numbers: vec![
                    ("count", streak.idle),
                    ("most", streak.longest),
                    ("percent", streak.idle * 100 / streak.polls),
                    ("polls", streak.polls),
                ],
                ..Finding::new(Code::SelfWakes, Severity::Trouble, streak.from)
            });
        }
    }
}
