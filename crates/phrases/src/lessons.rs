//! The texts of the demos' lessons, compiled in.
//!
//! They stand in `www/lessons/LANGUAGE/DEMO.json`, a flat table for each demo, apart from the
//! phrase table: a page loads them when the first lesson is opened. What has no language, such as
//! a step's settings, is with the demos.

use std::collections::BTreeMap;

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// What a lesson says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonTexts {
    /// Its steps, in their order.
    pub steps: Vec<StepTexts>,
    /// What often goes wrong in practice.
    pub mistakes: Vec<String>,
    /// Where it is used in practice.
    pub practice: String,
}

/// What a step of a lesson says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTexts {
    /// What to do and to watch.
    pub text: String,
    /// What to ask oneself before going on.
    pub question: String,
    /// The answer.
    pub answer: String,
}

impl Language {
    /// The texts of a demo's lesson, `None` if it has none in this language. A file that cannot be
    /// read counts as none; [`read_lesson`] says what is wrong with it.
    #[must_use]
    pub fn lesson(self, demo: &str) -> Option<LessonTexts> {
        read_lesson(self.lesson_files().find(|(name, _)| *name == demo)?.1).ok()
    }

    /// The demos that have a file of texts in this language, and its content.
    pub fn lesson_files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let table = match self {
            Self::English => ENGLISH,
            Self::Chinese => CHINESE,
        };
        table.iter().copied()
    }
}

/// Reads the table of a lesson: an object with `step.N`, `step.N.question` and `step.N.answer` for
/// each step, `mistake.N` for each mistake, both counted from 1, and `practice`.
///
/// # Errors
/// What is wrong, for whoever writes lessons: no such object, a text that is missing or empty, a
/// key that means nothing.
pub fn read_lesson(json: &str) -> Result<LessonTexts, String> {
    let mut table: BTreeMap<String, String> =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    if let Some((key, _)) = table.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(format!("{key} is empty"));
    }
    let mut steps = Vec::new();
    while let Some(text) = table.remove(&format!("step.{}", steps.len() + 1)) {
        let mut part = |part: &str| {
            let key = format!("step.{}.{part}", steps.len() + 1);
            table.remove(&key).ok_or(format!("{key} is missing"))
        };
        let (question, answer) = (part("question")?, part("answer")?);
        steps.push(StepTexts {
            text,
            question,
            answer,
        });
    }
    let mut mistakes = Vec::new();
    while let Some(text) = table.remove(&format!("mistake.{}", mistakes.len() + 1)) {
        mistakes.push(text);
    }
    let practice = table.remove("practice").ok_or("practice is missing")?;
    match table.into_keys().next() {
        Some(key) => Err(format!("{key} means nothing here")),
        None => Ok(LessonTexts {
            steps,
            mistakes,
            practice,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{
        "step.1": "Do.", "step.1.question": "Why?", "step.1.answer": "So.",
        "mistake.1": "One.", "mistake.2": "Two.", "practice": "There."
    }"#;

    #[test]
    fn a_table_becomes_steps_and_mistakes() {
        let texts = read_lesson(WHOLE).unwrap();
        assert_eq!(texts.steps.len(), 1);
        assert_eq!(texts.steps[0].answer, "So.");
        assert_eq!(texts.mistakes, ["One.", "Two."]);
        assert_eq!(texts.practice, "There.");
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        for (from, to, complaint) in [
            ("step.1.answer", "step.2.answer", "step.1.answer is missing"),
            ("mistake.1", "mistake.3", "mistake.2 means nothing here"),
            ("There.", " ", "practice is empty"),
            (r#""practice""#, r#""practise""#, "practice is missing"),
            ("step.1\"", "step.0\"", "step.0 means nothing here"),
        ] {
            let json = WHOLE.replace(from, to);
            assert_eq!(read_lesson(&json).unwrap_err(), complaint, "{json}");
        }
        assert!(read_lesson("[]").is_err());
    }

    #[test]
    fn every_file_can_be_read() {
        for language in Language::ALL {
            for (demo, json) in language.lesson_files() {
                if let Err(complaint) = read_lesson(json) {
                    panic!("{demo} in {language:?}: {complaint}");
                }
            }
        }
    }
}
