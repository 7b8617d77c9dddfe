//! What happened in a run, and how it differs from what was expected.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::program::{Expected, ExpectedEnd};
use crate::{Fault, Program, Value};

const NANOS_PER_SECOND: f64 = 1e9;

/// Seconds as nanoseconds. Negative ones are none; `None` for what is no time at all, or one of
/// more than 292 years.
pub(crate) fn nanoseconds(seconds: f64) -> Option<u64> {
    let nanos = (seconds * NANOS_PER_SECOND).round();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked"
    )]
    (nanos < 9.2e18).then_some(nanos.max(0.0) as u64)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "exact for 104 days, and shown to the nanosecond"
)]
fn seconds(nanos: u64) -> f64 {
    nanos as f64 / NANOS_PER_SECOND
}

/// Something that a program recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in nanoseconds of virtual time since the beginning.
    pub at: u64,
    /// The task or stream that recorded it; `loop` for callbacks, `thread` for offloaded jobs.
    pub who: String,
    /// The text.
    pub what: String,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} {}: {}", seconds(self.at), self.who, self.what)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_struct("Event", 3)?;
        event.serialize_field("t", &seconds(self.at))?;
        event.serialize_field("who", &self.who)?;
        event.serialize_field("what", &self.what)?;
        event.end()
    }
}

/// How a run ended. Times are in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The main task returned.
    Ok {
        /// What it returned.
        value: Value,
        /// When.
        at: u64,
    },
    /// An error left the main task.
    Error {
        /// Which.
        error: Fault,
        /// When.
        at: u64,
    },
    /// Nothing was ready and no timer ran, while the main task waited.
    Deadlock {
        /// Since when.
        at: u64,
    },
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok { value, at } if value.is_none() => write!(f, "ok at {:.3}", seconds(*at)),
            Self::Ok { value, at } => write!(f, "ok at {:.3}: {value}", seconds(*at)),
            Self::Error { error, at } => write!(f, "error at {:.3}: {error}", seconds(*at)),
            Self::Deadlock { at } => write!(f, "deadlock at {:.3}", seconds(*at)),
        }
    }
}

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut end = serializer.serialize_map(None)?;
        match self {
            Self::Ok { value, at } => {
                end.serialize_entry("kind", "ok")?;
                if !value.is_none() {
                    end.serialize_entry("value", value)?;
                }
                end.serialize_entry("main_end", &seconds(*at))?;
            }
            Self::Error { error, at } => {
                end.serialize_entry("kind", "error")?;
                end.serialize_entry("error", &error.to_string())?;
                end.serialize_entry("main_end", &seconds(*at))?;
            }
            Self::Deadlock { at } => {
                end.serialize_entry("kind", "deadlock")?;
                end.serialize_entry("t", &seconds(*at))?;
            }
        }
        end.end()
    }
}

/// What happened in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was recorded, in order.
    pub events: Vec<Event>,
    /// How the run ended.
    pub end: End,
    /// Tasks and futures by name, as they were when the main task ended or nothing could go on.
    pub states_when_main_ends: BTreeMap<String, String>,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 3)?;
        report.serialize_field("events", &self.events)?;
        report.serialize_field("end", &self.end)?;
        report.serialize_field("states_when_main_ends", &self.states_when_main_ends)?;
        report.end()
    }
}

/// The first difference between a run and what was expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// An event is another one, missing, or too many.
    Event {
        /// Its number, from 0.
        number: usize,
        /// What was expected, `None` if nothing more was.
        expected: Option<Event>,
        /// What happened, `None` if nothing more did.
        happened: Option<Event>,
    },
    /// The run ended differently.
    End {
        /// What was expected.
        expected: String,
        /// What happened.
        happened: String,
    },
    /// A task or future was in another state.
    State {
        /// Its name.
        name: String,
        /// What was expected.
        expected: Option<String>,
        /// What it was.
        happened: Option<String>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn or_nothing(value: Option<&dyn fmt::Display>) -> String {
            value.map_or_else(|| "nothing".to_owned(), ToString::to_string)
        }
        match self {
            Self::Event {
                number,
                expected,
                happened,
            } => write!(
                f,
                "event {number}: expected {}, happened {}",
                or_nothing(expected.as_ref().map(|event| event as _)),
                or_nothing(happened.as_ref().map(|event| event as _)),
            ),
            Self::End { expected, happened } => {
                write!(f, "end: expected {expected}, happened {happened}")
            }
            Self::State {
                name,
                expected,
                happened,
            } => write!(
                f,
                "state of {name}: expected {}, happened {}",
                or_nothing(expected.as_ref().map(|state| state as _)),
                or_nothing(happened.as_ref().map(|state| state as _)),
            ),
        }
    }
}

impl Report {
    /// Compares with what the program's file expects: everything, in order. `None` if there is no
    /// difference, or nothing is expected.
    #[must_use]
    pub fn difference(&self, program: &Program) -> Option<Difference> {
        let expected = program.expected.as_ref()?;
        self.events_differ(&expected.events, &self.events)
            .or_else(|| self.ends_differ(&expected.end))
            .or_else(|| self.states_differ(expected))
    }

    /// As [`difference`](Self::difference), but the events of one instant are compared for each
    /// task by itself: the order of different tasks' turns does not count.
    #[must_use]
    pub fn difference_but_for_turns(&self, program: &Program) -> Option<Difference> {
        let expected = program.expected.as_ref()?;
        let (mut wanted, mut happened) = (expected.events.clone(), self.events.clone());
        for events in [&mut wanted, &mut happened] {
            // Stable: what one task did at one instant keeps its order.
            events.sort_by(|a, b| (a.at, &a.who).cmp(&(b.at, &b.who)));
        }
        self.events_differ(&wanted, &happened)
            .or_else(|| self.ends_differ(&expected.end))
            .or_else(|| self.states_differ(expected))
    }

    fn events_differ(&self, expected: &[Event], happened: &[Event]) -> Option<Difference> {
        let length = expected.len().max(happened.len());
        let number = (0..length).find(|number| expected.get(*number) != happened.get(*number))?;
        Some(Difference::Event {
            number,
            expected: expected.get(number).cloned(),
            happened: happened.get(number).cloned(),
        })
    }

    fn ends_differ(&self, expected: &ExpectedEnd) -> Option<Difference> {
        let (kind, at, value, error) = match &self.end {
            End::Ok { value, at } => {
                let value = (!value.is_none()).then(|| value.to_string());
                ("ok", at, value, None)
            }
            End::Error { error, at } => ("error", at, None, Some(error.to_string())),
            End::Deadlock { at } => ("deadlock", at, None, None),
        };
        let same = kind == expected.kind
            && expected.at.is_none_or(|expected| expected == *at)
            && value == expected.value
            && (expected.error.is_none() || error == expected.error);
        (!same).then(|| Difference::End {
            expected: expected.to_string(),
            happened: self.end.to_string(),
        })
    }

    fn states_differ(&self, expected: &Expected) -> Option<Difference> {
        let happened = &self.states_when_main_ends;
        let mut names = expected.states.keys().chain(happened.keys());
        let name = names.find(|name| expected.states.get(*name) != happened.get(*name))?;
        Some(Difference::State {
            name: name.clone(),
            expected: expected.states.get(name).cloned(),
            happened: happened.get(name).cloned(),
        })
    }
}

impl fmt::Display for ExpectedEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if let Some(at) = self.at {
            write!(f, " at {:.3}", seconds(at))?;
        }
        match self.error.as_ref().or(self.value.as_ref()) {
            Some(what) => write!(f, ": {what}"),
            None => Ok(()),
        }
    }
}
