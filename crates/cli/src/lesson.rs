//! `wakeline lesson`: what to try with a demo.

use std::process::ExitCode;

use serde_json::{Map, Value as Json, json};
use wakeline_demos::lesson::{Lesson, Mark, Step};
use wakeline_demos::{Demo, demos, find};
use wakeline_phrases::{Language, LessonTexts, StepTexts};
use wakeline_protocol::Policy;

use crate::arguments;
use crate::console::{complain, out};
use crate::{FAILED, USAGE, mistakes, run};

/// Prints the lesson of a demo, or as JSON those of all.
pub(crate) fn lesson(options: &arguments::Lesson, language: Language) -> ExitCode {
    let Some(slug) = &options.demo else {
        let all = demos().iter().filter_map(|demo| {
            let json = Whole::of(demo, language)?.to_json();
            Some((demo.slug().to_owned(), json))
        });
        out(&Json::Object(all.collect()).to_string());
        return ExitCode::SUCCESS;
    };
    let Some(demo) = find(slug) else {
        complain(&mistakes::say(&run::unknown_demo(slug), language));
        return ExitCode::from(USAGE);
    };
    let Some(whole) = Whole::of(demo, language) else {
        complain(&language.say_with("cli.lesson.none", &[("demo", slug)]));
        return ExitCode::from(FAILED);
    };
    out(&match options.json {
        true => whole.to_json().to_string(),
        false => whole.to_text(demo.slug(), language),
    });
    ExitCode::SUCCESS
}

/// A lesson in one language.
struct Whole {
    lesson: Lesson,
    texts: LessonTexts,
    asyncio: &'static str,
}

impl Whole {
    /// The lesson of a demo, `None` unless all of it is there.
    fn of(demo: &Demo, language: Language) -> Option<Self> {
        let whole = Self {
            lesson: demo.lesson()?,
            texts: language.lesson(demo.slug())?,
            asyncio: demo.asyncio()?,
        };
        (whole.lesson.steps.len() == whole.texts.steps.len()).then_some(whole)
    }

    fn steps(&self) -> impl Iterator<Item = (&Step, &StepTexts)> {
        self.lesson.steps.iter().zip(&self.texts.steps)
    }

    fn to_json(&self) -> Json {
        let steps = self.steps().map(|(step, texts)| {
            // Settings, names and numbers always have a JSON form.
            let mut json = serde_json::to_value(step).unwrap_or_default();
            if let Json::Object(fields) = &mut json {
                let mut insert = |name: &str, text: &str| {
                    fields.insert(name.to_owned(), text.into());
                };
                insert("text", &texts.text);
                insert("question", &texts.question);
                insert("answer", &texts.answer);
            }
            json
        });
        let mut whole = Map::new();
        whole.insert("related".to_owned(), json!(self.lesson.related));
        whole.insert("steps".to_owned(), steps.collect());
        whole.insert("mistakes".to_owned(), json!(self.texts.mistakes));
        whole.insert("practice".to_owned(), json!(self.texts.practice));
        whole.insert("asyncio".to_owned(), json!(self.asyncio));
        whole.into()
    }

    fn to_text(&self, slug: &str, language: Language) -> String {
        let say = |key: &str| language.say(key).to_owned();
        let with = |key: &str, name: &str, text: &str| language.say_with(key, &[(name, text)]);
        let title = say(&format!("demo.{slug}.title"));
        let what = say(&format!("demo.{slug}.what"));
        let mut lines = vec![format!("{slug}  {title}"), String::new(), what];
        for (number, (step, texts)) in self.steps().enumerate() {
            let number = (number + 1).to_string();
            let command = command(slug, step);
            lines.extend([
                String::new(),
                with("cli.lesson.step", "number", &number),
                format!("  {}", texts.text),
                format!("  {}", with("cli.lesson.run", "command", &command)),
                format!("  {}", with("cli.lesson.question", "text", &texts.question)),
                format!("  {}", with("cli.lesson.answer", "text", &texts.answer)),
                format!("  {}", evidence(&step.evidence, language)),
            ]);
        }
        lines.extend([String::new(), say("cli.lesson.mistakes")]);
        lines.extend(self.texts.mistakes.iter().map(|text| format!("  - {text}")));
        let practice = format!("  {}", self.texts.practice);
        lines.extend([String::new(), say("cli.lesson.practice"), practice]);
        lines.extend([String::new(), say("cli.lesson.asyncio"), String::new()]);
        lines.extend(self.asyncio.trim_end().lines().map(|line| match line {
            "" => String::new(),
            line => format!("    {line}"),
        }));
        let related = self.lesson.related.join(", ");
        lines.extend([String::new(), with("cli.lesson.related", "demos", &related)]);
        lines.join("\n")
    }
}

/// The command that does what the step says.
fn command(slug: &str, step: &Step) -> String {
    let mut words = vec!["wakeline run".to_owned(), slug.to_owned()];
    words.extend(step.preset.iter().map(|name| format!("--preset {name}")));
    let set = step.set.iter();
    words.extend(set.map(|(name, value)| format!("--set {}", quoted(&format!("{name}={value}")))));
    words.extend(step.seed.iter().map(|seed| format!("--seed {seed}")));
    let policy = step.policy.iter().filter(|policy| **policy != Policy::Fifo);
    words.extend(policy.map(|policy| format!("--policy {policy}")));
    words.join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=._-,:/+".contains(&byte);
    match word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Where the answer can be seen.
fn evidence(mark: &Mark, language: Language) -> String {
    let nth = mark.nth.to_string();
    let pairs = [("event", &*mark.event), ("nth", &*nth)];
    let names: Vec<&str> = [&mark.task, &mark.resource]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    match &*names.join(" · ") {
        "" => language.say_with("cli.lesson.evidence", &pairs),
        name => {
            let pairs = [&pairs[..], &[("name", name)]].concat();
            language.say_with("cli.lesson.evidence-of", &pairs)
        }
    }
}
