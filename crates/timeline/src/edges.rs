//! Which events lie in which pixel of a view along a clock.
//!
//! Every lane of a frame shows the same stretch of the run in the same pixels. With the first event
//! of each pixel at hand, a lane compares numbers of events, and need not ask the log when each of
//! its slices began.

use crate::Viewport;
use crate::chart::Chart;
use crate::lanes::first_not;

/// The first event of each pixel of a view, and the first beyond it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edges {
    view: Viewport,
    /// The number of events when they were found.
    len: usize,
    first: Vec<u32>,
}

impl Edges {
    /// The edges of a view of a log with so many events, along a clock. Those of the view before,
    /// if known, say about where they are: a view that moves by whole pixels has the same.
    pub(crate) fn of(view: &Viewport, chart: &Chart<'_>, len: usize, old: Option<&Self>) -> Self {
        let grid = view.grid();
        let pixel = |event: usize| grid.pixel(chart.place(event as u32));
        let pixels = grid.pixels.max(0) as usize;
        let old = old.filter(|old| old.view.axis == view.axis && old.len == len);
        let old = old.map(|old| (old, old.view.grid()));
        let mut first = Vec::with_capacity(pixels + 1);
        let mut at = 0;
        while first.len() <= pixels {
            let wanted = first.len() as i64;
            let edge = grid.left_edge(wanted);
            let before = |event: usize| chart.place(event as u32) < edge;
            at = match old.map(|(old, grid)| old.around(grid.pixel(edge))) {
                Some(Some((low, high))) => {
                    let low = low.max(at);
                    match high.saturating_sub(low) {
                        0 => low,
                        _ if !before(low) => low,
                        more => low + 1 + first_not(more - 1, |index| before(low + 1 + index)),
                    }
                }
                _ => first_from(at, len, before),
            };
            // Nothing begins in the pixels before that of the event.
            let reached = match at < len {
                true => pixel(at).min(grid.pixels) as usize,
                false => pixels,
            };
            first.resize(reached + 1, at as u32);
        }
        Self {
            view: *view,
            len,
            first,
        }
    }

    /// The first event that stands in a pixel, and the first beyond it: whatever is the first from
    /// some place in that pixel on is one of them or between them. `None` for a pixel out of view.
    fn around(&self, pixel: i64) -> Option<(usize, usize)> {
        let pixel = usize::try_from(pixel).ok()?;
        let ends = self.first.get(pixel..pixel + 2)?;
        Some((ends[0] as usize, ends[1] as usize))
    }

    /// Whether these are still those of a view.
    pub(crate) fn fit(&self, view: &Viewport, len: usize) -> bool {
        self.view == *view && self.len == len
    }

    /// The first event that stands in a pixel of the view or to the right of it.
    #[inline]
    pub(crate) fn first(&self, pixel: i64) -> u32 {
        let pixel = usize::try_from(pixel).unwrap_or(0);
        self.first.get(pixel).copied().unwrap_or(u32::MAX)
    }
}

/// The first number from `from` to `end` for which a predicate that is true up to some point is
/// false: the further away it is, the longer it takes.
fn first_from(from: usize, end: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut reach) = (from, 64);
    while low + reach < end && before(low + reach - 1) {
        low += reach;
        reach *= 2;
    }
    low + first_not(reach.min(end - low), |index| before(low + index))
}

#[cfg(test)]
mod tests {
    use wakeline::log::{Columns, Event, Kind};

    use super::*;
    use crate::Axis;

    #[test]
    fn an_edge_is_the_first_event_that_stands_in_its_pixel() {
        let mut columns = Columns::new();
        for index in 0..5_000_u64 {
            columns.push(Event {
                // Some share a moment, and now and then much time passes.
                time: index / 3 + index / 700 * 10_000,
                kind: Kind::PollBegun,
                flags: 0,
                location: 0,
                subject: 1,
                object: 0,
                value: 0,
            });
        }
        let mut last: Option<Edges> = None;
        for (start, end) in [
            (0.0, 80_000.0),
            (9_000.5, 22_000.0),
            (10_000.5, 23_000.0),
            (10_000.5 + 13_000.0 / 333.0, 23_000.0 + 13_000.0 / 333.0),
            (20_000.0, 20_010.0),
            (-50.0, 7.0),
            (-70_000.0, 10_000.0),
            (1e9, 2e9),
        ] {
            let view = Viewport {
                axis: Axis::Time,
                start,
                end,
                pixels: 333,
            };
            let chart = Chart::plain(Axis::Time, &columns);
            let edges = Edges::of(&view, &chart, columns.len(), None);
            // Known edges of any view make no difference.
            let moved = Edges::of(&view, &chart, columns.len(), last.as_ref());
            assert_eq!(edges, moved, "{start} to {end}");
            for pixel in 0..=333 {
                let expected = (0..5_000).find(|&at| view.pixel(columns.time(at)) >= pixel);
                let expected = expected.unwrap_or(5_000) as u32;
                assert_eq!(edges.first(pixel), expected, "{pixel} of {start} to {end}");
            }
            assert!(edges.fit(&view, columns.len()));
            last = Some(edges);
        }
    }
}
