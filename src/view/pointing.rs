//! What pointers and wheels do to the view, the playhead and the selection.

use web_sys::Element;
use yew::prelude::*;

use super::geometry::{EXECUTOR, GRIP, RULER, within};
use super::gestures::{Intent, Zone};
use super::lanes::Row;
use super::listening::pointer_in;
use super::overview::Hold;
use super::reading::{self, Spot};
use super::timeline::{PointerKind, Stale, Timeline};
use super::tip::Details;
use crate::selection::Selection;

/// Wheel: how much a CSS pixel of turning zooms.
const ZOOM_BY_PIXEL: f64 = 0.0022;

/// What is as near to the pointer as this, in CSS pixels, counts as meant.
const REACH: f64 = 3.0;

/// One turn of a wheel zooms no more than this.
const MOST_ZOOM: f64 = 1.6;

/// What stands at a height of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Ruler,
    Executor,
    Lane(usize),
    Nothing,
}

impl Timeline {
    /// What stands at this height of the canvas.
    pub(super) fn place_at(&self, y: f64) -> Place {
        if y < RULER {
            Place::Ruler
        } else if y < RULER + EXECUTOR {
            Place::Executor
        } else {
            self.rows
                .at(y, self.scroll)
                .map_or(Place::Nothing, Place::Lane)
        }
    }

    /// Where the playhead stands on the canvas.
    pub(super) fn playhead_x(&self, ctx: &Context<Self>) -> f64 {
        self.camera
            .shown()
            .to_screen(self.playhead_position(ctx), self.size.0)
    }

    /// Where the playhead stands on the axis: between two events while playing.
    pub(super) fn playhead_position(&self, ctx: &Context<Self>) -> f64 {
        let props = ctx.props();
        match &self.playing {
            Some(playing) => {
                reading::playing_position(&props.model.read(), props.axis, &playing.playback)
            }
            None => props.model.read().playhead(props.axis, props.playhead),
        }
    }

    fn zone_at(&self, ctx: &Context<Self>, x: f64, y: f64, touch: bool) -> Zone {
        let grip = match (y < RULER, touch) {
            (true, true) => 3.5 * GRIP,
            (true, false) => 2.5 * GRIP,
            (false, true) => 2.0 * GRIP,
            (false, false) => GRIP / 2.0,
        };
        if (x - self.playhead_x(ctx)).abs() <= grip {
            Zone::Playhead
        } else if y < RULER {
            Zone::Ruler
        } else {
            Zone::Lanes
        }
    }

    /// The class of the canvas that gives the pointer its form.
    pub(super) fn cursor(&self) -> Option<&'static str> {
        match self.gestures.dragging().or(self.zone)? {
            Zone::Playhead => Some("grip"),
            Zone::Ruler => Some("choose"),
            Zone::Lanes if self.gestures.dragging().is_some() => Some("move"),
            Zone::Lanes => self.tip.is_some().then_some("point"),
        }
    }

    pub(super) fn pointer(
        &mut self,
        ctx: &Context<Self>,
        kind: PointerKind,
        event: &PointerEvent,
    ) -> bool {
        let Some(canvas) = self.nodes.picture.cast::<Element>() else {
            return false;
        };
        let pointer = pointer_in(event, &canvas);
        let before = self.shown_of_gestures();
        let intent = match kind {
            PointerKind::Down => {
                if event.button() != 0 {
                    return false;
                }
                // It fails only for a pointer that is gone already.
                let _ = canvas.set_pointer_capture(pointer.id);
                let zone = self.zone_at(ctx, pointer.x, pointer.y, pointer.touch);
                self.tip = None;
                self.gestures.down(pointer, zone)
            }
            PointerKind::Move => {
                if !self.gestures.active() {
                    return !pointer.touch && self.hovered(ctx, Some((pointer.x, pointer.y)));
                }
                self.gestures.moved(pointer)
            }
            PointerKind::Up => {
                let intent = self.gestures.up(pointer);
                if self.range.take().is_some() {
                    self.redraw_overlay();
                }
                intent
            }
            PointerKind::Cancel => {
                self.gestures.cancel();
                self.range = None;
                self.redraw_overlay();
                return true;
            }
            PointerKind::Leave => {
                // A finger that is lifted leaves; what its tap showed stays.
                return !pointer.touch && !self.gestures.active() && self.hovered(ctx, None);
            }
        };
        let touched = self.intend(ctx, intent, pointer.touch);
        touched || self.shown_of_gestures() != before
    }

    /// Does what is meant; whether there are details of something else.
    fn intend(&mut self, ctx: &Context<Self>, intent: Intent, touch: bool) -> bool {
        let width = self.size.0;
        let view = self.camera.shown();
        let pixel = view.span() / width.max(1.0);
        match intent {
            Intent::Nothing => {}
            Intent::Click { x, y } => {
                self.click(ctx, y);
                // A finger cannot hover: its click shows the details.
                if touch {
                    return self.hovered(ctx, Some((x, y)));
                }
            }
            Intent::DoubleClick { .. } => {
                self.camera.fit();
                self.moved_by_hand(ctx);
            }
            Intent::Seek { x } | Intent::Scrub { x } => {
                let position = view.to_axis(within(x, 0.0, width), width);
                self.playing = None;
                self.following = true;
                let props = ctx.props();
                let step =
                    reading::snapped_step(&props.model.read(), props.axis, position, 5.0 * pixel);
                if step != props.playhead {
                    props.on_playhead.emit(step);
                }
                self.redraw_overlay();
            }
            Intent::Pan { dx, dy } => {
                self.camera.pan(-dx * pixel);
                self.camera.arrive();
                if !touch {
                    self.scroll_by(-dy);
                }
                self.moved_by_hand(ctx);
            }
            Intent::Range { from, to } => {
                self.range = Some((within(from, 0.0, width), within(to, 0.0, width)));
                self.redraw_overlay();
            }
            Intent::RangeChosen { from, to } => {
                self.camera
                    .set_goal(self.camera.bounds().clamp(super::viewport::Viewport {
                        start: view.to_axis(from.min(to), width),
                        end: view.to_axis(from.max(to), width),
                    }));
                self.moved_by_hand(ctx);
            }
            Intent::Pinch { factor, x, dx, dy } => {
                self.camera.zoom(factor, view.to_axis(x, width));
                self.camera.pan(-dx * pixel * factor);
                self.camera.arrive();
                self.scroll_by(-dy);
                self.moved_by_hand(ctx);
            }
        }
        false
    }

    fn click(&mut self, ctx: &Context<Self>, y: f64) {
        match self.place_at(y) {
            Place::Lane(lane) => {
                let subject = self.lanes.meant(lane);
                self.select(ctx, subject);
            }
            Place::Executor => {
                // The executor's lane shows whose poll it is: a click selects that task.
                let props = ctx.props();
                let task = self.hover.and_then(|(x, _)| {
                    let position = self.camera.shown().to_axis(x, self.size.0);
                    let reach = self.camera.shown().span() / self.size.0.max(1.0) * 4.0;
                    reading::polled_at(&props.model.read(), props.axis, position, reach)
                });
                self.select(ctx, task.map(Selection::Task).or(props.selection));
            }
            Place::Nothing => self.select(ctx, None),
            Place::Ruler => {}
        }
    }

    /// After the reader moved the view: it follows the playhead only if that is still in it.
    pub(super) fn moved_by_hand(&mut self, ctx: &Context<Self>) {
        self.following = self.camera.goal().contains(self.playhead_position(ctx));
        self.tip = None;
        if self.reduced_motion.matches() {
            self.camera.arrive();
        }
        self.redraw(Stale::VIEW);
    }

    /// That of the elements which a gesture can change without the page being told.
    fn shown_of_gestures(&self) -> (Option<&'static str>, bool, bool, bool) {
        let (tip, playing) = (self.tip.is_some(), self.playing.is_some());
        (self.cursor(), tip, playing, self.following)
    }

    fn scroll_by(&mut self, distance: f64) {
        if distance != 0.0
            && let Some(element) = self.nodes.scroll.cast::<Element>()
        {
            // Fractions of a pixel are kept by moving from where we are, not from where the
            // element was rounded to.
            element.set_scroll_top((self.scroll + distance).round() as i32);
        }
    }

    pub(super) fn wheel(
        &mut self,
        ctx: &Context<Self>,
        dx: f64,
        dy: f64,
        x: f64,
        zoom: bool,
    ) -> bool {
        let before = self.shown_of_gestures();
        let view = self.camera.goal();
        if zoom {
            let factor = (dy * ZOOM_BY_PIXEL).exp().clamp(1.0 / MOST_ZOOM, MOST_ZOOM);
            let anchor = view.to_axis(within(x, 0.0, self.size.0), self.size.0);
            self.camera.zoom(factor, anchor);
        } else {
            self.camera.pan(dx * view.span() / self.size.0.max(1.0));
        }
        // What is turned by hand is where the hand is: a transition would lag behind the wheel, and
        // draw each turn several times.
        self.camera.arrive();
        self.moved_by_hand(ctx);
        self.shown_of_gestures() != before
    }

    /// The pointer hovers over this place of the canvas, or has left it.
    pub(super) fn hovered(&mut self, ctx: &Context<Self>, at: Option<(f64, f64)>) -> bool {
        self.hover = at;
        self.redraw_overlay();
        let zone = at.map(|(x, y)| self.zone_at(ctx, x, y, false));
        let tip = at
            .filter(|_| zone == Some(Zone::Lanes))
            .and_then(|(x, y)| self.details_at(ctx, x, y));
        let changed = tip != self.tip || zone != self.zone;
        (self.tip, self.zone) = (tip, zone);
        let location = self.tip.as_ref().map_or(0, |(tip, ..)| tip.location);
        self.tell_line(ctx, location);
        changed
    }

    /// Tells which line of the program the slice is at that is pointed at; 0 for none.
    pub(super) fn tell_line(&mut self, ctx: &Context<Self>, location: u16) {
        if std::mem::replace(&mut self.line, location) != location {
            ctx.props().on_line.emit(location);
        }
    }

    /// What there is to say about a place of the canvas, and where the pointer is in the window.
    fn details_at(&self, ctx: &Context<Self>, x: f64, y: f64) -> Option<(Details, f64, f64)> {
        let props = ctx.props();
        let model = props.model.read();
        let place = self.place_at(y);
        let row = match place {
            Place::Lane(lane) => self.lanes.row(lane),
            _ => None,
        };
        let subject = match (place, row) {
            (Place::Lane(lane), _) => self.lanes.subject(lane),
            (Place::Executor, _) => None,
            _ => return None,
        };
        let view = self.camera.shown();
        let spot = Spot {
            subject,
            axis: props.axis,
            position: view.to_axis(x, self.size.0),
            reach: view.span() / self.size.0.max(1.0) * REACH,
        };
        let details = match row {
            Some(Row::Group(group)) => {
                let folded = self.lanes.is_folded(group);
                let group = self.lanes.group(group).filter(|_| folded)?;
                reading::crowded(&model, &group.tasks, spot, props.language)?
            }
            _ => reading::details(&model, spot, props.language)?,
        };
        let rect = self
            .nodes
            .picture
            .cast::<Element>()?
            .get_bounding_client_rect();
        Some((details, rect.left() + x, rect.top() + y))
    }

    pub(super) fn overview_pointer(
        &mut self,
        ctx: &Context<Self>,
        kind: PointerKind,
        event: &PointerEvent,
    ) -> bool {
        let Some(canvas) = self.nodes.overview.cast::<Element>() else {
            return false;
        };
        let pointer = pointer_in(event, &canvas);
        let width = self.breadth.max(1.0);
        let bounds = self.camera.bounds();
        let whole = bounds.whole();
        let at = whole.to_axis(pointer.x, width);
        let pixel = whole.span() / width;
        let before = self.shown_of_gestures();
        match kind {
            PointerKind::Down if event.button() == 0 => {
                // It fails only for a pointer that is gone already.
                let _ = canvas.set_pointer_capture(pointer.id);
                let hold = Hold::at(at, self.camera.goal(), self.camera.is_whole());
                self.hold = Some((hold, pointer.x, false));
                return false;
            }
            PointerKind::Move => {
                let Some((hold, from, dragging)) = &mut self.hold else {
                    return false;
                };
                *dragging |= (pointer.x - *from).abs() >= 4.0;
                if !*dragging {
                    return false;
                }
                if let Some(goal) = hold.dragged(at, pixel, bounds) {
                    self.camera.set_goal(goal);
                    self.camera.arrive();
                }
            }
            PointerKind::Up => {
                let Some((hold, _, dragging)) = self.hold.take() else {
                    return false;
                };
                if !dragging && let Some(goal) = hold.clicked(self.camera.goal(), bounds) {
                    self.camera.set_goal(goal);
                }
            }
            _ => {
                self.hold = None;
                return false;
            }
        }
        self.moved_by_hand(ctx);
        self.shown_of_gestures() != before
    }
}
