//! A lock that is held while its holder waits for something else, and what that cost others.

use std::collections::BTreeMap;

use wakeline::log::{FindingKind, Kind, Reason};

use super::{Code, Detector, Finding, Finished, Place, Seen, Severity};
use crate::sparse::Sparse;

/// What a lock cost those who wanted it.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    waits: u64,
    waited: u64,
    longest: u64,
}

#[derive(Debug, Default)]
pub(super) struct LockAcrossAwait {
    /// One for each lock.
    found: Vec<Finding>,
    costs: Sparse<Cost>,
    /// Waits for locks that go on, by lock and task: since when.
    open: BTreeMap<(u32, u32), u64>,
    /// Where the finding about a lock stands.
    index: BTreeMap<u32, usize>,
}

impl LockAcrossAwait {
    fn end(&mut self, lock: u32, since: u64, time: u64) {
        let cost = self.costs.row(lock);
        let waited = time.saturating_sub(since);
        cost.waits += 1;
        cost.waited = cost.waited.saturating_add(waited);
        cost.longest = cost.longest.max(waited);
    }
}

impl Detector for LockAcrossAwait {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        match event.kind {
            Kind::WaitBegun | Kind::WaitEnded if event.flags == Reason::Lock.code() => {
                if seen.state.resource(event.object).is_none() {
                    return;
                }
                let key = (event.object, event.subject);
                if event.kind == Kind::WaitBegun {
                    self.open.entry(key).or_insert(event.time);
                } else if let Some(since) = self.open.remove(&key) {
                    self.end(event.object, since, event.time);
                }
            }
            Kind::Finding if seen.told() == Some(FindingKind::GuardAcrossAwait) => {
                let next = self.found.len();
                let place = *self.index.entry(event.object).or_insert(next);
                match self.found.get_mut(place) {
                    Some(finding) => finding.also.push(Place {
                        event: seen.evidence(),
                        task: event.subject,
                    }),
                    None => self.found.push(Finding {
                        task: event.subject,
                        resource: event.object,
                        location: event.location,
                        ..Finding::new(Code::LockAcrossAwait, Severity::Hint, seen.evidence())
                    }),
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        let last = end.log.columns.time(usize::MAX);
        for ((lock, _), since) in std::mem::take(&mut self.open) {
            self.end(lock, since, last);
        }
        for mut finding in std::mem::take(&mut self.found) {
            let cost = self.costs.get(finding.resource);
            let cost = cost.copied().unwrap_or_default();
            if cost.waited > 0 {
                finding.severity = Severity::Trouble;
            }
            finding.numbers = vec![
                ("count", cost.waits),
                ("longest_ns", cost.longest),
                ("waited_ns", cost.waited),
            ];
            found.push(finding);
        }
    }
}
