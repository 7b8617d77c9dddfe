//! One lane: slices one after the other, and their levels of detail on each axis.

use super::forest::{Forest, Items, Summary, first_not};
use super::look::{Look, Looks};
use super::spans::{Pen, Span};
use crate::chart::Chart;
use crate::{Axis, Viewport};

/// A stretch of a lane. Slices of a lane follow each other without gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its number in the lane.
    pub index: usize,
    /// What it shows.
    pub look: Look,
    /// The resource, task or timer that it is about, 0 if none: what is waited for, who woke a
    /// ready task (`by` of the cause), who runs on the executor's lane, who holds a lock.
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

/// A slice as it is stored, 20 bytes. It ends where the next begins.
#[derive(Clone, Copy, Debug)]
struct Stored {
    /// The start time in halves, so that the whole aligns to four bytes.
    time: [u32; 2],
    event: u32,
    object: u32,
    look: Look,
}

impl Stored {
    fn time(&self) -> u64 {
        u64::from(self.time[0]) | u64::from(self.time[1]) << 32
    }

    fn place(&self, chart: &Chart<'_>) -> u64 {
        chart.place(self.event, self.time())
    }
}

/// The events and times at which something happened: one position on every axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) event: u32,
    pub(crate) time: u64,
}

/// The slices of one lane, in order.
#[derive(Clone, Debug, Default)]
pub struct Slices {
    stored: Vec<Stored>,
    /// Where the last slice ends; `None` while it is open.
    end: Option<Moment>,
    by_time: Forest<Tally>,
    by_step: Forest<Tally>,
}

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
            .map_or(self.end, |next| next.place(self.chart))
    }
}

impl Items<Tally> for Along<'_> {
    fn len(&self) -> usize {
        self.slices.len()
    }

    fn start(&self, index: usize) -> u64 {
        self.slices[index].place(self.chart)
    }

    fn summary(&self, index: usize) -> Tally {
        let look = self.slices[index].look;
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
        self.stored.capacity() * size_of::<Stored>() + self.by_time.memory() + self.by_step.memory()
    }

    pub(crate) fn shrink(&mut self) {
        self.stored.shrink_to_fit();
        self.by_time.shrink();
        self.by_step.shrink();
    }

    /// Begins a slice, which ends the one before it.
    pub(crate) fn begin(&mut self, look: Look, object: u32, at: Moment) {
        if self.end.is_some() {
            return;
        }
        for (axis, forest) in [
            (Axis::Time, &mut self.by_time),
            (Axis::Step, &mut self.by_step),
        ] {
            let chart = Chart::plain(axis);
            let end = chart.place(at.event, at.time);
            let along = Along {
                slices: &self.stored,
                chart: &chart,
                end,
            };
            forest.close(&along, end);
        }
        self.stored.push(Stored {
            time: [at.time as u32, (at.time >> 32) as u32],
            event: at.event,
            object,
            look,
        });
    }

    /// The kind and object of the slice that is open.
    pub(crate) fn current(&self) -> Option<(Look, u32)> {
        if self.end.is_some() {
            return None;
        }
        self.stored.last().map(|slice| (slice.look, slice.object))
    }

    /// Says what the last slice really was.
    pub(crate) fn revise(&mut self, look: Look) {
        if let Some(last) = self.stored.last_mut() {
            last.look = look;
        }
    }

    /// When the last slice began.
    pub(crate) fn last_start(&self) -> Option<Moment> {
        self.stored.last().map(|last| Moment {
            event: last.event,
            time: last.time(),
        })
    }

    /// Ends the lane.
    pub(crate) fn finish(&mut self, at: Moment) {
        if !self.stored.is_empty() {
            self.end.get_or_insert(at);
        }
    }

    /// The number of the first slice that begins with event `event` or a later one.
    #[must_use]
    pub fn first_from(&self, event: usize) -> usize {
        self.stored
            .partition_point(|slice| (slice.event as usize) < event)
    }

    /// The kind of each slice with the times of its beginning and its end; `end` is that of the
    /// run, so far.
    pub(crate) fn stretches(&self, end: u64) -> impl Iterator<Item = (Look, u64, u64)> {
        let ends = self.stored.iter().skip(1).map(Stored::time);
        let last = self.end.map_or(end, |end| end.time);
        let ends = ends.chain(std::iter::once(last));
        let slices = self.stored.iter().zip(ends);
        slices.map(|(slice, end)| (slice.look, slice.time(), end.max(slice.time())))
    }

    fn along<'a>(&'a self, chart: &'a Chart<'_>) -> Along<'a> {
        Along {
            slices: &self.stored,
            chart,
            end: self
                .end
                .map_or(chart.end(), |end| chart.place(end.event, end.time)),
        }
    }

    /// The levels of detail that serve an axis. Slices stand in the same order on every axis; on
    /// those for which nothing was built, the next best are right, and nearly as quick.
    fn forest(&self, axis: Axis) -> &Forest<Tally> {
        match axis {
            Axis::Time | Axis::Active => &self.by_time,
            Axis::Step | Axis::Causal => &self.by_step,
        }
    }

    pub(crate) fn get(&self, index: usize, now: Moment) -> Option<Slice> {
        let stored = self.stored.get(index)?;
        let next = self.stored.get(index + 1);
        let last = self.end.unwrap_or(now);
        let (end, end_time) = next.map_or((last.event, last.time), |n| (n.event, n.time()));
        Some(Slice {
            index,
            look: stored.look,
            object: stored.object,
            start: stored.event,
            end,
            start_time: stored.time(),
            end_time,
            open: next.is_none() && self.end.is_none(),
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
        self.forest(view.axis)
            .walk(&along, &grid, |first, last, pixel, tally| {
                let (start, end) = (along.start(last), along.end_of(last));
                let to = grid.end(pixel, end);
                let look = along.slices[last].look;
                let busy = (measured && look.is_poll()).then_some((start, end));
                // The last slice first: the walk goes from right to left.
                pen.draw(pixel, to, Looks::only(look), last, 1, busy);
                if first < last {
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
            .find(|&index| Looks::only(self.stored[index].look) == top);
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
    fn a_slice_is_stored_in_20_bytes() {
        assert_eq!(size_of::<Stored>(), 20);
    }
}
