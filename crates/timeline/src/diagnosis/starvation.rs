//! A task that stands ready while others have turn after turn.
//!
//! In a queue nobody is overtaken. With priorities, or by chance, a task can be: so often that it
//! is no accident.

use wakeline::log::Kind;

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::sparse::Sparse;

/// Fewer turns of others are no starvation.
const LEAST: u64 = 50;
/// As many turns for each task in the queue: a choice by chance among so many passes a task over
/// for that long once in a hundred million times.
const TIMES: u64 = 20;

#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    /// How many polls there had been when it became ready, and how many stood before it.
    polls: u64,
    ahead: u64,
    /// The most of others' polls that it stood through, and from when to when.
    most: u64,
    from: u32,
    to: u32,
}

#[derive(Debug, Default)]
pub(super) struct Starvation {
    polls: u64,
    tasks: Sparse<Passed>,
}

impl Starvation {
    /// A task that became ready at `from` stood until `to`, with so many in the queue.
    fn stood(&mut self, task: u32, from: u32, to: u32, queue: usize) {
        let polls = self.polls;
        let passed = self.tasks.row(task);
        // Those before it were to go first.
        let overtaken = polls.saturating_sub(passed.polls + passed.ahead);
        let queue = passed.ahead.max(queue as u64);
        if overtaken >= LEAST + TIMES * queue && overtaken > passed.most {
            passed.most = overtaken;
            (passed.from, passed.to) = (from, to);
        }
    }
}

impl Detector for Starvation {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        match event.kind {
            // The newest in the queue: another event about it put it there before.
            Kind::TaskReady if seen.state.ready().next_back() == Some(event.subject) => {
                let polls = self.polls;
                let ahead = seen.state.ready_len() as u64 - 1;
                let passed = self.tasks.row(event.subject);
                (passed.polls, passed.ahead) = (polls, ahead);
            }
            Kind::PollEnded => {
                if let Some(turn) = seen.turn
                    && let Some(wake) = turn.wake
                {
                    // Its own turn is not one of others.
                    let queue = seen.state.ready_len();
                    self.stood(turn.task, wake.at, turn.begun, queue);
                }
                self.polls += 1;
            }
            _ => {}
        }
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        let queue = end.state.ready_len();
        let last = end.last_event();
        for (task, wake) in end.turns.waiting_for_turn() {
            if end.state.place_in_queue(task).is_some() {
                self.stood(task, wake.at, last, queue);
            }
        }
        for (task, passed) in self.tasks.iter().filter(|(_, it)| it.most > 0) {
            let time = |event: u32| end.log.columns.time(event as usize);
            found.push(Finding {
                task,
                until: Some(passed.to),
                numbers: vec![
                    ("overtaken", passed.most),
                    ("waited_ns", time(passed.to) - time(passed.from)),
                ],
                ..Finding::new(Code::Starvation, Severity::Trouble, passed.from)
            });
        }
    }
}
