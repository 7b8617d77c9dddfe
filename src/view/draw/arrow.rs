//! Wakes: who made the selected task ready, and whom it made ready.

use crate::view::icons::Icon;
use crate::view::palette::{Color, Palette};
use crate::view::pen::{Pen, Stroke};

/// Where a wake comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    /// Another lane: the height of its middle on the canvas, which may be out of sight.
    Lane(f64),
    /// A timer of the task itself.
    Timer,
    /// The outside: the network, a callback of the browser, another thread.
    Outside,
    /// The task itself.
    Itself,
}

/// A wake on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrow {
    pub(crate) x: f64,
    pub(crate) from: Origin,
    /// The height of the middle of the woken task's lane.
    pub(crate) to: f64,
    /// The task was in the ready queue already: the wake changed nothing.
    pub(crate) coalesced: bool,
    /// The poll that followed did nothing: the wake was for nothing.
    pub(crate) spurious: bool,
    /// It goes to the selected task, rather than from it.
    pub(crate) incoming: bool,
}

/// Draws the arrows. Of those that would stand less than a few pixels apart only the first is
/// drawn: more would be a smear.
pub(crate) fn arrows(pen: &Pen, arrows: &[Arrow], palette: &Palette) {
    for arrow in arrows {
        let color = if arrow.incoming {
            palette.selection
        } else {
            palette.wake
        };
        let stroke = Stroke::new(color, if arrow.incoming { 1.75 } else { 1.25 });
        let stroke = if arrow.coalesced {
            stroke.dashed()
        } else {
            stroke
        };
        match arrow.from {
            Origin::Lane(from) => between(pen, arrow, from, stroke, color, palette),
            Origin::Timer => flag(pen, arrow, Icon::Timer, color, palette),
            Origin::Outside => flag(pen, arrow, Icon::Connection, color, palette),
            Origin::Itself => itself(pen, arrow, stroke, color),
        }
    }
}

/// The length of an arrow's head.
const HEAD: f64 = 6.0;

fn between(pen: &Pen, arrow: &Arrow, from: f64, stroke: Stroke, color: Color, palette: &Palette) {
    let (x, to) = (arrow.x, arrow.to);
    let down = to > from;
    // The head touches the upper or lower edge of the lane's polls.
    let tip = if down { to - 11.0 } else { to + 11.0 };
    let neck = if down { tip - HEAD } else { tip + HEAD };
    // A halo keeps the line apart from the slices it crosses.
    pen.line(
        &[(x, from), (x, neck)],
        Stroke::new(palette.background, stroke.width + 2.5).alpha(0.75),
    );
    pen.line(&[(x, from), (x, neck)], stroke);
    pen.fill_disc(x, from, 3.2, palette.background);
    pen.fill_disc(x, from, 2.4, color);
    if arrow.spurious {
        // Hollow: nothing came of it.
        pen.fill_disc(x, from, 1.3, palette.background);
    }
    let head = [(x, tip), (x - 4.0, neck), (x + 4.0, neck), (x, tip)];
    if arrow.spurious {
        pen.fill_polygon(&head, palette.background, 1.0);
        pen.line(&head, Stroke::new(color, 1.0));
    } else {
        pen.fill_polygon(&head, color, 1.0);
    }
}

fn flag(pen: &Pen, arrow: &Arrow, icon: Icon, color: Color, palette: &Palette) {
    let tip = arrow.to - 11.0;
    let (x, neck) = (arrow.x, tip - 4.0);
    pen.fill_disc(x, neck - 4.5, 6.5, palette.background);
    pen.icon(icon, x - 5.0, neck - 9.5, 10.0, color);
    pen.fill_polygon(&[(x, tip), (x - 3.0, neck), (x + 3.0, neck)], color, 1.0);
}

fn itself(pen: &Pen, arrow: &Arrow, stroke: Stroke, color: Color) {
    let top = arrow.to - 11.0;
    let x = arrow.x;
    pen.line(
        &[
            (x - 5.0, top),
            (x - 5.0, top - 5.0),
            (x, top - 5.0),
            (x, top - 2.0),
        ],
        stroke,
    );
    pen.fill_polygon(
        &[(x, top + 1.0), (x - 3.0, top - 3.0), (x + 3.0, top - 3.0)],
        color,
        1.0,
    );
}
