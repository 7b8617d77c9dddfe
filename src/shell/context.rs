//! What every part of the page may need: the reader's language, and a way to say that something
//! happened. It is handed down as a value.

use wakeline_phrases::Language;
use yew::prelude::*;

use crate::state::Action;

/// The reader's language and where actions go.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The language of every text.
    pub language: Language,
    /// Where actions go.
    pub act: Callback<Action>,
}

impl Context {
    /// The phrase with this key.
    #[must_use]
    pub fn say(&self, key: &str) -> &'static str {
        self.language.say(key)
    }

    /// The phrase of a name within a group, such as `page.panel.`.
    #[must_use]
    pub fn say_of(&self, group: &str, name: &str) -> &'static str {
        self.language.say_of(group, name)
    }

    /// The phrase with this key, filled in.
    #[must_use]
    pub fn say_with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        self.language.say_with(key, arguments)
    }

    /// A callback that reports what `action` makes of its argument.
    pub fn on<T: 'static>(&self, action: impl Fn(T) -> Action + 'static) -> Callback<T> {
        self.act.reform(action)
    }
}
