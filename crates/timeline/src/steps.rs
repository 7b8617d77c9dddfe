//! Steps: where a playhead goes next.
//!
//! A step is a number of events. After a step something on screen is different, so kinds of
//! events that change nothing that is shown are passed over, unless every event is asked for.

use wakeline::log::Kind;

use crate::lanes::{LaneKey, Slice};
use crate::{Axis, Model};

/// Whether an event of this kind changes what is shown.
#[must_use]
pub fn is_visible(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::RunBegun
            | Kind::WakeCoalesced
            | Kind::ChoiceMade
            | Kind::Yielded
            | Kind::SpanEntered
            | Kind::SpanExited
            | Kind::SpanCreated
            | Kind::SpanClosed
            | Kind::Field
            | Kind::Message
            | Kind::Metric
    )
}

impl Model {
    /// The step after the next visible event; `None` if there is none.
    #[must_use]
    pub fn next_visible(&self, step: usize) -> Option<usize> {
        let mut index = step.max(self.first());
        loop {
            if is_visible(self.log().columns.kind(index)?) {
                return Some(index + 1);
            }
            index += 1;
        }
    }

    /// The step after the visible event before the one that led to `step`; the
    /// [first](Self::first) if there is none, `None` there.
    #[must_use]
    pub fn previous_visible(&self, step: usize) -> Option<usize> {
        let step = step.min(self.len()).checked_sub(1)?;
        // What led to this step may be invisible: then the state is that after an earlier event,
        // and the last visible one is what must be taken back.
        let first = self.first();
        let last = (first..=step).rev().find(|&index| self.shows(index))?;
        let before = (first..last).rev().find(|&index| self.shows(index));
        Some(before.map_or(first, |index| index + 1))
    }

    /// The step at which the next poll has begun.
    #[must_use]
    pub fn next_poll(&self, step: usize) -> Option<usize> {
        let polls = self.lanes().executor();
        let mut index = polls.first_from(step);
        loop {
            let slice = self.slice(LaneKey::Executor, index)?;
            if slice.look.is_poll() {
                return Some(slice.start as usize + 1);
            }
            index += 1;
        }
    }

    /// The step at which the poll before the one of `step` had begun.
    #[must_use]
    pub fn previous_poll(&self, step: usize) -> Option<usize> {
        let before = self.lanes().executor().first_from(step.checked_sub(1)?);
        (0..before)
            .rev()
            .filter_map(|index| self.slice(LaneKey::Executor, index))
            .find(|slice| slice.look.is_poll())
            .map(|slice| slice.start as usize + 1)
    }

    /// The slice of a lane that the state after `step` events lies in.
    #[must_use]
    pub fn slice_at(&self, key: LaneKey, step: usize) -> Option<Slice> {
        let after = self.lanes().slices(key)?.first_from(step);
        let slice = self.slice(key, after.checked_sub(1)?)?;
        (slice.open || step <= slice.end as usize).then_some(slice)
    }

    /// The place on an axis from which on nothing of a lane has happened after `step` events; the
    /// end of the run if all of it has. On the causal axis it differs from lane to lane.
    #[must_use]
    pub fn frontier(&self, key: LaneKey, axis: Axis, step: usize) -> u64 {
        let slices = || {
            let slices = self.lanes().slices(key)?;
            let next = self.slice(key, slices.first_from(step))?;
            Some(next.start)
        };
        let next = match key {
            LaneKey::Resource(id) => self.lanes().resource(id).and_then(|lane| {
                let points = lane.series.points();
                let next = points.partition_point(|point| (point.event as usize) < step);
                points.get(next).map(|point| point.event)
            }),
            _ => slices(),
        };
        next.map_or(self.extent(axis), |event| {
            self.position(axis, event as usize)
        })
    }

    /// The next slice of a lane that begins after a step. Idle stretches are passed over.
    #[must_use]
    pub fn next_slice(&self, key: LaneKey, step: usize) -> Option<Slice> {
        let slices = self.lanes().slices(key)?;
        (slices.first_from(step)..slices.len())
            .filter_map(|index| self.slice(key, index))
            .find(|slice| slice.look != crate::Look::Idle)
    }

    /// The slice of a lane before the one that a step lies in. Idle stretches are passed over.
    #[must_use]
    pub fn previous_slice(&self, key: LaneKey, step: usize) -> Option<Slice> {
        let slices = self.lanes().slices(key)?;
        (0..slices.first_from(step.checked_sub(1)?))
            .rev()
            .filter_map(|index| self.slice(key, index))
            .find(|slice| slice.look != crate::Look::Idle)
    }

    fn shows(&self, index: usize) -> bool {
        self.log().columns.kind(index).is_some_and(is_visible)
    }
}
