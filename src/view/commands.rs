//! What keys and buttons do.

use yew::prelude::*;

use super::arrangement::Grouping;
use super::keys::Command;
use super::playback::Playback;
use super::reading;
use super::timeline::{Playing, Stale, Timeline};
use crate::selection::{Axis, Selection};

/// One press of a key zooms in to this share of the view, and pans by this share.
const ZOOM: f64 = 0.7;
const PAN: f64 = 0.2;

/// Logs have fewer events than 32 bits count.
fn narrow(step: usize) -> u32 {
    u32::try_from(step).unwrap_or(u32::MAX)
}

impl Timeline {
    pub(super) fn command(&mut self, ctx: &Context<Self>, command: Command) -> bool {
        let props = ctx.props();
        let step = self.step(ctx);
        let model = props.model.read();
        let events = model.len();
        let to = |found: Option<usize>, otherwise: usize| Some(found.unwrap_or(otherwise));
        let jump = |found: Option<u32>| found.map(|step| (step as usize).min(events));
        let target = match command {
            Command::StepForward => to(model.next_visible(step), events),
            Command::StepBack => to(model.previous_visible(step), model.first()),
            Command::PollForward => to(model.next_poll(step), events),
            Command::PollBack => to(model.previous_poll(step), model.first()),
            Command::EventForward => Some((step + 1).min(events)),
            Command::EventBack => Some(step.saturating_sub(1).max(model.first())),
            Command::Start => Some(model.first()),
            Command::End => Some(events),
            Command::NextSlice => reading::next_slice(&model, props.selection, step),
            Command::NextBookmark => jump(props.bookmarks.next(narrow(step))),
            Command::PreviousBookmark => jump(props.bookmarks.previous(narrow(step))),
            Command::PreviousSlice => reading::previous_slice(&model, props.selection, step),
            _ => None,
        };
        let followed = match command {
            Command::FollowWoken => reading::woken_by(&model, props.selection, step),
            Command::FollowWaker => reading::waker_of(&model, props.selection, step),
            _ => None,
        };
        drop(model);
        if let Some(target) = target {
            self.go(ctx, target);
            if matches!(command, Command::NextSlice | Command::PreviousSlice) {
                let line = reading::line_of(&props.model.read(), props.selection, target);
                self.tell_line(ctx, line);
            }
            return true;
        }
        if let Some((selection, target)) = followed {
            self.select(ctx, selection);
            self.go(ctx, target);
            return true;
        }
        match command {
            Command::PlayPause => self.play_or_pause(ctx),
            Command::Faster => self.speed = self.speed.faster(),
            Command::Slower => self.speed = self.speed.slower(),
            Command::ZoomIn => self.zoom_by_key(ctx, ZOOM),
            Command::ZoomOut => self.zoom_by_key(ctx, 1.0 / ZOOM),
            Command::PanLeft => self.pan_by_key(ctx, -PAN),
            Command::PanRight => self.pan_by_key(ctx, PAN),
            Command::FitAll => {
                self.camera.fit();
                self.moved_by_hand(ctx);
            }
            Command::FitSelection => self.fit_selection(ctx),
            Command::LaneUp => self.select_neighbour(ctx, -1),
            Command::LaneDown => self.select_neighbour(ctx, 1),
            Command::SwitchAxis => {
                let other = match props.axis {
                    Axis::Time | Axis::Active => Axis::Step,
                    Axis::Step => Axis::Causal,
                    Axis::Causal => Axis::Time,
                };
                props.on_axis.emit(other);
            }
            Command::Bookmark => {
                let toggled = props.bookmarks.toggled(narrow(step));
                props.on_bookmarks.emit(toggled);
            }
            Command::Find => {
                if self.search.is_none() {
                    self.find(ctx, String::new());
                }
                self.focus_wanted = true;
            }
            Command::FindNext => self.find_step(ctx, false),
            Command::FindPrevious => self.find_step(ctx, true),
            Command::AllWakes => {
                self.all_wakes = !self.all_wakes;
                self.redraw_overlay();
            }
            Command::Follow => {
                let at_end = step >= events;
                self.go(
                    ctx,
                    if at_end {
                        events.saturating_sub(1)
                    } else {
                        events
                    },
                );
            }
            Command::Pin | Command::Hide => {
                let Some(subject) = props.selection else {
                    return false;
                };
                match command {
                    Command::Pin => self.arrangement.pin(subject),
                    _ => self.arrangement.hide(subject),
                }
                self.arrange(props, true);
                self.reveal_lane(ctx);
            }
            Command::ShowHidden => {
                self.arrangement.hidden.clear();
                self.arrange(props, true);
            }
            Command::Fold => self.fold_selected(ctx),
            Command::FoldAll => {
                let all: Vec<u32> = self.lanes.foldable().collect();
                let folded = &mut self.arrangement.folded;
                *folded = if folded.is_empty() { all } else { Vec::new() };
                self.arrange(props, true);
            }
            Command::Group => {
                let all = Grouping::ALL;
                let now = all.iter().position(|one| *one == self.arrangement.grouping);
                let next = (now.unwrap_or(0) + 1) % all.len();
                self.group(ctx, all[next]);
            }
            Command::SkipIdle => props.on_axis.emit(match props.axis {
                Axis::Active => Axis::Time,
                _ => Axis::Active,
            }),
            Command::Back => return self.back_out(ctx),
            Command::SavePicture => self.save_picture(ctx),
            Command::SaveDrawing => props.on_lanes.emit(self.lane_list(props)),
            Command::Help => self.help = true,
            _ => return false,
        }
        true
    }

    /// Moves the playhead by hand: playing stops, and a screen reader hears what is there.
    pub(super) fn go(&mut self, ctx: &Context<Self>, step: usize) {
        let props = ctx.props();
        self.playing = None;
        self.following = true;
        self.tip = None;
        self.tell_line(ctx, 0);
        self.announced = reading::announcement(&props.model.read(), step, props.language);
        if step != props.playhead {
            props.on_playhead.emit(step);
        }
        self.redraw_overlay();
    }

    fn play_or_pause(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        if self.playing.take().is_some() {
            self.redraw_overlay();
            return;
        }
        let model = props.model.read();
        let end = model.len();
        if end == 0 {
            return;
        }
        // At the end there is nothing left to play: start over.
        let from = if props.playhead >= end {
            model.first()
        } else {
            props.playhead.max(model.first())
        };
        let from = narrow(from);
        self.playing = Some(Playing {
            playback: Playback::at(&reading::Run(&model, props.axis), from),
            last_frame: None,
        });
        drop(model);
        self.following = true;
        self.tip = None;
        self.announced.clear();
        self.redraw_overlay();
    }

    /// One frame of playing.
    pub(super) fn play_on(&mut self, ctx: &Context<Self>, time: f64) {
        let props = ctx.props();
        let speed = self.speed;
        let Some(playing) = &mut self.playing else {
            return;
        };
        let elapsed = playing
            .last_frame
            .map_or(0.0, |last| (time - last) / 1000.0);
        playing.last_frame = Some(time);
        let model = props.model.read();
        let ended = playing
            .playback
            .advance(&reading::Run(&model, props.axis), speed, elapsed);
        let step = playing.playback.step() as usize;
        let position = reading::playing_position(&model, props.axis, &playing.playback);
        drop(model);
        let view = self.camera.shown();
        if self.following {
            self.camera.reveal(position);
            // The goal moves with the playhead: there is nothing to catch up with.
            self.camera.arrive();
        }
        if ended {
            self.playing = None;
        }
        self.redraw(match view == self.camera.shown() {
            true => Stale::HEAD,
            false => Stale::VIEW,
        });
        if step != props.playhead {
            props.on_playhead.emit(step);
        }
    }

    /// Groups the tasks in another way.
    pub(super) fn group(&mut self, ctx: &Context<Self>, grouping: Grouping) {
        self.arrangement.regroup(grouping);
        self.arrange(ctx.props(), true);
        self.reveal_lane(ctx);
    }

    /// Folds the group of the selected task, or unfolds it.
    fn fold_selected(&mut self, ctx: &Context<Self>) {
        let task = ctx.props().selection.and_then(Selection::task);
        if let Some(group) = task.and_then(|task| self.lanes.group_of(task)) {
            self.fold(ctx, group);
        }
    }

    /// Folds a group, or unfolds it.
    pub(super) fn fold(&mut self, ctx: &Context<Self>, group: u32) {
        self.arrangement.fold(group);
        self.arrange(ctx.props(), true);
    }

    fn zoom_by_key(&mut self, ctx: &Context<Self>, factor: f64) {
        let view = self.camera.goal();
        let head = self.playhead_position(ctx);
        let anchor = if view.contains(head) {
            head
        } else {
            view.start + view.span() / 2.0
        };
        self.camera.zoom(factor, anchor);
        self.moved_by_hand(ctx);
    }

    fn pan_by_key(&mut self, ctx: &Context<Self>, share: f64) {
        self.camera.pan(self.camera.goal().span() * share);
        self.moved_by_hand(ctx);
    }

    fn fit_selection(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        let extent = reading::extent(&props.model.read(), props.axis, props.selection);
        match extent {
            Some((from, to)) => self.camera.show(from, to),
            None => self.camera.fit(),
        }
        self.reveal_lane(ctx);
        self.moved_by_hand(ctx);
    }

    fn select_neighbour(&mut self, ctx: &Context<Self>, distance: isize) {
        let props = ctx.props();
        let model = props.model.read();
        let at = props.selection.and_then(|s| self.lanes.find(&model, s));
        let last = self.lanes.len().saturating_sub(1);
        let mut lane = match at {
            Some(lane) => lane.saturating_add_signed(distance).min(last),
            None if distance < 0 => last,
            None => 0,
        };
        // The head of a group is nothing to select.
        while self.lanes.meant(lane).is_none() && (1..last).contains(&lane) {
            lane = lane.saturating_add_signed(distance.signum());
        }
        let subject = self.lanes.meant(lane);
        drop(model);
        if subject.is_some() {
            self.select(ctx, subject);
        }
    }

    /// Closes or lets go of one thing; true if that changes an element.
    fn back_out(&mut self, ctx: &Context<Self>) -> bool {
        if self.gestures.active() {
            self.gestures.cancel();
            self.range = None;
            self.redraw_overlay();
        } else if self.search.take().is_some() {
            self.focus_find(false);
        } else if self.tip.take().is_none() {
            self.select(ctx, None::<Selection>);
        }
        true
    }

    /// A frame: moves what moves, draws what is stale.
    pub(super) fn frame(&mut self, ctx: &Context<Self>, time: f64) -> bool {
        let elapsed = ((time - self.last_frame) / 1000.0).clamp(0.0, 0.1);
        self.last_frame = time;
        let playing = self.playing.is_some();
        self.play_on(ctx, time);
        let ended = playing && self.playing.is_none();
        if self.camera.moving() {
            if self.reduced_motion.matches() {
                self.camera.arrive();
            } else {
                self.camera.advance(elapsed, self.size.0);
            }
            self.redraw(Stale::VIEW);
        }
        self.paint(ctx);
        if self.playing.is_some() || self.camera.moving() {
            self.frames.ask();
        } else {
            self.note_range(ctx);
        }
        // Whoever is told of the playhead has us drawn anew; the end of playing nobody tells.
        ended
    }
}
