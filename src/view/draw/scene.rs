//! Everything that a picture is a function of.

use wakeline_phrases::Language;
use wakeline_timeline::{Looks, Model};

use crate::selection::{Axis, Selection};
use crate::view::evidence::{Marked, PathSegment};
use crate::view::geometry::HEAD;
use crate::view::lanes::Lanes;
use crate::view::look::{Entries, Entry, Sign};
use crate::view::pen::Rect;
use crate::view::rows::Rows;
use crate::view::seen::Seen;
use crate::view::viewport::Viewport;

/// Everything that a picture is a function of, but for its colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) model: &'a Model,
    /// Another run, drawn as pale strips.
    pub(crate) ghost: Option<&'a Model>,
    /// For each task, the task of the ghost below it; 0 for none.
    pub(crate) counterparts: &'a [u32],
    /// The critical path; empty for none.
    pub(crate) path: &'a [PathSegment],
    /// The steps that the reader marked.
    pub(crate) bookmarks: &'a [u32],
    /// Steps to point at.
    pub(crate) marked: &'a [Marked],
    pub(crate) lanes: &'a Lanes,
    pub(crate) rows: &'a Rows,
    pub(crate) seen: &'a Seen,
    pub(crate) axis: Axis,
    pub(crate) language: Language,
    pub(crate) view: Viewport,
    /// The canvas, in CSS pixels.
    pub(crate) size: (f64, f64),
    /// Device pixels in a CSS pixel.
    pub(crate) ratio: f64,
    pub(crate) scroll: f64,
    pub(crate) selection: Option<Selection>,
    /// Whether the wakes of all tasks are shown, not only those of the selected one.
    pub(crate) all_wakes: bool,
    /// The rows of the legend that are hidden.
    pub(crate) hidden: Entries,
    /// The kinds of slices that are left.
    pub(crate) shown: Looks,
    /// The playhead, as a number of events.
    pub(crate) step: usize,
    /// Where the playhead stands on the axis.
    pub(crate) head: f64,
    /// The time at the playhead, in nanoseconds.
    pub(crate) head_time: f64,
    /// Whether something lies after the playhead.
    pub(crate) has_future: bool,
    /// The pointer, in CSS pixels.
    pub(crate) hover: Option<(f64, f64)>,
    /// The range that is being chosen, in CSS pixels.
    pub(crate) range: Option<(f64, f64)>,
}

impl Scene<'_> {
    /// Where a position of the axis stands on the canvas.
    pub(crate) fn x(&self, position: f64) -> f64 {
        self.view.to_screen(position, self.size.0)
    }

    /// Whether marks of this kind are drawn.
    pub(crate) fn shows(&self, sign: Sign) -> bool {
        !self.hidden.contains(Entry::Mark(sign))
    }

    /// Where a lane begins on the canvas.
    pub(crate) fn top(&self, lane: usize) -> f64 {
        self.rows.on_canvas(lane, self.scroll)
    }

    /// The part of the canvas on which lanes are drawn.
    pub(crate) fn lanes_area(&self) -> Rect {
        Rect::new(0.0, HEAD, self.size.0, (self.size.1 - HEAD).max(0.0))
    }

    /// The lanes of which something is in view; those that are pinned above the others last.
    pub(crate) fn lanes_in_view(&self) -> Vec<usize> {
        self.rows.in_view(self.scroll, self.size.1)
    }
}
