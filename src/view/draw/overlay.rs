//! What changes with the playhead, the pointer and the selection.

use wakeline_protocol::decimal;
use wakeline_timeline::duration;

use super::scene::Scene;
use super::{arrow, path, ruler};
use crate::selection::{Axis, Selection};
use crate::view::geometry::{HEAD, RULER};
use crate::view::lanes::key;
use crate::view::look::Sign;
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::reading;
use crate::view::ruler::{exact_time, grouped};

/// How much of what has not happened yet is covered.
const VEIL: f64 = 0.45;

/// Draws the whole overlay, above the picture.
pub(crate) fn overlay(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    let (width, height) = scene.size;
    let head = scene.x(scene.head);
    if scene.has_future && scene.axis == Axis::Causal {
        pen.clipped(scene.lanes_area(), || veils(pen, scene, palette));
    } else if scene.has_future && head < width {
        let from = head.max(0.0);
        let future = Rect::new(from, RULER, width - from, height - RULER);
        pen.fill_alpha(future, palette.background, VEIL);
    }
    pen.clipped(scene.lanes_area(), || {
        hover(pen, scene, palette);
        path::marked(pen, scene, palette);
        if let Some(selection) = scene.selection {
            selected(pen, scene, selection, palette);
        }
        if scene.shows(Sign::Wake) {
            arrow::arrows(pen, &reading::wakes(scene), palette);
        }
        latest(pen, scene, head, palette);
    });
    if let Some((from, to)) = scene.range {
        let length = (scene.view.to_axis(to, width) - scene.view.to_axis(from, width)).abs();
        let label = match scene.axis {
            Axis::Time | Axis::Active => duration::short(length as u64),
            Axis::Step | Axis::Causal => decimal::fixed(length, 0),
        };
        ruler::range(pen, from, to, height, &label, palette);
    }
    for &step in scene.bookmarks {
        let at = scene.model.playhead(scene.axis, step as usize);
        ruler::bookmark(pen, scene.x(at), scene.size, palette);
    }
    let label = match scene.axis {
        Axis::Time | Axis::Active => {
            let time = exact_time(scene.head_time);
            match reading::place_in_instant(scene.model, scene.step) {
                Some((place, all)) => format!("{time} · {place}/{all}"),
                None => time,
            }
        }
        Axis::Step | Axis::Causal => grouped(&decimal::fixed(scene.step as f64, 0)),
    };
    ruler::playhead(pen, head, scene.size, &label, palette);
}

/// Covers what has not happened yet, lane by lane.
fn veils(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    for lane in scene.lanes_in_view() {
        let Some(subject) = scene.lanes.subject(lane) else {
            continue;
        };
        let from = scene.model.frontier(key(subject), scene.axis, scene.step);
        let from = scene.x(from as f64).max(0.0);
        let (top, height) = (scene.top(lane), scene.rows.height(lane));
        let rest = Rect::new(from, top, (scene.size.0 - from).max(0.0), height);
        pen.fill_alpha(rest, palette.background, VEIL);
        pen.fill(Rect::new(from, top, 1.0, height), palette.playhead);
    }
}

/// The lane under the pointer, and a hair line through all lanes.
fn hover(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    let Some((x, y)) = scene.hover else { return };
    let width = scene.size.0;
    if let Some(lane) = scene.rows.at(y, scene.scroll).filter(|_| y >= HEAD) {
        let area = Rect::new(0.0, scene.top(lane), width, scene.rows.height(lane) - 1.0);
        pen.fill_alpha(area, palette.selection, 0.05);
    }
    let x = pen.snapped(x);
    pen.fill_alpha(
        Rect::new(x, HEAD, 1.0, scene.size.1),
        palette.text_secondary,
        0.35,
    );
}

/// The frame of the selected lane, and for a task its wakes.
fn selected(pen: &Pen, scene: &Scene<'_>, selection: Selection, palette: &Palette) {
    let Some(lane) = scene.lanes.find(scene.model, selection) else {
        return;
    };
    let (top, height) = (scene.top(lane), scene.rows.height(lane));
    let width = scene.size.0;
    let edge = Stroke::new(palette.selection, 1.5);
    for y in [top - 0.5, top + height - 0.5] {
        pen.line(&[(0.0, y), (width, y)], edge);
    }
}

/// A ring on the playhead at the lanes that its last event is about: of the events of one instant,
/// only this says which was the last.
fn latest(pen: &Pen, scene: &Scene<'_>, head: f64, palette: &Palette) {
    for subject in reading::subjects_of_last(scene.model, scene.step) {
        let Some(lane) = scene.lanes.find(scene.model, subject) else {
            continue;
        };
        let middle = scene.top(lane) + scene.rows.height(lane) / 2.0;
        pen.fill_disc(head, middle, 5.5, palette.background);
        pen.fill_disc(head, middle, 4.0, palette.playhead);
    }
}
