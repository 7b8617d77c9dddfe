//! One lane: slices one after the other, and their levels of detail on each axis.

use super::forest::{Forest, Items, Summary, first_not};
use super::grown::push;
use super::look::{Look, Looks};
use super::spans::{Pen, Span};
use crate::axis::Grid;
use crate::chart::Chart;
use crate::{Axis, Viewport};
use wakeline::log::Columns;

/// A stretch of a lane. Slices of a lane follow each other without gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its number in the lane.
    pub index: usize,
    /// What it shows.
    pub look: Look,
    /// The resource, task or timer that it is about, 0 if none: what is waited for, who woke a
    /// ready task (`by` of the cause), who runs on the executor's lane, who holds a lock. 0 also
    /// for an id from 2^27 on, which no log of a run can have that fits into memory.
    pub object: u32,
    /// The event with which it begins.
    pub start: u32,
    /// The event with which it ends; the number of events so far if it has not ended.
    pub end: u32,
    /// When it begins, in nanoseconds since the run began.
    pub start_time: u64,
    /// When it ends; the end of the log so far if it has not ended.
    pub end_time: u64,
    /// Whether it has not ended.
    pub open: bool,
}

impl Slice {
    /// Its length in nanoseconds.
    #[must_use]
    pub fn duration(&self) -> u64 {
        self.end_time - self.start_time
    }
}

/// What many slices come to.
#[derive(Clone, Copy, Debug)]
struct Tally {
    looks: Looks,
    /// Units of the axis spent in polls, in halves, so that the whole aligns to four bytes.
    busy: [u32; 2],
}

impl Tally {
    fn new(looks: Looks, busy: u64) -> Self {
        Self {
            looks,
            busy: [busy as u32, (busy >> 32) as u32],
        }
    }

    fn busy(self) -> u64 {
        u64::from(self.busy[0]) | u64::from(self.busy[1]) << 32
    }
}

impl Summary for Tally {
    fn join(self, later: Self) -> Self {
        let looks = self.looks.with(later.looks);
        Self::new(looks, self.busy().saturating_add(later.busy()))
    }
}

/// A slice as it is stored, 8 bytes. It ends where the next begins; when that is, the log knows.
#[derive(Clone, Copy, Debug)]
struct Stored {
    event: u32,
    /// The kind in the lower bits, the object above them.
    what: u32,
}

/// Bits of the kind of a slice.
const LOOK_BITS: u32 = 5;
const _: () = assert!(Look::ALL.len() <= 1 << LOOK_BITS);

impl Stored {
    fn new(look: Look, object: u32, event: u32) -> Self {
        Self {
            event,
            what: look as u32 | kept(object) << LOOK_BITS,
        }
    }

    #[inline]
    fn look(&self) -> Look {
        // Only numbers of kinds are ever stored.
        let index = (self.what & ((1 << LOOK_BITS) - 1)) as usize;
        Look::ALL.get(index).copied().unwrap_or(Look::Idle)
    }

    fn object(&self) -> u32 {
        self.what >> LOOK_BITS
    }
}

/// An object as it can be stored.
pub(super) fn kept(object: u32) -> u32 {
    match object >> (u32::BITS - LOOK_BITS) {
        0 => object,
        _ => 0,
    }
}

/// Slices of a lane before any level of detail is looked for: with fewer there is none.
const LEAST_DETAIL: usize = super::forest::LEAST;

/// The slices of one lane, in order.
#[derive(Clone, Debug, Default)]
pub struct Slices {
    stored: Vec<Stored>,
    /// The event with which the last slice ends, if it has.
    end: Option<u32>,
    /// What most lanes are too short for.
    levels: Option<Box<Levels>>,
}

/// The levels of detail.
#[derive(Clone, Debug, Default)]
struct Levels {
    by_time: Forest<Tally>,
    by_step: Forest<Tally>,
}

/// Those of a short lane.
static NO_LEVELS: Levels = Levels {
    by_time: Forest::new(),
    by_step: Forest::new(),
};

/// The slices seen along one axis.
struct Along<'a> {
    slices: &'a [Stored],
    chart: &'a Chart<'a>,
    end: u64,
}

impl Along<'_> {
    fn end_of(&self, index: usize) -> u64 {
        self.slices
            .get(index + 1)
            .map_or(self.end, |next| self.chart.place(next.event))
    }
}

impl Items<Tally> for Along<'_> {
    fn len(&self) -> usize {
        self.slices.len()
    }

    fn start(&self, index: usize) -> u64 {
        self.chart.place(self.slices[index].event)
    }

    fn key(&self, index: usize) -> u64 {
        self.chart.key(self.slices[index].event)
    }

    fn edge(&self, view: &Grid, pixel: i64) -> u64 {
        self.chart.edge(view, pixel)
    }

    fn summary(&self, index: usize) -> Tally {
        let look = self.slices[index].look();
        let busy = if look.is_poll() {
            self.end_of(index).saturating_sub(self.start(index))
        } else {
            0
        };
        Tally::new(Looks::only(look), busy)
    }
}

impl Slices {
    /// Number of slices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stored.len()
    }

    /// Whether there is no slice.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// Bytes of memory held, the levels of detail included.
    #[must_use]
    pub fn memory(&self) -> usize {
        let levels = self.levels.as_ref().map_or(0, |levels| {
            size_of::<Levels>() + levels.by_time.memory() + levels.by_step.memory()
        });
        self.stored.capacity() * size_of::<Stored>() + levels
    }

    /// Begins a slice, which ends the one before it. The event is in the log.
    pub(crate) fn begin(&mut self, look: Look, object: u32, event: u32, columns: &Columns) {
        if self.end.is_some() {
            return;
        }
        if self.stored.len() >= LEAST_DETAIL {
            self.close(event, columns);
        }
        push(&mut self.stored, Stored::new(look, object, event));
    }

    /// Begins the lane anew, with this slice as its first.
    pub(crate) fn begin_again(&mut self, look: Look, object: u32, event: u32, columns: &Columns) {
        *self = Self::default();
        self.begin(look, object, event, columns);
    }

    /// A slice is over: so may be levels of detail.
    fn close(&mut self, event: u32, columns: &Columns) {
        let levels = self.levels.get_or_insert_default();
        for (axis, forest) in [
            (Axis::Time, &mut levels.by_time),
            (Axis::Step, &mut levels.by_step),
        ] {
            let chart = Chart::plain(axis, columns);
            let end = chart.place(event);
            let along = Along {
                slices: &self.stored,
                chart: &chart,
                end,
            };
            forest.close(&along, end);
        }
    }

    /// The kind and object of the slice that is open.
    pub(crate) fn current(&self) -> Option<(Look, u32)> {
        if self.end.is_some() {
            return None;
        }
        let last = self.stored.last();
        last.map(|slice| (slice.look(), slice.object()))
    }

    /// Says what the last slice really was.
    pub(crate) fn revise(&mut self, look: Look) {
        if let Some(last) = self.stored.last_mut() {
            *last = Stored::new(look, last.object(), last.event);
        }
    }

    /// The event with which the last slice began.
    pub(crate) fn last_start(&self) -> Option<u32> {
        self.stored.last().map(|last| last.event)
    }

    /// Ends the lane.
    pub(crate) fn finish(&mut self, event: u32) {
        if !self.stored.is_empty() {
            self.end.get_or_insert(event);
        }
    }

    /// The number of the first slice that begins with event `event` or a later one.
    #[must_use]
    pub fn first_from(&self, event: usize) -> usize {
        self.stored
            .partition_point(|slice| (slice.event as usize) < event)
    }

    /// The kind of each slice with the times of its beginning and its end.
    pub(crate) fn stretches(&self, columns: &Columns) -> impl Iterator<Item = (Look, u64, u64)> {
        let time = |event: u32| columns.time(event as usize);
        let ends = self.stored.iter().skip(1).map(|next| next.event);
        // Past the end of the log stands the time of its last event.
        let ends = ends.chain(std::iter::once(self.end.unwrap_or(u32::MAX)));
        let slices = self.stored.iter().zip(ends);
        slices.map(move |(slice, end)| (slice.look(), time(slice.event), time(end)))
    }

    fn along<'a>(&'a self, chart: &'a Chart<'_>) -> Along<'a> {
        Along {
            slices: &self.stored,
            chart,
            end: self.end.map_or(chart.end(), |end| chart.place(end)),
        }
    }

    /// The levels of detail that serve an axis. Slices stand in the same order on every axis; on
    /// those for which nothing was built, the next best are right, and nearly as quick.
    fn forest(&self, axis: Axis) -> &Forest<Tally> {
        let levels = self.levels.as_deref().unwrap_or(&NO_LEVELS);
        match axis {
            Axis::Time | Axis::Active => &levels.by_time,
            Axis::Step | Axis::Causal => &levels.by_step,
        }
    }

    pub(crate) fn get(&self, index: usize, columns: &Columns) -> Option<Slice> {
        let stored = self.stored.get(index)?;
        let next = self.stored.get(index + 1).map(|next| next.event);
        let end = next.or(self.end);
        let last = end.unwrap_or(columns.len() as u32);
        Some(Slice {
            index,
            look: stored.look(),
            object: stored.object(),
            start: stored.event,
            end: last,
            start_time: columns.time(stored.event as usize),
            end_time: columns.time(last as usize),
            open: end.is_none(),
        })
    }

    /// Fills `spans` with what a view shows of the lane, from left to right. Pixels with nothing
    /// have no span. On the causal axis nothing is busy: length says nothing there.
    pub(crate) fn query(&self, view: &Viewport, chart: &Chart<'_>, spans: &mut Vec<Span>) {
        spans.clear();
        if view.is_empty() {
            return;
        }
        let along = self.along(chart);
        let measured = view.axis != Axis::Causal;
        let grid = view.grid();
        let mut pen = Pen::new(grid, spans);
        // The slice that was drawn before, further to the right, and where it begins.
        let mut right = (usize::MAX, 0);
        self.forest(view.axis)
            .walk(&along, &grid, |first, last, pixel, start, tally| {
                let end = match right {
                    (next, begins) if next == last + 1 => begins,
                    _ => along.end_of(last),
                };
                right = (last, start);
                let to = grid.end(pixel, end);
                let look = along.slices[last].look();
                let busy = (measured && look.is_poll()).then_some((start, end));
                // The last slice first: the walk goes from right to left.
                pen.draw(pixel, to, Looks::only(look), last, 1, busy);
                if let Some(tally) = tally {
                    let own = if look.is_poll() { end - start } else { 0 };
                    let busy = if measured { tally.busy() } else { 0 };
                    let others = busy.saturating_sub(own);
                    pen.add(tally.looks, first, last - first, others);
                }
            });
        pen.finish();
    }

    /// The slices that lie, at least with an end, between two positions.
    pub(crate) fn range(&self, chart: &Chart<'_>, from: u64, to: u64) -> std::ops::Range<usize> {
        let along = self.along(chart);
        let first = first_not(self.len(), |index| along.end_of(index) < from);
        let end = first_not(self.len(), |index| along.start(index) <= to);
        first..end.max(first)
    }

    /// The most important slice within `tolerance` of a position; of several, the nearest.
    pub(crate) fn hit(&self, chart: &Chart<'_>, position: f64, tolerance: f64) -> Option<usize> {
        let axis = chart.axis();
        let along = self.along(chart);
        let (low, high) = (position - tolerance, position + tolerance);
        let from = first_not(self.len(), |index| (along.end_of(index) as f64) < low);
        let to = first_not(self.len(), |index| along.start(index) as f64 <= high);
        if from >= to {
            return None;
        }
        // The one under the position, and with it everything that falls into the tolerance.
        let mut top = Looks::NONE;
        let mut found = None;
        for look in Look::ALL.into_iter().rev() {
            let wanted = |tally: Tally| tally.looks.contains(look);
            let Some(last) = self.forest(axis).last_before(&along, from, to, wanted) else {
                continue;
            };
            top = Looks::only(look);
            found = Some(last);
            break;
        }
        // Of those of the same kind, the nearest: one at or before the position, if there is one.
        let split = first_not(self.len(), |index| along.start(index) as f64 <= position);
        let wanted = |tally: Tally| !tally.looks.within(top).is_empty();
        let before = self
            .forest(axis)
            .last_before(&along, from, split.clamp(from, to), wanted);
        let after = (split.max(from)..to.min(split + 64))
            .find(|&index| Looks::only(self.stored[index].look()) == top);
        let distance = |index: usize| {
            let (start, end) = (along.start(index) as f64, along.end_of(index) as f64);
            (start - position).max(position - end).max(0.0)
        };
        [before, after, found]
            .into_iter()
            .flatten()
            .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_stored_in_8_bytes_and_a_short_lane_in_little_more() {
        assert_eq!(size_of::<Stored>(), 8);
        let words = size_of::<Slices>() / size_of::<usize>();
        assert!(words <= 5, "{words}");
    }

    #[test]
    fn what_is_stored_comes_back() {
        for look in Look::ALL {
            for object in [0, 1, 77, (1 << 27) - 1] {
                let stored = Stored::new(look, object, 5);
                assert_eq!((stored.look(), stored.object()), (look, object));
            }
            let stored = Stored::new(look, 1 << 27, 5);
            assert_eq!((stored.look(), stored.object()), (look, 0));
        }
    }
}
