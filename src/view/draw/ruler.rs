//! The ruler, the grid below it, the range that is being chosen, and the playhead.

use wakeline_protocol::decimal;

use crate::selection::Axis;
use crate::view::geometry::{RULER, TICK_SPACING, within};
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::ruler::{Ruler, exact_time, grouped, step_ruler, time_ruler};
use crate::view::viewport::Viewport;

/// The marks for a view of this width.
pub(crate) fn marks(axis: Axis, view: Viewport, width: f64) -> Ruler {
    // On a phone the labels may stand a little closer, or there would be two of them.
    let spacing = TICK_SPACING.min(width / 3.2);
    match axis {
        Axis::Time => time_ruler(view, width, spacing),
        Axis::Step => step_ruler(view, width, spacing.min(64.0)),
    }
}

/// Vertical lines at the labelled marks.
pub(crate) fn grid(pen: &Pen, ruler: &Ruler, view: Viewport, size: (f64, f64), palette: &Palette) {
    for mark in ruler.marks.iter().filter(|mark| !mark.label.is_empty()) {
        let x = pen.snapped(view.to_screen(mark.at, size.0));
        pen.fill(Rect::new(x, RULER, 1.0, size.1 - RULER), palette.grid);
    }
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

/// A place on the axis in words: a time in full, or the number of an event.
pub(crate) fn place(axis: Axis, position: f64) -> String {
    match axis {
        Axis::Time => exact_time(position),
        Axis::Step => grouped(&decimal::fixed(position.max(0.0), 0)),
    }
}
