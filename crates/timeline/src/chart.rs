//! Where events stand on an axis.

use std::rc::Rc;

use wakeline::log::Columns;

use crate::Axis;
use crate::axis::Grid;
use crate::breaks::Breaks;
use crate::causal::Depths;
use crate::edges::Edges;

/// An axis with what it takes to find the place of an event on it.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    axis: Axis,
    /// Of which every event has its time.
    columns: &'a Columns,
    /// For the causal axis.
    depths: Option<Rc<Depths>>,
    /// For the axis of active time.
    breaks: Option<Rc<Breaks>>,
    /// Of the view that is drawn, if its axis is a clock.
    edges: Option<Rc<Edges>>,
    /// Where the run ends, so far.
    end: u64,
}

impl<'a> Chart<'a> {
    /// The axis of time or of steps, of which every event knows its own place.
    pub(crate) fn plain(axis: Axis, columns: &'a Columns) -> Self {
        Self::new(axis, columns, None, None, 0)
    }

    pub(crate) fn new(
        axis: Axis,
        columns: &'a Columns,
        depths: Option<Rc<Depths>>,
        breaks: Option<Rc<Breaks>>,
        end: u64,
    ) -> Self {
        Self {
            axis,
            columns,
            depths,
            breaks,
            edges: None,
            end,
        }
    }

    /// The same, for the view whose edges these are.
    pub(crate) fn with_edges(self, edges: Rc<Edges>) -> Self {
        Self {
            edges: Some(edges),
            ..self
        }
    }

    /// A number that grows along the axis as places do: an event's place, or the event itself
    /// where that is enough to compare it with the edges of pixels.
    #[inline]
    pub(crate) fn key(&self, event: u32) -> u64 {
        match self.edges {
            Some(_) => u64::from(event),
            None => self.place(event),
        }
    }

    /// The least key of what stands in a pixel, or to the right of it. The pixel is in view, or the
    /// first beyond.
    #[inline]
    pub(crate) fn edge(&self, grid: &Grid, pixel: i64) -> u64 {
        match &self.edges {
            Some(edges) => edges.first(pixel).into(),
            None => grid.left_edge(pixel),
        }
    }

    pub(crate) fn axis(&self) -> Axis {
        self.axis
    }

    /// Where the run ends, so far.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// When an event happened.
    #[inline]
    pub(crate) fn time(&self, event: u32) -> u64 {
        self.columns.time(event as usize)
    }

    /// Where an event stands.
    #[inline]
    pub(crate) fn place(&self, event: u32) -> u64 {
        match self.axis {
            Axis::Time => self.time(event),
            Axis::Step => u64::from(event),
            Axis::Causal => {
                let depth = self.depths.as_ref().and_then(|depths| depths.get(event));
                depth.map_or(self.end, u64::from)
            }
            Axis::Active => match &self.breaks {
                Some(breaks) => breaks.shorten(self.time(event)),
                None => self.time(event),
            },
        }
    }
}
