//! What a run contains at all: which rows its legend needs, and how long its longest poll is.
//!
//! Taken in event by event, so that a run that grows costs only what is new.

use wakeline_timeline::lanes::OVERLONG;
use wakeline_timeline::log::{Event, Kind, Reason, TimerPurpose};
use wakeline_timeline::{Look, Model};

use super::look::{Entries, Entry, Sign};

/// What the first so many events of a run contain.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The first event that the model had.
    first: usize,
    events: usize,
    entries: Entries,
    longest_poll: u64,
    poll_begun: Option<u64>,
}

impl Seen {
    /// Takes in the events of the model that are new.
    pub(crate) fn follow(&mut self, model: &Model) {
        if model.len() < self.events {
            *self = Self::default();
        }
        // What was let go is still known to have been.
        self.first = model.first();
        for event in model.log().columns.iter_from(self.events) {
            self.take(&event);
        }
        self.events = model.len();
    }

    /// Whether the model has let go of events since it was looked at last.
    pub(crate) fn lacks(&self, model: &Model) -> bool {
        self.first != model.first()
    }

    /// The rows of the legend.
    pub(crate) fn entries(&self) -> Entries {
        self.entries
    }

    /// How long a poll is relative to the others of the run, from 0 to 1, for the eye: short ones
    /// are still told apart. All the same if none takes any time, as under a virtual clock.
    pub(crate) fn weight(&self, duration: u64) -> f32 {
        if self.longest_poll == 0 {
            return 0.5;
        }
        let share = duration as f64 / self.longest_poll as f64;
        (0.3 + 0.7 * share.clamp(0.0, 1.0).sqrt()) as f32
    }

    fn take(&mut self, event: &Event) {
        let slice = |look| Some(Entry::Slice(look));
        let beside = match event.kind {
            Kind::TaskCreated if event.object != 0 => Some(Sign::Branch),
            Kind::TimerArmed => Some(Sign::Deadline),
            Kind::Sent | Kind::NetworkMessage | Kind::NetworkBegun => Some(Sign::Message),
            _ => None,
        };
        if let Some(sign) = beside {
            self.entries.insert(Entry::Mark(sign));
        }
        let entry = match event.kind {
            Kind::PollBegun => {
                self.poll_begun = Some(event.time);
                slice(Look::Poll)
            }
            Kind::PollEnded => {
                let begun = self.poll_begun.take().unwrap_or(event.time);
                let length = event.time.saturating_sub(begun);
                self.longest_poll = self.longest_poll.max(length);
                (length > OVERLONG).then_some(Entry::Slice(Look::LongPoll))
            }
            Kind::TaskReady => {
                self.entries.insert(Entry::Mark(Sign::Wake));
                slice(Look::Ready)
            }
            Kind::CancelRequested => slice(Look::Cancelling),
            Kind::TimerArmed => slice(Look::of_wait(
                Reason::Timer,
                TimerPurpose::from_code(event.flags),
            )),
            Kind::WaitBegun => match Reason::from_code(event.flags) {
                // Its timer was armed before, which says what it is for.
                Some(Reason::Timer) => None,
                reason => slice(Look::of_wait(reason.unwrap_or(Reason::Other), None)),
            },
            Kind::TaskCompleted => Some(Entry::Mark(Sign::Returned)),
            Kind::TaskFailed => Some(Entry::Mark(Sign::Failed)),
            Kind::TaskCancelled => Some(Entry::Mark(Sign::Cancelled)),
            Kind::TaskDropped => Some(Entry::Mark(Sign::Alive)),
            Kind::Line => Some(Entry::Mark(Sign::Line)),
            Kind::Notified if event.value == 0 && event.flags == 1 => Some(Entry::Mark(Sign::Lost)),
            Kind::Notified => Some(Entry::Mark(Sign::Notified)),
            Kind::ResourceClosed => Some(Entry::Mark(Sign::Closed)),
            _ => None,
        };
        if let Some(entry) = entry {
            self.entries.insert(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::Log;

    use super::*;

    fn model(events: &[(u64, Kind, u8)]) -> Model {
        let mut log = Log::new();
        for &(time, kind, flags) in events {
            log.columns.push(Event {
                time,
                kind,
                flags,
                location: 0,
                subject: 1,
                object: 0,
                value: 0,
            });
        }
        Model::from_log(log)
    }

    #[test]
    fn the_legend_has_what_occurs_and_nothing_else() {
        let mut seen = Seen::default();
        seen.follow(&model(&[
            (0, Kind::TaskCreated, 0),
            (0, Kind::TaskReady, 0),
            (0, Kind::PollBegun, 0),
            (0, Kind::WaitBegun, Reason::Lock.code()),
            (OVERLONG + 1, Kind::PollEnded, 0),
            (OVERLONG + 1, Kind::TaskDropped, 0),
        ]));
        let rows: Vec<Entry> = seen.entries().iter().collect();
        assert_eq!(
            rows,
            [
                Entry::Slice(Look::Poll),
                Entry::Slice(Look::LongPoll),
                Entry::Slice(Look::Ready),
                Entry::Slice(Look::Lock),
                Entry::Mark(Sign::Wake),
                Entry::Mark(Sign::Alive),
            ]
        );
    }

    #[test]
    fn following_a_run_that_grows_gives_what_the_whole_gives() {
        let events: Vec<_> = (0..100)
            .flat_map(|n| {
                [
                    (n * 50, Kind::PollBegun, 0),
                    (n * 50 + n, Kind::PollEnded, 0),
                ]
            })
            .collect();
        let mut grown = Seen::default();
        for end in [0, 1, 7, 100, 200] {
            grown.follow(&model(&events[..end]));
        }
        let mut whole = Seen::default();
        whole.follow(&model(&events));
        assert_eq!(grown, whole);
        assert_eq!(whole.longest_poll, 99);
    }

    #[test]
    fn the_shade_of_a_poll_grows_with_its_length() {
        let mut seen = Seen::default();
        assert_eq!(seen.weight(0), 0.5);
        seen.follow(&model(&[
            (0, Kind::PollBegun, 0),
            (100, Kind::PollEnded, 0),
        ]));
        assert!(seen.weight(0) < seen.weight(10) && seen.weight(10) < seen.weight(100));
        assert_eq!(seen.weight(100), 1.0);
        assert_eq!(seen.weight(1_000_000), 1.0);
    }
}
