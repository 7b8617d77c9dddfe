//! A task that was asked to end, was about to clean up, and was dropped before it was done.

use wakeline::log::Kind;

use super::{Code, Detector, Finding, Finished, Place, Seen, Severity};
use crate::sparse::Sparse;

#[derive(Clone, Copy, Debug, Default)]
struct Cleanup {
    /// The request that the task answers itself, plus one.
    asked: u32,
    /// It has run since, and waits for something on its way out.
    begun: bool,
    /// Who dropped it: the event of the request, and the task.
    aborted: Option<(u32, u32)>,
}

#[derive(Debug, Default)]
pub(super) struct CancelledInCleanup {
    tasks: Sparse<Cleanup>,
    found: Vec<Finding>,
}

impl Detector for CancelledInCleanup {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        if let Some(turn) = seen.turn
            && turn.pending
        {
            let cleanup = self.tasks.row(turn.task);
            cleanup.begun |= cleanup.asked != 0 && cleanup.asked <= turn.begun;
        }
        let Some(task) = seen.state.task(event.subject) else {
            return;
        };
        let id = task.id;
        match event.kind {
            Kind::CancelRequested if task.end().is_none() => {
                let cleanup = self.tasks.row(id);
                match event.flags {
                    0 if cleanup.begun => {
                        cleanup.aborted.get_or_insert((seen.at, event.object));
                    }
                    // A scope that ends its own work in time asks its own task, and goes on.
                    1 | 2 if cleanup.asked == 0 && event.object != id => {
                        cleanup.asked = seen.at + 1;
                    }
                    _ => {}
                }
            }
            Kind::TaskCancelled | Kind::TaskDropped => {
                let cleanup = *self.tasks.row(id);
                let dropped = event.kind == Kind::TaskDropped || cleanup.aborted.is_some();
                if !cleanup.begun || !dropped {
                    return;
                }
                let (by_event, by) = cleanup.aborted.unwrap_or((seen.at, 0));
                let asked = cleanup.asked - 1;
                self.found.push(Finding {
                    task: id,
                    until: Some(seen.at),
                    location: task.awaits_at,
                    numbers: vec![("waited_ns", event.time - seen.time_of(asked))],
                    also: vec![Place {
                        event: by_event,
                        task: by,
                    }],
                    ..Finding::new(Code::CancelledInCleanup, Severity::Trouble, asked)
                });
            }
            _ => {}
        }
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        found.append(&mut self.found);
    }
}
