//! A resource's lane: what a channel contains, who is blocked on either side, who holds a lock,
//! how many permits are out.

use crate::view::look::Sign;
use crate::view::palette::{Color, Palette};
use crate::view::pen::{Pen, Rect, Stroke};

/// How much there is of something between two places, in CSS pixels. Where it changes more than
/// once within a pixel, `low` and `high` say between what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Steps {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) last: f64,
}

/// A stretch in which somebody holds a lock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    /// CSS pixels.
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// The number of the slice in the lock's lane.
    pub(crate) slice: usize,
    /// The task; 0 for several.
    pub(crate) owner: u32,
    pub(crate) name: String,
    /// The one before handed it over, rather than gave it back.
    pub(crate) handed: bool,
    /// Where its holder waits for something else meanwhile, in CSS pixels.
    pub(crate) awaits: Vec<(f64, f64)>,
}

/// How a series of levels is drawn: from a base line up or down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plot {
    /// The height of zero, in CSS pixels from the top of the canvas.
    pub(crate) base: f64,
    /// Pixels for one, negative for downwards.
    pub(crate) unit: f64,
    pub(crate) line: Color,
    pub(crate) fill: Color,
    pub(crate) alpha: f64,
}

/// Draws levels as an area below a step line.
pub(crate) fn steps(pen: &Pen, levels: &[Steps], plot: Plot) {
    let y = |value: f64| plot.base - value * plot.unit;
    let mut outline: Vec<(f64, f64)> = Vec::with_capacity(levels.len() * 2);
    let mut end = f64::NAN;
    for level in levels {
        // Where a stretch is missing, the line is interrupted.
        if !outline.is_empty() && level.from > end + 0.5 {
            pen.line(&outline, Stroke::new(plot.line, 1.5));
            outline.clear();
        }
        end = level.to;
        // What the level went through within its pixel.
        if level.high.is_finite() && (level.high > level.last || level.low < level.last) {
            let (top, bottom) = (y(level.high), y(level.low));
            let width = level.to - level.from;
            let area = Rect::new(level.from, top, width, (bottom - top).max(1.0));
            pen.fill_alpha(area, plot.line, 0.55);
        }
        let height = y(level.last);
        if level.last != 0.0 {
            let area = Rect::new(
                level.from,
                height,
                level.to - level.from,
                plot.base - height,
            );
            pen.fill_alpha(area, plot.fill, plot.alpha);
        }
        outline.push((level.from, height));
        outline.push((level.to, height));
    }
    pen.line(&outline, Stroke::new(plot.line, 1.5));
}

/// Draws stretches as solid blocks.
pub(crate) fn blocks(pen: &Pen, levels: &[Steps], top: f64, base: f64, color: Color) {
    for level in levels {
        let area = Rect::new(level.from, top, level.to - level.from, base - top);
        pen.fill_alpha(area, color, 0.85);
    }
}

/// Draws who waits as a stack of bars, one for each, away from the base line.
pub(crate) fn queue(pen: &Pen, levels: &[Steps], plot: Plot) {
    let step = plot.unit;
    let bar = (step.abs() - 1.0).max(1.0);
    for level in levels {
        let count = level.high.max(level.last);
        for place in 0..(count as usize).min(MOST_IN_LINE) {
            let near = plot.base - step * place as f64;
            let top = if step > 0.0 { near - bar } else { near };
            let area = Rect::new(level.from, top, level.to - level.from, bar);
            pen.fill_alpha(area, plot.fill, plot.alpha);
        }
    }
}

/// Bars for one line of waiting tasks; who stands further back is not drawn, only counted in the
/// tooltip.
pub(crate) const MOST_IN_LINE: usize = 3;

/// The line that the occupancy cannot pass.
pub(crate) fn capacity(pen: &Pen, y: f64, from: f64, to: f64, palette: &Palette) {
    let y = pen.snapped(y) - 0.5;
    if to > from {
        pen.line(
            &[(from, y), (to, y)],
            Stroke::new(palette.capacity, 1.0).dashed(),
        );
    }
}

/// Who holds a lock, by name.
pub(crate) fn ownership(pen: &Pen, held: &[Held], top: f64, height: f64, width: f64, p: &Palette) {
    pen.font(11, false);
    for stretch in held {
        let left = stretch.from.max(0.0);
        let right = stretch.to.min(width).max(left + 1.0);
        if right < 0.0 || left > width {
            continue;
        }
        let color = owner_color(stretch.owner, p);
        let area = Rect::new(left, top, right - left, height);
        pen.fill(area, p.background.mixed(color, 0.3));
        pen.fill(
            Rect::new(left, top + height - 3.0, right - left, 3.0),
            color,
        );
        pen.fill(Rect::new(left, top, 1.0, height), color);
        for &(from, to) in &stretch.awaits {
            let (from, to) = (from.max(left), to.min(right));
            if to > from {
                pen.hatch(
                    Rect::new(from, top + height - 7.0, to - from, 4.0),
                    color,
                    4.0,
                );
            }
        }
        if stretch.handed && stretch.from >= 0.0 {
            let y = top + height - 1.5;
            let head = [
                (left + 5.0, y),
                (left - 2.0, y - 4.5),
                (left - 2.0, y + 4.5),
            ];
            pen.fill_polygon(&head, p.text, 1.0);
        }
        if let Some(text) = pen.fitted(&stretch.name, right - left - 8.0) {
            pen.text(&text, left + 5.0, top + (height - 3.0) / 2.0 + 0.5, p.text);
        }
    }
}

/// Neighbouring owners get different colours. The name stands beside it where there is room.
pub(crate) fn owner_color(owner: u32, palette: &Palette) -> Color {
    let colors = [
        palette.lock,
        palette.join,
        palette.channel_send,
        palette.semaphore,
        palette.channel_receive,
        palette.event,
        palette.network,
    ];
    colors[owner as usize % colors.len()]
}

/// A notification or the closing.
pub(crate) fn mark(pen: &Pen, sign: Sign, x: f64, top: f64, height: f64, palette: &Palette) {
    const SIZE: f64 = 11.0;
    let color = sign.color(palette);
    let edge = pen.snapped(x);
    pen.fill(Rect::new(edge, top + 3.0, 1.0, height - 6.0), color);
    pen.fill_disc(x, top + height / 2.0, SIZE / 2.0 + 2.0, palette.background);
    let corner = (x - SIZE / 2.0, top + (height - SIZE) / 2.0);
    pen.icon(sign.icon(), corner.0, corner.1, SIZE, color);
}
