//! Lessons: what a learner does with a demo, step by step.
//!
//! A step puts its settings into the form, which runs by itself; where to look in the run is said
//! by names, and found when the run is here.

use wakeline_phrases::Language;
use wakeline_timeline::log::{Event, Kind, Reason};
use wakeline_timeline::{Model, phrase};

use crate::selection::Selection;

/// What a learner does with a demo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// Demos that are close to it, by slug.
    pub related: Vec<String>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What often goes wrong in practice.
    pub mistakes: Vec<String>,
    /// Where it is used.
    pub practice: String,
    /// The same program in Python.
    pub asyncio: String,
}

/// A step: a run, where to look in it, and a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// The preset to begin with, empty for the demo's defaults.
    pub preset: String,
    /// Parameters over those of the preset.
    pub set: Vec<(String, String)>,
    /// The seed, empty for the default.
    pub seed: String,
    /// The policy, empty for the default.
    pub policy: String,
    /// The axis, empty for the default.
    pub axis: String,
    /// Where the playhead goes.
    pub at: Option<Place>,
    /// What is selected, by name; empty for nothing.
    pub select: String,
    /// Where the answer can be seen.
    pub evidence: Place,
    /// What to do.
    pub text: String,
    /// What to find out.
    pub question: String,
    /// What is to be found out.
    pub answer: String,
}

/// A place in a log: the `nth` event of its kind that is about this task or resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The kind of the event; `start` and `end` are the ends of the run.
    pub event: String,
    /// The task that it is about, empty for any.
    pub task: String,
    /// The resource that it is about, empty for any.
    pub resource: String,
    /// Which of those that match, from 1.
    pub nth: u32,
}

/// Where a step leads once its run is here.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Where the playhead goes; nowhere if there is none.
    pub at: Option<Place>,
    /// The name of what is selected.
    pub select: String,
}

impl Step {
    /// Where the step leads, or where its answer can be seen.
    #[must_use]
    pub fn goal(&self, evidence: bool) -> Goal {
        if !evidence {
            return Goal {
                at: self.at.clone(),
                select: self.select.clone(),
            };
        }
        let Place { task, resource, .. } = &self.evidence;
        Goal {
            at: Some(self.evidence.clone()),
            select: if task.is_empty() { resource } else { task }.clone(),
        }
    }
}

impl Place {
    /// The number of events before the moment just after the place, if the run has it.
    #[must_use]
    pub fn step(&self, model: &Model) -> Option<usize> {
        match &*self.event {
            "start" => return Some(model.first()),
            "end" => return Some(model.len()),
            _ => {}
        }
        let mut left = self.nth;
        for at in model.first()..model.len() {
            let Some(event) = model.event(at) else { break };
            if event.kind.name() == self.event && self.is_of(model, &event) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Some(at + 1);
                }
            }
        }
        None
    }

    fn is_of(&self, model: &Model, event: &Event) -> bool {
        let is_of_a_resource = matches!(
            event.kind,
            Kind::ResourceCreated | Kind::ResourceNamed | Kind::ResourceClosed | Kind::Discarded
        );
        // The object of these waits is a timer or a task.
        let has_resource = !matches!(event.kind, Kind::WaitBegun | Kind::WaitEnded)
            || !matches!(
                Reason::from_code(event.flags),
                None | Some(Reason::Other | Reason::Timer | Reason::Join | Reason::JoinAny)
            );
        let resource = match (is_of_a_resource, has_resource) {
            (true, _) => event.subject,
            (false, true) => event.object,
            (false, false) => 0,
        };
        let task = if is_of_a_resource { 0 } else { event.subject };
        (self.task.is_empty() || has_name(model, Selection::Task(task), &self.task))
            && (self.resource.is_empty()
                || has_name(model, Selection::Resource(resource), &self.resource))
    }
}

/// The first task with this name, or else the first resource.
#[must_use]
pub fn find_named(model: &Model, name: &str) -> Option<Selection> {
    let tasks = model.lanes().tasks().iter();
    let resources = model.lanes().resources().iter();
    tasks
        .map(|lane| Selection::Task(lane.id))
        .chain(resources.map(|lane| Selection::Resource(lane.id)))
        .find(|of| has_name(model, *of, name))
}

/// Whether the program gave it this name. Names that are made up from ids differ between
/// languages, and no lesson uses them.
fn has_name(model: &Model, of: Selection, name: &str) -> bool {
    name == match of {
        Selection::Task(id) => phrase::task_name(model, id, Language::English),
        Selection::Resource(id) => phrase::resource_name(model, id, Language::English),
    }
}

/// What a reader has done with each demo: bit 0 that they looked at it, bit N that they saw the
/// answer of step N. Kept between visits as `hello:3,gather:1`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress(Vec<(String, u32)>);

impl Progress {
    /// Reads what an earlier visit kept; what makes no sense is left out.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let pair = |part: &str| {
            let (slug, bits) = part.split_once(':')?;
            Some((slug.to_owned(), bits.parse().ok()?))
        };
        Self(text.split(',').filter_map(pair).collect())
    }

    /// The text to keep.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        for (slug, bits) in &self.0 {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(slug);
            text.push(':');
            text.push_str(&bits.to_string());
        }
        text
    }

    /// What was done with a demo.
    #[must_use]
    pub fn of(&self, slug: &str) -> u32 {
        let found = self.0.iter().find(|(known, _)| known == slug);
        found.map_or(0, |(_, bits)| *bits)
    }

    /// Something more was done with a demo.
    pub fn add(&mut self, slug: &str, bits: u32) {
        match self.0.iter_mut().find(|(known, _)| known == slug) {
            Some((_, known)) => *known |= bits,
            None => self.0.push((slug.to_owned(), bits)),
        }
    }
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::{Log, ResourceKind};

    use super::*;

    fn model() -> Model {
        let mut log = Log::new();
        let name = u64::from(log.strings.intern("worker"));
        let queue = u64::from(log.strings.intern("queue"));
        let mut push = |kind, flags, subject, object, value| {
            log.columns.push(Event {
                time: 0,
                kind,
                flags,
                location: 0,
                subject,
                object,
                value,
            });
        };
        push(Kind::RunBegun, 0, 0, 0, 0);
        push(Kind::TaskCreated, 0, 1, 0, name);
        push(
            Kind::ResourceCreated,
            ResourceKind::Channel.code(),
            1,
            1,
            queue,
        );
        push(Kind::WaitBegun, Reason::Timer.code(), 1, 1, 0);
        push(Kind::WaitEnded, Reason::Timer.code(), 1, 1, 0);
        push(Kind::WaitBegun, Reason::ChannelSend.code(), 1, 1, 0);
        Model::from_log(log)
    }

    fn place(event: &str, task: &str, resource: &str, nth: u32) -> Place {
        Place {
            event: event.to_owned(),
            task: task.to_owned(),
            resource: resource.to_owned(),
            nth,
        }
    }

    #[test]
    fn places_are_found_by_kind_names_and_count() {
        let model = model();
        for (place, step) in [
            (place("start", "", "", 0), Some(0)),
            (place("end", "", "", 0), Some(6)),
            (place("task-created", "worker", "", 1), Some(2)),
            (place("wait-begun", "worker", "", 1), Some(4)),
            (place("wait-begun", "worker", "", 2), Some(6)),
            (place("wait-begun", "worker", "queue", 1), Some(6)),
            (place("resource-created", "", "queue", 1), Some(3)),
            (place("resource-created", "worker", "", 1), None),
            (place("wait-begun", "nobody", "", 1), None),
            (place("wait-begun", "", "", 3), None),
        ] {
            assert_eq!(place.step(&model), step, "{place:?}");
        }
        assert_eq!(find_named(&model, "worker"), Some(Selection::Task(1)));
        assert_eq!(find_named(&model, "queue"), Some(Selection::Resource(1)));
        assert_eq!(find_named(&model, "nobody"), None);
    }

    #[test]
    fn progress_survives_its_text() {
        let mut progress = Progress::default();
        progress.add("hello", 1);
        progress.add("gather", 1);
        progress.add("hello", 4);
        assert_eq!(progress.write(), "hello:5,gather:1");
        assert_eq!(Progress::read(&progress.write()), progress);
        assert_eq!(Progress::read("x,hello:5,y:z").of("hello"), 5);
        assert_eq!(progress.of("nope"), 0);
    }
}
