//! What the page has to tell its reader, apart from the run itself.

use wakeline_phrases::Language;
use wakeline_protocol::Problem;

use super::file::Refusal;

/// Something to tell, in codes; [`Notice::text`] says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The link has values that cannot be used: keys and values.
    BadLink(Vec<(String, String)>),
    /// The link names a demo that does not exist.
    UnknownDemo {
        /// The name.
        slug: String,
    },
    /// The engine refused to run.
    Refused(Vec<Problem>),
    /// A program held its thread, and the engine was replaced.
    Replaced,
    /// Too much in a run was under way for its log to stay within its limit.
    Crowded,
    /// A program broke the engine, which was replaced.
    Crashed {
        /// What the panic said.
        message: String,
    },
    /// A batch of events was damaged.
    Damaged {
        /// The code of the reason.
        code: String,
    },
    /// The host that the page came from has no companion server.
    NoCompanion,
    /// Something could not be copied to the clipboard.
    NotCopied,
    /// Several files were opened at once.
    Several {
        /// What the one is called that is shown.
        shown: String,
        /// What the one is called that it can be compared with.
        kept: String,
        /// How many others were left alone.
        more: usize,
    },
    /// A file is no log that can be shown.
    FileRefused {
        /// What it is called.
        name: String,
        /// Why, and where.
        refusal: Refusal,
    },
    /// A file could not be read at all, or is too large.
    FileUnread {
        /// What it is called.
        name: String,
        /// The key of the sentence.
        key: &'static str,
    },
    /// A file in the JSON form is no log that can be shown.
    FileProblem {
        /// What it is called.
        name: String,
        /// Why, and where.
        problem: Problem,
    },
    /// A run could not be saved in another form.
    NotExported,
    /// The texts of a language could not be loaded.
    NoTexts(Language),
}

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something was left out or replaced; all is well now.
    Warning,
    /// Something did not work.
    Error,
}

impl Level {
    /// The name in the style sheet and in the phrase table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Notice {
    /// How serious it is.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::BadLink(_)
            | Self::UnknownDemo { .. }
            | Self::Replaced
            | Self::Crowded
            | Self::Several { .. }
            | Self::NoCompanion => Level::Warning,
            Self::Refused(_)
            | Self::Crashed { .. }
            | Self::Damaged { .. }
            | Self::NotCopied
            | Self::NotExported
            | Self::FileRefused { .. }
            | Self::FileUnread { .. }
            | Self::FileProblem { .. }
            | Self::NoTexts(_) => Level::Error,
        }
    }

    /// Whether it is about one run, and therefore out of date when the next begins.
    #[must_use]
    pub fn is_of_a_run(&self) -> bool {
        let is_of_the_page = matches!(
            self,
            Self::BadLink(_) | Self::UnknownDemo { .. } | Self::NoCompanion
        );
        !self.is_of_a_file() && !is_of_the_page
    }

    fn is_of_a_file(&self) -> bool {
        matches!(
            self,
            Self::FileRefused { .. }
                | Self::FileUnread { .. }
                | Self::FileProblem { .. }
                | Self::Several { .. }
        )
    }

    /// The sentence for a person.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::BadLink(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                language.say_with("page.notice.bad-link", &[("pairs", &pairs.join(", "))])
            }
            Self::UnknownDemo { slug } => {
                language.say_with("page.notice.unknown-demo", &[("slug", slug)])
            }
            Self::Refused(problems) => {
                let texts: Vec<String> = problems
                    .iter()
                    .map(|problem| say_problem(language, problem, None))
                    .collect();
                language.say_with("page.notice.refused", &[("problems", &texts.join(" "))])
            }
            Self::Several { shown, kept, more } => {
                let key = match more {
                    0 => "page.file.two",
                    _ => "page.file.several",
                };
                let more = more.to_string();
                let names = [("shown", &**shown), ("kept", kept), ("more", &more)];
                language.say_with(key, &names)
            }
            Self::Crowded => language.say("page.notice.crowded").to_owned(),
            Self::Replaced => language.say("page.notice.replaced").to_owned(),
            Self::Crashed { message } => {
                language.say_with("page.notice.crashed", &[("message", message)])
            }
            Self::Damaged { code } => language.say_with("page.notice.damaged", &[("code", code)]),
            Self::NoCompanion => language.say("page.notice.no-companion").to_owned(),
            Self::NotExported => language.say("page.export.failed").to_owned(),
            Self::NotCopied => language.say("page.notice.not-copied").to_owned(),
            Self::FileRefused { name, refusal } => {
                let reason = language.say_of("page.file.reason.", refusal.code);
                let at = refusal.at.to_string();
                let arguments = [("name", &**name), ("reason", reason), ("at", &at)];
                language.say_with("page.file.refused", &arguments)
            }
            Self::FileProblem { name, problem } => {
                let reason = say_problem(language, problem, None);
                let arguments = [("name", &**name), ("reason", &*reason)];
                language.say_with("page.file.no-log", &arguments)
            }
            Self::FileUnread { name, key } => language.say_with(key, &[("name", name)]),
            Self::NoTexts(other) => {
                let key = format!("page.language.{}", other.tag());
                language.say_with("page.notice.no-texts", &[("language", language.say(&key))])
            }
        }
    }
}

/// The notices on the page, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notices {
    shown: Vec<(u32, Notice)>,
    given: u32,
}

/// More notices than this push out the oldest: a reader cannot use a flood.
const MOST_SHOWN: usize = 6;

impl Notices {
    /// Adds a notice, unless the same is shown already.
    pub fn push(&mut self, notice: Notice) {
        if self.shown.iter().any(|(_, known)| *known == notice) {
            return;
        }
        self.given += 1;
        self.shown.push((self.given, notice));
        if self.shown.len() > MOST_SHOWN {
            self.shown.remove(0);
        }
    }

    /// Takes a notice away.
    pub fn dismiss(&mut self, id: u32) {
        self.shown.retain(|(known, _)| *known != id);
    }

    /// Takes away what is about the run before.
    pub fn begin_run(&mut self) {
        self.shown.retain(|(_, notice)| !notice.is_of_a_run());
    }

    /// Takes away what is about the run and the files before this one.
    pub fn open_file(&mut self) {
        self.begin_run();
        self.shown.retain(|(_, notice)| !notice.is_of_a_file());
    }

    /// What is shown, each with its id.
    pub fn iter(&self) -> impl Iterator<Item = &(u32, Notice)> {
        self.shown.iter()
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

/// A problem as a sentence. Parameters are called by their labels where the demo is known, since
/// that is what stands in the form.
#[must_use]
pub fn say_problem(language: Language, problem: &Problem, demo: Option<&str>) -> String {
    let arguments: Vec<(&str, &str)> = problem
        .arguments
        .iter()
        .map(|(name, text)| {
            let label = match (demo, &**name) {
                (Some(slug), "name" | "other") => {
                    language.find(&format!("param.{slug}.{text}.label"))
                }
                _ => None,
            };
            (&**name, label.unwrap_or(text))
        })
        .collect();
    language.say_with(&format!("problem.{}", problem.code), &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(value: &str) -> Notice {
        Notice::BadLink(vec![("at".to_owned(), value.to_owned())])
    }

    #[test]
    fn the_same_notice_is_shown_once() {
        let mut notices = Notices::default();
        notices.push(link("x"));
        notices.push(link("x"));
        notices.push(link("y"));
        assert_eq!(notices.iter().count(), 2);
    }

    #[test]
    fn a_new_run_clears_what_was_said_of_the_one_before() {
        let mut notices = Notices::default();
        notices.push(link("x"));
        notices.push(Notice::Replaced);
        notices.push(Notice::NoCompanion);
        notices.begin_run();
        let left: Vec<&Notice> = notices.iter().map(|(_, notice)| notice).collect();
        assert_eq!(left, [&link("x"), &Notice::NoCompanion]);
    }

    #[test]
    fn a_flood_keeps_the_newest() {
        let mut notices = Notices::default();
        for number in 0..20 {
            notices.push(link(&number.to_string()));
        }
        assert_eq!(notices.iter().count(), MOST_SHOWN);
        assert_eq!(notices.iter().last().map(|(_, n)| n), Some(&link("19")));
    }

    #[test]
    fn every_notice_has_a_sentence_in_every_language() {
        let every = [
            link("x"),
            Notice::UnknownDemo {
                slug: "nope".to_owned(),
            },
            Notice::Refused(vec![Problem::of("capacity", "too-long").with("longest", 4)]),
            Notice::Replaced,
            Notice::Crowded,
            Notice::Several {
                shown: "a".to_owned(),
                kept: "b".to_owned(),
                more: 0,
            },
            Notice::Several {
                shown: "a".to_owned(),
                kept: "b".to_owned(),
                more: 3,
            },
            Notice::Crashed {
                message: "boom".to_owned(),
            },
            Notice::Damaged {
                code: "truncated".to_owned(),
            },
            Notice::Refused(vec![Problem::new("part-not-loaded").with("detail", "gone")]),
            Notice::NoCompanion,
            Notice::NotCopied,
            Notice::NotExported,
            Notice::NoTexts(Language::Chinese),
            Notice::FileProblem {
                name: "a.jsonl".to_owned(),
                problem: Problem::new("log-json-field").with("place", 3),
            },
            Notice::FileUnread {
                name: "a.log".to_owned(),
                key: "page.file.unread",
            },
            Notice::FileUnread {
                name: "a.log".to_owned(),
                key: "page.file.too-large",
            },
            Notice::FileUnread {
                name: "a.log".to_owned(),
                key: "page.file.elsewhere",
            },
        ];
        for language in Language::ALL {
            for notice in &every {
                let text = notice.text(language);
                assert!(!text.contains("page.") && !text.contains('{'), "{text}");
            }
        }
    }
}
