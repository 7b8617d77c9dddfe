//! Sentences as data: a key of the phrase table and what fills its placeholders.
//!
//! A sentence about a run speaks of tasks and resources. A page makes each of them something to
//! click on, a terminal prints their names; so they stay references until the last moment.

use std::borrow::Cow;

use wakeline::log::{Log, ResourceKind};
use wakeline_phrases::Language;

use crate::{Model, duration};

/// What stands in place of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A task, by its id; 0 is "outside of any task".
    Task(u32),
    /// A resource, by its id.
    Resource(u32),
    /// Text of the program, as it is.
    Text(String),
    /// A number.
    Number(u64),
    /// A span of time in nanoseconds.
    Duration(u64),
    /// A moment, in nanoseconds since the run began.
    Time(u64),
    /// Another phrase.
    Phrase(Phrase),
    /// Several of these, of which the first few are named, and the number of all of them.
    List(Vec<Argument>, u64),
}

/// A key of the phrase table with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    key: Cow<'static, str>,
    arguments: Vec<(&'static str, Argument)>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(String),
    /// The name of a task, which can be selected.
    Task(u32, String),
    /// The name of a resource, which can be selected.
    Resource(u32, String),
}

impl Part {
    /// The words of the piece.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Task(_, text) | Self::Resource(_, text) => text,
        }
    }
}

/// How many of a list are named before the rest is counted.
const NAMED: usize = 3;

impl Phrase {
    /// The phrase with this key.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            arguments: Vec::new(),
        }
    }

    /// The same with an argument for a placeholder.
    // Called a hundred times: where it stands inline, sentences are most of what a page loads.
    #[inline(never)]
    #[must_use]
    pub fn with(mut self, name: &'static str, argument: Argument) -> Self {
        self.arguments.push((name, argument));
        self
    }

    /// The same with a task for a placeholder.
    #[inline(never)]
    #[must_use]
    pub fn with_task(self, name: &'static str, id: u32) -> Self {
        self.with(name, Argument::Task(id))
    }

    /// The same with a resource for a placeholder.
    #[inline(never)]
    #[must_use]
    pub fn with_resource(self, name: &'static str, id: u32) -> Self {
        self.with(name, Argument::Resource(id))
    }

    /// The same with a number for a placeholder.
    #[inline(never)]
    #[must_use]
    pub fn with_number(self, name: &'static str, number: u64) -> Self {
        self.with(name, Argument::Number(number))
    }

    /// The same with a text of the program for a placeholder.
    #[inline(never)]
    #[must_use]
    pub fn with_text(self, name: &'static str, text: &str) -> Self {
        self.with(name, Argument::Text(text.to_owned()))
    }

    /// The key in the phrase table.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The arguments by the names of their placeholders.
    #[must_use]
    pub fn arguments(&self) -> &[(&'static str, Argument)] {
        &self.arguments
    }

    /// The sentence in pieces. Adjacent words are one piece.
    #[must_use]
    pub fn parts(&self, model: &Model, language: Language) -> Vec<Part> {
        let mut parts = Vec::new();
        self.put(model, language, &mut parts);
        parts
    }

    /// The sentence as text.
    #[must_use]
    pub fn text(&self, model: &Model, language: Language) -> String {
        let parts = self.parts(model, language);
        parts.iter().map(Part::text).collect()
    }

    fn put(&self, model: &Model, language: Language, parts: &mut Vec<Part>) {
        let mut rest = language.say(&self.key);
        while let Some((before, after)) = rest.split_once('{') {
            words(parts, before);
            let Some((name, tail)) = after.split_once('}') else {
                words(parts, "{");
                rest = after;
                continue;
            };
            match self.arguments.iter().find(|(known, _)| *known == name) {
                Some((_, argument)) => argument.put(model, language, parts),
                None => words(parts, &format!("{{{name}}}")),
            }
            rest = tail;
        }
        words(parts, rest);
    }
}

impl Argument {
    /// A list of the first `all` items, of which the first few are named and the rest counted.
    #[must_use]
    pub fn list(items: impl Iterator<Item = Self>, all: usize) -> Self {
        Self::List(items.take(NAMED.min(all)).collect(), all as u64)
    }

    fn put(&self, model: &Model, language: Language, parts: &mut Vec<Part>) {
        match self {
            Self::Task(0) => words(parts, language.say("name.outside")),
            Self::Task(id) => parts.push(Part::Task(*id, task_name(model, *id, language))),
            Self::Resource(id) => {
                parts.push(Part::Resource(*id, resource_name(model, *id, language)));
            }
            Self::Text(text) => words(parts, text),
            Self::Number(number) => words(parts, &number.to_string()),
            Self::Duration(nanoseconds) | Self::Time(nanoseconds) => {
                words(parts, &duration::short(*nanoseconds));
            }
            Self::Phrase(phrase) => phrase.put(model, language, parts),
            Self::List(items, all) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        words(parts, language.say("list.separator"));
                    }
                    item.put(model, language, parts);
                }
                let more = all.saturating_sub(items.len() as u64);
                if more > 0 {
                    let more = more.to_string();
                    words(parts, &language.say_with("list.more", &[("count", &more)]));
                }
            }
        }
    }
}

/// Adds words to those before them.
///
/// Chinese phrases have a space around a placeholder, for the Latin names that mostly stand
/// there. Where Chinese words meet, it goes.
fn words(parts: &mut Vec<Part>, text: &str) {
    let Some(Part::Text(last)) = parts.last_mut() else {
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        return;
    };
    let mut text = text;
    if text.starts_with(is_chinese) && last.trim_end_matches(' ').ends_with(is_chinese) {
        last.truncate(last.trim_end_matches(' ').len());
    } else if last.ends_with(is_chinese) && text.trim_start_matches(' ').starts_with(is_chinese) {
        text = text.trim_start_matches(' ');
    }
    last.push_str(text);
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// The name of a task: the one that the program gave it last, else its number.
#[must_use]
pub fn task_name(model: &Model, id: u32, language: Language) -> String {
    let name = model.tip().task(id).map_or(0, |task| task.name);
    named(model.log(), name, id, "name.task", language)
}

/// The name of a resource: the one that the program gave it last, else its kind and number.
#[must_use]
pub fn resource_name(model: &Model, id: u32, language: Language) -> String {
    let resource = model.tip().resource(id);
    let name = resource.map_or(0, |resource| resource.name);
    let key = match resource.and_then(|resource| resource.kind) {
        Some(kind) => Cow::Owned(format!("name.{}", kind.name())),
        None => Cow::Borrowed("name.resource"),
    };
    named(model.log(), name, id, &key, language)
}

/// The name of a kind of resource, as a key.
pub(crate) fn kind_key(kind: Option<ResourceKind>) -> Cow<'static, str> {
    match kind {
        Some(kind) => Cow::Owned(format!("resource.{}", kind.name())),
        None => Cow::Borrowed("resource.unknown"),
    }
}

fn named(log: &Log, name: u32, id: u32, key: &str, language: Language) -> String {
    match log.text(name) {
        "" => language.say_with(key, &[("id", &id.to_string())]),
        name => name.to_owned(),
    }
}
