//! A task's lane: its life, its polls, what it waits for, how it ends.
//!
//! Slices themselves are pixels ([`super::strip`]); here is what needs shapes and words.

use wakeline_timeline::Look;

use crate::view::geometry::{HATCHED, LIFE_TOP, POLL_BOTTOM, POLL_TOP, TEXT_MIDDLE};
use crate::view::icons::Icon;
use crate::view::look::{Sign, look_color, look_icon};
use crate::view::palette::{Color, Palette};
use crate::view::pen::{Pen, Rect, Stroke};

/// The size of signs in a lane.
const SIGN: f64 = 11.0;

/// A slice that is wide enough for more than pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) look: Look,
    /// The part that is on screen, in CSS pixels.
    pub(crate) left: f64,
    pub(crate) length: f64,
    /// What it says when there is room: for a wait, the name of what it waits for; for the
    /// others, how long it is.
    pub(crate) text: String,
    /// For a poll: its colour.
    pub(crate) ground: Color,
}

/// The line of a task's life, with a foot where it was spawned.
pub(crate) fn life(pen: &Pen, from: f64, to: f64, top: f64, width: f64, palette: &Palette) {
    let (left, right) = (from.max(0.0), to.min(width));
    if right >= left {
        let length = (right - left).max(1.0);
        let line = Rect::new(left, top + LIFE_TOP, length, POLL_BOTTOM - LIFE_TOP);
        pen.fill(line, palette.lifetime);
    }
    if (-1.0..=width).contains(&from) {
        let x = pen.snapped(from);
        let foot = Rect::new(x, top + POLL_TOP, 1.0, POLL_BOTTOM - POLL_TOP);
        pen.fill(foot, palette.lifetime);
    }
}

/// From here on, nothing can ever wake the task.
pub(crate) fn stuck(pen: &Pen, from: f64, to: f64, top: f64, text: &str, palette: &Palette) {
    if to <= from {
        return;
    }
    let area = Rect::new(from, top + POLL_TOP, to - from, POLL_BOTTOM - POLL_TOP);
    pen.fill(area, palette.stuck_ground);
    pen.hatch(Rect::new(from, area.y, area.width, 3.0), palette.stuck, 8.0);
    // What the task waits for stands at the left: this stands at the right.
    pen.font(11, true);
    let room = pen.width_of(text) + SIGN + 14.0;
    if area.width > 2.5 * room {
        let x = to - room;
        pen.icon(
            Icon::Stuck,
            x,
            top + TEXT_MIDDLE - SIGN / 2.0,
            SIGN,
            palette.stuck,
        );
        pen.text(text, x + SIGN + 4.0, top + TEXT_MIDDLE + 0.5, palette.stuck);
    }
}

/// Patterns and words of one slice of a lane that begins at `top`.
pub(crate) fn decorate(pen: &Pen, piece: &Piece, top: f64, palette: &Palette) {
    match piece.look {
        Look::Ready | Look::Cancelling => ready(pen, piece, top, palette),
        look if look.is_poll() => running(pen, piece, top, palette),
        _ => waiting(pen, piece, top, palette),
    }
}

fn ready(pen: &Pen, piece: &Piece, top: f64, palette: &Palette) {
    let Piece { left, length, .. } = *piece;
    if length < HATCHED {
        return;
    }
    let color = look_color(piece.look, palette);
    let area = Rect::new(left, top + POLL_TOP, length, POLL_BOTTOM - POLL_TOP);
    pen.hatch(area, color, 6.0);
    pen.frame(area, 1.0, Stroke::new(color, 1.0));
    pen.font(11, false);
    let room = pen.width_of(&piece.text) + 10.0;
    if !piece.text.is_empty() && room + 8.0 <= length {
        // Words on a hatch are hard to read; they get a ground of their own.
        let middle = left + length / 2.0;
        let ground = Rect::new(middle - room / 2.0, top + POLL_TOP + 3.0, room, 16.0);
        pen.fill_round(ground, 3.0, palette.background, 1.0);
        pen.text_centred(&piece.text, middle, top + POLL_TOP + 11.5, palette.text);
    }
}

fn running(pen: &Pen, piece: &Piece, top: f64, palette: &Palette) {
    pen.font(11, false);
    let text = &piece.text;
    if text.is_empty() || pen.width_of(text) + 8.0 > piece.length {
        return;
    }
    let ink = piece.ground.contrasting(palette.background, palette.text);
    let middle = piece.left + piece.length / 2.0;
    pen.text_centred(text, middle, top + (POLL_TOP + POLL_BOTTOM) / 2.0, ink);
}

fn waiting(pen: &Pen, piece: &Piece, top: f64, palette: &Palette) {
    let Some(icon) = look_icon(piece.look).filter(|_| piece.length >= SIGN + 6.0) else {
        return;
    };
    let x = piece.left + 4.0;
    let sign_color = match piece.look {
        // The colour of sleep is meant for areas; lines of it would hardly be seen.
        Look::Sleep | Look::Interval => palette.text_secondary,
        look => look_color(look, palette),
    };
    pen.icon(icon, x, top + TEXT_MIDDLE - SIGN / 2.0, SIGN, sign_color);
    pen.font(11, false);
    if let Some(text) = pen.fitted(&piece.text, piece.length - SIGN - 12.0) {
        let color = palette.text_secondary;
        pen.text(&text, x + SIGN + 4.0, top + TEXT_MIDDLE + 0.5, color);
    }
}

/// The mark at the end of a life.
pub(crate) fn end(pen: &Pen, sign: Sign, x: f64, top: f64, width: f64, palette: &Palette) {
    const SIZE: f64 = 13.0;
    if x < -SIZE || x > width + SIZE {
        return;
    }
    let (icon, color) = (sign.icon(), sign.color(palette));
    let edge = pen.snapped(x);
    pen.fill(
        Rect::new(edge - 1.0, top + POLL_TOP, 2.0, POLL_BOTTOM - POLL_TOP),
        color,
    );
    let middle = top + (POLL_TOP + POLL_BOTTOM) / 2.0;
    let left = if x + SIZE + 4.0 > width {
        x - SIZE - 4.0
    } else {
        x + 3.0
    };
    // The sign stands on a ground of its own: waits and marks of other things may lie behind.
    pen.fill_disc(
        left + SIZE / 2.0,
        middle,
        SIZE / 2.0 + 1.5,
        palette.background,
    );
    pen.icon(icon, left, middle - SIZE / 2.0, SIZE, color);
}

/// What the error at the end of a life says, beside the mark: after its end a lane is free.
pub(crate) fn error(pen: &Pen, text: &str, x: f64, top: f64, width: f64, palette: &Palette) {
    let left = x.max(-20.0) + 22.0;
    pen.font(11, false);
    if let Some(text) = pen.fitted(text, width - left - 6.0) {
        let middle = top + (POLL_TOP + POLL_BOTTOM) / 2.0;
        pen.text(&text, left, middle + 0.5, palette.failed);
    }
}

/// A line that the task printed.
pub(crate) fn printed(pen: &Pen, x: f64, top: f64, error: bool, palette: &Palette) {
    let color = if error { palette.failed } else { palette.line };
    let y = top + POLL_TOP - 4.0;
    pen.fill_polygon(&[(x - 3.5, y), (x + 3.5, y), (x, y + 5.0)], color, 1.0);
}

/// Somebody asked for the task's end.
pub(crate) fn cancel_requested(pen: &Pen, x: f64, top: f64, palette: &Palette) {
    pen.line(
        &[(x, top + POLL_TOP - 2.0), (x, top + POLL_BOTTOM + 2.0)],
        Stroke::new(palette.cancelled, 1.5).dashed(),
    );
    pen.icon(
        Icon::Cancelled,
        x - 5.0,
        top + POLL_TOP - 4.0,
        10.0,
        palette.cancelled,
    );
}
