//! Marks on a lane: single events that must be seen at any zoom.

use crate::Viewport;
use crate::chart::Chart;

/// The events that are marked on a lane, in order. Errors are kept apart from the rest, so that
/// none of them can hide behind a mark of less importance.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Most lanes have none.
    lists: Option<Box<Lists>>,
}

#[derive(Clone, Debug, Default)]
struct Lists {
    errors: Vec<u32>,
    others: Vec<u32>,
}

/// The marks in one pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The pixel.
    pub pixel: u32,
    /// The event to draw: the first error, or the first of the others if there is no error.
    pub event: u32,
    /// Whether it is an error.
    pub error: bool,
    /// How many marks are in the pixel.
    pub count: u32,
}

impl Marks {
    pub(crate) fn push(&mut self, event: u32, error: bool) {
        let lists = self.lists.get_or_insert_default();
        match error {
            true => lists.errors.push(event),
            false => lists.others.push(event),
        }
    }

    /// Number of marks.
    #[must_use]
    pub fn len(&self) -> usize {
        let lists = self.lists.as_ref();
        lists.map_or(0, |lists| lists.errors.len() + lists.others.len())
    }

    /// Whether there is no mark.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_none()
    }

    /// Fills `marks` with one mark for each pixel that has any, from left to right.
    pub(crate) fn query(&self, view: &Viewport, chart: &Chart<'_>, marks: &mut Vec<Mark>) {
        marks.clear();
        if view.is_empty() {
            return;
        }
        let Some(lists) = &self.lists else { return };
        let pixel = |event: u32| view.pixel(chart.place(event));
        let mut rest = [(&lists.errors[..], true), (&lists.others[..], false)];
        for (events, _) in &mut rest {
            *events = &events[events.partition_point(|&event| pixel(event) < 0)..];
        }
        loop {
            let next = rest
                .iter()
                .filter_map(|(events, _)| events.first())
                .map(|&event| pixel(event))
                .min();
            let Some(at) = next.filter(|&at| at < i64::from(view.pixels)) else {
                return;
            };
            let mut mark = None;
            for (events, error) in &mut rest {
                let inside = events.partition_point(|&event| pixel(event) <= at);
                if let Some(&event) = events[..inside].first() {
                    mark.get_or_insert(Mark {
                        pixel: at as u32,
                        event,
                        error: *error,
                        count: 0,
                    })
                    .count += inside as u32;
                }
                *events = &events[inside..];
            }
            marks.extend(mark);
        }
    }
}
