//! Many lanes as one: what a folded group shows.

use super::{LaneKey, Look, Looks, Slices};
use crate::{Axis, Model, Span, Viewport, sort};

/// What several tasks do, in one lane: at each moment the most important of what they do then.
#[derive(Clone, Debug)]
pub struct Merged {
    slices: Slices,
}

impl Model {
    /// Puts the lanes of some tasks together, in the order of causes for the causal axis, in that of
    /// events for any other. Takes time
    /// in proportion to their slices; showing it costs no more than any other lane.
    #[must_use]
    pub fn merged(&self, tasks: &[u32], axis: Axis) -> Merged {
        let chart = self.chart(match axis {
            Axis::Causal => axis,
            _ => Axis::Step,
        });
        // When, which lane, and what it shows from there on; `None` at its end.
        let mut changes: Vec<(u32, u32, Option<Look>)> = Vec::new();
        // Places on these axes are numbers of events or fewer: 32 bits. Below them stands which
        // change it is.
        let mut order: Vec<u64> = Vec::new();
        let mut add = |event: u32, lane: u32, look: Option<Look>| {
            order.push(chart.place(event) << 32 | changes.len() as u64);
            changes.push((event, lane, look));
        };
        for (lane, &task) in (0..).zip(tasks) {
            let key = LaneKey::Task(task);
            let len = self.lanes().slices(key).map_or(0, Slices::len);
            for slice in (0..len).filter_map(|index| self.slice(key, index)) {
                add(slice.start, lane, Some(slice.look));
                if slice.index + 1 == len && !slice.open {
                    add(slice.end, lane, None);
                }
            }
        }
        sort(&mut order);
        let mut slices = Slices::default();
        let mut now: Vec<Option<Look>> = vec![None; tasks.len()];
        let mut counts = [0_u32; Look::ALL.len()];
        for change in order {
            let (at, lane, look) = changes[change as u32 as usize];
            let before = std::mem::replace(&mut now[lane as usize], look);
            if let Some(before) = before {
                counts[before.index()] -= 1;
            }
            if let Some(look) = look {
                counts[look.index()] += 1;
            }
            let top = Look::ALL
                .into_iter()
                .rev()
                .find(|look| counts[look.index()] > 0);
            let top = (top.unwrap_or(Look::Idle), tasks[lane as usize]);
            let shown = slices.current().map(|(look, _)| look);
            // A poll is a slice of its own, also where one follows the other.
            if shown != Some(top.0) || look.is_some_and(Look::is_poll) {
                slices.begin(top.0, top.1, at, &self.log().columns);
            }
        }
        Merged { slices }
    }

    /// Fills `spans` with what a view shows of lanes that were put together. The axis of the view
    /// is the causal one if it was so when they were.
    pub fn merged_spans(&self, merged: &Merged, view: &Viewport, spans: &mut Vec<Span>) {
        let chart = self.chart_of(view);
        merged.slices.query(view, &chart, spans);
        let shown = |looks: Looks| looks.iter().any(|look| look != Look::Idle);
        spans.retain(|span| shown(span.looks));
    }
}

impl Merged {
    /// Number of slices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slices.len()
    }

    /// Whether there is no slice.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }
}
