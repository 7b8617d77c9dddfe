//! Lines between lanes, and what stands beside the slices of a lane.

use wakeline_timeline::Look;
use wakeline_timeline::log::{Event, Kind, MessageDirection};

use crate::view::geometry::{BAND_TOP, POLL_BOTTOM, POLL_TOP};
use crate::view::look::look_color;
use crate::view::palette::Palette;
use crate::view::pen::{Pen, Rect, Stroke};
use crate::view::reading::{Ended, Line, Stretch, Tie};

/// Draws lines from lane to lane: a spawn branches off, an end returns to whoever awaited it.
pub(crate) fn lines(pen: &Pen, lines: &[Line], palette: &Palette) {
    for line in lines {
        let (color, strong) = match line.tie {
            Tie::Spawn => (palette.lifetime, false),
            Tie::Join => (palette.join, false),
            Tie::Error => (palette.failed, true),
            Tie::Cancel => (palette.cancelled, true),
            Tie::Pulse => (palette.event, false),
        };
        let stroke = Stroke::new(color, if strong { 1.5 } else { 1.0 });
        let stroke = match line.tie {
            Tie::Cancel => stroke.dashed(),
            _ => stroke,
        };
        let ((left, from), (right, to)) = (line.from, line.to);
        pen.line(&[(left, from), (left, to), (right, to)], stroke);
        // What it leads to: a head for what is done to a task, a knot for what it takes in.
        match line.tie {
            Tie::Spawn => {}
            Tie::Join | Tie::Pulse => pen.fill_disc(right, to, 2.2, color),
            Tie::Error | Tie::Cancel => {
                let neck = if to > from { to - 6.0 } else { to + 6.0 };
                pen.fill_polygon(
                    &[(right, to), (right - 3.5, neck), (right + 3.5, neck)],
                    color,
                    1.0,
                );
            }
        }
    }
}

/// Draws the timers of a lane: a thin line above it, and a flag at the deadline. One that was
/// cancelled ends in a stroke across.
pub(crate) fn timers(pen: &Pen, timers: &[Stretch], top: f64, palette: &Palette) {
    let y = top + 3.0;
    for timer in timers {
        let (from, to) = (timer.from, timer.to);
        let stroke = Stroke::new(palette.timer, 1.0);
        pen.line(&[(from, y), (to, y)], stroke.dashed());
        match timer.end {
            Ended::Well => {
                let flag = [(to, y - 2.5), (to - 6.0, y), (to, y + 2.5)];
                pen.fill_polygon(&flag, palette.timer, 1.0);
                pen.line(&[(to, y - 2.5), (to, top + POLL_TOP + 4.0)], stroke);
            }
            Ended::Cut => cut(pen, to, y, stroke),
            Ended::Open => {}
        }
    }
}

/// Draws the arms of a lane: a bracket below it, one line for each. A loser is cut where it was
/// dropped.
pub(crate) fn arms(pen: &Pen, arms: &[Stretch], top: f64, palette: &Palette) {
    for arm in arms {
        let y = top + POLL_BOTTOM + 1.5 + 2.0 * arm.level.min(1) as f64;
        let color = match arm.look {
            // The colour of sleep is meant for areas; lines of it would hardly be seen.
            Look::Sleep | Look::Interval => palette.timer,
            look => look_color(look, palette),
        };
        let stroke = Stroke::new(color, 1.25);
        pen.line(
            &[(arm.from, top + BAND_TOP), (arm.from, y), (arm.to, y)],
            stroke,
        );
        match arm.end {
            Ended::Well => pen.line(&[(arm.to, y), (arm.to, top + BAND_TOP)], stroke),
            Ended::Cut => cut(pen, arm.to, y, Stroke::new(palette.cancelled, 1.5)),
            Ended::Open => {}
        }
    }
}

fn cut(pen: &Pen, x: f64, y: f64, stroke: Stroke) {
    pen.line(&[(x - 2.0, y + 2.5), (x + 2.0, y - 2.5)], stroke);
}

/// Draws the requests of a lane: a bar above the band of the wait, lighter and darker by its
/// phases, and the messages of a socket as heads that go up and come down.
pub(crate) fn network(pen: &Pen, events: &[(Event, f64, f64)], top: f64, palette: &Palette) {
    // The band below has the same colour: a line stays free.
    let y = top + BAND_TOP - 4.0;
    for (event, from, to) in events {
        let alpha = match event.kind {
            Kind::NetworkPhase if event.flags % 2 == 0 => 0.95,
            Kind::NetworkPhase => 0.7,
            _ => 0.45,
        };
        if to > from {
            let bar = Rect::new(*from, y, to - from, 3.0);
            pen.fill_alpha(bar, palette.network, alpha);
        }
        let tick = match (event.kind, event.flags) {
            (Kind::NetworkEnded, 1) => palette.failed,
            (Kind::NetworkEnded, 2) => palette.cancelled,
            _ => palette.network,
        };
        if event.kind == Kind::NetworkMessage {
            let direction = MessageDirection::from_code(event.flags);
            let sent = matches!(
                direction,
                Some(MessageDirection::SentText | MessageDirection::SentBytes)
            );
            let (tip, base) = if sent {
                (y - 6.0, y - 1.0)
            } else {
                (y - 1.0, y - 6.0)
            };
            // What happens on the network happens in polls: a rim keeps it apart from them.
            let rim = if sent { 1.0 } else { -1.0 };
            for (ink, more) in [(palette.background, 1.5), (palette.network, 0.0)] {
                let (tip, base, half) = (tip - rim * more, base + rim * more, 3.0 + 1.5 * more);
                let head = [(*from, tip), (from - half, base), (from + half, base)];
                pen.fill_polygon(&head, ink, 1.0);
            }
        } else {
            let rim = Rect::new(from - 1.0, y - 2.0, 3.5, 7.0);
            pen.fill(rim, palette.background);
            pen.fill(Rect::new(*from, y - 1.0, 1.5, 5.0), tick);
        }
    }
}

/// Draws the messages of a channel: each a thin line from where it was sent, above, to where it
/// was received, below. One that nobody took ends in a stroke across.
pub(crate) fn flights(pen: &Pen, flights: &[(f64, f64, bool)], roof: f64, base: f64, p: &Palette) {
    for &(from, to, discarded) in flights {
        let stroke = Stroke::new(p.text_secondary, 1.0).alpha(0.55);
        pen.line(&[(from, roof), (to, base)], stroke);
        if discarded {
            cut(pen, to, base, Stroke::new(p.cancelled, 1.5));
        }
    }
}

/// Draws the time from a request for a task's end to that end: it cleans up.
pub(crate) fn tail(pen: &Pen, from: f64, to: f64, top: f64, palette: &Palette) {
    if to - from >= 2.0 {
        let area = Rect::new(from, top + POLL_TOP - 1.0, to - from, 3.0);
        pen.hatch(area, palette.cancelled, 4.0);
    }
}
