//! What part of the run is on screen, over time: where the view is, where it is going, and what
//! it holds on to while the run grows.

use super::viewport::{Bounds, Viewport};
use crate::axis_range::AxisRange;

/// Seconds in which a transition does most of its way. It ends by itself soon after.
const TRANSITION: f64 = 0.06;

/// The share of the screen that stays free beside the playhead when the view follows it.
pub(crate) const CLEARANCE: f64 = 0.12;

/// The view and its goal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Camera {
    bounds: Bounds,
    shown: Viewport,
    goal: Viewport,
    /// The goal is the whole run, however long it becomes.
    whole: bool,
}

impl Camera {
    /// A camera that shows the whole run.
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            shown: bounds.whole(),
            goal: bounds.whole(),
            whole: true,
        }
    }

    /// What is on screen now.
    pub(crate) fn shown(&self) -> Viewport {
        self.shown
    }

    /// What will be on screen when the view has come to rest.
    pub(crate) fn goal(&self) -> Viewport {
        self.goal
    }

    /// How far it may go.
    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether the goal is the whole run.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// The run has another length. A camera that showed the whole run shows the whole new one;
    /// any other stays where it is as far as that exists.
    pub(crate) fn set_bounds(&mut self, bounds: Bounds) {
        if bounds == self.bounds {
            return;
        }
        self.bounds = bounds;
        self.goal = if self.whole {
            bounds.whole()
        } else {
            bounds.clamp(self.goal)
        };
        // A run that grows is no reason to be seen moving.
        self.shown = self.goal;
    }

    /// Another axis: `convert` says where a position of the old stands on the new.
    pub(crate) fn change_axis(&mut self, bounds: Bounds, convert: impl Fn(f64) -> f64) {
        self.goal = if self.whole {
            bounds.whole()
        } else {
            bounds.clamp(Viewport {
                start: convert(self.goal.start),
                end: convert(self.goal.end),
            })
        };
        self.bounds = bounds;
        self.shown = self.goal;
    }

    /// Shows everything.
    pub(crate) fn fit(&mut self) {
        self.whole = true;
        self.goal = self.bounds.whole();
    }

    /// Shows from one position to another.
    pub(crate) fn show(&mut self, from: f64, to: f64) {
        self.set_goal(self.bounds.around(from, to));
    }

    /// Shows exactly this, as far as the bounds allow.
    pub(crate) fn set_goal(&mut self, goal: Viewport) {
        self.goal = self.bounds.clamp(goal);
        // Whoever zooms out to the end wants all of it, also when there is more.
        self.whole = self.goal.looks_like(self.bounds.whole(), 1000.0);
    }

    /// Shows `factor` times as much around `anchor`.
    pub(crate) fn zoom(&mut self, factor: f64, anchor: f64) {
        self.set_goal(self.goal.zoomed(factor, anchor, self.bounds));
    }

    /// Moves by a distance on the axis.
    pub(crate) fn pan(&mut self, distance: f64) {
        self.set_goal(self.goal.panned(distance, self.bounds));
    }

    /// Brings a position into view, with room beside it.
    pub(crate) fn reveal(&mut self, position: f64) {
        let goal = self.goal.revealing(position, CLEARANCE, self.bounds);
        if goal != self.goal {
            self.set_goal(goal);
        }
    }

    /// The part that is going to be on screen, in whole units; `None` for the whole run.
    pub(crate) fn range(&self) -> Option<AxisRange> {
        let start = self.goal.start.max(0.0) as u64;
        let range = AxisRange {
            start,
            end: (self.goal.end as u64).max(start + 1),
        };
        (!self.whole).then_some(range)
    }

    /// Ends any transition.
    pub(crate) fn arrive(&mut self) {
        self.shown = self.goal;
    }

    /// Whether the view is still under way.
    pub(crate) fn moving(&self) -> bool {
        self.shown != self.goal
    }

    /// Goes on towards the goal for this many real seconds, on a screen that is `width` wide.
    /// The same time takes it equally far at any frame rate.
    pub(crate) fn advance(&mut self, elapsed: f64, width: f64) {
        if !self.moving() {
            return;
        }
        let share = 1.0 - (-elapsed.max(0.0) / TRANSITION).exp();
        self.shown = self.shown.towards(self.goal, share);
        if self.shown.looks_like(self.goal, width) {
            self.shown = self.goal;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(end: f64) -> Bounds {
        Bounds {
            begin: 0.0,
            end,
            least: 10.0,
            margin: 0.02,
        }
    }

    #[test]
    fn the_whole_run_stays_whole_while_it_grows() {
        let mut camera = Camera::new(bounds(100.0));
        camera.set_bounds(bounds(1000.0));
        assert_eq!(camera.shown(), bounds(1000.0).whole());
    }

    #[test]
    fn a_chosen_part_stays_while_the_run_grows() {
        let mut camera = Camera::new(bounds(1000.0));
        camera.show(200.0, 300.0);
        camera.arrive();
        let before = camera.shown();
        camera.set_bounds(bounds(5000.0));
        assert_eq!(camera.shown(), before);
        camera.set_bounds(bounds(250.0));
        assert!(camera.shown().end <= 260.0);
    }

    #[test]
    fn zooming_out_to_the_end_holds_on_to_the_whole_run_again() {
        let mut camera = Camera::new(bounds(1000.0));
        camera.zoom(0.5, 100.0);
        assert!(!camera.is_whole());
        camera.zoom(100.0, 100.0);
        assert!(camera.is_whole());
        camera.set_bounds(bounds(2000.0));
        assert_eq!(camera.goal(), bounds(2000.0).whole());
    }

    #[test]
    fn a_transition_arrives_and_does_not_depend_on_the_frame_rate() {
        let mut slow = Camera::new(bounds(1000.0));
        slow.show(200.0, 300.0);
        let mut fast = slow;
        slow.advance(0.05, 800.0);
        for _ in 0..10 {
            fast.advance(0.005, 800.0);
        }
        assert!((slow.shown().start - fast.shown().start).abs() < 1e-6);
        assert!(slow.moving());
        for _ in 0..60 {
            slow.advance(1.0 / 60.0, 800.0);
        }
        assert!(!slow.moving());
    }

    #[test]
    fn another_axis_shows_the_same_events() {
        let mut camera = Camera::new(bounds(1000.0));
        camera.show(200.0, 300.0);
        let old = camera.goal();
        camera.change_axis(bounds(100.0), |position| position / 10.0);
        assert!((camera.shown().start - old.start / 10.0).abs() < 1e-9);
        camera.fit();
        camera.change_axis(bounds(777.0), |position| position);
        assert_eq!(camera.shown(), bounds(777.0).whole());
    }

    #[test]
    fn what_is_in_view_needs_no_move() {
        let mut camera = Camera::new(bounds(1000.0));
        camera.reveal(10.0);
        assert!(camera.is_whole());
        camera.show(200.0, 300.0);
        camera.reveal(900.0);
        assert!((camera.goal().to_screen(900.0, 1.0) - (1.0 - CLEARANCE)).abs() < 1e-9);
    }
}
