//! What is kept of events that were let go.

use super::{Event, Kind};

/// What is kept of the events before the first from which on a log is whole: as much as it takes
/// to know everything that was still so at that moment.
///
/// Replayed in order it leads to the state of the run before the first whole event. See the
/// description of the log's forms for what may stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Events that began what still was so, as they were recorded, each with its number; the
    /// numbers grow.
    pub events: Vec<(u32, Event)>,
    /// What was so, as far as it does not follow from those: of the kind
    /// [`Carried`](Kind::Carried), or a name or a capacity that changed at some time.
    pub standing: Vec<Event>,
}

impl Past {
    /// The event with this number, if it is kept.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<Event> {
        let place = self
            .events
            .binary_search_by_key(&number, |(number, _)| *number as usize);
        Some(self.events[place.ok()?].1)
    }

    /// The time of the last event up to this number that is kept, 0 if none is.
    pub(super) fn time(&self, number: usize) -> u64 {
        let after = self
            .events
            .partition_point(|(other, _)| *other as usize <= number);
        let before = after.checked_sub(1);
        before.map_or(0, |before| self.events[before].1.time)
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.events.capacity() * size_of::<(u32, Event)>()
            + self.standing.capacity() * size_of::<Event>()
    }
}

impl Kind {
    /// Whether an event of this kind can say what [was so](Past::standing) when events were let go.
    #[must_use]
    pub fn can_stand(self) -> bool {
        matches!(
            self,
            Self::Carried | Self::TaskNamed | Self::ResourceNamed | Self::CapacityChanged
        )
    }
}
