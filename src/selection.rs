//! What of a run is selected, and along which axis it is drawn.

use std::fmt;
use std::str::FromStr;

pub use wakeline_timeline::Axis;

/// The selected task or resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// A task, by its id in the log.
    Task(u32),
    /// A channel, lock or another resource, by its id in the log.
    Resource(u32),
}

impl Selection {
    /// The id of the task, if it is one.
    #[must_use]
    pub fn task(self) -> Option<u32> {
        match self {
            Self::Task(id) => Some(id),
            Self::Resource(_) => None,
        }
    }

    /// The id of the resource, if it is one.
    #[must_use]
    pub fn resource(self) -> Option<u32> {
        match self {
            Self::Resource(id) => Some(id),
            Self::Task(_) => None,
        }
    }
}

/// As it stands in a link: `task-3`, `resource-1`.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(id) => write!(f, "task-{id}"),
            Self::Resource(id) => write!(f, "resource-{id}"),
        }
    }
}

/// Text that is no selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASelection;

impl FromStr for Selection {
    type Err = NotASelection;

    fn from_str(text: &str) -> Result<Self, NotASelection> {
        let (kind, id) = text.split_once('-').ok_or(NotASelection)?;
        // Only the one spelling that `Display` writes: a link has one form.
        let id = match id.parse::<u32>() {
            Ok(number) if number > 0 && number.to_string() == id => number,
            _ => return Err(NotASelection),
        };
        match kind {
            "task" => Ok(Self::Task(id)),
            "resource" => Ok(Self::Resource(id)),
            _ => Err(NotASelection),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_survives_its_text() {
        for selection in [Selection::Task(1), Selection::Resource(4_000_000_000)] {
            assert_eq!(selection.to_string().parse(), Ok(selection));
        }
    }

    #[test]
    fn other_text_is_no_selection() {
        for text in [
            "",
            "task",
            "task-",
            "task-0",
            "task--1",
            "task-+1",
            "task-01",
            "lane-3",
            "task-1 ",
            "task-99999999999",
        ] {
            assert_eq!(text.parse::<Selection>(), Err(NotASelection), "{text:?}");
        }
    }
}
