//! What is wrong with a file, and where.

use std::fmt;

/// Why a text is no program: where, what, and about what.
///
/// What is wrong is a code, which whoever shows it to a person turns into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    place: Place,
    code: &'static str,
    arguments: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Line and column, from 1.
    Text(usize, usize),
    /// Members and indices from the root.
    Path(String),
}

impl Problem {
    pub(super) fn at(path: &str, code: &'static str) -> Self {
        Self {
            place: Place::Path(path.to_owned()),
            code,
            arguments: Vec::new(),
        }
    }

    pub(super) fn in_text(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        // The message ends with the place, which is told apart here.
        let reason = message.rsplit_once(" at line ").map(|(reason, _)| reason);
        Self {
            place: Place::Text(error.line(), error.column()),
            code: "not-json",
            arguments: Vec::new(),
        }
        .with("reason", reason.unwrap_or(&message))
    }

    pub(super) fn with(mut self, name: &'static str, text: impl fmt::Display) -> Self {
        self.arguments.push((name, text.to_string()));
        self
    }

    /// Where: `3:14` for line and column, or a path such as `tasks.main[2].body[0].s`.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.place {
            Place::Text(line, column) => format!("{line}:{column}"),
            Place::Path(path) => path.clone(),
        }
    }

    /// What is wrong there: one of the [`CODES`](Self::CODES).
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What it is about, by names.
    #[must_use]
    pub fn arguments(&self) -> &[(&'static str, String)] {
        &self.arguments
    }

    /// Every code, with the names of its arguments.
    pub const CODES: &'static [(&'static str, &'static [&'static str])] = &[
        ("not-json", &["reason"]),
        ("not-this-kind", &["expected", "kind"]),
        ("missing", &["name"]),
        ("unknown-member", &["name"]),
        ("unknown-operation", &["name"]),
        ("unknown-kind", &["name"]),
        ("unknown-until", &["name"]),
        ("no-main", &[]),
        ("no-task", &["name"]),
        ("no-stream", &["name"]),
        ("no-handle", &["name"]),
        ("no-object", &["name"]),
        ("not-open", &["name"]),
        ("wrong-object", &["name"]),
        ("not-in-callback", &["name"]),
        ("not-in-task", &["name"]),
    ];
}

/// For programmers: the place, the code and the arguments.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.code)?;
        for (name, text) in &self.arguments {
            write!(f, " {name}={text:?}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
