//! What happened at a line of source.

use wakeline_timeline::Model;
use wakeline_timeline::log::Kind;

use crate::selection::Selection;
use crate::view::Marked;

/// More than this are not pointed at: nobody tells them apart.
const MOST: usize = 400;

/// The waits that began at a line, each from its beginning to its end, and the other events that
/// name the line.
#[must_use]
pub fn happened_at(model: &Model, file: &str, line: u32) -> Vec<Marked> {
    let log = model.log();
    let is_there = |location: u16| {
        let location = log.location(location);
        location.is_some_and(|at| at.line == line && log.text(at.file) == file)
    };
    let known = u16::try_from(log.locations.len()).unwrap_or(u16::MAX);
    let there: Vec<u16> = (1..known).filter(|location| is_there(*location)).collect();
    let mut marked: Vec<Marked> = Vec::new();
    let mut open: Vec<(usize, u32, u32, u8)> = Vec::new();
    if there.is_empty() {
        return marked;
    }
    for (at, event) in log.columns.numbered() {
        let at = at as usize;
        let wait = (event.subject, event.object, event.flags);
        if event.kind == Kind::WaitEnded {
            let begun = open
                .iter()
                .position(|(_, task, of, why)| (*task, *of, *why) == wait);
            if let Some(place) = begun {
                let (place, ..) = open.swap_remove(place);
                marked[place].steps.end = at + 1;
            }
        } else if there.contains(&event.location) && marked.len() < MOST {
            let subject = matches!(event.kind, Kind::ResourceCreated)
                .then_some(Selection::Resource(event.subject))
                .or((event.subject != 0).then_some(Selection::Task(event.subject)));
            if event.kind == Kind::WaitBegun {
                open.push((marked.len(), wait.0, wait.1, wait.2));
            }
            marked.push(Marked {
                steps: at..at + 1,
                subject,
            });
        }
    }
    for (place, ..) in open {
        marked[place].steps.end = model.len();
    }
    marked
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::{Event, Log, Reason, SourceLocation};

    use super::*;

    #[test]
    fn a_wait_reaches_from_its_beginning_to_its_own_end() {
        let mut log = Log::new();
        let file = log.strings.intern("a.rs");
        for line in [7, 9] {
            log.locations.push(SourceLocation {
                file,
                line,
                column: 1,
            });
        }
        let mut push = |kind, location, subject, object| {
            log.columns.push(Event {
                time: 0,
                kind,
                flags: Reason::Lock.code(),
                location,
                subject,
                object,
                value: 0,
            });
        };
        push(Kind::WaitBegun, 1, 1, 5);
        push(Kind::WaitBegun, 1, 2, 5);
        push(Kind::WaitEnded, 0, 2, 5);
        push(Kind::Yielded, 1, 2, 0);
        push(Kind::Yielded, 2, 2, 0);
        let model = Model::from_log(log);
        let steps = |line| -> Vec<_> {
            let marked = happened_at(&model, "a.rs", line);
            marked.into_iter().map(|marked| marked.steps).collect()
        };
        assert_eq!(steps(7), [0..5, 1..3, 3..4]);
        let only = 4..5;
        assert_eq!(steps(9), [only]);
        assert!(steps(8).is_empty());
        assert!(happened_at(&model, "b.rs", 7).is_empty());
    }
}
