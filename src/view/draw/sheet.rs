//! The picture on a sheet of its own: the lanes with their names, and the legend below.

use wakeline_timeline::Look;

use crate::view::geometry::{EXECUTOR, HEAD, RULER, within};
use crate::view::icons::Icon;
use crate::view::labels::{Label, Subject};
use crate::view::look::Entry;
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};

/// The height of a row of the legend.
const ROW: f64 = 24.0;

/// The size of the signs beside names.
const SIGN: f64 = 15.0;

/// What stands on the sheet, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sheet<'a> {
    /// The canvas with the lanes, and its size.
    pub(crate) picture: &'a Pen,
    pub(crate) size: (f64, f64),
    pub(crate) ratio: f64,
    /// The width of the column of names.
    pub(crate) column: f64,
    /// The names, each with the top and the height of its lane.
    pub(crate) labels: &'a [(Label, f64, f64)],
    /// What the ruler's labels count from, and what the executor is called.
    pub(crate) head: [&'a str; 2],
    /// The rows of the legend in words.
    pub(crate) legend: &'a [(Entry, &'static str)],
}

/// Draws the sheet.
pub(crate) fn sheet(pen: &Pen, sheet: &Sheet<'_>, palette: &Palette) {
    let (width, height) = (sheet.column + sheet.size.0, sheet.size.1);
    pen.font(12, false);
    let entries = places(pen, sheet.legend, width);
    let rows = entries.last().map_or(0.0, |last| last.1 + 1.0);
    let height_of_all = height + rows * ROW;
    pen.begin(width, height_of_all, sheet.ratio, palette.background);
    for (label, top, height) in sheet.labels {
        name(pen, label, sheet.column, (*top, *height), palette);
    }
    head(pen, sheet, palette);
    let lanes = Rect::new(sheet.column, 0.0, sheet.size.0, height);
    pen.copy(sheet.picture, lanes);
    let edge = pen.snapped(sheet.column - 1.0);
    pen.fill(Rect::new(edge, 0.0, 1.0, height), palette.border);
    pen.fill(Rect::new(0.0, height, width, rows * ROW), palette.header);
    pen.fill(Rect::new(0.0, height, width, 1.0), palette.border);
    pen.font(12, false);
    for ((entry, words), (x, row)) in sheet.legend.iter().zip(entries) {
        let middle = height + (row + 0.5) * ROW;
        swatch(pen, *entry, x, middle, palette);
        pen.text(words, x + 23.0, middle + 0.5, palette.text);
    }
}

/// Where each row of the legend begins, and on which line.
fn places(pen: &Pen, legend: &[(Entry, &'static str)], width: f64) -> Vec<(f64, f64)> {
    let (mut x, mut row) = (10.0, 0.0);
    let mut place = |words: &str| {
        let length = pen.width_of(words) + 39.0;
        if x + length > width && x > 10.0 {
            (x, row) = (10.0, row + 1.0);
        }
        let at = (x, row);
        x += length;
        at
    };
    legend.iter().map(|(_, words)| place(words)).collect()
}

/// The name of a lane, as the column beside it has it.
fn name(pen: &Pen, label: &Label, column: f64, (top, height): (f64, f64), palette: &Palette) {
    let ground = match (&label.subject, label.selected, label.alternate) {
        (Subject::Group(..), ..) => palette.header,
        (_, true, _) => palette.background_selected,
        (_, _, true) => palette.background_alternate,
        _ => palette.background,
    };
    pen.fill(Rect::new(0.0, top, column, height), ground);
    pen.fill(
        Rect::new(0.0, top + height - 1.0, column, 1.0),
        palette.border,
    );
    if label.member {
        pen.fill(Rect::new(3.0, top, 2.0, height), palette.text_secondary);
    }
    let middle = top + height / 2.0;
    let (icon, color) = match (&label.subject, label.badge.flatten()) {
        (Subject::Group(_, true), _) => (Icon::Right, palette.text_secondary),
        (Subject::Group(..), _) => (Icon::Down, palette.text_secondary),
        (_, Some(badge)) => (badge.icon, badge.entry.color(palette)),
        _ => (label.icon, palette.text_secondary),
    };
    pen.icon(icon, 10.0, middle - SIGN / 2.0, SIGN, color);
    pen.font(11, false);
    let id = pen.width_of(&label.id);
    pen.text(
        &label.id,
        column - 9.0 - id,
        middle + 0.5,
        palette.text_secondary,
    );
    let room = within(column - id - 50.0, 8.0, column);
    let apart = if label.detail.is_empty() { 0.0 } else { 8.0 };
    if let Some(detail) = pen.fitted(&label.detail, room) {
        pen.text(&detail, 32.0, middle + apart, palette.text_secondary);
    }
    pen.font(13, label.selected);
    if let Some(name) = pen.fitted(&label.name, room) {
        pen.text(&name, 32.0, middle + 0.5 - apart, palette.text);
    }
}

/// The ruler and the executor beside the names.
fn head(pen: &Pen, sheet: &Sheet<'_>, palette: &Palette) {
    let [base, executor] = sheet.head;
    pen.fill(Rect::new(0.0, 0.0, sheet.column, HEAD), palette.header);
    pen.fill(Rect::new(0.0, RULER, sheet.column, 1.0), palette.border);
    pen.font(11, false);
    let left = sheet.column - 8.0 - pen.width_of(base);
    pen.text(base, left, RULER / 2.0, palette.text_secondary);
    let middle = RULER + EXECUTOR / 2.0;
    let top = middle - SIGN / 2.0;
    pen.icon(Icon::Executor, 10.0, top, SIGN, palette.text_secondary);
    pen.font(13, false);
    if let Some(executor) = pen.fitted(executor, sheet.column - 40.0) {
        pen.text(&executor, 32.0, middle + 0.5, palette.text);
    }
    let edge = Rect::new(0.0, HEAD - 1.0, sheet.column, 1.0);
    pen.fill(edge, palette.grid_strong);
}

/// A small piece of the picture: low bands for waits, full height for polls, signs for marks.
fn swatch(pen: &Pen, entry: Entry, x: f64, middle: f64, palette: &Palette) {
    let color = entry.color(palette);
    let block = Rect::new(x, middle - 7.0, 18.0, 14.0);
    match entry {
        Entry::Slice(Look::Ready | Look::Cancelling) => {
            pen.hatch(block, color, 6.0);
            pen.frame(block, 1.0, Stroke::new(color, 1.0));
        }
        Entry::Slice(look) if look.is_poll() => pen.fill_round(block, 2.0, color, 1.0),
        Entry::Slice(_) => {
            pen.fill(Rect::new(x, middle + 4.0, 18.0, 4.0), color);
            if let Some(icon) = entry.icon() {
                pen.icon(icon, x + 3.0, middle - 9.0, 12.0, palette.text_secondary);
            }
        }
        Entry::Mark(sign) => pen.icon(sign.icon(), x + 3.0, middle - 6.0, 12.0, color),
    }
}
