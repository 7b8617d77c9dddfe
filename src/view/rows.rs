//! Where the lanes stand, one below the other.

use super::geometry::HEAD;

/// The vertical places of lanes, in CSS pixels from the top of the first. The first of them can be
/// pinned: they stay where they are while the others scroll away below them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    /// Where each lane begins, and after the last where it ends. Empty without lanes.
    edges: Vec<f64>,
    /// How many lanes are pinned.
    pinned: usize,
}

impl Rows {
    /// Lanes of these heights, of which the first `pinned` do not scroll.
    pub(crate) fn stacked(heights: impl IntoIterator<Item = f64>, pinned: usize) -> Self {
        let mut edges = vec![0.0];
        let mut bottom = 0.0;
        for height in heights {
            bottom += height;
            edges.push(bottom);
        }
        Self { edges, pinned }
    }

    /// Number of lanes.
    pub(crate) fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The height of those that are pinned.
    pub(crate) fn pinned_height(&self) -> f64 {
        self.top(self.pinned)
    }

    /// The height of all lanes together.
    pub(crate) fn total(&self) -> f64 {
        self.edges.last().copied().unwrap_or(0.0)
    }

    /// Where this lane begins; the end of the last for a lane that is not there.
    fn top(&self, lane: usize) -> f64 {
        self.edges
            .get(lane)
            .copied()
            .unwrap_or_else(|| self.total())
    }

    /// Where this lane begins on a canvas that is scrolled so far.
    pub(crate) fn on_canvas(&self, lane: usize, scroll: f64) -> f64 {
        let scrolled = if lane < self.pinned { 0.0 } else { scroll };
        HEAD + self.top(lane) - scrolled
    }

    /// The height of this lane, 0 for one that is not there.
    pub(crate) fn height(&self, lane: usize) -> f64 {
        self.top(lane + 1) - self.top(lane)
    }

    /// The lane at this height of a canvas that is scrolled so far.
    pub(crate) fn at(&self, y: f64, scroll: f64) -> Option<usize> {
        let y = y - HEAD;
        let pinned = y < self.top(self.pinned);
        let y = if pinned { y } else { y + scroll };
        if y < 0.0 || y >= self.total() {
            return None;
        }
        Some(self.edges.partition_point(|&edge| edge <= y) - 1)
    }

    /// The lanes of which something is on a canvas of this height: first those that scroll, then
    /// those that are pinned above them.
    pub(crate) fn in_view(&self, scroll: f64, canvas: f64) -> Vec<usize> {
        let free = self.top(self.pinned);
        let (top, bottom) = (scroll + free, scroll + canvas - HEAD);
        if canvas <= HEAD {
            return Vec::new();
        }
        let first = self.edges.partition_point(|&edge| edge <= top);
        let first = first.saturating_sub(1).max(self.pinned);
        let end = self.edges.partition_point(|&edge| edge < bottom);
        let pinned = self.edges.partition_point(|&edge| edge < canvas - HEAD);
        let pinned = 0..pinned.min(self.pinned);
        (first..end.min(self.len())).chain(pinned).collect()
    }

    /// The smallest change of `scroll` after which the lane is wholly in a window of this height;
    /// its beginning if it is higher than the window.
    pub(crate) fn reveal(&self, lane: usize, scroll: f64, window: f64) -> f64 {
        if lane < self.pinned {
            return scroll;
        }
        let free = self.top(self.pinned);
        let (top, bottom) = (self.top(lane) - free, self.top(lane + 1) - free);
        let window = window - free;
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

    fn rows(pinned: usize) -> Rows {
        Rows::stacked([20.0, 40.0, 20.0, 30.0], pinned)
    }

    #[test]
    fn a_lane_is_found_by_any_height_inside_of_it() {
        let rows = rows(0);
        let heights = [-1.0, 0.0, 19.9, 20.0, 59.9, 79.9, 109.9, 110.0];
        let found = heights.map(|y| rows.at(HEAD + y, 0.0));
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
        assert_eq!(rows.at(HEAD, 25.0), Some(1));
    }

    #[test]
    fn the_visible_lanes_are_those_that_overlap_the_window() {
        let rows = rows(0);
        assert_eq!(rows.in_view(0.0, HEAD + 110.0), [0, 1, 2, 3]);
        assert_eq!(rows.in_view(20.0, HEAD + 40.0), [1]);
        assert_eq!(rows.in_view(19.0, HEAD + 42.0), [0, 1, 2]);
        assert!(rows.in_view(110.0, HEAD + 90.0).is_empty());
        assert!(rows.in_view(50.0, HEAD).is_empty());
        assert!(Rows::default().in_view(0.0, HEAD + 50.0).is_empty());
    }

    #[test]
    fn what_is_pinned_stays_and_covers_what_scrolls() {
        let rows = rows(1);
        assert_eq!(rows.in_view(45.0, HEAD + 50.0), [2, 3, 0]);
        assert_eq!(rows.on_canvas(0, 45.0), HEAD);
        assert_eq!(rows.on_canvas(2, 45.0), HEAD + 15.0);
        assert_eq!(rows.at(HEAD + 10.0, 45.0), Some(0));
        assert_eq!(rows.at(HEAD + 21.0, 45.0), Some(2));
        assert_eq!(rows.reveal(1, 45.0, 70.0), 0.0);
        assert_eq!(rows.reveal(3, 0.0, 70.0), 40.0);
        assert_eq!(rows.reveal(0, 45.0, 70.0), 45.0);
    }

    #[test]
    fn revealing_scrolls_as_little_as_possible() {
        let rows = rows(0);
        assert_eq!(rows.reveal(1, 0.0, 100.0), 0.0);
        assert_eq!(rows.reveal(0, 30.0, 50.0), 0.0);
        assert_eq!(rows.reveal(3, 0.0, 50.0), 60.0);
        assert_eq!(rows.reveal(1, 0.0, 30.0), 20.0);
    }

    #[test]
    fn heights_and_tops_outside_are_the_end() {
        let rows = rows(0);
        assert_eq!(
            (rows.top(4), rows.height(4), rows.total()),
            (110.0, 0.0, 110.0)
        );
        assert_eq!(Rows::default().len(), 0);
    }
}
