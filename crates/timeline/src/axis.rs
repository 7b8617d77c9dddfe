//! What the horizontal direction means, and which part of it is in view.

/// What the horizontal direction of the timeline means.
///
/// Positions are numbers: nanoseconds since the run began, or numbers of events. Under
/// a virtual clock a poll takes no time, so on the time axis everything that happens at one
/// instant stands in one place; on the step axis each event has a place of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Axis {
    /// The run's clock: the unit is a nanosecond.
    #[default]
    Time,
    /// One unit an event: event number `n` happens at position `n`.
    Step,
    /// What led to what: an event stands as far to the right as the longest chain of events that
    /// had to happen before it is long. Events of different tasks that have nothing to do with
    /// each other stand side by side, whatever the order in which they happened. The executor,
    /// which puts everything in line, has no place on it.
    Causal,
    /// The run's clock with long idle time left out ([`Breaks`](crate::Breaks)): the unit is a
    /// nanosecond.
    Active,
}

impl Axis {
    /// Every axis, the default first.
    pub const ALL: [Self; 4] = [Self::Time, Self::Step, Self::Causal, Self::Active];

    /// The name in a link and in the phrase table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Step => "step",
            Self::Causal => "causal",
            Self::Active => "active",
        }
    }

    /// Whether positions are times, be it with gaps left out.
    #[must_use]
    pub fn is_clock(self) -> bool {
        matches!(self, Self::Time | Self::Active)
    }

    /// The axis with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.name() == name)
    }
}

/// The part of an axis that is drawn, and on how many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The axis.
    pub axis: Axis,
    /// The position at the left edge of the first pixel. May lie before the run.
    pub start: f64,
    /// The position at the right edge of the last pixel. May lie after the run.
    pub end: f64,
    /// Number of pixels, of the device and not of the style sheet.
    pub pixels: u32,
}

impl Viewport {
    /// Pixels in one unit of the axis; 0 for a viewport without extent.
    #[must_use]
    pub fn scale(&self) -> f64 {
        let extent = self.end - self.start;
        if extent > 0.0 {
            f64::from(self.pixels) / extent
        } else {
            0.0
        }
    }

    /// Where a position is drawn, in pixels from the left edge.
    #[must_use]
    pub fn x(&self, position: f64) -> f64 {
        self.grid().x(position)
    }

    /// The position that is drawn at `x` pixels from the left edge.
    #[must_use]
    pub fn position(&self, x: f64) -> f64 {
        self.grid().position(x)
    }

    /// The pixel in which a position lies: negative to the left of the view, at least
    /// [`pixels`](Self::pixels) to the right of it.
    #[must_use]
    pub fn pixel(&self, position: u64) -> i64 {
        self.grid().pixel(position)
    }

    /// The pixels that something from `start` to `end` covers, the last one excluded. Something
    /// without length covers one pixel.
    #[must_use]
    pub fn span(&self, start: u64, end: u64) -> (i64, i64) {
        let first = self.pixel(start);
        (first, self.grid().end(first, end))
    }

    /// The arithmetic of the viewport, prepared for many positions.
    pub(crate) fn grid(&self) -> Grid {
        Grid {
            start: self.start,
            scale: self.scale(),
            unit: (self.end - self.start) / f64::from(self.pixels.max(1)),
            pixels: i64::from(self.pixels),
        }
    }

    /// Whether there is anything to draw on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pixels == 0 || !self.scale().is_finite() || self.scale() <= 0.0
    }
}

/// A viewport with its quotients computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    start: f64,
    /// Pixels in a unit of the axis.
    scale: f64,
    /// Units of the axis in a pixel.
    pub(crate) unit: f64,
    /// Number of pixels.
    pub(crate) pixels: i64,
}

impl Grid {
    #[inline]
    fn x(&self, position: f64) -> f64 {
        (position - self.start) * self.scale
    }

    #[inline]
    pub(crate) fn position(&self, x: f64) -> f64 {
        self.start + x * self.unit
    }

    /// The pixel in which a position lies.
    #[inline]
    pub(crate) fn pixel(&self, position: u64) -> i64 {
        floor(self.x(position as f64))
    }

    /// The pixel after the last of something that begins in pixel `first` and ends at `end`.
    #[inline]
    pub(crate) fn end(&self, first: i64, end: u64) -> i64 {
        let last = floor(-self.x(end as f64)).saturating_neg();
        last.max(first.saturating_add(1))
    }

    /// The least position that lies in this pixel or to the right of it; the greatest of all if
    /// none does.
    #[inline]
    pub(crate) fn left_edge(&self, pixel: i64) -> u64 {
        let inside = |position: u64| self.pixel(position) >= pixel;
        // Casts from floating point saturate, at 0 on the left. The inverse of a rounded function
        // is off by a rounding, which is next to nothing unless the view is immense.
        let about = self.position(pixel as f64) as u64;
        let (mut low, mut high) = (about.saturating_sub(1), about.saturating_add(1));
        let is_near = inside(high) && (low == 0 || !inside(low - 1));
        if !is_near {
            (low, high) = (0, u64::MAX);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match inside(middle) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }
}

/// The greatest whole number that is not greater. The standard one is a call into a library on
/// processors of the oldest kind that we compile for.
#[inline]
fn floor(x: f64) -> i64 {
    // Towards zero, saturating.
    let whole = x as i64;
    if x < whole as f64 {
        whole.saturating_sub(1)
    } else {
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_pixels_are_inverse() {
        let view = Viewport {
            axis: Axis::Time,
            start: 100.0,
            end: 300.0,
            pixels: 50,
        };
        assert_eq!(view.x(100.0), 0.0);
        assert_eq!(view.position(25.0), 200.0);
        assert_eq!(view.pixel(103), 0);
        assert_eq!(view.pixel(99), -1);
        assert_eq!(view.span(104, 104), (1, 2), "no length is one pixel");
        assert_eq!(
            view.span(104, 108),
            (1, 2),
            "an end at an edge does not spill over"
        );
        assert_eq!(view.span(104, 109), (1, 3));
    }

    #[test]
    fn the_left_edge_in_an_immense_view_is_found_too() {
        for (start, end) in [(-1e300, 1e300), (0.0, 1e300), (-1e300, 5.0), (1e19, 1e25)] {
            let view = Viewport {
                axis: Axis::Time,
                start,
                end,
                pixels: 500,
            };
            let grid = view.grid();
            for pixel in 0..=500 {
                let edge = grid.left_edge(pixel);
                assert!(edge == u64::MAX || grid.pixel(edge) >= pixel, "{pixel}");
                assert!(edge == 0 || grid.pixel(edge - 1) < pixel, "{pixel}");
            }
        }
    }

    #[test]
    fn the_left_edge_of_a_pixel_is_the_first_position_in_it() {
        for (start, end, pixels) in [
            (0.0, 1e9, 7),
            (-3.5, 1e3, 333),
            (0.1, 0.7, 10),
            (1e12, 1e12 + 5e8, 1920),
            (9e18, 9.1e18, 1920),
        ] {
            let view = Viewport {
                axis: Axis::Time,
                start,
                end,
                pixels,
            };
            for pixel in 0..i64::from(pixels) {
                let edge = view.grid().left_edge(pixel);
                assert!(view.pixel(edge) >= pixel);
                assert!(edge == 0 || view.pixel(edge - 1) < pixel);
            }
        }
    }

    #[test]
    fn floors_go_down() {
        let cases = [(0.0, 0), (0.5, 0), (-0.5, -1), (-2.0, -2), (2.999, 2)];
        for (x, expected) in cases {
            assert_eq!(floor(x), expected, "{x}");
        }
        assert_eq!(floor(f64::INFINITY), i64::MAX);
        assert_eq!(floor(f64::NEG_INFINITY), i64::MIN);
    }

    #[test]
    fn a_view_without_extent_is_empty() {
        let view = |start, end, pixels| Viewport {
            axis: Axis::Step,
            start,
            end,
            pixels,
        };
        assert!(view(1.0, 1.0, 10).is_empty());
        assert!(view(2.0, 1.0, 10).is_empty());
        assert!(view(0.0, 1.0, 0).is_empty());
        assert!(view(f64::NAN, 1.0, 10).is_empty());
        assert!(!view(-5.0, 1.0, 10).is_empty());
    }
}
