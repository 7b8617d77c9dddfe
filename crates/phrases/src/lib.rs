//! Every text that Wakeline shows to a person, in each of its languages.
//!
//! One table serves the page, the command line and the screen reader, so that an event has the
//! same words everywhere. A phrase has a key such as `problem.out-of-range` and may hold
//! placeholders in braces: `{name}`. The table is the JSON files in `www/translations/LANGUAGE/`;
//! each file is an object of keys and phrases, and a key stands in one file.
//!
//! With the feature `embedded` the files are compiled in. Without it a table is empty until
//! [`Language::install`] fills it, which is for pages: they load one language, not all.

use std::collections::HashMap;
use std::sync::OnceLock;

#[cfg(feature = "embedded")]
mod embedded;
#[cfg(feature = "lessons")]
mod lessons;

#[cfg(feature = "lessons")]
pub use lessons::{LessonTexts, StepTexts, read_lesson};

/// A language of the phrase table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The tag of the language (BCP 47), as in a link and in the page's `lang` attribute.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    /// The language that fits a tag as a browser or an environment gives it, such as `zh-CN`,
    /// `en-GB` or `zh_CN.UTF-8`.
    ///
    /// ```
    /// use wakeline_phrases::Language;
    ///
    /// assert_eq!(Language::from_tag("zh_CN.UTF-8"), Some(Language::Chinese));
    /// assert_eq!(Language::from_tag("fr"), None);
    /// ```
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next().unwrap_or("");
        match &*primary.to_ascii_lowercase() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The phrase with this key. A key that is not in the table comes back as it is, so that a
    /// mistake is visible and nothing breaks; tests keep the tables whole.
    #[must_use]
    pub fn say(self, key: &str) -> &'static str {
        self.find(key).unwrap_or_else(|| unknown(key))
    }

    /// The phrase of a name within a group of them: that with the key of both, one after the other.
    #[must_use]
    pub fn say_of(self, group: &str, name: &str) -> &'static str {
        self.say(&[group, name].concat())
    }

    /// The phrase with this key, if there is one.
    #[must_use]
    pub fn find(self, key: &str) -> Option<&'static str> {
        table(self)?.get(key).map(|phrase| &**phrase)
    }

    /// Whether the language's table is there.
    #[must_use]
    pub fn is_installed(self) -> bool {
        table(self).is_some()
    }

    /// Fills the language's table: keys and phrases. Nothing happens if it is there already.
    pub fn install(self, phrases: impl IntoIterator<Item = (String, String)>) {
        if !self.is_installed() {
            // Two threads that install at once install the same.
            let _ = cell(self).set(phrases.into_iter().collect());
        }
    }

    /// The phrase with this key, its placeholders filled in. The arguments are never read as
    /// phrases themselves.
    ///
    /// ```
    /// use wakeline_phrases::fill;
    ///
    /// assert_eq!(fill("{n} of {all}", &[("n", "1"), ("all", "{n}")]), "1 of {n}");
    /// ```
    #[must_use]
    pub fn say_with(self, key: &str, arguments: &[(&str, &str)]) -> String {
        fill(self.say(key), arguments)
    }

    /// Every key of the language's table, sorted.
    #[must_use]
    pub fn keys(self) -> Vec<&'static str> {
        let mut keys: Vec<&str> = table(self)
            .into_iter()
            .flat_map(HashMap::keys)
            .map(|key| &**key)
            .collect();
        keys.sort_unstable();
        keys
    }
}

/// Puts the arguments in place of `{name}`. A placeholder without an argument stays.
#[must_use]
pub fn fill(phrase: &str, arguments: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(phrase.len() + 16);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                match arguments.iter().find(|(known, _)| *known == name) {
                    Some((_, text)) => out.push_str(text),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                }
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

type Table = HashMap<String, String>;

fn cell(language: Language) -> &'static OnceLock<Table> {
    static ENGLISH: OnceLock<Table> = OnceLock::new();
    static CHINESE: OnceLock<Table> = OnceLock::new();
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

fn table(language: Language) -> Option<&'static Table> {
    #[cfg(feature = "embedded")]
    return Some(cell(language).get_or_init(|| embedded::table(language)));
    #[cfg(not(feature = "embedded"))]
    cell(language).get()
}

/// Keeps one copy of every unknown key, so that it can be shown for as long as the program runs.
fn unknown(key: &str) -> &'static str {
    use std::sync::Mutex;
    // A list: there are few, and none in a page whose tables are whole.
    static UNKNOWN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut list = UNKNOWN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = list.iter().find(|known| **known == key) {
        return known;
    }
    let kept: &'static str = Box::leak(key.to_owned().into_boxed_str());
    list.push(kept);
    kept
}

#[cfg(all(test, feature = "embedded"))]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys() {
        assert_eq!(Language::English.keys(), Language::Chinese.keys());
    }

    #[test]
    fn both_languages_use_the_same_placeholders() {
        fn placeholders(phrase: &str) -> Vec<&str> {
            let mut names: Vec<&str> = phrase
                .split('{')
                .skip(1)
                .filter_map(|p| Some(p.split_once('}')?.0))
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        }
        for key in Language::English.keys() {
            let (en, zh) = (Language::English.say(key), Language::Chinese.say(key));
            assert_eq!(placeholders(en), placeholders(zh), "{key}: {en} / {zh}");
            assert!(
                !en.trim().is_empty() && !zh.trim().is_empty(),
                "{key} is empty"
            );
        }
    }

    #[test]
    fn an_unknown_key_shows_itself() {
        assert_eq!(Language::Chinese.say("no.such.key"), "no.such.key");
    }
}
