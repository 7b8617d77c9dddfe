//! The messages.

use serde::{Deserialize, Serialize};

use crate::{DemoSpec, Policy, Problem, Values};

/// The version of these messages. A page and an engine of different versions refuse each other.
pub const VERSION: u32 = 6;

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Request {
    /// Run a demo. A run that is under way is stopped first.
    Run(RunRequest),
    /// Stop this run. Answered by [`Reply::Ended`]; an engine that does not answer is blocked by
    /// its program and must be replaced.
    Stop {
        /// The run to stop; another run is left alone.
        run: u32,
    },
    /// The page has taken in this many events of the run. The engine stays at most
    /// [`RunRequest::window`] events ahead.
    Taken {
        /// The run.
        run: u32,
        /// Number of events from its beginning.
        events: u32,
    },
}

/// A demo to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRequest {
    /// The page's number for this run; greater than that of any run before.
    pub run: u32,
    /// The demo's slug.
    pub demo: String,
    /// Values of its parameters; what is missing has its default.
    pub params: Values,
    /// The seed, as text because JSON numbers do not hold 64 bits everywhere.
    pub seed: String,
    /// Which of the ready tasks goes next.
    pub policy: Policy,
    /// Whose time.
    pub clock: Clock,
    /// Where the companion server is, such as `http://127.0.0.1:8080`, without a slash at its
    /// end. Only live demos need it.
    pub server: String,
    /// The run ends with the outcome `limit` when its log has this many events, unless the newest
    /// are kept.
    pub limit: u32,
    /// The page keeps the newest events only, so that the run may go on for as long as it likes.
    /// What was sent is let go of.
    pub newest: bool,
    /// How many events the engine may be ahead of [`Request::Taken`].
    pub window: u32,
}

/// Whose time a run keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Its own: time jumps to the next deadline.
    #[default]
    Virtual,
    /// The machine's.
    Live,
}

/// What the engine says to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Reply {
    /// The engine is there. The first message.
    Ready {
        /// [`VERSION`] of the engine.
        version: u32,
        /// Every demo.
        demos: Vec<DemoSpec>,
    },
    /// The run began.
    Started {
        /// The run.
        run: u32,
    },
    /// Events of the run: the bytes follow in the same message.
    Batch {
        /// The run.
        run: u32,
    },
    /// The run ended; all its events have been sent, and the end block with them.
    Ended {
        /// The run.
        run: u32,
        /// How it ended, in figures.
        summary: RunSummary,
    },
    /// The run did not begin.
    Refused {
        /// The run.
        run: u32,
        /// Why.
        problems: Vec<Problem>,
    },
    /// The program panicked outside of any containment, and with it the engine: it must be
    /// replaced.
    Crashed {
        /// The run, 0 if there was none.
        run: u32,
        /// What the panic said.
        message: String,
    },
}

/// A file of a demo's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The name as it stands in the locations of the log, such as `demos/src/hello.rs`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A run in figures. The command line prints the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// `completed`, `failed`, `deadlock`, `stopped` or `limit`.
    pub outcome: String,
    /// Why, in the program's own words; empty for `completed`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The clock at the end, in nanoseconds since the run began.
    pub end_ns: u64,
    /// Number of events in the log.
    pub events: u32,
    /// Number of polls.
    pub polls: u32,
    /// How many tasks there were, by how they ended.
    pub tasks: TaskCounts,
    /// SHA-256 of the log's binary form, in hexadecimal; empty if events were let go of.
    pub log_sha256: String,
}

/// Numbers of tasks, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCounts {
    /// All tasks.
    pub created: u32,
    /// Those that returned.
    pub completed: u32,
    /// Those that panicked or returned an error.
    pub failed: u32,
    /// Those that were cancelled.
    pub cancelled: u32,
    /// Those that were alive when the run ended.
    pub dropped: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_shape_that_the_documentation_shows() {
        let stop = serde_json::to_string(&Request::Stop { run: 3 }).unwrap();
        assert_eq!(stop, r#"{"type":"stop","run":3}"#);
    }

    #[test]
    fn a_message_of_another_shape_is_an_error() {
        for text in [
            "",
            "{}",
            r#"{"type":"dance"}"#,
            r#"{"type":"stop","run":-1}"#,
        ] {
            assert!(serde_json::from_str::<Request>(text).is_err(), "{text}");
        }
    }
}
