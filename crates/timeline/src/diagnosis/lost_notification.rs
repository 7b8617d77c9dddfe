//! A notification that was given to nobody.

use std::collections::HashMap;

use wakeline::log::FindingKind;

use super::{Code, Detector, Finding, Finished, Place, Seen, Severity};

#[derive(Debug, Default)]
pub(super) struct LostNotification {
    found: Vec<Finding>,
    /// Where the finding about a resource stands. Only looked up in.
    index: HashMap<u32, usize>,
}

impl Detector for LostNotification {
    fn follow(&mut self, seen: &Seen<'_>) {
        if seen.told() != Some(FindingKind::LostNotification) {
            return;
        }
        let (event, evidence) = (seen.event, seen.evidence());
        let next = self.found.len();
        let place = *self.index.entry(event.object).or_insert(next);
        let before = self.found.get_mut(place);

        if event.subject != 0 {
            // Somebody waits in vain for it: that is worse than a notification for nobody.
            let place = Place {
                event: evidence,
                task: event.subject,
            };
            if let Some(before) = before {
                before.severity = Severity::Trouble;
                if before.task == 0 {
                    before.task = event.subject;
                } else {
                    before.also.push(place);
                }
                return;
            }
        } else if before.is_some() {
            return;
        }
        self.found.push(Finding {
            task: event.subject,
            resource: event.object,
            location: event.location,
            ..Finding::new(
                Code::LostNotification,
                match event.subject {
                    0 => Severity::Hint,
                    _ => Severity::Trouble,
                },
                evidence,
            )
        });
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        for mut finding in std::mem::take(&mut self.found) {
            let waiting = finding.also.len() as u64 + u64::from(finding.task != 0);
            finding.numbers.push(("count", waiting));
            if finding.task == 0 {
                // Of whoever gave it, there is at least the name.
                let event = end.log.columns.get(finding.event as usize);
                finding.task = event.map_or(0, |event| event.subject);
            }
            found.push(finding);
        }
    }
}
