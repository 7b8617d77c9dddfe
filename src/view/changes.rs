//! What follows when somebody else changes what is shown: another model, axis or playhead.

use yew::prelude::*;

use wakeline_timeline::state::State;

use super::arrangement::Arrangement;
use super::gestures::Zone;
use super::lanes::Lanes;
use super::playback::Playback;
use super::reading;
use super::seen::Seen;
use super::timeline::{Message, RangeTold, Stale, Timeline, TimelineProps};
use super::viewport::Viewport;
use crate::browser::Timeout;
use crate::selection::Axis;

/// Milliseconds after which a view that did not move is at rest.
const REST: u32 = 300;

impl Timeline {
    /// Gives the lanes the places that the reader wants. With `kept`, the model is as it was.
    pub(super) fn arrange(&mut self, props: &TimelineProps, kept: bool) {
        let model = props.model.read();
        let lanes = Lanes::of(&model, &self.arrangement);
        let old = std::mem::replace(&mut self.lanes, lanes);
        self.lanes.merge(&model, props.axis, kept.then_some(old));
        self.rows = self.lanes.rows();
        self.told.forget_labels();
        drop(model);
        self.redraw(Stale::ALL);
    }

    /// Brings the state to the playhead.
    pub(super) fn seek(&mut self, ctx: &Context<Self>) {
        let step = self.step(ctx);
        ctx.props().model.read().seek(&mut self.state, step);
    }

    /// The model has more events, or is that of another run.
    pub(super) fn take_model(&mut self, ctx: &Context<Self>, old: &TimelineProps) {
        let props = ctx.props();
        let model = props.model.read();
        let same = props.model.is_same_model(&old.model);
        if !same {
            // Others have the same numbers there.
            self.arrangement = Arrangement {
                grouping: self.arrangement.grouping,
                ..Arrangement::default()
            };
            self.search = None;
        }
        // Names come with the creation or soon after: another number of lanes is a good time to
        // look at them again.
        let grown = self.lanes.subjects() + 1 != model.lanes().len();
        if grown || !same || self.seen.lacks(&model) || !self.arrangement.folded.is_empty() {
            self.arrange(props, false);
        }
        if !same {
            self.seen = Seen::default();
        }
        self.seen.follow(&model);
        // A change of the axis in the same moment is dealt with afterwards.
        let bounds = self.bounds(props, old.axis);
        self.camera.set_bounds(bounds);
        if !same {
            self.state = State::new();
            self.playing = None;
            self.tip = None;
            self.tell_line(ctx, 0);
            self.announced.clear();
        } else if props.live
            && self.following
            && !self.camera.is_whole()
            && props.playhead >= model.len()
        {
            self.camera.reveal(model.playhead(old.axis, model.len()));
            self.camera.arrive();
        }
    }

    /// Shows the part of the axis that the page asks for, as soon as it is there.
    pub(super) fn take_range(&mut self, props: &TimelineProps) {
        // How far the view may go depends on the canvas, which is measured after its creation.
        if props.range == self.range_told.last || self.size.0 <= 0.0 {
            return;
        }
        match props.range {
            None => self.camera.fit(),
            Some(range) => {
                let (start, end) = (range.start as f64, range.end as f64);
                let grows = props.live || props.model.read().is_empty();
                if grows && self.camera.bounds().end < end {
                    return;
                }
                self.camera.set_goal(Viewport { start, end });
            }
        }
        self.range_told = RangeTold {
            last: props.range,
            next: None,
        };
        // Who comes with a link did not see anything else before.
        self.camera.arrive();
    }

    /// Has the page told what is in view once that has been at rest for a while: whoever zooms
    /// should not have the page drawn anew at every step.
    pub(super) fn note_range(&mut self, ctx: &Context<Self>) {
        let range = self.camera.range();
        let told = &mut self.range_told;
        // What the page asks for and is not there yet comes first.
        if ctx.props().range != told.last || range == told.last {
            told.next = None;
        } else if told.next.as_ref().is_none_or(|(next, _)| *next != range) {
            let link = ctx.link().clone();
            let call = move || link.send_message(Message::Settled);
            told.next = Some((range, Timeout::after(REST, call)));
        }
    }

    /// Tells the page what is in view.
    pub(super) fn tell_range(&mut self, ctx: &Context<Self>) {
        if let Some((range, _)) = self.range_told.next.take() {
            self.range_told.last = range;
            ctx.props().on_range.emit(range);
        }
    }

    pub(super) fn take_axis(&mut self, ctx: &Context<Self>, old: Axis) {
        let props = ctx.props();
        let model = props.model.read();
        let bounds = self.bounds(props, props.axis);
        self.camera.change_axis(bounds, |position| {
            reading::convert(&model, old, props.axis, position)
        });
        let head = model.playhead(props.axis, props.playhead);
        if self.following {
            self.camera.reveal(head);
            self.camera.arrive();
        }
        if let Some(playing) = &mut self.playing {
            let track = reading::Run(&model, props.axis);
            let step = playing.playback.step();
            playing.playback = Playback::at(&track, step);
        }
        drop(model);
        if !self.arrangement.folded.is_empty() {
            self.arrange(props, true);
        }
    }

    /// Somebody else moved the playhead, or hears what we said.
    pub(super) fn take_playhead(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        let model = props.model.read();
        if let Some(playing) = &mut self.playing
            && playing.playback.step() as usize != props.playhead
        {
            let track = reading::Run(&model, props.axis);
            let step = u32::try_from(props.playhead).unwrap_or(u32::MAX);
            playing.playback = Playback::at(&track, step);
        }
        let head = model.playhead(props.axis, props.playhead);
        if self.gestures.dragging() == Some(Zone::Playhead) {
            return;
        }
        // Whoever steps or jumps wants to see where that leads; but what is in view already
        // stays where it is.
        if self.playing.is_none() && !self.camera.goal().contains(head) {
            self.following = true;
            self.camera.reveal(head);
        }
    }
}
