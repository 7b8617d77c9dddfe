//! Attempts that fail and come again all at once, or without a pause.
//!
//! What counts as a failure is what the log shows of one: a line about trouble, or a request that
//! ended with an error. Failures belong together if they come from the same place in the program.
//! A crowd is one if its tasks were all brought there by timers, or by the network: by pauses that
//! end at the same instant.

use std::collections::HashMap;

use wakeline::log::{Cause, Kind, LineLevel};

use super::{Code, Detector, Finding, Finished, Seen, Severity};

/// So many tasks that fail at the same instant are a crowd.
const CROWD: usize = 4;
/// So many instants at which a crowd fails are no coincidence.
const ROUNDS: u64 = 3;
/// So many failures of one task, one right after the other, are a loop.
const TIGHT: u64 = 20;
/// Failures that are no further apart come without a pause, in nanoseconds.
const PAUSE: u64 = 1_000_000;

/// So many tasks at one instant are told apart.
const MOST: usize = 1000;

/// What failed at one place in the program.
#[derive(Clone, Debug, Default)]
struct Failures {
    location: u16,
    all: u64,
    first: u32,
    last: u32,
    /// The tasks that failed at the last instant.
    time: u64,
    now: Vec<u32>,
    /// How many instants had a crowd, and the largest.
    rounds: u64,
    largest: u64,
    /// For each task: when it failed last, and how often without a pause. Only looked up in.
    rows: HashMap<u32, (u64, u64)>,
    /// The longest of these: task and length.
    tight: (u32, u64),
}

impl Failures {
    fn fail(&mut self, task: u32, time: u64, at: u32, paused: bool) {
        if self.all == 0 {
            self.first = at;
        }
        self.all += 1;
        self.last = at;
        if time != self.time {
            self.close();
            self.time = time;
        }
        if paused && self.now.len() < MOST && !self.now.contains(&task) {
            self.now.push(task);
        }
        let row = self.rows.entry(task).or_insert((time, 0));
        let pause = time - row.0;
        *row = (time, if pause <= PAUSE { row.1 + 1 } else { 1 });
        if row.1 > self.tight.1 {
            self.tight = (task, row.1);
        }
    }

    /// The instant is over.
    fn close(&mut self) {
        if self.now.len() >= CROWD {
            self.rounds += 1;
            self.largest = self.largest.max(self.now.len() as u64);
        }
        self.now.clear();
    }
}

#[derive(Debug, Default)]
pub(super) struct RetryStorm {
    places: Vec<Failures>,
    /// Where a place in the program stands among them. Only looked up in.
    index: HashMap<(u16, bool), usize>,
}

impl Detector for RetryStorm {
    fn follow(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        let network = match event.kind {
            Kind::Line if event.flags == LineLevel::Error.code() => false,
            Kind::NetworkEnded if event.flags == 1 => true,
            _ => return,
        };
        if event.subject == 0 || event.location == 0 && !network {
            return;
        }
        let next = self.places.len();
        let place = *self.index.entry((event.location, network)).or_insert(next);
        if place == next {
            self.places.push(Failures {
                location: event.location,
                ..Failures::default()
            });
        }
        let open = seen.turns.open().filter(|turn| turn.task == event.subject);
        let by_timer = open
            .and_then(|turn| turn.wake)
            .is_some_and(|wake| wake.cause == Cause::Timer.code());
        self.places[place].fail(event.subject, event.time, seen.at, by_timer || network);
    }

    fn finish(&mut self, _: &Finished<'_>, found: &mut Vec<Finding>) {
        for place in &mut self.places {
            place.close();
            let (task, tight) = place.tight;
            let crowd = place.rounds >= ROUNDS;
            if !crowd && tight < TIGHT {
                continue;
            }
            found.push(Finding {
                task: if crowd { 0 } else { task },
                location: place.location,
                until: Some(place.last),
                numbers: vec![
                    ("count", place.rounds),
                    ("failures", place.all),
                    ("most", tight),
                    ("others", place.largest.max(1)),
                ],
                ..Finding::new(Code::RetryStorm, Severity::Trouble, place.first)
            });
        }
    }
}
