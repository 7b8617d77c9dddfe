//! What a view shows of a lane: pixels put together from slices.

use super::look::Looks;
use crate::axis::Grid;

/// What is drawn in some adjacent pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The first pixel.
    pub from: u32,
    /// The pixel after the last.
    pub to: u32,
    /// Every kind that occurs there.
    pub looks: Looks,
    /// The share of the extent in which the task runs, from 0 to 1. Polls that take no time
    /// count as none.
    pub busy: f32,
    /// How many slices are there.
    pub count: u32,
    /// The first of these slices.
    pub first: u32,
}

/// Puts together the spans of a lane, from right to left.
pub(super) struct Pen<'a> {
    grid: Grid,
    spans: &'a mut Vec<Span>,
    /// The pixel that is being put together; there may be more to come from the left.
    current: Option<Span>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(grid: Grid, spans: &'a mut Vec<Span>) -> Self {
        Self {
            grid,
            spans,
            current: None,
        }
    }

    /// Draws a slice over the pixels from `from` to `to`, of which some may be out of view.
    pub(super) fn draw(
        &mut self,
        from: i64,
        to: i64,
        looks: Looks,
        first: usize,
        count: u32,
        busy: Option<(u64, u64)>,
    ) {
        let from = from.max(0);
        let to = to.min(self.grid.pixels);
        if from >= to {
            return;
        }
        let (from, to) = (from as u32, to as u32);
        let mut right = to;
        // The rightmost pixel may have something in it already.
        let share = self.share(to - 1, busy);
        if let Some(current) = &mut self.current
            && current.from + 1 == to
        {
            current.looks = current.looks.with(looks);
            current.count += count;
            current.first = first as u32;
            current.busy += share;
            right -= 1;
        }
        if right > from {
            self.flush();
            let whole = |from, to, busy| Span {
                from,
                to,
                looks,
                busy,
                count,
                first: first as u32,
            };
            // Edges are partly busy, what lies between is wholly so.
            if right - from > 1 {
                if right == to {
                    self.spans.push(whole(right - 1, right, share));
                    right -= 1;
                }
                if right - from > 1 {
                    let share = if busy.is_some() { 1.0 } else { 0.0 };
                    self.spans.push(whole(from + 1, right, share));
                }
            }
            let share = self.share(from, busy);
            self.current = Some(whole(from, from + 1, share));
        }
    }

    /// Adds slices that begin and end in the pixel that was drawn last.
    pub(super) fn add(&mut self, looks: Looks, first: usize, count: usize, busy: u64) {
        if let Some(current) = &mut self.current {
            current.looks = current.looks.with(looks);
            current.first = first as u32;
            current.count += count as u32;
            current.busy += (busy as f64 / self.grid.unit) as f32;
        }
    }

    fn share(&self, pixel: u32, busy: Option<(u64, u64)>) -> f32 {
        let Some((start, end)) = busy else {
            return 0.0;
        };
        let left = self.grid.position(f64::from(pixel));
        let overlap = (end as f64).min(left + self.grid.unit) - (start as f64).max(left);
        (overlap / self.grid.unit).clamp(0.0, 1.0) as f32
    }

    fn flush(&mut self) {
        if let Some(mut span) = self.current.take() {
            span.busy = span.busy.min(1.0);
            self.spans.push(span);
        }
    }

    pub(super) fn finish(&mut self) {
        self.flush();
        self.spans.reverse();
    }
}
