//! Scheduling policies: which of the ready tasks is polled next.
//!
//! First in, first out is the ready queue itself. Every other policy is a [`Chooser`]: it keeps the
//! ready tasks in the order in which they became ready, takes one from anywhere, and tells the log
//! which, so that the run can be had again from its choices alone.

mod choices;
mod chooser;
mod order;

use std::fmt;
use std::str::FromStr;

pub use choices::{Choice, Choices, Fallback, ParseChoicesError};
pub(super) use chooser::Chooser;
pub use chooser::Divergence;

/// Which of the ready tasks is polled next.
///
/// A policy has a text, the same on the command line and in a link: `fifo`, `random`, `priority`,
/// or `recorded:` and [`Choices`].
///
/// ```
/// use wakeline::Policy;
///
/// assert_eq!("random".parse(), Ok(Policy::Random));
/// let policy: Policy = "recorded:BAA:priority".parse().unwrap();
/// assert_eq!(policy.to_string(), "recorded:BAA:priority");
/// assert!("lifo".parse::<Policy>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// First in, first out: fair, and the same everywhere.
    #[default]
    Fifo,
    /// Any, drawn from the run's seed. Each choice among several is in the log. Finds programs
    /// that work only by the order of their tasks.
    Random,
    /// The one with the greatest [priority](crate::task::Builder::priority), of equal ones the
    /// one that became ready first. Each choice among several is in the log. A task that is
    /// always ready starves those of lower priority: nobody ages.
    Priority,
    /// As the choices of another run say, which is thereby had again. See [`Choices`].
    Recorded(Choices),
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fifo => f.write_str("fifo"),
            Self::Random => f.write_str("random"),
            Self::Priority => f.write_str("priority"),
            Self::Recorded(choices) => write!(f, "recorded:{choices}"),
        }
    }
}

impl FromStr for Policy {
    type Err = ParsePolicyError;

    fn from_str(text: &str) -> Result<Self, ParsePolicyError> {
        match text {
            "fifo" => Ok(Self::Fifo),
            "random" => Ok(Self::Random),
            "priority" => Ok(Self::Priority),
            _ => match text.strip_prefix("recorded:") {
                Some(choices) => {
                    choices
                        .parse()
                        .map(Self::Recorded)
                        .map_err(|error| ParsePolicyError {
                            choices: Some(error),
                        })
                }
                None => Err(ParsePolicyError { choices: None }),
            },
        }
    }
}

/// The text is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePolicyError {
    choices: Option<ParseChoicesError>,
}

impl ParsePolicyError {
    /// What is wrong with the choices, if it is they.
    #[must_use]
    pub fn choices(&self) -> Option<&ParseChoicesError> {
        self.choices.as_ref()
    }
}

impl fmt::Display for ParsePolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.choices {
            Some(error) => error.fmt(f),
            None => {
                f.write_str("a policy is `fifo`, `random`, `priority`, or `recorded:` and choices")
            }
        }
    }
}

impl std::error::Error for ParsePolicyError {}
