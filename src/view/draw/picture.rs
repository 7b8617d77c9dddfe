//! The lanes, the executor and the ruler: what changes with the view and the run, but not with the
//! playhead or the pointer.

use wakeline_timeline::Look;
use wakeline_timeline::log::ResourceKind;

use super::resource::{MOST_IN_LINE, Plot, Steps};
use super::scene::Scene;
use super::strip::{Film, Ink};
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
use crate::view::ruler::Ruler;

/// Draws the whole picture. Returns what the ruler's labels count from, if not from the beginning.
pub(crate) fn picture(
    pen: &Pen,
    film: &mut Film,
    scene: &Scene<'_>,
    palette: &Palette,
) -> Option<String> {
    let (width, height) = scene.size;
    pen.begin(width, height, scene.ratio, palette.background);
    let lanes = scene.lanes_in_view();
    let ghosts = reading::ghosts(scene, &lanes);
    let (pixels, spans) = (&mut film.pixels, &mut film.spans);
    let pixels_across = (width * scene.ratio).round() as usize;
    pixels.clear(pixels_across, lanes.len() + 1 + ghosts.len());
    let ink = Ink {
        palette,
        looks: scene.shown,
        ratio: scene.ratio,
    };
    let rows = lanes
        .iter()
        .filter_map(|&lane| Some((lane, scene.lanes.row(lane)?)));
    let mut contents: Vec<(usize, Row, Vec<Piece>)> = Vec::with_capacity(lanes.len());
    for (place, (lane, row)) in rows.enumerate() {
        let mut pieces = Vec::new();
        match row {
            Row::Task(id) => {
                pieces = reading::task_pieces(scene, id, palette, spans);
                let weight = |span: &_| reading::weight(scene, id, span);
                pixels.draw(place, spans, ink, &weight);
            }
            Row::Group(group) => {
                reading::merged(scene, group, spans);
                pixels.draw(place, spans, ink, &|_| 0.5);
            }
            Row::Resource(..) => {}
        }
        contents.push((lane, row, pieces));
    }
    let executor = reading::executor(scene, palette, spans);
    let weight = |span: &_| reading::executor_weight(scene, span);
    pixels.draw(lanes.len(), spans, ink, &weight);
    for (row, &(_, id)) in ghosts.iter().enumerate() {
        reading::ghost_spans(scene, id, spans);
        pixels.draw(lanes.len() + 1 + row, spans, ink, &|_| 0.5);
    }
    film.expose();
    let film = &*film;

    let marks = ruler::marks(scene.model, scene.axis, scene.view, width);
    pen.clipped(scene.lanes_area(), || {
        // Those that are pinned come last, and cover what scrolls below them.
        let pinned = contents.partition_point(|one| one.0 >= scene.lanes.pinned());
        for (lanes, bottom) in [
            (0..pinned, height),
            (pinned..contents.len(), HEAD + scene.rows.pinned_height()),
        ] {
            let rows = contents[lanes.clone()].iter().map(|one| (one.0, one.1));
            grounds(pen, scene, &marks, rows, bottom, palette);
            for place in lanes {
                let (lane, row, pieces) = &contents[place];
                let top = scene.top(*lane);
                match *row {
                    Row::Task(id) => task_lane(pen, film, scene, place, top, id, pieces, palette),
                    Row::Resource(id, _) => resource_lane(pen, scene, top, id, palette),
                    Row::Group(_) => slices(pen, film, place, top),
                }
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
            pen.pale(0.5, || film.project(pen, row, top, 3.5));
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

    executor_lane(pen, film, scene, lanes.len(), &executor, palette);
    if scene.axis == Axis::Active {
        ruler::breaks(pen, scene, palette);
    }
    ruler::ruler(pen, &marks, scene.view, width, palette);
    marks.base
}

/// The grounds of lanes that stand one below the other, with the grid on all of them as far as
/// `bottom`.
fn grounds(
    pen: &Pen,
    scene: &Scene<'_>,
    marks: &Ruler,
    lanes: impl Iterator<Item = (usize, Row)> + Clone,
    bottom: f64,
    palette: &Palette,
) {
    let width = scene.size.0;
    let selected = scene
        .selection
        .and_then(|selection| scene.lanes.find(scene.model, selection));
    let place = |lane: usize| (scene.top(lane), scene.rows.height(lane));
    for (lane, row) in lanes.clone() {
        let color = if selected == Some(lane) {
            palette.background_selected
        } else if matches!(row, Row::Group(_)) {
            palette.header
        } else if lane % 2 == 1 {
            palette.background_alternate
        } else {
            palette.background
        };
        let (top, height) = place(lane);
        // Nothing else was drawn yet below lanes that scroll.
        if color != palette.background || lane < scene.lanes.pinned() {
            pen.fill(Rect::new(0.0, top, width, height), color);
        }
    }
    if bottom > HEAD {
        ruler::grid(pen, marks, scene, (HEAD, bottom - HEAD), palette);
    }
    for (lane, _) in lanes {
        let (top, height) = place(lane);
        let edge = pen.snapped(top + height - 1.0);
        pen.fill(Rect::new(0.0, edge, width, 1.0), palette.border);
    }
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
    slices(pen, film, row, top);
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
fn slices(pen: &Pen, film: &Film, row: usize, top: f64) {
    let (high, low) = (BAND_TOP - POLL_TOP, POLL_BOTTOM - BAND_TOP);
    film.project(pen, row * 2 + 1, top + BAND_TOP, low);
    film.project(pen, row * 2, top + POLL_TOP, high);
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
    film.project(pen, row * 2, top + inset, height);
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
