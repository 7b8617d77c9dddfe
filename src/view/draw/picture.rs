//! The lanes, the executor and the ruler: what changes with the view and the run, but not with the
//! playhead or the pointer.

use wakeline_timeline::log::ResourceKind;
use wakeline_timeline::{Look, Span};

use super::resource::{MOST_IN_LINE, Plot, Steps};
use super::scene::Scene;
use super::strip::{Film, Ink, Pixels};
use super::task::Piece;
use super::{path, relations, resource, ruler, task};
use crate::selection::{Axis, Selection};
use crate::view::geometry::{
    BAND_TOP, EXECUTOR, HEAD, POLL_BOTTOM, POLL_TOP, RULER, TASK, WORDS, resource_height,
};
use crate::view::lanes::Row;
use crate::view::look::Sign;
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect};
use crate::view::reading::{self, Series};

/// Draws the whole picture.
pub(crate) fn picture(
    pen: &Pen,
    film: &Film,
    pixels: &mut Pixels,
    scene: &Scene<'_>,
    palette: &Palette,
) {
    let (width, height) = scene.size;
    pen.begin(width, height, scene.ratio);
    pen.fill(Rect::new(0.0, 0.0, width, height), palette.background);
    let lanes = scene.lanes_in_view();
    let contents: Vec<(usize, Row, Vec<Span>, Vec<Piece>)> = lanes
        .iter()
        .filter_map(|&lane| {
            let row = scene.lanes.row(lane)?;
            let (spans, pieces) = match row {
                Row::Task(id) => reading::task_pieces(scene, id, palette),
                Row::Group(place) => (reading::merged(scene, place), Vec::new()),
                Row::Resource(..) => (Vec::new(), Vec::new()),
            };
            Some((lane, row, spans, pieces))
        })
        .collect();
    let executor = reading::executor(scene, palette);

    let ghosts = reading::ghosts(scene, &lanes);
    let rows = lanes.len() + 1 + ghosts.len();
    pixels.clear((width * scene.ratio).round() as usize, rows);
    let ink = Ink {
        palette,
        looks: scene.shown,
        ratio: scene.ratio,
    };
    for (place, (_, row, spans, _)) in contents.iter().enumerate() {
        match *row {
            Row::Task(id) => {
                pixels.draw(place, spans, ink, &|span| reading::weight(scene, id, span))
            }
            _ => pixels.draw(place, spans, ink, &|_| 0.5),
        }
    }
    pixels.draw(lanes.len(), &executor.0, ink, &|span| {
        reading::executor_weight(scene, span)
    });
    for (row, (_, spans)) in ghosts.iter().enumerate() {
        pixels.draw(lanes.len() + 1 + row, spans, ink, &|_| 0.5);
    }
    film.expose(pixels);

    let marks = ruler::marks(scene.model, scene.axis, scene.view, width);
    pen.clipped(scene.lanes_area(), || {
        let bottom = HEAD + scene.rows.total() - scene.scroll;
        ruler::grid(pen, &marks, scene, (bottom, height), palette);
        for (place, (lane, row, _, pieces)) in contents.iter().enumerate() {
            // Those that are pinned come last, and cover what scrolls below them.
            ground(pen, scene, *lane, *row, palette);
            let top = scene.top(*lane);
            let extent = (top, scene.rows.height(*lane) - 1.0);
            ruler::grid(pen, &marks, scene, extent, palette);
            match *row {
                Row::Task(id) => task_lane(pen, film, scene, place, top, id, pieces, palette),
                Row::Resource(id, _) => resource_lane(pen, scene, top, id, palette),
                Row::Group(_) => slices(pen, film, place, top, width),
            }
        }
        let mut lines = Vec::new();
        for (_, row, ..) in &contents {
            match *row {
                Row::Task(id) if scene.shows(Sign::Branch) => reading::ties(scene, id, &mut lines),
                Row::Resource(id, _) if scene.shows(Sign::Notified) => {
                    reading::pulses(scene, id, &mut lines);
                }
                _ => {}
            }
        }
        relations::lines(pen, &lines, palette);
        for (row, &(lane, _)) in ghosts.iter().enumerate() {
            let row = (lanes.len() + 1 + row) * 2 + 1;
            let top = scene.top(lane) + POLL_BOTTOM + 0.5;
            pen.pale(0.5, || film.project(pen.context(), row, top, width, 3.5));
        }
        path::path(pen, scene, palette);
        if scene.shows(Sign::Line) {
            for (lane, row, ..) in &contents {
                if let Row::Task(id) = *row {
                    for x in reading::troubles(scene, id) {
                        task::printed(pen, x, scene.top(*lane), true, palette);
                    }
                }
            }
            for (id, x, error) in reading::printed(scene) {
                if let Some(lane) = scene.lanes.find(scene.model, Selection::Task(id)) {
                    task::printed(pen, x, scene.top(lane), error, palette);
                }
            }
        }
    });

    executor_lane(pen, film, scene, lanes.len(), &executor.1, palette);
    if scene.axis == Axis::Active {
        ruler::breaks(pen, scene, palette);
    }
    ruler::ruler(pen, &marks, scene.view, width, palette);
}

fn ground(pen: &Pen, scene: &Scene<'_>, lane: usize, row: Row, palette: &Palette) {
    let (top, height) = (scene.top(lane), scene.rows.height(lane));
    let selected = scene
        .selection
        .is_some_and(|selection| scene.lanes.find(scene.model, selection) == Some(lane));
    let color = if selected {
        palette.background_selected
    } else if matches!(row, Row::Group(_)) {
        palette.header
    } else if lane % 2 == 1 {
        palette.background_alternate
    } else {
        palette.background
    };
    let width = scene.size.0;
    pen.fill(Rect::new(0.0, top, width, height), color);
    let edge = pen.snapped(top + height - 1.0);
    pen.fill(Rect::new(0.0, edge, width, 1.0), palette.border);
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call; a struct would say nothing more"
)]
fn task_lane(
    pen: &Pen,
    film: &Film,
    scene: &Scene<'_>,
    row: usize,
    top: f64,
    id: u32,
    pieces: &[Piece],
    palette: &Palette,
) {
    let width = scene.size.0;
    let Some(life) = reading::life(scene, id) else {
        return;
    };
    task::life(pen, life.from, life.to, top, width, palette);
    if let Some(from) = life.stuck {
        let (from, to) = (from.max(0.0), life.to.min(width));
        let text = scene.language.say("timeline.stuck");
        task::stuck(pen, from, to, top, text, palette);
    }
    slices(pen, film, row, top, width);
    for piece in pieces {
        task::decorate(pen, piece, top, palette);
    }
    if scene.shows(Sign::Deadline) {
        relations::timers(pen, &reading::timers(scene, id), top, palette);
        relations::arms(pen, &reading::arms(scene, id), top, palette);
    }
    if scene.shows(Sign::Message) {
        relations::network(pen, &reading::network(scene, id), top, palette);
    }
    if let Some(x) = life.cancel_requested
        && scene.shows(Sign::Cancelled)
    {
        relations::tail(pen, x.max(0.0), life.to.min(width), top, palette);
        task::cancel_requested(pen, x, top, palette);
    }
    if let Some(sign) = life.end
        && scene.shows(sign)
    {
        task::end(pen, sign, life.to, top, width, palette);
        task::error(pen, &life.error, life.to, top, width, palette);
    }
}

/// The pixels of a lane: the band of the waits, and above it what takes the whole height.
fn slices(pen: &Pen, film: &Film, row: usize, top: f64, width: f64) {
    let (high, low) = (BAND_TOP - POLL_TOP, POLL_BOTTOM - BAND_TOP);
    film.project(pen.context(), row * 2 + 1, top + BAND_TOP, width, low);
    film.project(pen.context(), row * 2, top + POLL_TOP, width, high);
}

fn resource_lane(pen: &Pen, scene: &Scene<'_>, top: f64, id: u32, palette: &Palette) {
    let Some(series) = reading::series(scene, id) else {
        return;
    };
    let width = scene.size.0;
    match series.kind {
        ResourceKind::Channel
        | ResourceKind::Queue
        | ResourceKind::Broadcast
        | ResourceKind::Pipe
        | ResourceKind::Rendezvous => {
            let flights = match scene.shows(Sign::Message) {
                true => reading::flights(scene, id),
                false => Vec::new(),
            };
            channel(pen, &series, &flights, top, width, palette);
        }
        ResourceKind::Semaphore | ResourceKind::RwLock => {
            permits(pen, &series, top, width, palette);
        }
        ResourceKind::Mutex => {
            let height = resource_height(series.kind) - 16.0;
            resource::ownership(pen, &series.held, top + 12.0, height, width, palette);
            let line = Plot {
                base: top + 11.0,
                unit: 3.0,
                line: palette.lock,
                fill: palette.lock,
                alpha: 0.85,
            };
            resource::queue(pen, &series.waiting, line);
        }
        _ => {
            task::life(pen, series.from, series.to, top, width, palette);
            let line = Plot {
                base: top + POLL_BOTTOM - 2.0,
                unit: 3.5,
                line: palette.event,
                fill: palette.event,
                alpha: 0.85,
            };
            resource::queue(pen, &series.waiting, line);
        }
    }
    for &(x, sign) in &series.marks {
        if scene.shows(sign) {
            resource::mark(pen, sign, x, top, TASK, palette);
        }
    }
}

/// Contents in the middle, blocked senders above, waiting receivers below.
fn channel(
    pen: &Pen,
    series: &Series,
    flights: &[(f64, f64, bool)],
    top: f64,
    width: f64,
    palette: &Palette,
) {
    /// Above: three senders of three pixels and the capacity line. Below: three receivers.
    const ABOVE: f64 = 14.0;
    const BELOW: f64 = 12.0;
    let height = resource_height(series.kind);
    let (roof, base) = (top + ABOVE, top + height - BELOW - 1.0);
    let most = series.capacity.unwrap_or(0.0).max(series.peak).max(1.0);
    let unit = (base - roof) / most;
    let contents = Plot {
        base,
        unit,
        line: palette.occupancy,
        fill: palette.occupancy_fill,
        alpha: 1.0,
    };
    resource::steps(pen, &series.inside, contents);
    relations::flights(pen, flights, roof, base, palette);
    let from = series.from.max(0.0);
    if let Some(capacity) = series.capacity {
        let y = base - capacity * unit;
        resource::capacity(pen, y, from, series.to.min(width), palette);
    }
    let senders = Plot {
        base: roof - 2.0,
        unit: 4.0,
        line: palette.channel_send,
        fill: palette.channel_send,
        alpha: 1.0,
    };
    resource::queue(pen, &series.blocked, senders);
    let receivers = Plot {
        base: base + 2.0,
        unit: -3.5,
        line: palette.channel_receive,
        fill: palette.channel_receive,
        alpha: 1.0,
    };
    resource::queue(pen, &series.waiting, receivers);
}

/// Permits in use as bands, waiting tasks above. Of a read-write lock, the readers are bands and a
/// writer is a block.
fn permits(pen: &Pen, series: &Series, top: f64, width: f64, palette: &Palette) {
    let height = resource_height(series.kind);
    let (roof, base) = (top + 3.5 * MOST_IN_LINE as f64 + 5.0, top + height - 5.0);
    let most = series.capacity.unwrap_or(0.0).max(series.peak).max(1.0);
    let unit = (base - roof) / most;
    let color = match series.kind {
        ResourceKind::RwLock => palette.lock,
        _ => palette.semaphore,
    };
    let used = Plot {
        base,
        unit,
        line: color,
        fill: palette.background.mixed(color, 0.28),
        alpha: 1.0,
    };
    let (readers, writers): (Vec<Steps>, Vec<Steps>) = series
        .inside
        .iter()
        .partition(|level| level.last.is_finite());
    resource::blocks(pen, &writers, roof, base, color);
    resource::steps(pen, &readers, used);
    if unit >= 4.0 {
        // A band for each permit.
        for permit in 1..most as usize {
            let y = pen.snapped(base - permit as f64 * unit);
            let from = series.from.max(0.0);
            let line = Rect::new(from, y, (series.to.min(width) - from).max(0.0), 1.0);
            pen.fill_alpha(line, palette.background, 0.6);
        }
    }
    if let Some(capacity) = series.capacity {
        let (from, to) = (series.from.max(0.0), series.to.min(width));
        resource::capacity(pen, base - capacity * unit, from, to, palette);
    }
    let waiting = Plot {
        base: roof - 3.0,
        unit: 3.5,
        line: color,
        fill: color,
        alpha: 0.9,
    };
    resource::queue(pen, &series.waiting, waiting);
}

fn executor_lane(
    pen: &Pen,
    film: &Film,
    scene: &Scene<'_>,
    row: usize,
    pieces: &[Piece],
    palette: &Palette,
) {
    let width = scene.size.0;
    let (top, inset) = (RULER, 5.0);
    pen.fill(Rect::new(0.0, top, width, EXECUTOR), palette.header);
    let height = EXECUTOR - 2.0 * inset;
    film.project(pen.context(), row * 2, top + inset, width, height);
    pen.font(11, false);
    if scene.axis == Axis::Causal {
        let text = scene.language.say("timeline.executor.causal");
        if let Some(text) = pen.fitted(text, width - 16.0) {
            let color = palette.text_secondary;
            pen.text(&text, 8.0, top + EXECUTOR / 2.0 + 0.5, color);
        }
    }
    for piece in pieces {
        if piece.look == Look::Idle || piece.length < WORDS {
            continue;
        }
        // Polls that follow each other without a gap would look like one.
        let edge = Rect::new(piece.left, top + inset, 1.0, height);
        pen.fill_alpha(edge, palette.header, 0.8);
        if let Some(text) = pen.fitted(&piece.text, piece.length - 8.0) {
            let ink = piece.ground.contrasting(palette.background, palette.text);
            let middle = piece.left + piece.length / 2.0;
            pen.text_centred(&text, middle, top + EXECUTOR / 2.0 + 0.5, ink);
        }
    }
    pen.fill(Rect::new(0.0, HEAD - 1.0, width, 1.0), palette.grid_strong);
}
