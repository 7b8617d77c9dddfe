//! What connects lanes, and what stands beside the slices of a lane: spawns and joins, requests
//! for an end, timers, the arms of a select, requests over the network, messages.

use wakeline_timeline::arrows::{Arm, Flight};
use wakeline_timeline::log::{Event, Kind, Reason};
use wakeline_timeline::state::Fate;
use wakeline_timeline::{LaneKey, Look};

use super::pieces::view_of;
use super::thinned::{first_at, thinned};
use crate::selection::Selection;
use crate::view::draw::scene::Scene;
use crate::view::geometry::{POLL_BOTTOM, POLL_TOP};

/// How a line between two lanes came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// A task spawned another.
    Spawn,
    /// A task took in how another ended.
    Join,
    /// The same, where the other had failed: the error went there.
    Error,
    /// A task asked for the end of another.
    Cancel,
    /// A notification released a task.
    Pulse,
}

/// A line from one lane to another, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) tie: Tie,
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
}

/// A stretch beside the slices of a lane, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// What its end means: it came to its end, or was cut off there.
    pub(crate) end: Ended,
    /// What it is about.
    pub(crate) look: Look,
    /// Which of several that are under way at once.
    pub(crate) level: usize,
}

/// How a stretch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Cut,
    /// It is still under way.
    Open,
}

/// How far before the left edge something may begin and still be looked for.
const LOOK_BACK: usize = 32;

/// Stretches shorter than this, in CSS pixels, are not drawn: nothing of them could be seen.
const LEAST: f64 = 5.0;

/// Where an event stands on the canvas.
fn x(scene: &Scene<'_>, event: u32) -> f64 {
    scene.x(scene.model.position(scene.axis, event as usize) as f64)
}

/// The middle of a task's slices on the canvas, be it in view or not.
pub(super) fn middle(scene: &Scene<'_>, subject: Selection) -> Option<f64> {
    let lane = scene.lanes.find(scene.model, subject)?;
    Some(scene.top(lane) + (POLL_TOP + POLL_BOTTOM) / 2.0)
}

/// The lines that begin or end at a task's lane because it began, ended or was asked to.
pub(crate) fn ties(scene: &Scene<'_>, id: u32, lines: &mut Vec<Line>) {
    let model = scene.model;
    let (Some(task), Some(lane)) = (model.tip().task(id), model.lanes().task(id)) else {
        return;
    };
    let Some(own) = middle(scene, Selection::Task(id)) else {
        return;
    };
    let other = |other: u32| (other != 0 && other != id).then_some(Selection::Task(other));
    let height = |task: u32| middle(scene, other(task)?);
    let mut add = |tie, from: Option<(f64, f64)>, to: Option<(f64, f64)>| {
        if let (Some(from), Some(to)) = (from, to)
            && from.1 != to.1
            && from.0.max(to.0) >= 0.0
            && from.0.min(to.0) <= scene.size.0
        {
            lines.push(Line { tie, from, to });
        }
    };
    let born = x(scene, lane.created);
    add(
        Tie::Spawn,
        height(task.parent).map(|y| (born, y)),
        Some((born, own)),
    );
    if let Some(request) = task.cancel() {
        let at = x(scene, request.at);
        add(
            Tie::Cancel,
            height(request.by).map(|y| (at, y)),
            Some((at, own)),
        );
    }
    let Some(end) = lane.end else { return };
    let tie = match end.fate {
        Fate::Failed { .. } => Tie::Error,
        _ => Tie::Join,
    };
    // Who took in the end is the last that the task has to do with others.
    for &event in model.outgoing(id).iter().rev().take(2) {
        if event > end.at
            && let Some(found) = model.event(event as usize)
            && found.kind == Kind::WaitEnded
        {
            let to = height(found.subject).map(|y| (x(scene, event), y));
            add(tie, Some((x(scene, end.at), own)), to);
        }
    }
}

/// The tasks that a notification released, as lines from the mark on its lane.
pub(crate) fn pulses(scene: &Scene<'_>, id: u32, lines: &mut Vec<Line>) {
    /// Tasks of one notification that get a line.
    const MOST: usize = 12;
    let Some(from) = middle(scene, Selection::Resource(id)) else {
        return;
    };
    let mut marks = Vec::new();
    let view = view_of(scene);
    scene.model.marks(LaneKey::Resource(id), &view, &mut marks);
    for mark in marks {
        let notified = scene.model.event(mark.event as usize);
        let Some(event) = notified.filter(|event| event.kind == Kind::Notified) else {
            continue;
        };
        // The wakes that it gives stand around it in the log.
        let near = mark.event.saturating_sub(MOST as u32)..=mark.event + MOST as u32;
        let released = near.filter_map(|at| {
            let wake = scene.model.wake(at)?;
            let by = wake.by == event.subject && wake.waker().is_some();
            let waits = scene
                .model
                .slice_at(LaneKey::Task(wake.task), at as usize)?;
            (by && waits.object == id).then_some((at, wake.task))
        });
        for (at, task) in released.take((event.value as usize).min(MOST)) {
            if let Some(to) = middle(scene, Selection::Task(task)) {
                let (from, to) = ((x(scene, mark.event), from), (x(scene, at), to));
                lines.push(Line {
                    tie: Tie::Pulse,
                    from,
                    to,
                });
            }
        }
    }
}

/// The timers of a task: from their arming to their deadline, or to where they were cancelled.
pub(crate) fn timers(scene: &Scene<'_>, id: u32) -> Vec<Stretch> {
    let model = scene.model;
    let armed = |number: usize| {
        let timer = model.timer(id, number);
        timer.map_or(f64::INFINITY, |timer| x(scene, timer.armed))
    };
    let mut found = Vec::new();
    visit(scene, model.timers_len(id), &armed, &mut |number, from| {
        let Some(timer) = model.timer(id, number) else {
            return;
        };
        let (to, end) = match timer.over {
            Some(over) if timer.fired => (x(scene, over), Ended::Well),
            Some(over) => (x(scene, over), Ended::Cut),
            None => (scene.x(model.extent(scene.axis) as f64), Ended::Open),
        };
        found.push(Stretch {
            from,
            to,
            end,
            look: Look::Interval,
            level: 0,
        });
    });
    found.retain(|one| one.to - one.from >= LEAST && one.to >= 0.0);
    found
}

/// The arms of a task that were under way together.
pub(crate) fn arms(scene: &Scene<'_>, id: u32) -> Vec<Stretch> {
    let arms = scene.model.arms(id);
    let begun = |number: usize| x(scene, arms[number].begun);
    let mut found: Vec<Stretch> = Vec::new();
    let mut add = |number: usize, from: f64| {
        let Arm {
            begun, over, cut, ..
        } = arms[number];
        let to = match over {
            0 => scene.x(scene.model.extent(scene.axis) as f64),
            over => x(scene, over),
        };
        if to - from < LEAST || to < 0.0 {
            return;
        }
        let event = scene.model.event(begun as usize);
        let reason = event.and_then(|event| Reason::from_code(event.flags));
        // Below those that are under way: there is room for two.
        let level = found
            .iter()
            .rev()
            .take(8)
            .filter(|one| one.to > from)
            .count();
        found.push(Stretch {
            from,
            to,
            end: match (over, cut) {
                (0, _) => Ended::Open,
                (_, true) => Ended::Cut,
                _ => Ended::Well,
            },
            look: Look::of_wait(reason.unwrap_or(Reason::Other), None),
            level,
        });
    };
    // Arms begin together: of those at one place, a few.
    let first = first_at(0..arms.len(), 0.0, &begun).saturating_sub(LOOK_BACK);
    let end = first_at(first..arms.len(), scene.size.0, &begun);
    thinned(first..end, 2.0, &begun, &mut |number, at| {
        for beside in number..(number + 3).min(end) {
            let from = begun(beside);
            if from - at < 1.0 {
                add(beside, from);
            }
        }
    });
    found
}

/// The requests and sockets of a task: the event with what it is about, where it stands, and where
/// the next of its kind does.
pub(crate) fn network(scene: &Scene<'_>, id: u32) -> Vec<(Event, f64, f64)> {
    let events = scene.model.network(id);
    let at = |number: usize| x(scene, events[number]);
    let mut found: Vec<(Event, f64, f64)> = Vec::new();
    visit(scene, events.len(), &at, &mut |number, from| {
        let Some(event) = scene.model.event(events[number] as usize) else {
            return;
        };
        let to = events.get(number + 1).map_or(from, |&next| x(scene, next));
        let to = match event.kind {
            Kind::NetworkEnded => from,
            _ => to,
        };
        found.push((event, from, to));
    });
    found
}

/// The messages of a channel that are in view: where each was sent, where it left, and whether
/// nobody took it. Too many to be told apart are none.
pub(crate) fn flights(scene: &Scene<'_>, id: u32) -> Vec<(f64, f64, bool)> {
    /// Lines nearer to each other than this, in CSS pixels, would be an area.
    const APART: f64 = 3.0;
    let model = scene.model;
    let sent = |number: usize| {
        let flight = model.flight(id, number);
        flight.map_or(f64::INFINITY, |flight| x(scene, flight.sent))
    };
    let all = model.flights_len(id);
    let first = first_at(0..all, 0.0, &sent).saturating_sub(LOOK_BACK);
    let end = first_at(first..all, scene.size.0, &sent);
    if (end - first) as f64 * APART > scene.size.0 + LOOK_BACK as f64 * APART {
        return Vec::new();
    }
    let flights = (first..end).filter_map(|number| model.flight(id, number));
    let place = |flight: Flight| {
        let to = flight
            .left
            .map_or(scene.size.0 + 1.0, |left| x(scene, left));
        (x(scene, flight.sent), to, flight.discarded)
    };
    flights.map(place).filter(|one| one.1 >= 0.0).collect()
}

/// Visits what stands in view, and a few things before it. Of those that stand at one place, the
/// first and the last: what goes on from there began with the last.
fn visit(
    scene: &Scene<'_>,
    all: usize,
    x: &dyn Fn(usize) -> f64,
    visit: &mut dyn FnMut(usize, f64),
) {
    let first = first_at(0..all, 0.0, x).saturating_sub(LOOK_BACK);
    let end = first_at(first..all, scene.size.0, x);
    let mut number = first;
    while number < end {
        let at = x(number);
        visit(number, at);
        let next = first_at(number + 1..end, at + 2.0, x);
        if next > number + 1 {
            visit(next - 1, x(next - 1));
        }
        number = next;
    }
}
