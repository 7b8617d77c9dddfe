//! Errors of programs.

use std::fmt;
use std::rc::Rc;

/// An error that a program raises. Errors are names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The task was asked to cancel what it does.
    Cancelled,
    /// Any other.
    Named(Rc<str>),
    /// The errors of a group of tasks.
    Group(Rc<[Fault]>),
}

impl Fault {
    /// The error with this name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "Cancelled" => Self::Cancelled,
            _ => Self::Named(name.into()),
        }
    }

    /// A limit of time was reached.
    pub(crate) fn timeout() -> Self {
        Self::named("Timeout")
    }

    /// A primitive was used in a manner that it does not allow.
    pub(crate) fn misuse() -> Self {
        Self::named("Misuse")
    }

    /// Whether a handler for this pattern takes the error. `*` takes all but a cancellation.
    pub(crate) fn is_caught_by(&self, pattern: &str) -> bool {
        match self {
            Self::Cancelled => pattern == "Cancelled",
            Self::Named(name) => pattern == "*" || pattern == &**name,
            Self::Group(_) => pattern == "*" || pattern == "Group",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("Cancelled"),
            Self::Named(name) => f.write_str(name),
            Self::Group(faults) => {
                f.write_str("Group[")?;
                for (number, fault) in faults.iter().enumerate() {
                    if number > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{fault}")?;
                }
                f.write_str("]")
            }
        }
    }
}

impl std::error::Error for Fault {}
