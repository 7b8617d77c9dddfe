//! The page's side of the study: a Web Worker that reads whole logs.
//!
//! It is loaded when something is asked for the first time. An answer is kept as the object that it
//! is and read field by field by whoever shows it: what does not fit is not shown.

mod client;
mod import;

pub use client::Study;
pub use import::import;

use std::rc::Rc;

use js_sys::Object;
use wasm_bindgen::JsCast;

use crate::engine::wire::Fields;
use crate::view::PathSegment;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What looks like a mistake.
    Findings,
    /// Which waits and polls decided the end.
    Path,
    /// The run in figures, over its time and by task and resource.
    Metrics,
    /// The run beside the one that was kept.
    Compare,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 4] = [Self::Findings, Self::Path, Self::Metrics, Self::Compare];

    /// The name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["findings", "critical-path", "metrics", "compare"][self as usize]
    }
}

/// What is known of the run on screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// The numbers of the run and of the one that it was compared with.
    pub of: (u32, u32),
    answers: [Option<Object>; 4],
    /// The critical path, as the timeline draws it.
    pub path: Rc<[PathSegment]>,
}

impl Answers {
    /// What there is to say about a run and the one it is compared with: nothing yet.
    #[must_use]
    pub fn about(of: (u32, u32)) -> Self {
        Self {
            of,
            ..Self::default()
        }
    }

    /// An answer has come.
    pub fn add(&mut self, question: Question, answer: Object) {
        if question == Question::Path
            && let Some(fields) = Fields::of(answer.clone().into())
        {
            self.path = fields.list("segments", segment).unwrap_or_default().into();
        }
        self.answers[question as usize] = Some(answer);
    }

    /// The answer to a question, if it is here.
    #[must_use]
    pub fn get(&self, question: Question) -> Option<&Object> {
        self.answers[question as usize].as_ref()
    }

    /// How many findings there are.
    #[must_use]
    pub fn findings(&self) -> u32 {
        let list = self
            .get(Question::Findings)
            .and_then(|answer| Fields::of(answer.clone().into())?.get("findings"));
        list.map_or(0, |list| list.unchecked_into::<js_sys::Array>().length())
    }
}

fn segment(value: wasm_bindgen::JsValue) -> Option<PathSegment> {
    let fields = Fields::of(value)?;
    Some(PathSegment {
        task: fields.u32("task")?,
        first: fields.u32("first")?,
        last: fields.u32("last")?,
        from: fields.u64("from")?,
        to: fields.u64("to")?,
        running: fields.text("reason")? == "running",
    })
}
