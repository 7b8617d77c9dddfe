//! Lanes of tasks and of the executor.

use wakeline_timeline::log::{Kind, LineLevel};
use wakeline_timeline::state::Fate;
use wakeline_timeline::{LaneKey, Look, Slice, Span, Viewport, duration, sort};

use crate::selection::{Axis, Selection};
use crate::view::draw::scene::Scene;
use crate::view::draw::strip::poll_color;
use crate::view::draw::task::Piece;
use crate::view::geometry::HATCHED;
use crate::view::lanes::name;
use crate::view::look::Sign;
use crate::view::palette::Palette;

/// The view of a scene in device pixels, as the model wants it.
pub(crate) fn view_of(scene: &Scene<'_>) -> Viewport {
    Viewport {
        axis: scene.axis,
        start: scene.view.start,
        end: scene.view.end,
        pixels: (scene.size.0 * scene.ratio).round().max(0.0) as u32,
    }
}

/// Fills `spans` with those of a lane, and gives those of its slices that are wide enough for
/// patterns or words.
fn pieces(
    scene: &Scene<'_>,
    key: LaneKey,
    palette: &Palette,
    text: impl Fn(&Slice) -> String,
    spans: &mut Vec<Span>,
) -> Vec<Piece> {
    scene.model.spans(key, &view_of(scene), spans);
    let least = HATCHED * scene.ratio;
    spans
        .iter()
        // The middle of a wide slice is a span of its own, which no other slice shares.
        .filter(|span| span.count == 1 && f64::from(span.to - span.from) >= least - 2.0)
        .filter_map(|span| scene.model.slice(key, span.first as usize))
        .filter(|slice| scene.shown.contains(slice.look))
        .filter_map(|slice| {
            let (from, to) = scene.model.slice_on(scene.axis, &slice);
            let from = scene.x(from as f64).max(0.0);
            let to = scene.x(to as f64).min(scene.size.0);
            let length = to - from;
            (length >= HATCHED).then(|| Piece {
                look: slice.look,
                left: from,
                length,
                text: if length >= crate::view::geometry::WORDS {
                    text(&slice)
                } else {
                    String::new()
                },
                ground: poll_color(slice.look, scene.seen.weight(slice.duration()), palette),
            })
        })
        .collect()
}

/// The spans and wide slices of a task's lane.
pub(crate) fn task_pieces(
    scene: &Scene<'_>,
    id: u32,
    palette: &Palette,
    spans: &mut Vec<Span>,
) -> Vec<Piece> {
    let text = |slice: &Slice| {
        let (model, language) = (scene.model, scene.language);
        match slice.look {
            Look::Join => name(model, Selection::Task(slice.object), language),
            Look::Receive
            | Look::Send
            | Look::Lock
            | Look::Semaphore
            | Look::Event
            | Look::Network
            | Look::Outside
                if slice.object != 0 =>
            {
                name(model, Selection::Resource(slice.object), language)
            }
            _ => length(slice),
        }
    };
    pieces(scene, LaneKey::Task(id), palette, text, spans)
}

/// The spans and wide slices of the executor's lane; their words are the names of the tasks.
pub(crate) fn executor(scene: &Scene<'_>, palette: &Palette, spans: &mut Vec<Span>) -> Vec<Piece> {
    let text = |slice: &Slice| match slice.look {
        Look::Idle => String::new(),
        _ => name(scene.model, Selection::Task(slice.object), scene.language),
    };
    pieces(scene, LaneKey::Executor, palette, text, spans)
}

/// The spans of the tasks of a folded group together; none of one that is not folded.
pub(crate) fn merged(scene: &Scene<'_>, group: usize, spans: &mut Vec<Span>) {
    match scene.lanes.merged(group) {
        Some(merged) => scene.model.merged_spans(merged, &view_of(scene), spans),
        None => spans.clear(),
    }
}

/// The lanes in view below which a task of the ghost stands, with that task.
pub(crate) fn ghosts(scene: &Scene<'_>, lanes: &[usize]) -> Vec<(usize, u32)> {
    let ghost = |&lane: &usize| {
        scene.ghost?;
        let id = scene.lanes.subject(lane)?.task()?;
        let place = scene.model.lanes().index_of(LaneKey::Task(id))?;
        Some((lane, *scene.counterparts.get(place - 1)?))
    };
    lanes.iter().filter_map(ghost).collect()
}

/// The spans of a task of the ghost.
pub(crate) fn ghost_spans(scene: &Scene<'_>, id: u32, spans: &mut Vec<Span>) {
    match scene.ghost {
        Some(ghost) => ghost.spans(LaneKey::Task(id), &view_of(scene), spans),
        None => spans.clear(),
    }
}

/// How long the polls of a span of a task's lane are, from 0 to 1.
pub(crate) fn weight(scene: &Scene<'_>, id: u32, span: &Span) -> f32 {
    weight_in(scene, LaneKey::Task(id), span)
}

/// How long the polls of a span of the executor's lane are, from 0 to 1.
pub(crate) fn executor_weight(scene: &Scene<'_>, span: &Span) -> f32 {
    weight_in(scene, LaneKey::Executor, span)
}

fn weight_in(scene: &Scene<'_>, key: LaneKey, span: &Span) -> f32 {
    if span.count == 1 {
        let slice = scene.model.slice(key, span.first as usize);
        return scene.seen.weight(slice.map_or(0, |slice| slice.duration()));
    }
    // Of many polls in a pixel, what counts is how much of its time they fill.
    let share = match scene.axis {
        Axis::Time | Axis::Active => span.busy.clamp(0.0, 1.0),
        Axis::Step | Axis::Causal => 0.0,
    };
    share.max(scene.seen.weight(0))
}

/// How long a slice is; nothing if it takes no time.
fn length(slice: &Slice) -> String {
    match slice.duration() {
        0 => String::new(),
        nanoseconds => duration::short(nanoseconds),
    }
}

/// The life of a task on screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    /// CSS pixels; may be out of view.
    pub(crate) from: f64,
    /// CSS pixels; may be out of view.
    pub(crate) to: f64,
    /// How it ended, if it has.
    pub(crate) end: Option<Sign>,
    /// Of a failure: what was said; else empty.
    pub(crate) error: String,
    /// Where somebody asked for its end, in CSS pixels.
    pub(crate) cancel_requested: Option<f64>,
    /// Where nothing could wake it any more, in CSS pixels.
    pub(crate) stuck: Option<f64>,
}

/// The life of a task.
pub(crate) fn life(scene: &Scene<'_>, id: u32) -> Option<Life> {
    let model = scene.model;
    let lane = model.lanes().task(id)?;
    let x = |event: u32| scene.x(model.position(scene.axis, event as usize) as f64);
    let now = scene.x(model.extent(scene.axis) as f64);
    let cancel = model.tip().task(id).and_then(|task| task.cancel());
    Some(Life {
        from: x(lane.created),
        to: lane.end.map_or(now, |end| x(end.at)),
        end: lane.end.map(|end| match end.fate {
            Fate::Completed => Sign::Returned,
            Fate::Failed { .. } => Sign::Failed,
            Fate::Cancelled => Sign::Cancelled,
            Fate::Dropped => Sign::Alive,
        }),
        error: match lane.end.map(|end| end.fate) {
            Some(Fate::Failed { message }) => model.log().text(message).to_owned(),
            _ => String::new(),
        },
        cancel_requested: cancel.map(|request| x(request.at)),
        stuck: lane.stuck_since.map(x),
    })
}

/// The lines that tasks printed, in view: the task, where in CSS pixels, and whether it is an
/// error. At most one for each task and pixel; none if they are too many to be told apart.
pub(crate) fn printed(scene: &Scene<'_>) -> Vec<(u32, f64, bool)> {
    let model = scene.model;
    let events = model.events_in(&view_of(scene));
    let lines = model.lines();
    let first = lines.partition_point(|&event| (event as usize) < events.start);
    let end = lines.partition_point(|&event| (event as usize) < events.end);
    let mut found: Vec<(u32, f64, bool)> = Vec::new();
    let lines = &lines[first..end.max(first)];
    if lines.len() > MOST_LINES {
        return Vec::new();
    }
    for &line in lines {
        let Some(event) = model.event(line as usize) else {
            continue;
        };
        debug_assert_eq!(event.kind, Kind::Line);
        let x = scene.x(model.position(scene.axis, line as usize) as f64);
        let error = event.flags == LineLevel::Error.code();
        // More lines than pixels cannot be told apart; an error is never the one left out.
        let hidden = found.iter().rev().take(16).any(|&(task, other, is_error)| {
            task == event.subject && (other - x).abs() < 1.0 && is_error >= error
        });
        if !hidden {
            found.push((event.subject, x, error));
        }
    }
    found
}

/// A view with more lines shows only the errors among them ([`troubles`]): the others would be one
/// edge along the lane.
const MOST_LINES: usize = 1500;

/// Where a task printed about trouble or met an error of the network, in CSS pixels, at most once
/// in a pixel.
pub(crate) fn troubles(scene: &Scene<'_>, id: u32) -> Vec<f64> {
    let mut marks = Vec::new();
    let key = LaneKey::Task(id);
    scene.model.marks(key, &view_of(scene), &mut marks);
    marks
        .iter()
        .filter(|mark| mark.error)
        .filter(|mark| {
            let kind = scene.model.log().columns.kind(mark.event as usize);
            // A failure is the end of the task, which has a sign of its own.
            kind != Some(Kind::TaskFailed)
        })
        .map(|mark| scene.x(scene.model.position(scene.axis, mark.event as usize) as f64))
        .collect()
}

/// Where tasks failed, in CSS pixels, at most once in a pixel.
pub(crate) fn failures(scene: &Scene<'_>) -> Vec<f64> {
    // In whole pixels, as whole numbers are put in order at a small cost in code.
    let mut places: Vec<u64> = scene
        .model
        .lanes()
        .tasks()
        .iter()
        .filter_map(|lane| lane.end)
        .filter(|end| matches!(end.fate, Fate::Failed { .. }))
        .map(|end| scene.x(scene.model.position(scene.axis, end.at as usize) as f64))
        .map(|x| x.round().max(0.0) as u64)
        .collect();
    sort(&mut places);
    places.dedup();
    places.into_iter().map(|x| x as f64).collect()
}
