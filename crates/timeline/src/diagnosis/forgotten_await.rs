//! Futures that were made and never awaited, and tasks that never ran.

use wakeline::log::FindingKind;

use super::{Code, Detector, Finding, Finished, Place, Seen, Severity};

#[derive(Debug, Default)]
pub(super) struct ForgottenAwait {
    /// One for each task and place in the program.
    found: Vec<Finding>,
}

impl Detector for ForgottenAwait {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        let (at, resource) = match seen.told() {
            Some(FindingKind::FutureNeverPolled) => (seen.at, event.object),
            Some(FindingKind::TaskNeverPolled) => (seen.evidence(), 0),
            _ => return,
        };
        let mut before = self.found.iter_mut();
        let same = before.find(|finding| {
            finding.location == event.location
                && event.location != 0
                && finding.resource == resource
        });
        match same {
            Some(finding) => finding.also.push(Place {
                event: at,
                task: event.subject,
            }),
            None => self.found.push(Finding {
                task: event.subject,
                resource,
                location: event.location,
                ..Finding::new(Code::ForgottenAwait, Severity::Trouble, at)
            }),
        }
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        for mut finding in std::mem::take(&mut self.found) {
            finding
                .numbers
                .push(("count", finding.also.len() as u64 + 1));
            found.push(finding);
        }
    }
}
