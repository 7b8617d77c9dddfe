//! The whole run in one strip: when the executor was busy, what went wrong, and what is in view.

use wakeline_timeline::LaneKey;

use super::scene::Scene;
use super::strip::{Film, Ink};
use crate::view::look::Sign;
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::reading;
use crate::view::viewport::Viewport;

/// Lanes in the overview. Of a run with more tasks, every so many-th is shown.
const MOST_LANES: usize = 12;

/// Free space above and below the lanes.
const EDGE: f64 = 4.0;

/// Draws the lanes of the overview: what changes only with the run. `scene` is that of the whole
/// run.
pub(crate) fn lanes(pen: &Pen, film: &mut Film, scene: &Scene<'_>, palette: &Palette) {
    let (width, height) = scene.size;
    pen.begin(width, height, scene.ratio, palette.header);
    let tasks = scene.model.lanes().tasks();
    let stride = tasks.len().div_ceil(MOST_LANES).max(1);
    let lanes: Vec<u32> = tasks.iter().step_by(stride).map(|lane| lane.id).collect();
    let (pixels, spans) = (&mut film.pixels, &mut film.spans);
    pixels.clear((width * scene.ratio).round() as usize, lanes.len());
    let ink = Ink {
        palette,
        looks: scene.shown,
        ratio: scene.ratio,
    };
    let whole = reading::view_of(scene);
    for (row, &id) in lanes.iter().enumerate() {
        scene.model.spans(LaneKey::Task(id), &whole, spans);
        pixels.draw(row, spans, ink, &|span| reading::weight(scene, id, span));
    }
    film.expose();
    let pitch = ((height - 2.0 * EDGE) / lanes.len().max(1) as f64).min(5.0);
    let top = (height - pitch * lanes.len() as f64) / 2.0;
    for row in 0..lanes.len() {
        let y = top + pitch * row as f64;
        let gap = if pitch >= 2.5 { 0.75 } else { 0.0 };
        let half = (pitch - gap) / 2.0;
        film.project(pen, row * 2, y, half);
        film.project(pen, row * 2 + 1, y + half, half);
    }
    for x in reading::failures(scene) {
        let color = Sign::Failed.color(palette);
        pen.fill_polygon(&[(x - 4.0, 0.0), (x + 4.0, 0.0), (x, 6.0)], color, 1.0);
    }
}

/// Draws the overview: its lanes, what is in view unless that is everything, and the playhead.
pub(crate) fn overview(
    pen: &Pen,
    lanes: &Pen,
    scene: &Scene<'_>,
    view: Option<Viewport>,
    palette: &Palette,
) {
    let height = scene.size.1;
    pen.copy_whole(lanes);
    if let Some(view) = view {
        window(pen, scene, view, palette);
    }
    let head = pen.snapped(scene.x(scene.head));
    pen.fill(Rect::new(head - 0.5, 0.0, 2.0, height), palette.playhead);
}

/// What is in view stays bright, the rest is covered.
fn window(pen: &Pen, scene: &Scene<'_>, view: Viewport, palette: &Palette) {
    let (width, height) = scene.size;
    let left = scene.x(view.start).max(0.0);
    // A window of less than a few pixels could not be seen or taken hold of.
    let right = scene.x(view.end).min(width).max(left + 4.0);
    for area in [
        Rect::new(0.0, 0.0, left, height),
        Rect::new(right, 0.0, (width - right).max(0.0), height),
    ] {
        pen.fill_alpha(area, palette.background, 0.6);
    }
    let frame = Rect::new(left, 0.5, right - left, height - 1.0);
    pen.frame(frame, 3.0, Stroke::new(palette.selection, 1.5));
}
