//! The lanes as the timeline stacks them: tasks and resources in one order, with their names.

use wakeline_phrases::Language;
use wakeline_timeline::log::ResourceKind;
use wakeline_timeline::phrase::{resource_name, task_name};
use wakeline_timeline::{LaneKey, Model};

use super::geometry::{TASK, resource_height};
use super::icons::Icon;
use super::look::resource_icon;
use super::rows::Rows;
use crate::selection::Selection;

/// Which lanes there are. The executor is not among them: its lane does not scroll.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lanes {
    tasks: usize,
    resources: Vec<(u32, ResourceKind)>,
}

impl Lanes {
    /// The lanes of a model.
    pub(crate) fn of(model: &Model) -> Self {
        Self {
            tasks: model.lanes().tasks().len(),
            resources: model
                .lanes()
                .resources()
                .iter()
                .map(|lane| (lane.id, lane.kind))
                .collect(),
        }
    }

    /// Number of lanes.
    pub(crate) fn len(&self) -> usize {
        self.tasks + self.resources.len()
    }

    /// The places of the lanes, one below the other.
    pub(crate) fn rows(&self) -> Rows {
        let tasks = std::iter::repeat_n(TASK, self.tasks);
        let resources = self
            .resources
            .iter()
            .map(|&(_, kind)| resource_height(kind));
        Rows::stacked(tasks.chain(resources))
    }

    /// What a lane shows.
    pub(crate) fn subject(&self, model: &Model, lane: usize) -> Option<Selection> {
        match lane.checked_sub(self.tasks) {
            None => Some(Selection::Task(model.lanes().tasks().get(lane)?.id)),
            Some(resource) => Some(Selection::Resource(self.resources.get(resource)?.0)),
        }
    }

    /// The lane of a task or resource, if it has one.
    pub(crate) fn find(&self, model: &Model, subject: Selection) -> Option<usize> {
        // The executor's lane is the first of the model's.
        model.lanes().index_of(key(subject))?.checked_sub(1)
    }
}

/// The lane of the model that shows this.
pub(crate) fn key(subject: Selection) -> LaneKey {
    match subject {
        Selection::Task(id) => LaneKey::Task(id),
        Selection::Resource(id) => LaneKey::Resource(id),
    }
}

/// The name of a task or resource: that which the program gave, else one made from its kind.
pub(crate) fn name(model: &Model, subject: Selection, language: Language) -> String {
    match subject {
        Selection::Task(id) => task_name(model, id, language),
        Selection::Resource(id) => resource_name(model, id, language),
    }
}

/// What a task or resource is, in a word.
pub(crate) fn kind(model: &Model, subject: Selection, language: Language) -> String {
    let key = match subject {
        Selection::Task(_) => return language.say("timeline.task").to_owned(),
        Selection::Resource(id) => model
            .tip()
            .resource(id)
            .and_then(|resource| resource.kind)
            .map_or("unknown", ResourceKind::name),
    };
    language.say(&format!("resource.{key}")).to_owned()
}

/// The id of a task or resource, as it is written beside its name.
pub(crate) fn number(subject: Selection) -> String {
    match subject {
        Selection::Task(id) | Selection::Resource(id) => format!("#{id}"),
    }
}

/// The sign of a task or resource.
pub(crate) fn icon(model: &Model, subject: Selection) -> Icon {
    match subject {
        Selection::Task(_) => Icon::Task,
        Selection::Resource(id) => model
            .tip()
            .resource(id)
            .and_then(|resource| resource.kind)
            .map_or(Icon::Other, resource_icon),
    }
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::{Event, Kind, Log, pack};

    use super::*;

    fn model() -> Model {
        let mut log = Log::new();
        let mut push = |kind, flags, subject, value| {
            log.columns.push(Event {
                time: 0,
                kind,
                flags,
                location: 0,
                subject,
                object: 0,
                value,
            });
        };
        push(Kind::ResourceCreated, ResourceKind::Oneshot.code(), 1, 0);
        push(
            Kind::ResourceCreated,
            ResourceKind::Channel.code(),
            2,
            pack(0, 3),
        );
        push(Kind::TaskCreated, 0, 1, 0);
        push(Kind::TaskCreated, 0, 2, 0);
        Model::from_log(log)
    }

    #[test]
    fn tasks_stand_above_resources_and_each_lane_is_found_again() {
        let model = model();
        let lanes = Lanes::of(&model);
        let subjects: Vec<_> = (0..lanes.len())
            .map(|lane| lanes.subject(&model, lane).unwrap())
            .collect();
        // A channel for one message has no lane of its own.
        let expected = [
            Selection::Task(1),
            Selection::Task(2),
            Selection::Resource(2),
        ];
        assert_eq!(subjects, expected);
        for (lane, &subject) in subjects.iter().enumerate() {
            assert_eq!(lanes.find(&model, subject), Some(lane));
        }
        assert_eq!(lanes.find(&model, Selection::Resource(1)), None);
        assert_eq!(lanes.subject(&model, 3), None);
    }

    #[test]
    fn a_channel_is_higher_than_a_task() {
        let rows = Lanes::of(&model()).rows();
        assert_eq!(rows.height(0), TASK);
        assert!(rows.height(2) > TASK);
    }
}
