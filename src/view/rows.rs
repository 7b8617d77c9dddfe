//! Where the lanes stand, one below the other.

use std::ops::Range;

/// The vertical places of lanes, in CSS pixels from the top of the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    /// Where each lane begins, and after the last where it ends. Empty without lanes.
    edges: Vec<f64>,
}

impl Rows {
    /// Lanes of these heights.
    pub(crate) fn stacked(heights: impl IntoIterator<Item = f64>) -> Self {
        let mut edges = vec![0.0];
        let mut bottom = 0.0;
        for height in heights {
            bottom += height;
            edges.push(bottom);
        }
        Self { edges }
    }

    /// Number of lanes.
    pub(crate) fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The height of all lanes together.
    pub(crate) fn total(&self) -> f64 {
        self.edges.last().copied().unwrap_or(0.0)
    }

    /// Where this lane begins; the end of the last for a lane that is not there.
    pub(crate) fn top(&self, lane: usize) -> f64 {
        self.edges
            .get(lane)
            .copied()
            .unwrap_or_else(|| self.total())
    }

    /// The height of this lane, 0 for one that is not there.
    pub(crate) fn height(&self, lane: usize) -> f64 {
        self.top(lane + 1) - self.top(lane)
    }

    /// The lane at this height.
    pub(crate) fn at(&self, y: f64) -> Option<usize> {
        if y < 0.0 || y >= self.total() {
            return None;
        }
        Some(self.edges.partition_point(|&edge| edge <= y) - 1)
    }

    /// The lanes of which something is between `top` and `bottom`.
    pub(crate) fn between(&self, top: f64, bottom: f64) -> Range<usize> {
        if bottom <= top || bottom <= 0.0 || top >= self.total() {
            return 0..0;
        }
        let first = self.at(top.max(0.0)).unwrap_or(0);
        let end = self.edges.partition_point(|&edge| edge < bottom);
        first..end.min(self.len())
    }

    /// The smallest change of `scroll` after which the lane is wholly in a window of this height;
    /// its beginning if it is higher than the window.
    pub(crate) fn reveal(&self, lane: usize, scroll: f64, window: f64) -> f64 {
        let (top, bottom) = (self.top(lane), self.top(lane + 1));
        if top < scroll || bottom - top > window {
            top
        } else if bottom > scroll + window {
            bottom - window
        } else {
            scroll
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        Rows::stacked([20.0, 40.0, 20.0, 30.0])
    }

    #[test]
    fn a_lane_is_found_by_any_height_inside_of_it() {
        let rows = rows();
        let found = [-1.0, 0.0, 19.9, 20.0, 59.9, 79.9, 109.9, 110.0].map(|y| rows.at(y));
        let expected = [
            None,
            Some(0),
            Some(0),
            Some(1),
            Some(1),
            Some(2),
            Some(3),
            None,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_visible_lanes_are_those_that_overlap_the_window() {
        let rows = rows();
        assert_eq!(rows.between(0.0, 110.0), 0..4);
        assert_eq!(rows.between(20.0, 60.0), 1..2);
        assert_eq!(rows.between(19.0, 61.0), 0..3);
        assert_eq!(rows.between(-50.0, 5.0), 0..1);
        assert_eq!(rows.between(110.0, 200.0), 0..0);
        assert_eq!(rows.between(50.0, 50.0), 0..0);
        assert_eq!(Rows::default().between(0.0, 50.0), 0..0);
    }

    #[test]
    fn revealing_scrolls_as_little_as_possible() {
        let rows = rows();
        assert_eq!(rows.reveal(1, 0.0, 100.0), 0.0);
        assert_eq!(rows.reveal(0, 30.0, 50.0), 0.0);
        assert_eq!(rows.reveal(3, 0.0, 50.0), 60.0);
        assert_eq!(rows.reveal(1, 0.0, 30.0), 20.0);
    }

    #[test]
    fn heights_and_tops_outside_are_the_end() {
        let rows = rows();
        assert_eq!(
            (rows.top(4), rows.height(4), rows.total()),
            (110.0, 0.0, 110.0)
        );
        assert_eq!(Rows::default().len(), 0);
    }
}
