//! What came of a run: for programs, and for people.

use serde::Serialize;
use serde_json::Number;
use wakeline::Choices;
use wakeline_demos::Run;
use wakeline_phrases::Language;
use wakeline_protocol::{Clock, Policy, RunSummary, TaskCounts, Values};

use super::lines::{Line, Lines};
use super::setup::Choice;
use crate::time::{milliseconds, readable};

/// The run as one object, its keys in this order.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    demo: &'a str,
    params: &'a Values,
    seed: u64,
    virtual_end_ms: Number,
    outcome: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    output: Vec<Output>,
    stats: Stats,
    log_sha256: &'a str,
    /// What the policy chose, unless that was first in, first out.
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<String>,
}

/// A line of the program's console.
#[derive(Debug, Serialize)]
struct Output {
    t_ms: Number,
    #[serde(skip_serializing_if = "String::is_empty")]
    task: String,
    text: String,
    /// `error` for a line about trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Stats {
    events: u32,
    polls: u32,
    tasks: TaskCounts,
}

impl<'a> Report<'a> {
    pub(super) fn new(run: &Run, summary: &'a RunSummary, choice: &'a Choice) -> Self {
        let lines = Lines::new(false).new_lines(&run.runtime().log());
        Self {
            demo: &choice.demo,
            params: &choice.values,
            seed: choice.seed,
            virtual_end_ms: milliseconds(summary.end_ns),
            outcome: &summary.outcome,
            reason: &summary.reason,
            output: lines.into_iter().map(Output::from).collect(),
            stats: Stats {
                events: summary.events,
                polls: summary.polls,
                tasks: summary.tasks,
            },
            log_sha256: &summary.log_sha256,
            choices: (choice.policy != Policy::Fifo)
                .then(|| Choices::of(&run.runtime().log()).to_string()),
        }
    }

    pub(super) fn to_json(&self) -> String {
        // Numbers and text: nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<Line> for Output {
    fn from(line: Line) -> Self {
        Self {
            t_ms: milliseconds(line.time_ns),
            task: line.task,
            text: line.text,
            level: line.is_error.then_some("error"),
        }
    }
}

/// The run in a few lines.
pub(super) fn summary(summary: &RunSummary, clock: Clock, language: Language) -> String {
    let end = readable(summary.end_ns);
    let outcome = format!("cli.run.{}", summary.outcome);
    let clock = language.say(match clock {
        Clock::Virtual => "cli.run.virtual",
        Clock::Live => "cli.run.live",
    });
    let mut lines = vec![
        String::new(),
        language.say_with(&outcome, &[("end", &end), ("clock", clock)]),
    ];
    if !summary.reason.is_empty() {
        lines.push(summary.reason.clone());
    }
    let tasks = &summary.tasks;
    let numbers = [
        ("events", summary.events),
        ("polls", summary.polls),
        ("created", tasks.created),
        ("completed", tasks.completed),
        ("failed", tasks.failed),
        ("cancelled", tasks.cancelled),
        ("dropped", tasks.dropped),
    ]
    .map(|(name, number)| (name, number.to_string()));
    let numbers: Vec<(&str, &str)> = numbers.iter().map(|(n, text)| (*n, &**text)).collect();
    lines.push(language.say_with("cli.run.stats", &numbers));
    lines.push(language.say_with("cli.run.hash", &[("hash", &summary.log_sha256)]));
    lines.join("\n")
}
