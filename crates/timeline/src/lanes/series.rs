//! A number that changes in steps: how full a channel is, how many permits are held.

use super::forest::{Forest, Items, LEAST, Summary};
use super::grown::push;
use crate::axis::Grid;
use crate::chart::Chart;
use crate::{Axis, Viewport};
use wakeline::log::Columns;

/// What a number was in some adjacent pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The first pixel.
    pub from: u32,
    /// The pixel after the last.
    pub to: u32,
    /// The least value.
    pub min: u32,
    /// The greatest value.
    pub max: u32,
    /// The value at the right edge.
    pub last: u32,
}

/// One change of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The event that changed it.
    pub event: u32,
    /// The value from then on.
    pub value: u32,
}

#[derive(Clone, Copy, Debug)]
struct Extent {
    min: u32,
    max: u32,
}

impl Summary for Extent {
    fn join(self, later: Self) -> Self {
        Self {
            min: self.min.min(later.min),
            max: self.max.max(later.max),
        }
    }
}

/// The changes of one number, in order.
#[derive(Clone, Debug, Default)]
pub struct Series {
    points: Vec<Point>,
    max: u32,
    /// What most series are too short for.
    levels: Option<Box<Levels>>,
}

/// The levels of detail.
#[derive(Clone, Debug, Default)]
struct Levels {
    by_time: Forest<Extent>,
    by_step: Forest<Extent>,
}

/// Those of a short series.
static NO_LEVELS: Levels = Levels {
    by_time: Forest::new(),
    by_step: Forest::new(),
};

struct Along<'a> {
    points: &'a [Point],
    chart: &'a Chart<'a>,
}

impl Items<Extent> for Along<'_> {
    fn len(&self) -> usize {
        self.points.len()
    }

    fn start(&self, index: usize) -> u64 {
        self.chart.place(self.points[index].event)
    }

    fn key(&self, index: usize) -> u64 {
        self.chart.key(self.points[index].event)
    }

    fn edge(&self, view: &Grid, pixel: i64) -> u64 {
        self.chart.edge(view, pixel)
    }

    fn summary(&self, index: usize) -> Extent {
        let value = self.points[index].value;
        Extent {
            min: value,
            max: value,
        }
    }
}

impl Series {
    /// The changes, in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The greatest value of all.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max
    }

    /// The value after the first `step` events; `None` before the first change.
    #[must_use]
    pub fn value_at(&self, step: usize) -> Option<u32> {
        let after = self
            .points
            .partition_point(|point| (point.event as usize) < step);
        Some(self.points[after.checked_sub(1)?].value)
    }

    /// Takes in the value after an event of the log.
    pub(crate) fn push(&mut self, value: u32, event: u32, columns: &Columns) {
        if self.points.last().is_some_and(|last| last.value == value) {
            return;
        }
        if self.points.len() >= LEAST {
            self.close(event, columns);
        }
        push(&mut self.points, Point { event, value });
        self.max = self.max.max(value);
    }

    /// A value is over: so may be levels of detail.
    fn close(&mut self, event: u32, columns: &Columns) {
        let levels = self.levels.get_or_insert_default();
        for (axis, forest) in [
            (Axis::Time, &mut levels.by_time),
            (Axis::Step, &mut levels.by_step),
        ] {
            let chart = Chart::plain(axis, columns);
            let along = Along {
                points: &self.points,
                chart: &chart,
            };
            forest.close(&along, chart.place(event));
        }
    }

    /// Bytes of memory held, the levels of detail included.
    #[must_use]
    pub fn memory(&self) -> usize {
        let levels = self.levels.as_ref().map_or(0, |levels| {
            size_of::<Levels>() + levels.by_time.memory() + levels.by_step.memory()
        });
        self.points.capacity() * size_of::<Point>() + levels
    }

    /// Fills `levels` with what a view shows of the number so far, from left to
    /// right. Where the number does not exist yet, there is no level.
    pub(crate) fn query(&self, view: &Viewport, chart: &Chart<'_>, levels: &mut Vec<Level>) {
        levels.clear();
        if view.is_empty() {
            return;
        }
        let along = Along {
            points: &self.points,
            chart,
        };
        let detail = self.levels.as_deref().unwrap_or(&NO_LEVELS);
        let forest = match view.axis {
            Axis::Time | Axis::Active => &detail.by_time,
            Axis::Step | Axis::Causal => &detail.by_step,
        };
        let now = chart.end();
        let grid = view.grid();
        forest.walk(&along, &grid, |_, last, pixel, start, extent| {
            let value = self.points[last].value;
            let extent = extent.unwrap_or_else(|| along.summary(last));
            let end = self
                .points
                .get(last + 1)
                .map_or(now, |_| along.start(last + 1));
            let to = grid.end(pixel, end.max(start));
            let (from, mut to) = (pixel.max(0), to.min(grid.pixels));
            if from >= to {
                return;
            }
            // The pixel of the change to the right belongs to both.
            if let Some(right) = levels.last_mut()
                && i64::from(right.from) + 1 == to
            {
                let both = if from + 1 == to {
                    extent
                } else {
                    along.summary(last)
                };
                right.min = right.min.min(both.min);
                right.max = right.max.max(both.max);
                to -= 1;
            }
            let (from, to) = (from as u32, to as u32);
            let level = |from, to, min, max| Level {
                from,
                to,
                min,
                max,
                last: value,
            };
            if to > from + 1 {
                levels.push(level(from + 1, to, value, value));
            }
            if to > from {
                levels.push(level(from, from + 1, extent.min, extent.max));
            }
        });
        levels.reverse();
    }
}
