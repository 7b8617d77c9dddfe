//! Access to the members of JSON objects, with the place of whatever is wrong.

use super::Problem;
use super::json::Json;
use crate::Value;

/// A part of a file, and the path to it.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    json: &'a Json,
    path: &'a str,
}

/// The members of an object that were not read yet.
pub(super) struct Members<'a> {
    left: Vec<&'a (String, Json)>,
    path: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(json: &'a Json, path: &'a str) -> Self {
        Self { json, path }
    }

    pub(super) fn problem(&self, code: &'static str) -> Problem {
        Problem::at(place(self.path), code)
    }

    /// Something else than what JSON calls `what` is here.
    pub(super) fn expected(&self, what: &str) -> Problem {
        self.problem("not-this-kind")
            .with("expected", what)
            .with("kind", self.json.kind())
    }

    pub(super) fn members(&self) -> Result<Members<'a>, Problem> {
        match self.json {
            Json::Object(members) => Ok(Members {
                left: members.iter().collect(),
                path: self.path,
            }),
            _ => Err(self.expected("object")),
        }
    }

    /// Reads every member of an object by itself.
    pub(super) fn each_member<T>(
        &self,
        mut read: impl FnMut(&str, Reader<'_>) -> Result<T, Problem>,
    ) -> Result<Vec<(String, T)>, Problem> {
        let Json::Object(members) = self.json else {
            return Err(self.expected("object"));
        };
        members
            .iter()
            .map(|(name, json)| {
                let path = member_path(self.path, name);
                Ok((name.clone(), read(name, Reader::new(json, &path))?))
            })
            .collect()
    }

    /// Reads every item of a list.
    pub(super) fn each_item<T>(
        &self,
        mut read: impl FnMut(Reader<'_>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let Json::List(items) = self.json else {
            return Err(self.expected("array"));
        };
        (0..)
            .zip(items)
            .map(|(number, json): (usize, _)| {
                let path = format!("{}[{number}]", self.path);
                read(Reader::new(json, &path))
            })
            .collect()
    }

    /// Visits every text that is a member of an object, at any depth.
    pub(super) fn walk(&self, visit: &mut dyn FnMut(&str, &str)) {
        walk(self.json, visit);
    }

    pub(super) fn text(&self) -> Result<String, Problem> {
        match self.json {
            Json::Text(text) => Ok(text.clone()),
            _ => Err(self.expected("string")),
        }
    }

    pub(super) fn truth(&self) -> Result<bool, Problem> {
        match self.json {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.expected("boolean")),
        }
    }

    pub(super) fn count(&self) -> Result<usize, Problem> {
        match self.json {
            Json::Int(number) => usize::try_from(*number).map_err(|_| self.expected("integer")),
            _ => Err(self.expected("integer")),
        }
    }

    /// A number, or the name of a variable that will hold one.
    pub(super) fn number(&self) -> Result<Value, Problem> {
        match self.json {
            Json::Int(number) => Ok(Value::Int(*number)),
            Json::Float(number) if number.is_finite() => Ok(Value::Float(*number)),
            Json::Text(text) if text.starts_with('$') => Ok(Value::text(text)),
            _ => Err(self.expected("number")),
        }
    }

    pub(super) fn value(&self) -> Result<Value, Problem> {
        Ok(match self.json {
            Json::Null => Value::None,
            Json::Bool(value) => Value::Bool(*value),
            Json::Int(number) => Value::Int(*number),
            Json::Float(number) => Value::Float(*number),
            Json::Text(text) => Value::text(text),
            Json::List(_) => Value::List(self.each_item(|item| item.value())?.into()),
            Json::Object(_) => return Err(self.expected("value")),
        })
    }
}

impl<'a> Members<'a> {
    /// Reads a member that may be absent.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Reader<'_>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        let Some(at) = self.left.iter().position(|(other, _)| other == name) else {
            return Ok(None);
        };
        let (_, json) = self.left.remove(at);
        let path = member_path(self.path, name);
        read(Reader::new(json, &path)).map(Some)
    }

    /// Reads a member that may be absent and leaves it to be read again.
    pub(super) fn peek(
        &self,
        name: &str,
        read: impl FnOnce(Reader<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        match self.left.iter().find(|(other, _)| other == name) {
            None => Ok(()),
            Some((_, json)) => read(Reader::new(json, &member_path(self.path, name))),
        }
    }

    /// Reads a member that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Reader<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.optional(name, read)?
            .ok_or_else(|| Problem::at(place(self.path), "missing").with("name", name))
    }

    /// Says that everything has been read: what is left is a mistake.
    pub(super) fn finish(self) -> Result<(), Problem> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => {
                let path = member_path(self.path, name);
                Err(Problem::at(&path, "unknown-member").with("name", name))
            }
        }
    }
}

/// The path, or a name for the whole.
fn place(path: &str) -> &str {
    if path.is_empty() { "$" } else { path }
}

fn walk(json: &Json, visit: &mut dyn FnMut(&str, &str)) {
    match json {
        Json::List(items) => items.iter().for_each(|item| walk(item, visit)),
        Json::Object(members) => {
            for (name, json) in members {
                if let Json::Text(text) = json {
                    visit(name, text);
                }
                walk(json, visit);
            }
        }
        _ => {}
    }
}

fn member_path(path: &str, name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || !name.chars().all(plain) {
        format!("{path}[{name:?}]")
    } else if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
