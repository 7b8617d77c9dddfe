//! The declaration of a demo and its parameters, and the check of values against it.

use serde::{Deserialize, Serialize};

use crate::{Problem, Value, Values, decimal};

/// The longest text that is read as a value, in bytes. More is refused before it is looked at.
const LONGEST_INPUT: usize = 4096;

/// A demo as the page and the command line need to know it.
///
/// Its texts are in the phrase table: `demo.SLUG.title`, `demo.SLUG.what`, `demo.SLUG.look`;
/// for each parameter `param.SLUG.NAME.label` and `param.SLUG.NAME.help`, and for each option of
/// a choice `param.SLUG.NAME.OPTION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemoSpec {
    /// The name in addresses and on the command line.
    pub slug: String,
    /// The chapter, a key `chapter.CHAPTER` of the phrase table.
    pub chapter: String,
    /// On which clocks it runs.
    pub modes: Modes,
    /// Its parameters in the order of the form.
    pub params: Vec<ParamSpec>,
    /// Pairs of parameters of which the first must not be greater than the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ordered: Vec<(String, String)>,
    /// Parameters with an option that makes every run live, because it stands for something real.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub live: Vec<(String, String)>,
    /// Named sets of values; what a preset does not name has its default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presets: Vec<Preset>,
}

/// On which clocks a demo runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modes {
    /// On the virtual clock, and on the real one.
    Any,
    /// Only on the real clock, because it uses something real, such as the network.
    Live,
    /// On the real clock with the real network, and on the virtual one with a simulated network.
    Network,
}

/// A named set of values. Its text is `preset.SLUG.NAME` of the phrase table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// The name, as on the command line.
    pub name: String,
    /// The values that differ from the defaults.
    pub values: Values,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamSpec {
    /// The name, as in `--set name=value` and in a link's query.
    pub name: String,
    /// What values it takes.
    #[serde(flatten)]
    pub kind: ParamKind,
    /// The unit of a number.
    #[serde(default, skip_serializing_if = "Unit::is_none")]
    pub unit: Unit,
}

/// What values a parameter takes, and its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ParamKind {
    /// A whole number from `min` to `max`.
    Integer {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
        /// The value if none is given.
        default: i64,
    },
    /// A number from `min` to `max`.
    Number {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// The value if none is given.
        default: f64,
        /// By how much the form's buttons change it.
        step: f64,
    },
    /// One of several names.
    Choice {
        /// The names, in the order of the form.
        options: Vec<String>,
        /// The name if none is given.
        default: String,
    },
    /// Yes or no.
    Flag {
        /// The value if none is given.
        default: bool,
    },
    /// Text of at most `longest` characters.
    Text {
        /// The greatest length in characters.
        longest: usize,
        /// The text if none is given.
        default: String,
    },
}

/// The unit of a number: a key `unit.NAME` of the phrase table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A count of things that the label names, or no number at all.
    #[default]
    None,
    /// Milliseconds of the run's clock.
    Ms,
    /// Per cent.
    Percent,
    /// Bytes.
    Bytes,
}

impl Unit {
    fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The name in the phrase table, `None` for [`Unit::None`].
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Ms => Some("ms"),
            Self::Percent => Some("percent"),
            Self::Bytes => Some("bytes"),
        }
    }
}

impl ParamSpec {
    /// The value if none is given.
    #[must_use]
    pub fn default(&self) -> Value {
        match &self.kind {
            ParamKind::Integer { default, .. } => Value::Integer(*default),
            ParamKind::Number { default, .. } => Value::Number(*default),
            ParamKind::Choice { default, .. } | ParamKind::Text { default, .. } => {
                Value::Text(default.clone())
            }
            ParamKind::Flag { default } => Value::Flag(*default),
        }
    }

    /// Reads a value as a person types it.
    ///
    /// # Errors
    /// If it is no value of this kind, or out of range; the problem names the range.
    ///
    /// ```
    /// use wakeline_protocol::{ParamKind, ParamSpec, Unit, Value};
    ///
    /// let capacity = ParamSpec {
    ///     name: "capacity".to_owned(),
    ///     kind: ParamKind::Integer { min: 1, max: 100, default: 5 },
    ///     unit: Unit::None,
    /// };
    /// assert_eq!(capacity.parse(" 7 "), Ok(Value::Integer(7)));
    /// assert_eq!(capacity.parse("-1").unwrap_err().code, "out-of-range");
    /// assert_eq!(capacity.parse("abc").unwrap_err().code, "not-a-whole-number");
    /// ```
    pub fn parse(&self, input: &str) -> Result<Value, Problem> {
        if input.len() > LONGEST_INPUT {
            return Err(self.problem("too-long").with("longest", LONGEST_INPUT));
        }
        let trimmed = input.trim();
        let value = match &self.kind {
            ParamKind::Integer { min, max, .. } => match trimmed.parse() {
                Ok(number) => Value::Integer(number),
                // A whole number that does not fit is out of range, not "no number".
                Err(_) if is_whole_number(trimmed) => {
                    return Err(self.out_of_range(input, min, max));
                }
                Err(_) => return Err(self.problem("not-a-whole-number").with("input", input)),
            },
            ParamKind::Number { .. } => match decimal::read(trimmed) {
                Some(number) => Value::Number(number),
                None => return Err(self.problem("not-a-number").with("input", input)),
            },
            ParamKind::Flag { .. } => match trimmed {
                "true" | "yes" | "on" | "1" => Value::Flag(true),
                "false" | "no" | "off" | "0" => Value::Flag(false),
                _ => return Err(self.problem("not-a-flag").with("input", input)),
            },
            ParamKind::Choice { .. } => Value::Text(trimmed.to_owned()),
            ParamKind::Text { .. } => Value::Text(input.to_owned()),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Checks a value that has a type already.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn check(&self, value: &Value) -> Result<(), Problem> {
        match (&self.kind, value) {
            (ParamKind::Integer { min, max, .. }, Value::Integer(number)) => {
                if number < min || number > max {
                    return Err(self.out_of_range(number, min, max));
                }
            }
            (ParamKind::Number { min, max, .. }, number) => {
                let number = match number {
                    Value::Number(number) => *number,
                    Value::Integer(number) => *number as f64,
                    _ => return Err(self.problem("not-a-number").with("input", value)),
                };
                if !(*min..=*max).contains(&number) {
                    let [number, min, max] = [number, *min, *max].map(decimal::write);
                    return Err(self.out_of_range(number, min, max));
                }
            }
            (ParamKind::Flag { .. }, Value::Flag(_)) => {}
            (ParamKind::Choice { options, .. }, Value::Text(text)) => {
                if !options.contains(text) {
                    return Err(self
                        .problem("not-a-choice")
                        .with("input", text)
                        .with("options", options.join(", ")));
                }
            }
            (ParamKind::Text { longest, .. }, Value::Text(text)) => {
                if text.chars().count() > *longest {
                    return Err(self.problem("too-long").with("longest", longest));
                }
            }
            (ParamKind::Integer { .. }, _) => {
                return Err(self.problem("not-a-whole-number").with("input", value));
            }
            (ParamKind::Flag { .. }, _) => {
                return Err(self.problem("not-a-flag").with("input", value));
            }
            (ParamKind::Choice { .. } | ParamKind::Text { .. }, _) => {
                return Err(self.problem("not-text").with("input", value));
            }
        }
        Ok(())
    }

    fn problem(&self, code: &str) -> Problem {
        Problem::of(&self.name, code)
    }

    fn out_of_range(
        &self,
        input: impl std::fmt::Display,
        min: impl std::fmt::Display,
        max: impl std::fmt::Display,
    ) -> Problem {
        self.problem("out-of-range")
            .with("input", input)
            .with("min", min)
            .with("max", max)
    }
}

fn is_whole_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl DemoSpec {
    /// On which clocks it runs with these values.
    #[must_use]
    pub fn modes_with(&self, values: &Values) -> Modes {
        let is_chosen = |(name, option): &(String, String)| match values.get(name) {
            Some(Value::Text(chosen)) => chosen == option,
            _ => false,
        };
        match self.live.iter().any(is_chosen) {
            true => Modes::Live,
            false => self.modes,
        }
    }

    /// The parameter with this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&ParamSpec> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The given values, completed by defaults.
    ///
    /// # Errors
    /// Every problem at once: unknown names, values that are no values of their parameter, and
    /// pairs in the wrong order.
    pub fn complete(&self, given: &Values) -> Result<Values, Vec<Problem>> {
        let mut problems: Vec<Problem> = given
            .keys()
            .filter(|name| self.param(name).is_none())
            .map(|n| self.unknown(n))
            .collect();
        let mut values = Values::new();
        for param in &self.params {
            let value = given
                .get(&param.name)
                .cloned()
                .unwrap_or_else(|| param.default());
            if let Err(problem) = param.check(&value) {
                problems.push(problem);
            }
            // A whole number given for a fractional parameter is that number: one spelling, one log.
            let value = match (&param.kind, value) {
                (ParamKind::Number { .. }, Value::Integer(number)) => Value::Number(number as f64),
                (_, value) => value,
            };
            values.insert(param.name.clone(), value);
        }
        for (low, high) in &self.ordered {
            if let (Some(Value::Integer(a)), Some(Value::Integer(b))) =
                (values.get(low), values.get(high))
                && a > b
            {
                problems.push(
                    Problem::of(low, "out-of-order")
                        .with("other", high)
                        .with("value", a)
                        .with("limit", b),
                );
            }
        }
        if problems.is_empty() {
            Ok(values)
        } else {
            Err(problems)
        }
    }

    /// The values of `name=value` pairs as a person types them, completed by defaults.
    ///
    /// # Errors
    /// As [`complete`](Self::complete).
    pub fn parse<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Values, Vec<Problem>> {
        let (mut values, mut problems) = (Values::new(), Vec::new());
        for (name, text) in pairs {
            match self
                .param(name)
                .ok_or_else(|| self.unknown(name))
                .and_then(|p| p.parse(text))
            {
                Ok(value) => drop(values.insert(name.to_owned(), value)),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            self.complete(&values)
        } else {
            Err(problems)
        }
    }

    fn unknown(&self, name: &str) -> Problem {
        let names: Vec<&str> = self.params.iter().map(|param| &*param.name).collect();
        Problem::of(name, "unknown-parameter")
            .with("demo", &self.slug)
            .with("known", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(name: &str, min: i64, max: i64, default: i64) -> ParamSpec {
        ParamSpec {
            name: name.to_owned(),
            kind: ParamKind::Integer { min, max, default },
            unit: Unit::Ms,
        }
    }

    fn spec() -> DemoSpec {
        DemoSpec {
            slug: "sample".to_owned(),
            chapter: "loop".to_owned(),
            modes: Modes::Any,
            live: Vec::new(),
            params: vec![
                integer("least", 0, 100, 10),
                integer("most", 0, 100, 20),
                ParamSpec {
                    name: "mode".to_owned(),
                    kind: ParamKind::Choice {
                        options: vec!["one".to_owned(), "two".to_owned()],
                        default: "one".to_owned(),
                    },
                    unit: Unit::None,
                },
            ],
            ordered: vec![("least".to_owned(), "most".to_owned())],
            presets: Vec::new(),
        }
    }

    fn codes(pairs: &[(&str, &str)]) -> Vec<String> {
        let result = spec().parse(pairs.iter().copied());
        result
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn defaults_complete_what_is_given() {
        let values = spec().parse([("most", "30")]).unwrap();
        let text: Vec<String> = values
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(text, ["least=10", "mode=one", "most=30"]);
    }

    #[test]
    fn every_kind_of_bad_value_has_its_code() {
        assert_eq!(codes(&[("most", "abc")]), ["not-a-whole-number"]);
        assert_eq!(codes(&[("most", "1.5")]), ["not-a-whole-number"]);
        assert_eq!(codes(&[("most", "")]), ["not-a-whole-number"]);
        assert_eq!(codes(&[("most", "-1")]), ["out-of-range"]);
        assert_eq!(
            codes(&[("most", "99999999999999999999999")]),
            ["out-of-range"]
        );
        assert_eq!(codes(&[("mode", "three")]), ["not-a-choice"]);
        assert_eq!(codes(&[("nope", "1")]), ["unknown-parameter"]);
        assert_eq!(codes(&[("least", "50")]), ["out-of-order"]);
        assert_eq!(codes(&[("most", &"9".repeat(5000))]), ["too-long"]);
    }

    #[test]
    fn all_problems_are_told_at_once() {
        assert_eq!(
            codes(&[("most", "x"), ("nope", "1")]),
            ["not-a-whole-number", "unknown-parameter"]
        );
    }

    #[test]
    fn a_spec_survives_its_json_form() {
        let text = serde_json::to_string(&spec()).unwrap();
        assert_eq!(serde_json::from_str::<DemoSpec>(&text).unwrap(), spec());
    }
}
