//! What variables hold.

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::Fault;

/// A value of a program.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A text.
    Text(Rc<str>),
    /// A list.
    List(Rc<[Value]>),
    /// An error that was not raised but returned.
    Error(Fault),
}

impl Value {
    /// The value as a text.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// The number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "durations and counts are small")]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether it has no more parts than that, counting a list's, theirs, and so on. Looks at no
    /// more than that many: a list may have itself in it many times over.
    pub(crate) fn has_at_most(&self, most: usize) -> bool {
        fn count(value: &Value, left: &mut usize) -> bool {
            let Some(fewer) = left.checked_sub(1) else {
                return false;
            };
            *left = fewer;
            match value {
                Value::List(items) => items.iter().all(|item| count(item, left)),
                _ => true,
            }
        }
        let mut left = most;
        count(self, &mut left)
    }

    /// The sum of two numbers.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.checked_add(*b).map(Self::Int),
            _ => Some(Self::Float(self.number()? + other.number()?)),
        }
    }

    /// The place of its kind in the order of all values.
    fn rank(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Float(_) => 2,
            Self::Text(_) => 3,
            Self::List(_) => 4,
            Self::Error(_) => 5,
        }
    }
}

/// As values print: texts as they are, lists without spaces, errors with a mark.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Text(text) => f.write_str(text),
            Self::List(items) => {
                f.write_str("[")?;
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Self::Error(fault) => write!(f, "!{fault}"),
        }
    }
}

/// Numbers by size, texts and lists field by field; values of different kinds by their kind.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            (Self::Error(a), Self::Error(b)) => a.to_string().cmp(&b.to_string()),
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Error(_) => serializer.collect_str(self),
        }
    }
}
