//! What others have the timeline show on top of a run: the critical path, evidence of a finding,
//! the lanes of a kept run.

use std::ops::Range;

use wakeline_phrases::Language;
use wakeline_timeline::Model;
use wakeline_timeline::log::Strings;

use super::lanes::name;
use crate::selection::Selection;

/// A stretch of the critical path. The stretches of a path follow each other in the order of the
/// log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathSegment {
    /// The task that it is about.
    pub task: u32,
    /// The event with which it begins.
    pub first: u32,
    /// The event with which it ends: that with which the next stretch begins.
    pub last: u32,
    /// When it begins, in nanoseconds since the run began.
    pub from: u64,
    /// When it ends.
    pub to: u64,
    /// Whether the task runs, rather than waits for something or for its turn.
    pub running: bool,
}

/// Steps to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// From the first event to the one after the last.
    pub steps: Range<usize>,
    /// The lane to point at; `None` for all.
    pub subject: Option<Selection>,
}

/// For each task of `model`, in the order of its lanes, the task of a kept run that stands for the
/// same: of those of the same name, the one as far down; 0 for none.
pub(crate) fn counterparts(model: &Model, kept: &Model) -> Vec<u32> {
    // The language is that of names which are made up from ids: it only has to be the same.
    let name = |model: &Model, id| name(model, Selection::Task(id), Language::English);
    let mut names = Strings::new();
    let mut tasks: Vec<Vec<u32>> = Vec::new();
    for lane in kept.lanes().tasks().iter().rev() {
        let place = names.intern(&name(kept, lane.id)) as usize;
        if place >= tasks.len() {
            tasks.resize_with(place + 1, Vec::new);
        }
        tasks[place].push(lane.id);
    }
    let mut next = |id| {
        let place = names.intern(&name(model, id)) as usize;
        tasks.get_mut(place)?.pop()
    };
    let lanes = model.lanes().tasks().iter();
    lanes.map(|lane| next(lane.id).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::{Event, Kind, Log};

    use super::*;

    fn model(names: &[&str]) -> Model {
        let mut log = Log::new();
        for (subject, name) in (1..).zip(names) {
            let value = u64::from(log.strings.intern(name));
            log.columns.push(Event {
                time: 0,
                kind: Kind::TaskCreated,
                flags: 0,
                location: 0,
                subject,
                object: 0,
                value,
            });
        }
        Model::from_log(log)
    }

    #[test]
    fn tasks_of_the_same_name_are_paired_in_their_order() {
        let now = model(&["main", "worker", "worker", "worker", "extra"]);
        let kept = model(&["worker", "main", "worker", "other"]);
        assert_eq!(counterparts(&now, &kept), [2, 1, 3, 0, 0]);
    }
}
