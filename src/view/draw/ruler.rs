//! The ruler, the grid below it, the range that is being chosen, and the playhead.

use wakeline_timeline::{Model, duration};

use super::scene::Scene;
use crate::selection::Axis;
use crate::view::geometry::{HEAD, RULER, TICK_SPACING, within};
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::reading::thinned;
use crate::view::ruler::{Ruler, broken_ruler, step_ruler, time_ruler};
use crate::view::viewport::Viewport;

/// The marks for a view of this width.
pub(crate) fn marks(model: &Model, axis: Axis, view: Viewport, width: f64) -> Ruler {
    // On a phone the labels may stand a little closer, or there would be two of them.
    let spacing = TICK_SPACING.min(width / 3.2);
    match axis {
        Axis::Time => time_ruler(view, width, spacing),
        Axis::Active => broken_ruler(view, width, spacing, model.breaks().all()),
        Axis::Step | Axis::Causal => step_ruler(view, width, spacing.min(64.0)),
    }
}

/// Vertical lines at the labelled marks, on the ground of a lane or below the last.
pub(crate) fn grid(
    pen: &Pen,
    ruler: &Ruler,
    scene: &Scene<'_>,
    (top, height): (f64, f64),
    palette: &Palette,
) {
    for mark in ruler.marks.iter().filter(|mark| !mark.label.is_empty()) {
        let x = pen.snapped(scene.x(mark.at));
        pen.fill(Rect::new(x, top, 1.0, height), palette.grid);
    }
}

/// Where time is left out: a torn edge from top to bottom, and how much is missing.
pub(crate) fn breaks(pen: &Pen, scene: &Scene<'_>, palette: &Palette) {
    /// The width and the height of a tooth.
    const TOOTH: (f64, f64) = (3.0, 5.0);
    let all = scene.model.breaks();
    let all = all.all();
    let x = |index: usize| scene.x(all[index].at as f64);
    let first = all.partition_point(|one| (one.at as f64) < scene.view.start);
    let end = all.partition_point(|one| (one.at as f64) <= scene.view.end);
    let mut free = f64::NEG_INFINITY;
    pen.font(11, false);
    thinned(first..end, 9.0, &x, &mut |index, x| {
        let edge = |x: f64| -> Vec<(f64, f64)> {
            let teeth = (0..).map(|tooth| f64::from(tooth) * TOOTH.1 + RULER);
            let teeth = teeth
                .take_while(|y| *y < scene.size.1 + TOOTH.1)
                .enumerate();
            teeth
                .map(|(tooth, y)| (x + if tooth % 2 == 0 { -TOOTH.0 } else { TOOTH.0 } / 2.0, y))
                .collect()
        };
        let gap = Rect::new(x - 2.0, RULER, 4.0, scene.size.1 - RULER);
        pen.fill(gap, palette.header);
        for side in [-2.0, 2.0] {
            pen.line(&edge(x + side), Stroke::new(palette.grid_strong, 1.0));
        }
        let label = duration::short(all[index].to - all[index].from);
        let half = pen.width_of(&label) / 2.0 + 4.0;
        if x - half > free {
            let ground = Rect::new(x - half, HEAD + 2.0, half * 2.0, 15.0);
            pen.fill_round(ground, 4.0, palette.header, 1.0);
            pen.text_centred(&label, x, HEAD + 9.5, palette.text_secondary);
            free = x + half;
        }
    });
}

/// The ruler itself.
pub(crate) fn ruler(pen: &Pen, ruler: &Ruler, view: Viewport, width: f64, palette: &Palette) {
    pen.fill(Rect::new(0.0, 0.0, width, RULER), palette.header);
    pen.font(11, false);
    for mark in &ruler.marks {
        let x = pen.snapped(view.to_screen(mark.at, width));
        let height = if mark.label.is_empty() { 4.0 } else { 8.0 };
        pen.fill(
            Rect::new(x, RULER - height, 1.0, height),
            palette.grid_strong,
        );
        if !mark.label.is_empty() {
            // A label at the edge moves inside rather than being cut.
            let half = pen.width_of(&mark.label) / 2.0;
            let middle = within(x, half + 2.0, (width - half - 2.0).max(half + 2.0));
            if (middle - x).abs() < half {
                pen.text_centred(
                    &mark.label,
                    middle,
                    RULER / 2.0 - 2.0,
                    palette.text_secondary,
                );
            }
        }
    }
    pen.fill(Rect::new(0.0, RULER - 1.0, width, 1.0), palette.border);
}

/// The line of the playhead and its handle. The handle says where it is.
pub(crate) fn playhead(pen: &Pen, x: f64, size: (f64, f64), label: &str, palette: &Palette) {
    let (width, height) = size;
    if x < -1.0 || x > width + 1.0 {
        edge_arrow(pen, x < 0.0, width, palette);
        return;
    }
    let line = pen.snapped(x);
    pen.fill(
        Rect::new(line - 0.5, RULER - 6.0, 2.0, height),
        palette.playhead,
    );
    pen.font(11, true);
    let text = pen.width_of(label) + 12.0;
    let left = within(x - text / 2.0, 1.0, (width - text - 1.0).max(1.0));
    let handle = Rect::new(left, 3.0, text, RULER - 9.0);
    pen.fill_round(handle, 5.0, palette.playhead, 1.0);
    let tip = within(x, left + 6.0, left + text - 6.0);
    pen.fill_polygon(
        &[
            (tip - 4.0, RULER - 6.5),
            (tip + 4.0, RULER - 6.5),
            (x, RULER - 1.0),
        ],
        palette.playhead,
        1.0,
    );
    let ink = palette
        .playhead
        .contrasting(palette.background, palette.text);
    pen.text_centred(label, left + text / 2.0, RULER / 2.0 - 1.0, ink);
}

/// Says on which side the playhead is, when it is out of view.
fn edge_arrow(pen: &Pen, left: bool, width: f64, palette: &Palette) {
    let (tip, base) = if left {
        (3.0, 10.0)
    } else {
        (width - 3.0, width - 10.0)
    };
    let middle = RULER / 2.0 - 1.0;
    // No label of the ruler shows through.
    let ground = tip.min(base) - 3.0;
    pen.fill(Rect::new(ground, 2.0, 13.0, RULER - 5.0), palette.header);
    pen.fill_polygon(
        &[(tip, middle), (base, middle - 5.0), (base, middle + 5.0)],
        palette.playhead,
        1.0,
    );
}

/// A flag on the ruler, and a thin line below it.
pub(crate) fn bookmark(pen: &Pen, x: f64, size: (f64, f64), palette: &Palette) {
    if !(0.0..=size.0).contains(&x) {
        return;
    }
    let line = pen.snapped(x);
    let below = Rect::new(line, RULER, 1.0, size.1 - RULER);
    pen.fill_alpha(below, palette.line, 0.5);
    pen.fill(Rect::new(line, 2.0, 1.0, RULER - 2.0), palette.line);
    let flag = [(line, 2.0), (line + 9.0, 5.5), (line, 9.0)];
    pen.fill_polygon(&flag, palette.line, 1.0);
}

/// The range that is being chosen on the ruler.
pub(crate) fn range(pen: &Pen, from: f64, to: f64, height: f64, label: &str, palette: &Palette) {
    let (left, right) = (from.min(to), from.max(to));
    let area = Rect::new(left, 0.0, right - left, height);
    pen.fill_alpha(area, palette.selection, 0.14);
    for x in [left, right] {
        let edge = pen.snapped(x);
        pen.line(
            &[(edge, 0.0), (edge, height)],
            Stroke::new(palette.selection, 1.5),
        );
    }
    pen.font(11, true);
    if pen.width_of(label) + 8.0 < right - left {
        let middle = (left + right) / 2.0;
        pen.text_centred(label, middle, RULER + 14.0, palette.text);
    }
}
