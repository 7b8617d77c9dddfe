//! The part of the axis that is on screen, and how zooming and panning change it.
//!
//! Positions on the axis are `f64`: nanoseconds on the time axis, events on the step axis. Both
//! fit exactly: a double holds every nanosecond of a hundred days. Nothing here knows the axis,
//! the canvas or the log, so that all of it can be tested as arithmetic.

use super::geometry::within;
use super::power::power;

/// A piece of the axis, from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Viewport {
    /// What stands at the left edge.
    pub(crate) start: f64,
    /// What stands at the right edge. Always greater than `start`.
    pub(crate) end: f64,
}

/// How far a viewport may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    /// Where the run begins on this axis: 0 unless its oldest events were let go.
    pub(crate) begin: f64,
    /// Where it ends.
    pub(crate) end: f64,
    /// The shortest piece that may fill the screen.
    pub(crate) least: f64,
    /// The share of the screen that stays free at either end of the run, so that its first and
    /// last marks are not cut off. Less than a half.
    pub(crate) margin: f64,
}

impl Bounds {
    /// The viewport that shows the whole run with a margin.
    pub(crate) fn whole(self) -> Viewport {
        self.around(self.begin, self.end)
    }

    /// The viewport that shows `from` to `to` with a margin, in whatever order they are given,
    /// clamped to the bounds.
    pub(crate) fn around(self, from: f64, to: f64) -> Viewport {
        let (low, high) = (from.min(to), from.max(to));
        let middle = low + (high - low) / 2.0;
        let span = ((high - low) / (1.0 - 2.0 * self.margin)).max(self.least);
        self.clamp(Viewport {
            start: middle - span / 2.0,
            end: middle + span / 2.0,
        })
    }

    /// The whole run with its margins, but not less than the shortest piece.
    fn longest(self) -> f64 {
        ((self.end - self.begin) / (1.0 - 2.0 * self.margin)).max(self.least)
    }

    /// The nearest viewport that is inside of the bounds: not shorter than `least`, not longer
    /// than the run with its margins, and not beyond either end.
    pub(crate) fn clamp(self, view: Viewport) -> Viewport {
        let longest = self.longest();
        let span = within(view.end - view.start, self.least.min(longest), longest);
        let middle = view.start + (view.end - view.start) / 2.0;
        let margin = span * self.margin;
        // When the shortest piece is longer than the run, the run stands at the left.
        let earliest = self.begin - margin;
        let latest = (self.end + margin - span).max(earliest);
        let start = within(middle - span / 2.0, earliest, latest);
        Viewport {
            start,
            end: start + span,
        }
    }
}

impl Viewport {
    /// The length of the piece.
    pub(crate) fn span(self) -> f64 {
        self.end - self.start
    }

    /// Where `position` stands on a screen that is `width` wide; outside of 0..width if it is
    /// not in view.
    pub(crate) fn to_screen(self, position: f64, width: f64) -> f64 {
        (position - self.start) / self.span() * width
    }

    /// What stands at `x` on a screen that is `width` wide.
    pub(crate) fn to_axis(self, x: f64, width: f64) -> f64 {
        if width <= 0.0 {
            return self.start;
        }
        self.start + x / width * self.span()
    }

    /// Whether `position` is in view.
    pub(crate) fn contains(self, position: f64) -> bool {
        (self.start..=self.end).contains(&position)
    }

    /// Shows `factor` times as much (less than 1 zooms in), with `anchor` staying where it is.
    pub(crate) fn zoomed(self, factor: f64, anchor: f64, bounds: Bounds) -> Self {
        // The factor is limited first, or the anchor would drift when the bound is reached.
        let longest = bounds.longest();
        let span = within(self.span() * factor, bounds.least.min(longest), longest);
        let share = (anchor - self.start) / self.span();
        let start = anchor - share * span;
        bounds.clamp(Self {
            start,
            end: start + span,
        })
    }

    /// Moves by `distance` on the axis.
    pub(crate) fn panned(self, distance: f64, bounds: Bounds) -> Self {
        bounds.clamp(Self {
            start: self.start + distance,
            end: self.end + distance,
        })
    }

    /// The smallest move that brings `position` into view, at least `clearance` of the screen
    /// (0 to 0.5) away from its edges. Unchanged if it is there already.
    pub(crate) fn revealing(self, position: f64, clearance: f64, bounds: Bounds) -> Self {
        let inset = self.span() * clearance;
        let distance = if position < self.start + inset {
            position - (self.start + inset)
        } else if position > self.end - inset {
            position - (self.end - inset)
        } else {
            return self;
        };
        self.panned(distance, bounds)
    }

    /// A viewport part of the way to `target`; `share` is 0 for here, 1 for there. The zoom moves
    /// evenly on a logarithmic scale, which is what the eye takes for even.
    pub(crate) fn towards(self, target: Self, share: f64) -> Self {
        if share >= 1.0 {
            return target;
        }
        let ratio = target.span() / self.span();
        let span = self.span() * power(ratio, share);
        // The middle moves in proportion to the zoom that is done, so that a point which both
        // viewports show at the same place stays there on the way.
        let done = if (ratio - 1.0).abs() < 1e-6 {
            share
        } else {
            (power(ratio, share) - 1.0) / (ratio - 1.0)
        };
        let from = self.start + self.span() / 2.0;
        let to = target.start + target.span() / 2.0;
        let middle = from + (to - from) * done;
        Self {
            start: middle - span / 2.0,
            end: middle + span / 2.0,
        }
    }

    /// Whether the two would look the same on a screen of `width` pixels.
    pub(crate) fn looks_like(self, other: Self, width: f64) -> bool {
        let pixel = other.span() / width.max(1.0) / 4.0;
        (self.start - other.start).abs() < pixel && (self.end - other.end).abs() < pixel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARGIN: f64 = 0.02;

    const BOUNDS: Bounds = Bounds {
        begin: 0.0,
        end: 1000.0,
        least: 10.0,
        margin: MARGIN,
    };

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn the_whole_run_fits_with_its_ends_visible() {
        let view = BOUNDS.whole();
        assert!(view.start < 0.0 && view.end > 1000.0);
        assert!(close(view.to_screen(0.0, 100.0), 2.0));
        assert!(close(view.to_screen(1000.0, 100.0), 98.0));
    }

    #[test]
    fn screen_and_axis_are_inverse_to_each_other() {
        let view = Viewport {
            start: 200.0,
            end: 300.0,
        };
        for x in [0.0, 17.0, 640.0] {
            assert!(close(view.to_screen(view.to_axis(x, 640.0), 640.0), x));
        }
        assert_eq!(view.to_axis(5.0, 0.0), 200.0);
    }

    #[test]
    fn zooming_keeps_the_anchor_in_its_place() {
        let view = BOUNDS.around(300.0, 500.0);
        let before = view.to_screen(400.0, 800.0);
        for factor in [0.5, 0.1, 1.5] {
            let zoomed = view.zoomed(factor, 400.0, BOUNDS);
            assert!(close(zoomed.span(), view.span() * factor));
            assert!(close(zoomed.to_screen(400.0, 800.0), before));
        }
    }

    #[test]
    fn zooming_stops_at_the_bounds_without_drifting() {
        let mut view = BOUNDS.around(300.0, 500.0);
        for _ in 0..100 {
            view = view.zoomed(0.8, 320.0, BOUNDS);
        }
        assert!(close(view.span(), 10.0));
        assert!(view.contains(320.0));
        let again = view.zoomed(0.8, 320.0, BOUNDS);
        assert!(close(again.start, view.start));
        for _ in 0..100 {
            view = view.zoomed(1.5, 320.0, BOUNDS);
        }
        assert!(view.looks_like(BOUNDS.whole(), 1000.0));
    }

    #[test]
    fn panning_stops_at_either_end() {
        let view = BOUNDS.around(300.0, 500.0);
        let left = view.panned(-1e9, BOUNDS);
        let right = view.panned(1e9, BOUNDS);
        assert!(close(left.span(), view.span()) && close(right.span(), view.span()));
        assert!(close(left.to_screen(0.0, 1.0), MARGIN));
        assert!(close(right.to_screen(1000.0, 1.0), 1.0 - MARGIN));
    }

    #[test]
    fn a_run_shorter_than_the_shortest_view_stands_at_the_left() {
        let bounds = Bounds {
            begin: 0.0,
            end: 0.0,
            least: 100.0,
            margin: MARGIN,
        };
        let view = bounds.whole();
        assert!(close(view.span(), 100.0));
        assert!(close(view.to_screen(0.0, 1.0), MARGIN));
        assert_eq!(view.panned(50.0, bounds), view);
    }

    #[test]
    fn revealing_moves_no_more_than_it_must() {
        let view = BOUNDS.around(300.0, 500.0);
        assert_eq!(view.revealing(400.0, 0.1, BOUNDS), view);
        let moved = view.revealing(700.0, 0.1, BOUNDS);
        assert!(close(moved.to_screen(700.0, 1.0), 0.9));
        let moved = view.revealing(100.0, 0.1, BOUNDS);
        assert!(close(moved.to_screen(100.0, 1.0), 0.1));
    }

    #[test]
    fn a_transition_begins_here_and_ends_there_and_keeps_common_points() {
        let from = BOUNDS.around(0.0, 1000.0);
        let to = from.zoomed(0.1, 250.0, BOUNDS);
        let here = from.towards(to, 0.0);
        assert!(close(here.start, from.start) && close(here.end, from.end));
        assert_eq!(from.towards(to, 1.0), to);
        let anchor = from.to_screen(250.0, 1.0);
        for share in [0.2, 0.5, 0.9] {
            assert!(close(from.towards(to, share).to_screen(250.0, 1.0), anchor));
        }
    }

    #[test]
    fn a_run_whose_oldest_events_were_let_go_begins_later() {
        let bounds = Bounds {
            begin: 5000.0,
            end: 6000.0,
            ..BOUNDS
        };
        let (whole, shifted) = (BOUNDS.whole(), bounds.whole());
        assert!((shifted.start - 5000.0 - whole.start * 1000.0 / BOUNDS.end).abs() < 1e-6);
        assert!(shifted.end > 6000.0 && shifted.end < 6100.0);
        let early = Viewport {
            start: 10.0,
            end: 110.0,
        };
        let nearest = bounds.clamp(early);
        assert!(
            nearest.start < 5000.0 && nearest.start > 4990.0,
            "{nearest:?}"
        );
    }
}
