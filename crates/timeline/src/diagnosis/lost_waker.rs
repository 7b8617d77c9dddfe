//! A task that waits without anybody knowing of it.
//!
//! A future that says that it is not ready must have given its waker to somebody. If the runtime
//! knows of nothing that the task waits for, and the run is stuck or over with the task asleep, a
//! future of the program forgot to.

use wakeline::log::{FindingKind, Kind, Outcome};

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::sparse::Sparse;

/// In a run that ended well, a task must have been asleep for this part of it, in hundredths, to
/// be suspected: whoever holds its waker may not have had the time.
const SHARE: u64 = 50;

#[derive(Debug, Default)]
pub(super) struct LostWaker {
    /// For each task, plus one, the end of the poll since which it waits for nothing known.
    asleep: Sparse<u32>,
    stuck: Vec<(u32, u32)>,
    dropped: Vec<(u32, u32)>,
}

impl Detector for LostWaker {
    fn follow(&mut self, seen: &Seen<'_>) {
        if let Some(turn) = seen.turn {
            let task = seen.state.task(turn.task);
            let unknown = task.is_some_and(|task| {
                turn.pending && task.waits().is_empty() && task.woken_while_running().is_none()
            });
            let ready = seen.state.place_in_queue(turn.task).is_some();
            *self.asleep.row(turn.task) = match unknown && !ready {
                true => turn.ended + 1,
                false => 0,
            };
        }
        let task = seen.event.subject;
        let since = self.asleep.get(task).and_then(|at| at.checked_sub(1));
        match (seen.event.kind, since) {
            (Kind::TaskReady | Kind::WaitBegun, Some(_)) => *self.asleep.row(task) = 0,
            (Kind::Finding, Some(since)) if seen.told() == Some(FindingKind::Deadlock) => {
                self.stuck.push((task, since));
            }
            (Kind::TaskDropped, Some(since)) => self.dropped.push((task, since)),
            _ => {}
        }
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        let all = end.log.columns.time(usize::MAX);
        let asleep = |since: u32| all - end.log.columns.time(since as usize);
        let finding = |severity, &(task, since): &(u32, u32)| Finding {
            task,
            numbers: vec![("waited_ns", asleep(since))],
            ..Finding::new(Code::LostWaker, severity, since)
        };
        found.extend(self.stuck.iter().map(|it| finding(Severity::Trouble, it)));
        if end.outcome() == Some(Outcome::Completed) && all > 0 {
            let long = self.dropped.iter().filter(|(_, since)| {
                u128::from(asleep(*since)) * 100 >= u128::from(all) * u128::from(SHARE)
            });
            found.extend(long.map(|it| finding(Severity::Hint, it)));
        }
    }
}
