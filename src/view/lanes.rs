//! The lanes as the timeline stacks them: tasks and resources in one order, with their names.

use wakeline_phrases::Language;
use wakeline_timeline::log::ResourceKind;
use wakeline_timeline::phrase::{resource_name, task_name};
use wakeline_timeline::{Axis, LaneKey, Merged, Model};

use super::arrangement::{Arrangement, Group, groups};
use super::geometry::{GROUP, TASK, resource_height};
use super::icons::Icon;
use super::look::resource_icon;
use super::rows::Rows;
use crate::selection::Selection;

/// What a lane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Task(u32),
    Resource(u32, ResourceKind),
    /// The head of a group, by its place; if the group is folded, all of its tasks in one lane.
    Group(usize),
}

/// Which lanes there are. The executor is not among them: its lane does not scroll.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    rows: Vec<Row>,
    pinned: usize,
    groups: Vec<Group>,
    /// The lanes in which the tasks of folded groups stand together, by the group's key, and the
    /// axis that they are for.
    merged: Vec<(u32, Axis, Merged)>,
    /// The keys of the folded groups, in order.
    folded: Vec<u32>,
    /// For each lane of the model but the executor's, the place of its row plus one; 0 for none.
    places: Vec<u32>,
}

impl Lanes {
    /// The lanes of a model as the reader wants them.
    pub(crate) fn of(model: &Model, wanted: &Arrangement) -> Self {
        let mut lanes = Self {
            groups: groups(model, wanted.grouping),
            folded: wanted.folded.clone(),
            places: vec![0; model.lanes().len() - 1],
            ..Self::default()
        };
        let (hidden, pinned) = (&wanted.hidden, &wanted.pinned);
        let row = |subject| match subject {
            Selection::Task(id) => model.lanes().task(id).map(|_| Row::Task(id)),
            Selection::Resource(id) => {
                let lane = model.lanes().resource(id)?;
                Some(Row::Resource(id, lane.kind))
            }
        };
        let shown = |subject: &Selection| !hidden.contains(subject) && !pinned.contains(subject);
        for subject in pinned.iter().filter(|one| !hidden.contains(one)) {
            lanes.rows.extend(row(*subject));
        }
        lanes.pinned = lanes.rows.len();
        for (place, group) in lanes.groups.iter().enumerate() {
            let tasks = group.tasks.iter().map(|&id| Selection::Task(id));
            let before = lanes.rows.len();
            let is_group = group.tasks.len() > 1;
            if is_group {
                lanes.rows.push(Row::Group(place));
            }
            if is_group && lanes.folded.binary_search(&group.key()).is_ok() {
                // Whatever of it is hidden: the fold stands for all.
                for &id in &group.tasks {
                    if let Some(lane) = model.lanes().index_of(LaneKey::Task(id)) {
                        lanes.places[lane - 1] = before as u32 + 1;
                    }
                }
                continue;
            }
            lanes.rows.extend(tasks.filter(&shown).filter_map(row));
            // A head without a body says nothing.
            if is_group && lanes.rows.len() == before + 1 {
                lanes.rows.truncate(before);
            }
        }
        let resources = model.lanes().resources().iter();
        let resources = resources.map(|lane| Selection::Resource(lane.id));
        lanes.rows.extend(resources.filter(&shown).filter_map(row));
        for (place, row) in (1..).zip(&lanes.rows) {
            let key = match *row {
                Row::Task(id) => LaneKey::Task(id),
                Row::Resource(id, _) => LaneKey::Resource(id),
                Row::Group(_) => continue,
            };
            if let Some(lane) = model.lanes().index_of(key) {
                lanes.places[lane - 1] = place;
            }
        }
        lanes
    }

    /// Puts together what the folded groups show on an axis; what is known already is taken from
    /// `old`, of the same model before it was arranged in another way.
    pub(crate) fn merge(&mut self, model: &Model, axis: Axis, old: Option<Self>) {
        let mut known = old.map(|old| old.merged).unwrap_or_default();
        // Slices stand in one order on all axes but that of causes.
        let axis = match axis {
            Axis::Causal => axis,
            _ => Axis::Step,
        };
        for group in &self.groups {
            let key = group.key();
            if group.tasks.len() > 1 && self.folded.binary_search(&key).is_ok() {
                let place = known.iter().position(|one| (one.0, one.1) == (key, axis));
                self.merged.push(match place {
                    Some(place) => known.swap_remove(place),
                    None => (key, axis, model.merged(&group.tasks, axis)),
                });
            }
        }
    }

    /// Number of lanes.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many lanes are pinned above the others.
    pub(crate) fn pinned(&self) -> usize {
        self.pinned
    }

    /// How many tasks and resources there are, shown or not.
    pub(crate) fn subjects(&self) -> usize {
        self.places.len()
    }

    /// The places of the lanes, one below the other.
    pub(crate) fn rows(&self) -> Rows {
        let heights = self.rows.iter().map(|row| match *row {
            Row::Resource(_, kind) => resource_height(kind),
            Row::Group(place) if !self.is_folded(place) => GROUP,
            Row::Task(_) | Row::Group(_) => TASK,
        });
        Rows::stacked(heights, self.pinned)
    }

    /// What stands in a lane.
    pub(crate) fn row(&self, lane: usize) -> Option<Row> {
        self.rows.get(lane).copied()
    }

    /// The task or resource that a lane shows; none for a group.
    pub(crate) fn subject(&self, lane: usize) -> Option<Selection> {
        match self.row(lane)? {
            Row::Task(id) => Some(Selection::Task(id)),
            Row::Resource(id, _) => Some(Selection::Resource(id)),
            Row::Group(_) => None,
        }
    }

    /// The task or resource that is meant by a lane: of a folded group, its first task.
    pub(crate) fn meant(&self, lane: usize) -> Option<Selection> {
        match self.row(lane)? {
            Row::Group(place) if self.is_folded(place) => {
                Some(Selection::Task(self.groups.get(place)?.key()))
            }
            _ => self.subject(lane),
        }
    }

    /// The lane of a task or resource, if it has one. Tasks of a folded group share theirs.
    pub(crate) fn find(&self, model: &Model, subject: Selection) -> Option<usize> {
        // The executor's lane is the first of the model's.
        let lane = model.lanes().index_of(key(subject))?.checked_sub(1)?;
        (*self.places.get(lane)? as usize).checked_sub(1)
    }

    /// A group by its place.
    pub(crate) fn group(&self, place: usize) -> Option<&Group> {
        self.groups.get(place)
    }

    /// Whether of a group one lane is left.
    pub(crate) fn is_folded(&self, place: usize) -> bool {
        let group = self.groups.get(place);
        group.is_some_and(|group| self.folded.binary_search(&group.key()).is_ok())
    }

    /// What the lane of a folded group shows.
    pub(crate) fn merged(&self, place: usize) -> Option<&Merged> {
        let key = self.groups.get(place)?.key();
        let place = self.merged.binary_search_by_key(&key, |one| one.0).ok()?;
        Some(&self.merged[place].2)
    }

    /// The group that a task is in; none for one that is alone.
    pub(crate) fn group_of(&self, task: u32) -> Option<u32> {
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.tasks.binary_search(&task).is_ok())?;
        (group.tasks.len() > 1).then(|| group.key())
    }

    /// All groups that can be folded, by their keys.
    pub(crate) fn foldable(&self) -> impl Iterator<Item = u32> {
        let groups = self.groups.iter().filter(|group| group.tasks.len() > 1);
        groups.map(Group::key)
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
    language.say_of("resource.", key).to_owned()
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
    use wakeline_timeline::log::{Columns, Event, Kind, Log, pack};

    use super::*;
    use crate::view::arrangement::Grouping;

    fn push(log: &mut Log, kind: Kind, flags: u8, subject: u32, object: u32, value: u64) {
        log.columns.push(Event {
            time: 0,
            kind,
            flags,
            location: 0,
            subject,
            object,
            value,
        });
    }

    fn model() -> Model {
        let mut log = Log::new();
        let created = Kind::ResourceCreated;
        push(&mut log, created, ResourceKind::Oneshot.code(), 1, 0, 0);
        let channel = ResourceKind::Channel.code();
        push(&mut log, created, channel, 2, 0, pack(0, 3));
        push(&mut log, Kind::TaskCreated, 0, 1, 0, 0);
        push(&mut log, Kind::TaskCreated, 0, 2, 0, 0);
        Model::from_log(log)
    }

    /// A log of tasks with these parents and names.
    fn tasks(tasks: &[(u32, &str)]) -> Log {
        let mut log = Log::new();
        for (id, (parent, name)) in (1..).zip(tasks) {
            let name = u64::from(log.strings.intern(name));
            push(&mut log, Kind::TaskCreated, 0, id, *parent, name);
        }
        log
    }

    fn grouped(grouping: Grouping) -> Arrangement {
        Arrangement {
            grouping,
            ..Arrangement::default()
        }
    }

    fn subjects(lanes: &Lanes) -> Vec<Selection> {
        (0..lanes.len())
            .filter_map(|lane| lanes.subject(lane))
            .collect()
    }

    #[test]
    fn tasks_stand_above_resources_and_each_lane_is_found_again() {
        let model = model();
        let lanes = Lanes::of(&model, &Arrangement::default());
        // A channel for one message has no lane of its own.
        let expected = [
            Selection::Task(1),
            Selection::Task(2),
            Selection::Resource(2),
        ];
        assert_eq!(subjects(&lanes), expected);
        for (lane, &subject) in expected.iter().enumerate() {
            assert_eq!(lanes.find(&model, subject), Some(lane));
        }
        assert_eq!(lanes.find(&model, Selection::Resource(1)), None);
        assert_eq!(lanes.subject(3), None);
    }

    #[test]
    fn a_channel_is_higher_than_a_task() {
        let rows = Lanes::of(&model(), &Arrangement::default()).rows();
        assert_eq!(rows.height(0), TASK);
        assert!(rows.height(2) > TASK);
    }

    #[test]
    fn groups_have_heads_and_who_is_alone_has_none() {
        let log = tasks(&[(0, "main"), (1, "worker 1"), (1, "reader"), (2, "worker 2")]);
        let model = Model::from_log(log);
        let by_name = Lanes::of(&model, &grouped(Grouping::Name));
        let rows: Vec<Row> = (0..by_name.len()).filter_map(|l| by_name.row(l)).collect();
        let expected = [
            Row::Task(1),
            Row::Group(1),
            Row::Task(2),
            Row::Task(4),
            Row::Task(3),
        ];
        assert_eq!(rows, expected);
        let by_parent = Lanes::of(&model, &grouped(Grouping::Parent));
        let rows: Vec<Row> = (0..by_parent.len())
            .filter_map(|l| by_parent.row(l))
            .collect();
        let expected = [
            Row::Task(1),
            Row::Group(1),
            Row::Task(2),
            Row::Task(3),
            Row::Task(4),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn what_is_folded_shares_a_lane_and_what_is_hidden_has_none() {
        let log = tasks(&[(0, "main"), (1, "worker 1"), (1, "worker 2"), (1, "last")]);
        let model = Model::from_log(log);
        let mut wanted = grouped(Grouping::Name);
        wanted.fold(2);
        wanted.hide(Selection::Task(4));
        let mut lanes = Lanes::of(&model, &wanted);
        lanes.merge(&model, Axis::Time, None);
        assert_eq!(lanes.len(), 2);
        assert!(lanes.merged(1).is_some() && lanes.is_folded(1));
        assert_eq!(lanes.find(&model, Selection::Task(2)), Some(1));
        assert_eq!(lanes.find(&model, Selection::Task(3)), Some(1));
        assert_eq!(lanes.find(&model, Selection::Task(4)), None);
        assert_eq!(lanes.meant(1), Some(Selection::Task(2)));
        assert_eq!((lanes.group_of(3), lanes.group_of(1)), (Some(2), None));
        wanted.fold(2);
        wanted.hide(Selection::Task(4));
        assert_eq!(subjects(&Lanes::of(&model, &wanted)).len(), 4);
    }

    #[test]
    fn what_is_pinned_stands_first_and_once() {
        let model = model();
        let mut wanted = Arrangement::default();
        wanted.pin(Selection::Resource(2));
        wanted.pin(Selection::Task(2));
        let lanes = Lanes::of(&model, &wanted);
        let expected = [
            Selection::Resource(2),
            Selection::Task(2),
            Selection::Task(1),
        ];
        assert_eq!(subjects(&lanes), expected);
        wanted.hide(Selection::Task(2));
        assert_eq!(subjects(&Lanes::of(&model, &wanted)).len(), 2);
    }

    /// Whoever comes later changes neither the order of those before nor who shares a lane.
    #[test]
    fn the_layout_is_stable_while_a_run_grows() {
        let names = ["worker 1", "worker 2", "reader", ""];
        for seed in 1..400_u32 {
            // Marsaglia's xorshift.
            let mut state = seed.wrapping_mul(0x9e37_79b9);
            let mut below = |end: u32| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state % end
            };
            let count = 1 + below(40);
            let all: Vec<(u32, &str)> = (0..count)
                .map(|before| (below(6).min(before), names[below(4) as usize]))
                .collect();
            let log = tasks(&all);
            let mut beginning = log.clone();
            beginning.columns = Columns::new();
            for event in log.columns.iter_from(0).take(below(count) as usize) {
                beginning.columns.push(event);
            }
            let mut wanted = grouped(Grouping::ALL[below(3) as usize]);
            for _ in 0..below(8) {
                let id = 1 + below(40);
                match below(3) {
                    0 => wanted.fold(id),
                    1 => wanted.pin(Selection::Task(id)),
                    _ => wanted.hide(Selection::Task(id)),
                }
            }
            let (before, after) = (Model::from_log(beginning), Model::from_log(log));
            let (old, new) = (Lanes::of(&before, &wanted), Lanes::of(&after, &wanted));
            let mut later = subjects(&new).into_iter();
            for subject in subjects(&old) {
                // In the same order, unless a second task made a folded group of it.
                let lane = new.find(&after, subject).and_then(|lane| new.row(lane));
                let folded = matches!(lane, Some(Row::Group(_)));
                let kept = folded || later.any(|other| other == subject);
                assert!(kept, "{seed}: {subject:?}");
            }
            for lane in 0..new.len() {
                if let Some(subject) = new.subject(lane) {
                    assert_eq!(new.find(&after, subject), Some(lane), "{seed}");
                }
            }
        }
    }
}
