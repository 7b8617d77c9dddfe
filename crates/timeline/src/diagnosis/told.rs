//! What the runtime noticed and nothing here adds to.

use wakeline::log::FindingKind;

use super::{Code, Detector, Finding, Finished, Seen, Severity};

#[derive(Debug, Default)]
pub(super) struct Told {
    found: Vec<Finding>,
}

impl Detector for Told {
    fn follow(&mut self, seen: &Seen<'_>) {
        let Some(kind) = seen.told() else { return };
        let event = seen.event;
        let finding = match kind {
            FindingKind::ErrorNeverSeen => {
                Finding::new(Code::ErrorNeverSeen, Severity::Trouble, seen.evidence())
            }
            FindingKind::GrantedNotTaken => Finding {
                resource: event.object,
                ..Finding::new(Code::GrantedNotTaken, Severity::Trouble, seen.evidence())
            },
            FindingKind::Diverged => Finding {
                numbers: vec![
                    ("count", event.object.into()),
                    ("recorded", event.high().into()),
                ],
                ..Finding::new(Code::Diverged, Severity::Hint, seen.at)
            },
            _ => return,
        };
        self.found.push(Finding {
            task: event.subject,
            location: event.location,
            ..finding
        });
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        found.append(&mut self.found);
    }
}
