//! How the reader wants the lanes: in groups, folded, pinned, hidden.

use wakeline_phrases::Language;
use wakeline_timeline::Model;
use wakeline_timeline::log::Strings;

use super::lanes::name;
use crate::selection::Selection;

/// By what tasks are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// Each task stands where it was created.
    #[default]
    None,
    /// Tasks of the same parent.
    Parent,
    /// Tasks whose names differ only by the number at their end.
    Name,
}

impl Grouping {
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Parent, Self::Name];

    /// The name in the choice, and after `timeline.group.` in the phrase table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Parent => "parent",
            Self::Name => "name",
        }
    }
}

/// What the reader chose.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arrangement {
    pub(crate) grouping: Grouping,
    /// The groups of which one lane is left, by their first task, in order.
    pub(crate) folded: Vec<u32>,
    /// Above all others, in the order in which they were pinned.
    pub(crate) pinned: Vec<Selection>,
    pub(crate) hidden: Vec<Selection>,
}

/// Tasks that stand together. A group begins with its first task, by which it is known: whoever
/// joins later changes neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) tasks: Vec<u32>,
}

impl Group {
    /// What the group is known by.
    pub(crate) fn key(&self) -> u32 {
        self.tasks.first().copied().unwrap_or(0)
    }
}

/// The tasks of a model in groups, in the order of their first tasks.
pub(crate) fn groups(model: &Model, grouping: Grouping) -> Vec<Group> {
    let mut names = Strings::new();
    let mut places: Vec<usize> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for lane in model.lanes().tasks() {
        let shared = match grouping {
            Grouping::None => None,
            Grouping::Parent => {
                let parent = model.tip().task(lane.id).map_or(0, |task| task.parent);
                (parent != 0).then(|| parent.to_string())
            }
            Grouping::Name => {
                let name = name(model, Selection::Task(lane.id), Language::English);
                Some(stem(&name).to_owned())
            }
        };
        let alone = groups.len();
        let place = shared.map_or(alone, |shared| {
            let name = names.intern(&shared) as usize;
            if name >= places.len() {
                places.resize(name + 1, usize::MAX);
            }
            places[name] = places[name].min(alone);
            places[name]
        });
        if place == alone {
            groups.push(Group { tasks: Vec::new() });
        }
        groups[place].tasks.push(lane.id);
    }
    groups
}

/// A name without the number at its end, and what joins that to it.
pub(crate) fn stem(name: &str) -> &str {
    let digits = |c: char| c.is_ascii_digit();
    let stem = name
        .trim_end_matches(digits)
        .trim_end_matches([' ', '-', '_', '#', ':', '.', '/']);
    if stem.is_empty() { name } else { stem }
}

impl Arrangement {
    /// Puts into a list what is not in it, and takes out what is.
    fn toggle(list: &mut Vec<Selection>, one: Selection) {
        match list.iter().position(|other| *other == one) {
            Some(place) => drop(list.remove(place)),
            None => list.push(one),
        }
    }

    /// Pins a lane above all others, or lets it go back to its place.
    pub(crate) fn pin(&mut self, subject: Selection) {
        Self::toggle(&mut self.pinned, subject);
    }

    /// Hides a lane, or shows it again.
    pub(crate) fn hide(&mut self, subject: Selection) {
        Self::toggle(&mut self.hidden, subject);
    }

    /// Folds a group, or unfolds it.
    pub(crate) fn fold(&mut self, group: u32) {
        match self.folded.binary_search(&group) {
            Ok(place) => drop(self.folded.remove(place)),
            Err(place) => self.folded.insert(place, group),
        }
    }

    /// Groups the tasks in another way; what was folded was so in the old one.
    pub(crate) fn regroup(&mut self, grouping: Grouping) {
        self.grouping = grouping;
        self.folded.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_at_the_end_of_a_name_does_not_count() {
        for (name, expected) in [
            ("worker 12", "worker"),
            ("worker-3", "worker"),
            ("job #7", "job"),
            ("main", "main"),
            ("42", "42"),
            ("生产者3", "生产者"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
