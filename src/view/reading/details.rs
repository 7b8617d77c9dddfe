//! What there is to say about a place of the picture, in the words of the phrase table.

use wakeline_phrases::Language;
use wakeline_timeline::log::{Kind, ResourceKind};
use wakeline_timeline::state::{Resource, State};
use wakeline_timeline::{Argument, Axis, LaneKey, Look, Model, Phrase, Slice, duration};

use crate::selection::Selection;
use crate::view::icons::Icon;
use crate::view::lanes::{icon, name};
use crate::view::look::look_icon;
use crate::view::ruler::exact_time;
use crate::view::tip::Details;

/// Events of a poll that are listed.
const MOST_LISTED: usize = 5;

/// Tasks of a folded group that are looked at.
const MOST_MERGED: usize = 10_000;

/// A place of the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// The lane; `None` for that of the executor.
    pub(crate) subject: Option<Selection>,
    pub(crate) axis: Axis,
    /// Where on the axis.
    pub(crate) position: f64,
    /// What is as near as this counts as meant.
    pub(crate) reach: f64,
}

/// What there is to say about a place; `None` if nothing is there.
pub(crate) fn details(model: &Model, spot: Spot, language: Language) -> Option<Details> {
    match spot.subject {
        None => executor(model, spot, language),
        Some(Selection::Task(id)) => task(model, spot, id, language),
        Some(Selection::Resource(id)) => resource(model, spot, id, language),
    }
}

fn executor(model: &Model, spot: Spot, language: Language) -> Option<Details> {
    let slice = model.hit(LaneKey::Executor, spot.axis, spot.position, spot.reach)?;
    if slice.look == Look::Idle {
        return Some(Details {
            icon: Icon::Executor,
            title: language.say("look.idle").to_owned(),
            when: when(&slice, language),
            lines: vec![language.say("timeline.tip.idle").to_owned()],
            location: 0,
        });
    }
    let subject = Selection::Task(slice.object);
    let mut lines = happenings(model, slice.object, &slice, language);
    lines.extend(crowd(model, LaneKey::Executor, spot, language));
    Some(Details {
        icon: Icon::Executor,
        title: titled(&name(model, subject, language), slice.look, language),
        when: when(&slice, language),
        lines,
        location: line_of(model, Some(subject), slice.start as usize + 1),
    })
}

fn task(model: &Model, spot: Spot, id: u32, language: Language) -> Option<Details> {
    let key = LaneKey::Task(id);
    let slice = model.hit(key, spot.axis, spot.position, spot.reach)?;
    let state = model.state_at(slice.start as usize + 1);
    let mut lines = Vec::new();
    if slice.look.is_poll() {
        lines.extend(happenings(model, id, &slice, language));
    } else {
        lines.push(model.why(&state, id).text(model, language));
    }
    lines.extend(crowd(model, key, spot, language));
    Some(Details {
        icon: look_icon(slice.look).unwrap_or(Icon::Task),
        title: titled(
            &name(model, Selection::Task(id), language),
            slice.look,
            language,
        ),
        when: when(&slice, language),
        lines,
        location: stands_at(&state, id),
    })
}

/// The line of a task, of whoever is polled if none is selected, after so many events; 0 if that is
/// unknown.
pub(crate) fn line_of(model: &Model, selection: Option<Selection>, step: usize) -> u16 {
    let task = match selection {
        None => model
            .slice_at(LaneKey::Executor, step)
            .map(|one| one.object),
        Some(subject) => subject.task(),
    };
    task.map_or(0, |task| stands_at(&model.state_at(step), task))
}

/// The line at which a task waits, from which it goes on, or at which it was spawned.
fn stands_at(state: &State, task: u32) -> u16 {
    let Some(task) = state.task(task) else {
        return 0;
    };
    let waits_at = task.main_wait().map_or(0, |wait| wait.location);
    let known = [waits_at, task.awaits_at, task.spawned_at];
    known.into_iter().find(|at| *at != 0).unwrap_or(0)
}

/// As [`details`] for tasks that share a lane: what the one does of which it shows, and how many do
/// the same.
pub(crate) fn crowded(
    model: &Model,
    tasks: &[u32],
    spot: Spot,
    language: Language,
) -> Option<Details> {
    let look = |id: &u32| {
        let slice = model.hit(LaneKey::Task(*id), spot.axis, spot.position, spot.reach)?;
        Some(slice.look)
    };
    let looks = || tasks.iter().take(MOST_MERGED).filter_map(look);
    let shown = looks().max()?;
    let first = tasks.iter().find(|id| look(id) == Some(shown))?;
    let mut details = task(model, spot, *first, language)?;
    let (count, all) = (looks().filter(|look| *look == shown).count(), tasks.len());
    let numbers = [("count", &*count.to_string()), ("all", &*all.to_string())];
    details
        .lines
        .push(language.say_with("timeline.tip.group", &numbers));
    Some(details)
}

fn titled(name: &str, look: Look, language: Language) -> String {
    let look = language.say_of("look.", look.name());
    language.say_with("timeline.tip.title", &[("name", name), ("look", look)])
}

/// When a slice begins and ends, and how long it is.
fn when(slice: &Slice, language: Language) -> Vec<String> {
    let from = exact_time(slice.start_time as f64);
    let time = if slice.duration() == 0 && !slice.open {
        language.say_with("timeline.tip.instant", &[("time", &from)])
    } else {
        let to = exact_time(slice.end_time as f64);
        let length = duration::short(slice.duration());
        let key = if slice.open {
            "timeline.tip.open"
        } else {
            "timeline.tip.span"
        };
        language.say_with(key, &[("from", &from), ("to", &to), ("length", &length)])
    };
    let (first, last) = (slice.start + 1, slice.end.max(slice.start + 1));
    let steps = language.say_with(
        "timeline.tip.steps",
        &[("from", &first.to_string()), ("to", &last.to_string())],
    );
    vec![time, steps]
}

/// What a task did in a poll.
fn happenings(model: &Model, task: u32, poll: &Slice, language: Language) -> Vec<String> {
    let inside = (poll.start as usize + 1)..(poll.end as usize + 1).min(model.len());
    let mut lines: Vec<String> = Vec::new();
    let mut more = 0;
    // Long polls of busy programs have more events than anybody reads; the rest is not counted
    // to the last one.
    for index in inside.take(2000) {
        let Some(event) = model.event(index) else {
            break;
        };
        if !is_deed(event.kind) || (event.kind == Kind::TaskReady && event.subject == task) {
            continue;
        }
        if lines.len() == MOST_LISTED {
            more += 1;
        } else if let Some(sentence) = model.describe(index) {
            lines.push(sentence.text(model, language));
        }
    }
    if more > 0 {
        let more = more.to_string();
        lines.push(language.say_with("timeline.tip.more", &[("count", &more)]));
    }
    lines
}

/// The kinds of events that say what a program does, rather than how the executor goes about it.
fn is_deed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::TaskCreated
            | Kind::TaskReady
            | Kind::TaskCompleted
            | Kind::TaskFailed
            | Kind::TaskCancelled
            | Kind::CancelRequested
            | Kind::ResourceCreated
            | Kind::ResourceClosed
            | Kind::WaitBegun
            | Kind::Acquired
            | Kind::Released
            | Kind::HandedOver
            | Kind::Sent
            | Kind::Received
            | Kind::Discarded
            | Kind::Notified
            | Kind::Cleared
            | Kind::CapacityChanged
            | Kind::UnitDone
            | Kind::NetworkBegun
            | Kind::NetworkPhase
            | Kind::NetworkMessage
            | Kind::NetworkEnded
            | Kind::Line
    )
}

/// Says that the place has more than one slice.
fn crowd(model: &Model, key: LaneKey, spot: Spot, language: Language) -> Option<String> {
    let low = (spot.position - spot.reach).max(0.0) as u64;
    let high = (spot.position + spot.reach).max(0.0) as u64;
    let others = model.slices_between(key, spot.axis, low, high).len();
    // What is under the pointer and its neighbours are there at any zoom.
    (others > 3).then(|| {
        let count = (others - 1).to_string();
        language.say_with("timeline.tip.many", &[("count", &count)])
    })
}

fn resource(model: &Model, spot: Spot, id: u32, language: Language) -> Option<Details> {
    let step = model.step_at(spot.axis, spot.position + spot.reach / 2.0);
    let state = model.state_at(step);
    let known = state.resource(id)?;
    let subject = Selection::Resource(id);
    let kind = match known.kind {
        Some(kind) => language.say_of("resource.", kind.name()),
        None => language.say("resource.unknown"),
    };
    let name = name(model, subject, language);
    let time = exact_time(state.time() as f64);
    let mut lines: Vec<String> = contents(known, language).into_iter().collect();
    let tasks = |tasks: Vec<u32>, key: &'static str| {
        let all = tasks.len();
        (all > 0).then(|| {
            let list = Argument::list(tasks.into_iter().map(Argument::Task), all);
            Phrase::new(key)
                .with_number("count", all as u64)
                .with("tasks", list)
                .text(model, language)
        })
    };
    let holders = known.holders().iter().map(|holder| holder.task).collect();
    let blocked = known.blocked_senders().map(|waiter| waiter.task).collect();
    let waiting = known.waiters().map(|waiter| waiter.task).collect();
    lines.extend(tasks(holders, "timeline.tip.held"));
    lines.extend(tasks(blocked, "timeline.tip.blocked"));
    lines.extend(tasks(waiting, "timeline.tip.waiting"));
    if known.closed().is_some() {
        lines.push(language.say("timeline.legend.closed").to_owned());
    }
    Some(Details {
        icon: icon(model, subject),
        title: language.say_with("timeline.tip.title", &[("name", &name), ("look", kind)]),
        when: vec![language.say_with("timeline.tip.at", &[("time", &time)])],
        lines,
        location: 0,
    })
}

/// What a resource contains, in a few words; `None` for what contains nothing.
fn contents(resource: &Resource, language: Language) -> Option<String> {
    let (number, key) = match resource.kind? {
        ResourceKind::Channel
        | ResourceKind::Queue
        | ResourceKind::Broadcast
        | ResourceKind::Watch
        | ResourceKind::Oneshot => (resource.len() as u64, "timeline.inside"),
        ResourceKind::Semaphore => (resource.permits_in_use(), "timeline.in-use"),
        _ => return None,
    };
    let number = number.to_string();
    Some(match resource.capacity() {
        Some(capacity) => language.say_with(
            &format!("{key}.of"),
            &[("number", &number), ("capacity", &capacity.to_string())],
        ),
        None => language.say_with(key, &[("number", &number)]),
    })
}

/// What the label of a resource says about it at a moment; empty for nothing.
pub(crate) fn label_detail(
    model: &Model,
    state: &State,
    subject: Selection,
    language: Language,
) -> String {
    let Selection::Resource(id) = subject else {
        return String::new();
    };
    let Some(resource) = state.resource(id) else {
        return String::new();
    };
    if resource.kind == Some(ResourceKind::Mutex) {
        let holder = resource.holders().first().map(|holder| holder.task);
        return holder
            .map(|task| name(model, Selection::Task(task), language))
            .unwrap_or_default();
    }
    contents(resource, language).unwrap_or_default()
}

/// What a screen reader is told after a step: what happened last.
pub(crate) fn announcement(model: &Model, step: usize, language: Language) -> String {
    let time = exact_time(model.playhead(Axis::Time, step));
    let Some(sentence) = step.checked_sub(1).and_then(|last| model.describe(last)) else {
        return language.say("timeline.announce.start").to_owned();
    };
    let sentence = sentence.text(model, language);
    language.say_with(
        "timeline.announce",
        &[
            ("time", &time),
            ("step", &step.to_string()),
            ("sentence", &sentence),
        ],
    )
}
