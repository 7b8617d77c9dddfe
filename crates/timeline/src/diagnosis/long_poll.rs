//! Polls that hold up everything else.

use wakeline::log::FindingKind;

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::lanes::OVERLONG;
use crate::sparse::Sparse;

/// A poll of this length is noticed by whoever waits for an answer: six frames.
const TROUBLE: u64 = 6 * OVERLONG;

#[derive(Clone, Copy, Debug, Default)]
struct Polls {
    count: u64,
    total: u64,
    longest: u64,
    /// The longest one's first and last event.
    from: u32,
    to: u32,
}

#[derive(Debug, Default)]
pub(super) struct LongPoll {
    tasks: Sparse<Polls>,
}

impl Detector for LongPoll {
    fn follow(&mut self, seen: &Seen<'_>) {
        if seen.told() != Some(FindingKind::LongPoll) || seen.event.value == 0 {
            return;
        }
        let Some(task) = seen.state.task(seen.event.subject) else {
            return;
        };
        let polls = self.tasks.row(task.id);
        let length = seen.event.value;
        polls.count += 1;
        polls.total = polls.total.saturating_add(length);
        if length > polls.longest {
            polls.longest = length;
            // It is told right after the poll.
            let turn = seen.last_turn.filter(|turn| turn.task == task.id);
            (polls.from, polls.to) =
                turn.map_or((seen.at, seen.at), |turn| (turn.begun, turn.ended));
        }
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        for (task, polls) in self.tasks.iter().filter(|(_, polls)| polls.count > 0) {
            let severity = match polls.longest > TROUBLE {
                true => Severity::Trouble,
                false => Severity::Hint,
            };
            found.push(Finding {
                task,
                until: Some(polls.to),
                numbers: vec![
                    ("count", polls.count),
                    ("longest_ns", polls.longest),
                    ("total_ns", polls.total),
                ],
                ..Finding::new(Code::LongPoll, severity, polls.from)
            });
        }
    }
}
