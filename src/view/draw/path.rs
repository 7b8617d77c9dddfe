//! What others point at: the critical path along the lanes, and marked steps.

use super::scene::Scene;
use crate::selection::{Axis, Selection};
use crate::view::geometry::{HEAD, POLL_BOTTOM, POLL_TOP};
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::reading::{first_at, thinned};

/// The height of the path along a lane, from the lane's top.
const ALONG: f64 = POLL_BOTTOM + 1.5;

/// Draws the critical path: along a lane while its task decides the end of the run, thick while
/// the task runs, and from lane to lane where it passes on. It has the colour of text: every other
/// stands for something in the lanes.
pub(crate) fn path(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    let ends = |index: usize| {
        let segment = &scene.path[index];
        // A virtual clock stands still while tasks run: what has no length has a place all the
        // same.
        let at = |time: u64, event: u32| match scene.axis {
            Axis::Time => time as f64,
            Axis::Active => scene.model.breaks().shorten(time) as f64,
            _ => scene.model.position(scene.axis, event as usize) as f64,
        };
        let from = scene.x(at(segment.from, segment.first));
        (from, scene.x(at(segment.to, segment.last)))
    };
    let from = first_at(0..scene.path.len(), 0.0, &|index| ends(index).1);
    let mut last: Option<(f64, f64)> = None;
    thinned(
        from..scene.path.len(),
        1.0,
        &|i| ends(i).1,
        &mut |i, right| {
            let left = ends(i).0;
            let segment = &scene.path[i];
            let Some(lane) = scene.lanes.find(scene.model, Selection::Task(segment.task)) else {
                return;
            };
            if left > scene.size.0 {
                return;
            }
            let y = scene.top(lane) + ALONG;
            if let Some((x, from)) = last.filter(|&(_, from)| from != y) {
                pen.line(
                    &[(x, from), (x, y)],
                    Stroke::new(palette.text, 1.5).alpha(0.8),
                );
            }
            let height = if segment.running { 4.0 } else { 2.0 };
            let (left, right) = (left.max(0.0), right.min(scene.size.0));
            let line = Rect::new(left, y - height / 2.0, (right - left).max(1.5), height);
            pen.fill(line, palette.text);
            last = Some((right, y));
        },
    );
}

/// Points at steps: a frame on the lane that they are about, or a veil over all.
pub(crate) fn marked(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    for mark in scene.marked {
        let x = |event: usize| scene.x(scene.model.position(scene.axis, event) as f64);
        let last = mark.steps.end.saturating_sub(1).max(mark.steps.start);
        let (left, right) = (x(mark.steps.start) - 1.5, x(last) + 1.5);
        let (left, right) = (left.max(-3.0), right.min(scene.size.0 + 3.0));
        if right < left {
            continue;
        }
        let lane = match mark.subject {
            Some(subject) => match scene.lanes.find(scene.model, subject) {
                Some(lane) => Some(lane),
                None => continue,
            },
            None => None,
        };
        let area = match lane {
            Some(lane) => {
                let top = scene.top(lane) + POLL_TOP - 3.0;
                let height = scene.rows.height(lane) - POLL_TOP + 1.0;
                Rect::new(left, top, right - left, height)
            }
            None => Rect::new(left, HEAD, right - left, scene.size.1 - HEAD),
        };
        pen.fill_alpha(area, palette.selection, 0.16);
        pen.frame(area, 2.0, Stroke::new(palette.selection, 1.5));
    }
}
