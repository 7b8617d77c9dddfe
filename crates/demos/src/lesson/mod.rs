//! What a learner does with a demo, step by step.
//!
//! A lesson has two halves. What has no language is here, from `lessons/DEMO.json`: which settings
//! a step runs with, where it puts the playhead, what it selects, and the event in which the answer
//! to its question can be seen. What it says is in `www/lessons/LANGUAGE/DEMO.json`. Beside them
//! stands the same program in Python, `lessons/asyncio/DEMO.py`.
//!
//! ```
//! use wakeline_demos::{Progress, find, prepare};
//!
//! let demo = find("hello").unwrap();
//! let lesson = demo.lesson().unwrap();
//! let step = &lesson.steps[0];
//! let mut run = prepare(step.setup(&demo.spec()).unwrap()).unwrap();
//! while run.step(1000) != Progress::Ended {}
//! assert!(step.evidence.find(&run.runtime().log()).is_some());
//! ```

mod mark;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wakeline_protocol::{DemoSpec, Policy, Problem};

use crate::RunSetup;

pub use mark::{Mark, Subject, find_named};

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// What a learner does with a demo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Demos that are close to it, by slug.
    pub related: Vec<String>,
    /// Its steps, in their order.
    pub steps: Vec<Step>,
}

/// A step: a run, and where to look in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The preset to begin with; else the demo's defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Parameters over those of the preset, as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// The seed; else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Which of the ready tasks goes next; else first in, first out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// What the timeline's axis measures; else time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
    /// Where the playhead is put; else it stays where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// The task or resource to select, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// The event in which the answer to the step's question can be seen.
    pub evidence: Mark,
}

/// What the timeline's axis measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Time.
    Time,
    /// Events.
    Step,
}

/// A place in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// Its first event, or its last.
    Edge(Edge),
    /// Right after an event.
    At(Mark),
}

/// One of the two ends of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// Before anything has happened.
    Start,
    /// After everything.
    End,
}

impl Step {
    /// The run of the step, in virtual time.
    ///
    /// # Errors
    /// Every problem with the settings at once, as the command line would tell them: an unknown
    /// preset, an unknown parameter, a value out of its range.
    pub fn setup(&self, spec: &DemoSpec) -> Result<RunSetup, Vec<Problem>> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        if let Some(name) = &self.preset {
            let preset = spec.presets.iter().find(|preset| preset.name == *name);
            let preset = preset.ok_or_else(|| {
                let known: Vec<&str> = spec.presets.iter().map(|known| &*known.name).collect();
                let problem = Problem::new("unknown-preset").with("demo", &spec.slug);
                vec![problem.with("input", name).with("known", known.join(", "))]
            })?;
            let values = preset.values.iter();
            pairs.extend(values.map(|(name, value)| (name.clone(), value.to_string())));
        }
        pairs.extend(self.set.clone());
        let pairs = pairs.iter().map(|(name, text)| (&**name, &**text));
        Ok(RunSetup {
            values: spec.parse(pairs)?,
            seed: self.seed.unwrap_or(0),
            policy: self.policy.clone().unwrap_or(Policy::Fifo),
            ..RunSetup::of(&spec.slug)
        })
    }
}

/// Reads the structure of a lesson.
///
/// # Errors
/// What is wrong, for whoever writes lessons.
pub fn read_lesson(json: &str) -> Result<Lesson, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// The names of the files with structures of lessons, which should be slugs, and their content.
#[must_use]
pub fn lesson_files() -> &'static [(&'static str, &'static str)] {
    STRUCTURES
}

/// The names of the files with programs in Python, which should be slugs, and their content.
#[must_use]
pub fn asyncio_files() -> &'static [(&'static str, &'static str)] {
    PROGRAMS
}

/// The content of a file of a table.
pub(crate) fn content(table: &[(&str, &'static str)], slug: &str) -> Option<&'static str> {
    let found = table.iter().find(|(name, _)| *name == slug);
    found.map(|(_, content)| *content)
}
