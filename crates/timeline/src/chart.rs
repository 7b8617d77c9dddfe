//! Where events stand on an axis.

use std::rc::Rc;

use crate::Axis;
use crate::breaks::Breaks;

/// An axis with what it takes to find the place of an event on it.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    axis: Axis,
    /// By event, for the causal axis.
    depths: &'a [u32],
    /// For the axis of active time.
    breaks: Option<Rc<Breaks>>,
    /// Where the run ends, so far.
    end: u64,
}

impl<'a> Chart<'a> {
    /// The axis of time or of steps, of which every event knows its own place.
    pub(crate) fn plain(axis: Axis) -> Self {
        Self::new(axis, &[], None, 0)
    }

    pub(crate) fn new(axis: Axis, depths: &'a [u32], breaks: Option<Rc<Breaks>>, end: u64) -> Self {
        Self {
            axis,
            depths,
            breaks,
            end,
        }
    }

    pub(crate) fn axis(&self) -> Axis {
        self.axis
    }

    /// Where the run ends, so far.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Where an event that happened at this time stands.
    #[inline]
    pub(crate) fn place(&self, event: u32, time: u64) -> u64 {
        match self.axis {
            Axis::Time => time,
            Axis::Step => u64::from(event),
            Axis::Causal => match self.depths.get(event as usize) {
                Some(&depth) => u64::from(depth),
                None => self.end,
            },
            Axis::Active => match &self.breaks {
                Some(breaks) => breaks.shorten(time),
                None => time,
            },
        }
    }
}
