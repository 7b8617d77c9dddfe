//! Values of parameters.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Map;
use std::slice::Iter;

use serde::{Deserialize, Serialize};

use crate::decimal;

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number, always finite.
    Number(f64),
    /// Text, or the name of a choice.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => f.pad(&decimal::write(*value)),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// Values by the name of their parameter, in the order of the names.
///
/// A sorted list: there are few of them, and a tree is much code for a page to load.
///
/// ```
/// use wakeline_protocol::{Value, Values};
///
/// let mut values = Values::new();
/// values.insert("tasks".to_owned(), Value::Integer(3));
/// assert_eq!(values.get("tasks"), Some(&Value::Integer(3)));
/// assert_eq!(values.get("seed"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Value>", into = "BTreeMap<String, Value>")]
pub struct Values(Vec<(String, Value)>);

impl Values {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (**known).cmp(name))
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// Gives a parameter a value; returns the one that it had.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        match self.find(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// The names, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A name and a value.
type Pair = (String, Value);

impl<'a> IntoIterator for &'a Values {
    type Item = (&'a String, &'a Value);
    type IntoIter = Map<Iter<'a, Pair>, fn(&'a Pair) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl FromIterator<(String, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(pairs: I) -> Self {
        let mut values = Self::new();
        for (name, value) in pairs {
            values.insert(name, value);
        }
        values
    }
}

impl<const N: usize> From<[(String, Value); N]> for Values {
    fn from(pairs: [(String, Value); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<BTreeMap<String, Value>> for Values {
    fn from(values: BTreeMap<String, Value>) -> Self {
        // They are in order.
        Self(values.into_iter().collect())
    }
}

impl From<Values> for BTreeMap<String, Value> {
    fn from(values: Values) -> Self {
        values.0.into_iter().collect()
    }
}
