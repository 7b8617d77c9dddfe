//! What a finding says.

use super::Finding;
use crate::phrase::{Argument, Phrase};

/// The names of all figures, as findings and placeholders have them.
pub const NUMBERS: [&str; 14] = [
    "count",
    "events",
    "failures",
    "longest_ns",
    "most",
    "others",
    "overtaken",
    "percent",
    "polls",
    "received",
    "recorded",
    "sent",
    "total_ns",
    "waited_ns",
];

/// What this kind of finding is, and what to do about it.
#[must_use]
pub fn general(finding: &Finding) -> Phrase {
    Phrase::new(format!("finding.{}.general", finding.code.name()))
}

/// What was found in this run.
#[must_use]
pub fn specific(finding: &Finding) -> Phrase {
    let key = format!("finding.{}.specific", finding.code.name());
    let other = finding.also.first().map_or(0, |place| place.task);
    sentence(
        key,
        [finding.task, other, finding.resource],
        &finding.numbers,
    )
}

/// A sentence about a finding that came in parts, as over a wire: its key, the task, the other
/// task and the resource that it is about, and its figures. Figures whose names are not among
/// [`NUMBERS`] are left out.
#[must_use]
pub fn sentence<N: AsRef<str>>(key: String, about: [u32; 3], numbers: &[(N, u64)]) -> Phrase {
    let [task, other, resource] = about;
    let mut phrase = Phrase::new(key)
        .with("task", Argument::Task(task))
        .with("other", Argument::Task(other))
        .with("resource", Argument::Resource(resource));
    for (name, number) in numbers {
        let known = NUMBERS.iter().find(|known| **known == name.as_ref());
        if let Some(&name) = known {
            let argument = if name.ends_with("_ns") {
                Argument::Duration(*number)
            } else {
                Argument::Number(*number)
            };
            phrase = phrase.with(name, argument);
        }
    }
    phrase
}
