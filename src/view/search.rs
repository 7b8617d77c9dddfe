//! Looking for something by its name: tasks, resources, lines that the program printed.

use wakeline_phrases::Language;
use wakeline_timeline::Model;

use super::lanes::name;
use crate::selection::Selection;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// A task or a resource by its name.
    Lane(Selection),
    /// The event that printed a line.
    Line(u32),
}

/// More than this is not looked for: nobody goes through them.
const MOST: usize = 9999;

/// A search under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// What is looked for.
    pub(crate) text: String,
    hits: Vec<Hit>,
    at: usize,
    /// The number of events that were looked through.
    events: usize,
}

impl Search {
    /// Looks for a text: in the names of tasks, then of resources, then in what was printed. The
    /// case of Latin letters does not matter.
    pub(crate) fn new(model: &Model, language: Language, text: String) -> Self {
        let mut hits = Vec::new();
        if !text.is_empty() {
            let lanes = model.lanes();
            let tasks = lanes.tasks().iter().map(|lane| Selection::Task(lane.id));
            let resources = lanes.resources().iter();
            let resources = resources.map(|lane| Selection::Resource(lane.id));
            let named = tasks
                .chain(resources)
                .filter(|&subject| contains(&name(model, subject, language), &text))
                .map(Hit::Lane);
            let lines = model.lines().iter().copied();
            let lines = lines
                .filter(|&line| contains(line_text(model, line), &text))
                .map(Hit::Line);
            hits.extend(named.chain(lines).take(MOST));
        }
        Self {
            text,
            hits,
            at: 0,
            events: model.len(),
        }
    }

    /// The place of what was found last, counted from 1, and how much was found.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.at.min(self.hits.len()), self.hits.len())
    }

    /// Goes to the next, or to the one before; after the last comes the first. What a run that
    /// grows has brought since is found too.
    pub(crate) fn step(&mut self, model: &Model, language: Language, back: bool) -> Option<Hit> {
        if model.len() != self.events {
            let at = self.at;
            *self = Self::new(model, language, std::mem::take(&mut self.text));
            self.at = at;
        }
        let all = self.hits.len();
        self.at = match (self.at, back) {
            (0 | 1, true) => all,
            (at, true) => at - 1,
            (at, false) if at >= all => 1,
            (at, false) => at + 1,
        };
        self.hits.get(self.at.checked_sub(1)?).copied()
    }
}

fn line_text(model: &Model, line: u32) -> &str {
    let text = model.event(line as usize).map_or(0, |event| event.value);
    model.log().text(text as u32)
}

/// Whether a text stands in another, whatever the case of its Latin letters.
fn contains(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    text.windows(wanted.len())
        .any(|part| part.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::{Event, Kind, Log};

    use super::*;

    fn model() -> Model {
        let mut log = Log::new();
        let mut push = |kind, subject, text: &str| {
            let value = u64::from(log.strings.intern(text));
            log.columns.push(Event {
                time: 0,
                kind,
                flags: 0,
                location: 0,
                subject,
                object: 0,
                value,
            });
        };
        push(Kind::TaskCreated, 1, "main");
        push(Kind::TaskCreated, 2, "Worker 1");
        push(Kind::TaskCreated, 3, "worker 2");
        push(Kind::Line, 2, "a WORKER speaks");
        push(Kind::Line, 2, "生产者 speaks");
        Model::from_log(log)
    }

    #[test]
    fn tasks_come_before_lines_and_case_does_not_matter() {
        let model = model();
        let language = Language::English;
        let mut search = Search::new(&model, language, "worker".to_owned());
        assert_eq!(search.place(), (0, 3));
        let mut next = |back| search.step(&model, language, back);
        let worker = |id| Some(Hit::Lane(Selection::Task(id)));
        assert_eq!(next(false), worker(2));
        assert_eq!(next(false), worker(3));
        assert_eq!(next(false), Some(Hit::Line(3)));
        assert_eq!(next(false), worker(2), "it goes round");
        assert_eq!(next(true), Some(Hit::Line(3)), "and back");
        assert_eq!(search.place(), (3, 3));
    }

    #[test]
    fn any_script_is_found_and_nothing_is_no_text() {
        let model = model();
        let find = |text: &str| Search::new(&model, Language::English, text.to_owned());
        assert_eq!(find("产者").place(), (0, 1));
        assert_eq!(find("").place(), (0, 0));
        assert_eq!(find("nobody").place(), (0, 0));
        let mut none = find("nobody");
        assert_eq!(none.step(&model, Language::English, true), None);
        assert_eq!(none.step(&model, Language::English, false), None);
    }
}
