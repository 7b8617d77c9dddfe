//! From pointers to intentions: what somebody who presses, moves and lets go wants.
//!
//! The browser reports pointers one event at a time; a click, a drag and a pinch differ only in
//! what follows. [`Gestures`] keeps the pointers that are down and says after each event what it
//! means. It knows no elements: whoever feeds it says in which [`Zone`] a press began.

/// Where a press begins, which decides what dragging does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// The lanes: dragging moves the view.
    Lanes,
    /// The ruler: dragging chooses a range, a click sets the playhead.
    Ruler,
    /// The playhead: dragging moves it.
    Playhead,
}

/// A pointer at a moment. Positions are CSS pixels in the canvas, times milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pointer {
    pub(crate) id: i32,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) time: f64,
    pub(crate) touch: bool,
}

/// What a gesture asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Intent {
    /// Nothing yet.
    Nothing,
    /// Select what is there.
    Click { x: f64, y: f64 },
    /// Show everything.
    DoubleClick { x: f64, y: f64 },
    /// The press on the ruler was a click: put the playhead there.
    Seek { x: f64 },
    /// Move what is drawn by this much.
    Pan { dx: f64, dy: f64 },
    /// The playhead is dragged to here.
    Scrub { x: f64 },
    /// A range is being chosen.
    Range { from: f64, to: f64 },
    /// The range is chosen.
    RangeChosen { from: f64, to: f64 },
    /// Two fingers: show `factor` times as much around `x`, and move by `dx`, `dy`.
    Pinch {
        factor: f64,
        x: f64,
        dx: f64,
        dy: f64,
    },
}

/// Pixels that a pointer may move and still be a click. Fingers tremble more.
const SLOP: f64 = 4.0;
const SLOP_OF_A_FINGER: f64 = 10.0;

/// Two clicks within this many milliseconds and pixels are a double click.
const DOUBLE_CLICK_MS: f64 = 400.0;
const DOUBLE_CLICK_DISTANCE: f64 = 24.0;

/// Ranges narrower than this are no ranges.
const LEAST_RANGE: f64 = 4.0;

#[derive(Clone, Copy, Debug)]
struct Press {
    zone: Zone,
    begun: Pointer,
    now: Pointer,
    dragging: bool,
}

/// The pointers that are down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gestures {
    presses: Vec<Press>,
    /// A pinch is over only when all fingers are up: lifting one must not begin a drag.
    pinched: bool,
    last_click: Option<Pointer>,
}

impl Gestures {
    /// Whether any pointer is down.
    pub(crate) fn active(&self) -> bool {
        !self.presses.is_empty()
    }

    /// The zone of a drag with one pointer that is under way.
    pub(crate) fn dragging(&self) -> Option<Zone> {
        match &*self.presses {
            [press] if press.dragging && !self.pinched => Some(press.zone),
            _ => None,
        }
    }

    /// A pointer goes down.
    pub(crate) fn down(&mut self, pointer: Pointer, zone: Zone) -> Intent {
        self.presses.retain(|press| press.now.id != pointer.id);
        if self.presses.len() >= 2 {
            return Intent::Nothing;
        }
        let press = Press {
            zone,
            begun: pointer,
            now: pointer,
            // Whoever takes hold of the playhead has found it: no need to move first.
            dragging: zone == Zone::Playhead && !pointer.touch,
        };
        self.presses.push(press);
        if self.presses.len() == 2 {
            self.pinched = true;
            self.last_click = None;
        }
        Intent::Nothing
    }

    /// A pointer moves.
    pub(crate) fn moved(&mut self, pointer: Pointer) -> Intent {
        let Some(index) = self.presses.iter().position(|p| p.now.id == pointer.id) else {
            return Intent::Nothing;
        };
        let before = self.presses[index].now;
        self.presses[index].now = pointer;
        if let [one, other] = &*self.presses {
            let still = if index == 0 { other.now } else { one.now };
            return pinch(before, pointer, still);
        }
        if self.pinched {
            return Intent::Nothing;
        }
        let press = &mut self.presses[index];
        let slop = if pointer.touch {
            SLOP_OF_A_FINGER
        } else {
            SLOP
        };
        let mut from = before;
        if !press.dragging {
            if distance(press.begun, pointer) < slop {
                return Intent::Nothing;
            }
            press.dragging = true;
            // What was moved before it was known to be a drag counts, too.
            from = press.begun;
        }
        match press.zone {
            Zone::Lanes => Intent::Pan {
                dx: pointer.x - from.x,
                dy: pointer.y - from.y,
            },
            Zone::Playhead => Intent::Scrub { x: pointer.x },
            Zone::Ruler => Intent::Range {
                from: press.begun.x,
                to: pointer.x,
            },
        }
    }

    /// A pointer goes up.
    pub(crate) fn up(&mut self, pointer: Pointer) -> Intent {
        let Some(index) = self.presses.iter().position(|p| p.now.id == pointer.id) else {
            return Intent::Nothing;
        };
        let press = self.presses.remove(index);
        if self.pinched {
            self.pinched = !self.presses.is_empty();
            return Intent::Nothing;
        }
        let slop = if pointer.touch {
            SLOP_OF_A_FINGER
        } else {
            SLOP
        };
        if press.zone == Zone::Playhead {
            return Intent::Nothing;
        }
        if press.dragging || distance(press.begun, pointer) >= slop {
            self.last_click = None;
            let (from, to) = (press.begun.x, pointer.x);
            return if press.zone == Zone::Ruler && (to - from).abs() >= LEAST_RANGE {
                Intent::RangeChosen { from, to }
            } else {
                Intent::Nothing
            };
        }
        let (x, y) = (pointer.x, pointer.y);
        if press.zone == Zone::Ruler {
            return Intent::Seek { x };
        }
        if let Some(last) = self.last_click.take()
            && pointer.time - last.time <= DOUBLE_CLICK_MS
            && distance(last, pointer) <= DOUBLE_CLICK_DISTANCE
        {
            return Intent::DoubleClick { x, y };
        }
        self.last_click = Some(pointer);
        Intent::Click { x, y }
    }

    /// The browser took the pointer for itself, or somebody pressed Escape.
    pub(crate) fn cancel(&mut self) {
        self.presses.clear();
        self.pinched = false;
        self.last_click = None;
    }
}

fn distance(a: Pointer, b: Pointer) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// The change when one of two fingers moves from `before` to `after` and the other stays.
fn pinch(before: Pointer, after: Pointer, still: Pointer) -> Intent {
    /// Fingers closer than this count as this close: a factor near infinity helps nobody.
    const CLOSEST: f64 = 24.0;
    // Only the axis zooms, so only the horizontal distance counts, unless the fingers stand one
    // above the other.
    let spread = |p: Pointer| {
        let (dx, dy) = ((p.x - still.x).abs(), (p.y - still.y).abs());
        if dx > dy / 2.0 { dx } else { dx.hypot(dy) }.max(CLOSEST)
    };
    Intent::Pinch {
        factor: spread(before) / spread(after),
        x: (after.x + still.x) / 2.0,
        dx: (after.x - before.x) / 2.0,
        dy: (after.y - before.y) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64, time: f64) -> Pointer {
        Pointer {
            id: 1,
            x,
            y,
            time,
            touch: false,
        }
    }

    fn finger(id: i32, x: f64, y: f64) -> Pointer {
        Pointer {
            id,
            x,
            y,
            time: 0.0,
            touch: true,
        }
    }

    #[test]
    fn a_press_that_hardly_moves_is_a_click() {
        let mut gestures = Gestures::default();
        gestures.down(at(100.0, 50.0, 0.0), Zone::Lanes);
        assert_eq!(gestures.moved(at(102.0, 51.0, 10.0)), Intent::Nothing);
        let up = gestures.up(at(102.0, 51.0, 20.0));
        assert_eq!(up, Intent::Click { x: 102.0, y: 51.0 });
        assert!(!gestures.active());
    }

    #[test]
    fn a_drag_moves_by_exactly_what_the_pointer_moved() {
        let mut gestures = Gestures::default();
        gestures.down(at(100.0, 50.0, 0.0), Zone::Lanes);
        let (mut x, mut y) = (0.0, 0.0);
        for step in 1..=20 {
            let step = f64::from(step);
            if let Intent::Pan { dx, dy } = gestures.moved(at(100.0 + step, 50.0 - step, step)) {
                x += dx;
                y += dy;
            }
        }
        assert_eq!((x, y), (20.0, -20.0));
        assert_eq!(gestures.dragging(), Some(Zone::Lanes));
        assert_eq!(gestures.up(at(120.0, 30.0, 30.0)), Intent::Nothing);
    }

    #[test]
    fn two_quick_clicks_at_one_place_are_a_double_click() {
        let mut gestures = Gestures::default();
        let mut click = |x, time| {
            gestures.down(at(x, 5.0, time), Zone::Lanes);
            gestures.up(at(x, 5.0, time + 50.0))
        };
        assert!(matches!(click(10.0, 0.0), Intent::Click { .. }));
        assert!(matches!(click(11.0, 200.0), Intent::DoubleClick { .. }));
        // A third click begins anew.
        assert!(matches!(click(11.0, 400.0), Intent::Click { .. }));
        assert!(matches!(click(200.0, 500.0), Intent::Click { .. }));
        assert!(matches!(click(200.0, 1500.0), Intent::Click { .. }));
    }

    #[test]
    fn the_ruler_seeks_on_a_click_and_chooses_on_a_drag() {
        let mut gestures = Gestures::default();
        gestures.down(at(10.0, 5.0, 0.0), Zone::Ruler);
        assert_eq!(gestures.up(at(11.0, 5.0, 1.0)), Intent::Seek { x: 11.0 });
        gestures.down(at(10.0, 5.0, 0.0), Zone::Ruler);
        let moved = gestures.moved(at(60.0, 5.0, 1.0));
        assert_eq!(
            moved,
            Intent::Range {
                from: 10.0,
                to: 60.0
            }
        );
        let up = gestures.up(at(5.0, 5.0, 2.0));
        assert_eq!(
            up,
            Intent::RangeChosen {
                from: 10.0,
                to: 5.0
            }
        );
    }

    #[test]
    fn the_playhead_follows_from_the_first_pixel() {
        let mut gestures = Gestures::default();
        gestures.down(at(10.0, 5.0, 0.0), Zone::Playhead);
        assert_eq!(
            gestures.moved(at(11.0, 5.0, 1.0)),
            Intent::Scrub { x: 11.0 }
        );
        assert_eq!(gestures.up(at(11.0, 5.0, 2.0)), Intent::Nothing);
    }

    #[test]
    fn two_fingers_zoom_at_their_middle_and_leave_no_drag_behind() {
        let mut gestures = Gestures::default();
        gestures.down(finger(1, 100.0, 50.0), Zone::Lanes);
        gestures.down(finger(2, 200.0, 50.0), Zone::Lanes);
        let moved = gestures.moved(finger(2, 300.0, 50.0));
        assert_eq!(
            moved,
            Intent::Pinch {
                factor: 0.5,
                x: 200.0,
                dx: 50.0,
                dy: 0.0
            }
        );
        assert_eq!(gestures.up(finger(2, 300.0, 50.0)), Intent::Nothing);
        assert_eq!(gestures.moved(finger(1, 180.0, 50.0)), Intent::Nothing);
        assert_eq!(gestures.up(finger(1, 180.0, 50.0)), Intent::Nothing);
        gestures.down(finger(3, 10.0, 10.0), Zone::Lanes);
        assert!(matches!(
            gestures.up(finger(3, 10.0, 10.0)),
            Intent::Click { .. }
        ));
    }

    #[test]
    fn a_cancelled_gesture_does_nothing_more() {
        let mut gestures = Gestures::default();
        gestures.down(at(10.0, 5.0, 0.0), Zone::Ruler);
        gestures.moved(at(60.0, 5.0, 1.0));
        gestures.cancel();
        assert_eq!(gestures.up(at(60.0, 5.0, 2.0)), Intent::Nothing);
        assert_eq!(gestures.dragging(), None);
    }
}
