//! Programs: their parts, and how they are read.

mod json;
mod names;
mod object;
mod operation;
mod problem;
mod read;
mod reader;

use std::collections::BTreeMap;

pub(crate) use object::ObjectKind;
pub(crate) use operation::{Body, Job, Operation, Until};
pub use problem::Problem;

use crate::{Event, Value};

/// A program that was read and found well formed, with what is expected of it if that is known.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) level: Option<String>,
    pub(crate) objects: BTreeMap<String, ObjectKind>,
    pub(crate) vars: BTreeMap<String, Value>,
    pub(crate) streams: BTreeMap<String, Body>,
    pub(crate) tasks: BTreeMap<String, Body>,
    pub(crate) expected: Option<Expected>,
}

/// What a reference implementation made of a program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expected {
    pub(crate) events: Vec<Event>,
    pub(crate) end: ExpectedEnd,
    pub(crate) states: BTreeMap<String, String>,
}

/// How the reference implementation's run ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExpectedEnd {
    pub(crate) kind: String,
    /// The name of the error, if one left the main task.
    pub(crate) error: Option<String>,
    /// What the main task returned, as it prints.
    pub(crate) value: Option<String>,
    /// When, in nanoseconds.
    pub(crate) at: Option<u64>,
}

impl Program {
    /// The program's name, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What the program shows, if it says so.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// How binding the expectation is: `contract`, `detail` or `accident`.
    #[must_use]
    pub fn level(&self) -> Option<&str> {
        self.level.as_deref()
    }

    /// Whether the file says what is expected of the run.
    #[must_use]
    pub fn has_expectation(&self) -> bool {
        self.expected.is_some()
    }
}

impl std::str::FromStr for Program {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        read::program(text)
    }
}

/// Reads a program, or a collection of programs under `cases`.
///
/// # Errors
/// The first problem, with its place: line and column if the text is no JSON, else the path of
/// members that leads to what is wrong.
pub fn parse(text: &str) -> Result<Vec<Program>, Problem> {
    read::programs(text)
}
