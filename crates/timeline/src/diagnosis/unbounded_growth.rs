//! A queue without a bound into which more goes than comes out.

use wakeline::log::{Kind, ResourceKind};

use super::{Code, Detector, Finding, Finished, Seen, Severity};
use crate::sparse::Sparse;

/// Fewer messages than this are no load.
const LEAST: u32 = 50;
/// A consumer that takes none is not slower, it has not begun: so many must come out meanwhile.
const TAKEN: u64 = 5;
/// A stretch of so many operations is looked at as one.
const STRETCH: u64 = 8;

/// A channel without bound, operation by operation.
#[derive(Clone, Debug, Default)]
struct Growth {
    operations: u64,
    sent: u64,
    received: u64,
    /// The most that were inside, and when: the event, and what had been sent and received.
    most: u32,
    at: u32,
    then: (u64, u64),
    /// The least inside in each stretch.
    least: Vec<u32>,
    /// The stretch in which the most were inside.
    peak: usize,
    from: u32,
}

impl Growth {
    fn follow(&mut self, inside: u32, sent: bool, at: u32) {
        if self.operations == 0 {
            self.from = at;
        }
        self.sent += u64::from(sent);
        self.received += u64::from(!sent);
        let stretch = (self.operations / STRETCH) as usize;
        self.operations += 1;
        match self.least.get_mut(stretch) {
            Some(least) => *least = (*least).min(inside),
            None => self.least.push(inside),
        }
        if inside > self.most {
            (self.most, self.at, self.peak) = (inside, at, stretch);
            self.then = (self.sent, self.received);
        }
    }

    /// Whether it grew all the way to its peak: in the second half of that way it was never near
    /// empty again, and more went in than came out.
    fn grows(&self) -> bool {
        let (sent, received) = self.then;
        let later = &self.least[self.peak / 2..self.peak.max(self.peak / 2)];
        let lowest = later.iter().copied().min().unwrap_or(0);
        self.most >= LEAST
            && received >= TAKEN
            && 2 * sent >= 3 * received
            && lowest >= self.most / 4
    }
}

#[derive(Debug, Default)]
pub(super) struct UnboundedGrowth {
    resources: Sparse<Growth>,
}

impl Detector for UnboundedGrowth {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        let sent = match event.kind {
            Kind::Sent => true,
            Kind::Received => false,
            _ => return,
        };
        let Some(resource) = seen.state.resource(event.object) else {
            return;
        };
        let is_queue = matches!(
            resource.kind,
            Some(ResourceKind::Channel | ResourceKind::Queue)
        );
        if is_queue && resource.capacity().is_none() {
            let inside = event.high();
            self.resources
                .row(resource.id)
                .follow(inside, sent, seen.at);
        }
    }

    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>) {
        for (resource, growth) in self.resources.iter().filter(|(_, it)| it.grows()) {
            let creator = end.state.resource(resource).map_or(0, |it| it.created_by);
            let (sent, received) = growth.then;
            found.push(Finding {
                task: creator,
                resource,
                until: Some(growth.at),
                numbers: vec![
                    ("most", growth.most.into()),
                    ("received", received),
                    ("sent", sent),
                ],
                ..Finding::new(Code::UnboundedGrowth, Severity::Trouble, growth.from)
            });
        }
    }
}
