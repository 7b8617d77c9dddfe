//! The overview's own arithmetic: what a press on it takes hold of, and what dragging does.

use super::viewport::{Bounds, Viewport};

/// What a pointer on the overview has hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Hold {
    /// The window that shows what is in view: dragging moves it. Where on the axis it was taken,
    /// and what was in view then.
    Window { at: f64, view: Viewport },
    /// The run outside of the window: dragging chooses a range from here, on the axis.
    Range { from: f64 },
}

impl Hold {
    /// What a press at `at` on the axis takes hold of while `view` is in view.
    pub(crate) fn at(at: f64, view: Viewport, whole: bool) -> Self {
        if !whole && view.contains(at) {
            Self::Window { at, view }
        } else {
            Self::Range { from: at }
        }
    }

    /// What is to be shown when the pointer is at `to` on the axis; `None` while a range is too
    /// short to be one. `pixel` is the length of a CSS pixel of the overview on the axis.
    pub(crate) fn dragged(self, to: f64, pixel: f64, bounds: Bounds) -> Option<Viewport> {
        match self {
            Self::Window { at, view } => Some(view.panned(to - at, bounds)),
            Self::Range { from } if (to - from).abs() < 4.0 * pixel => None,
            Self::Range { from } => Some(bounds.clamp(Viewport {
                start: from.min(to),
                end: from.max(to),
            })),
        }
    }

    /// What is to be shown after a press without a drag: the same length, around that place.
    pub(crate) fn clicked(self, view: Viewport, bounds: Bounds) -> Option<Viewport> {
        match self {
            Self::Window { .. } => None,
            Self::Range { from } => {
                let middle = view.start + view.span() / 2.0;
                Some(view.panned(from - middle, bounds))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        begin: 0.0,
        end: 1000.0,
        least: 1.0,
        margin: 0.02,
    };

    const VIEW: Viewport = Viewport {
        start: 100.0,
        end: 200.0,
    };

    #[test]
    fn the_window_moves_with_the_pointer() {
        let hold = Hold::at(120.0, VIEW, false);
        let moved = hold.dragged(220.0, 1.0, BOUNDS).unwrap();
        assert_eq!((moved.start, moved.end), (200.0, 300.0));
        assert_eq!(hold.clicked(VIEW, BOUNDS), None);
    }

    #[test]
    fn outside_of_the_window_a_drag_chooses_and_a_click_goes_there() {
        let hold = Hold::at(500.0, VIEW, false);
        assert_eq!(hold.dragged(503.0, 1.0, BOUNDS), None);
        let chosen = hold.dragged(400.0, 1.0, BOUNDS).unwrap();
        assert_eq!((chosen.start, chosen.end), (400.0, 500.0));
        let gone = hold.clicked(VIEW, BOUNDS).unwrap();
        assert_eq!((gone.start, gone.end), (450.0, 550.0));
    }

    #[test]
    fn a_window_that_shows_everything_cannot_be_moved_so_a_drag_chooses() {
        let hold = Hold::at(500.0, BOUNDS.whole(), true);
        assert_eq!(hold, Hold::Range { from: 500.0 });
    }
}
