//! What is wrong with an input.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something wrong with what somebody asked for: a phrase of the table, and what goes into it.
///
/// `code` is the key `problem.CODE` of the phrase table. The arguments are pairs of a
/// placeholder's name and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The parameter that it is about; empty if it is about the request as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parameter: String,
    /// Which phrase says it.
    pub code: String,
    /// What goes into the phrase.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<(String, String)>,
}

impl Problem {
    /// A problem of the request as a whole.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            parameter: String::new(),
            code: code.to_owned(),
            arguments: Vec::new(),
        }
    }

    /// A problem of one parameter. Its name is also the argument `name`.
    #[must_use]
    pub fn of(parameter: &str, code: &str) -> Self {
        let mut problem = Self::new(code).with("name", parameter);
        problem.parameter = parameter.to_owned();
        problem
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl fmt::Display) -> Self {
        self.arguments.push((name.to_owned(), text.to_string()));
        self
    }
}
