//! The component: what it keeps, what it is told, and the elements it consists of.
//!
//! The picture is a pure function of the model, the playhead and what is kept here. Drawing
//! happens in one place, [`Message::Frame`], once before a paint and only when something changed.

use std::rc::Rc;

use wakeline_timeline::state::State;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::arrangement::{Arrangement, Grouping};
use super::camera::Camera;
use super::evidence::{Marked, PathSegment, counterparts};
use super::find_bar::find_bar;
use super::gestures::{Gestures, Zone};
use super::key_help::{close, key_help, open};
use super::keys::Command;
use super::labels::column;
use super::lanes::Lanes;
use super::legend::legend;
use super::look::{Entries, Entry};
use super::overview::Hold;
use super::painting::Painter;
use super::playback::{Playback, Speed};
use super::reading;
use super::rows::Rows;
use super::saving::Shown;
use super::search::Search;
use super::seen::Seen;
use super::telling::Told;
use super::tip::{Details, place, tip};
use super::transport::{Transport, transport};
use super::viewport::Bounds;
use crate::axis_range::AxisRange;
use crate::bookmarks::Bookmarks;
use crate::browser::{Frames, Listener, Media, Sizes, Timeout};
use crate::element::element;
use crate::model::ModelHandle;
use crate::selection::{Axis, Selection};

/// A command that somebody else gives, and how many there were.
pub(crate) type Wanted = (u32, Option<Command>);

/// What the timeline shows, and whom it tells.
#[derive(Clone, PartialEq, Properties, Debug)]
pub(crate) struct TimelineProps {
    /// The run.
    pub(crate) model: ModelHandle,
    /// How many events of the run have happened at the moment shown.
    pub(crate) playhead: usize,
    /// Called with the playhead that the reader moves to.
    pub(crate) on_playhead: Callback<usize>,
    /// The selected task or resource.
    pub(crate) selection: Option<Selection>,
    /// Called with what the reader selects.
    pub(crate) on_select: Callback<Option<Selection>>,
    /// The steps that the reader marked.
    #[prop_or_default]
    pub(crate) bookmarks: Bookmarks,
    /// Called with what the reader marks.
    #[prop_or_default]
    pub(crate) on_bookmarks: Callback<Bookmarks>,
    /// The part of the axis that is to be in view; `None` for all of it.
    #[prop_or_default]
    pub(crate) range: Option<AxisRange>,
    /// Called with the part in view, some time after it came to rest.
    #[prop_or_default]
    pub(crate) on_range: Callback<Option<AxisRange>>,
    /// The meaning of the horizontal direction.
    pub(crate) axis: Axis,
    /// Called with the axis that the reader chooses.
    pub(crate) on_axis: Callback<Axis>,
    /// The lanes that are shown, when they were asked for.
    pub(crate) on_lanes: Callback<Vec<Shown>>,
    /// The language of every text.
    pub(crate) language: Language,
    /// Whether the run is still growing.
    #[prop_or_default]
    pub(crate) live: bool,
    /// A number that is another one when the page has other colours.
    #[prop_or_default]
    pub(crate) theme: u32,
    /// The critical path, drawn along the lanes; empty for none.
    #[prop_or_default]
    pub(crate) path: Rc<[PathSegment]>,
    /// Called with the line of the program that the slice under the pointer is at, or the one that
    /// was gone to: an index into the log's locations, 0 for none.
    #[prop_or_default]
    pub(crate) on_line: Callback<u16>,
    /// What the page asks for, with a number that is another for each time.
    #[prop_or_default]
    pub(crate) wanted: Wanted,
    /// What a file with the picture is called.
    #[prop_or_default]
    pub(crate) name: AttrValue,
    /// Another run, of which each task is a pale strip below the lane of the task of its name.
    #[prop_or_default]
    pub(crate) ghost: Option<ModelHandle>,
    /// Steps to point at: the evidence of a finding, the slices of a line of source.
    #[prop_or_default]
    pub(crate) marked: Rc<[Marked]>,
}

/// What happens to the timeline.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// The browser is about to paint; milliseconds since the page was opened.
    Frame(f64),
    /// An element has another size, or the window another number of pixels.
    Resized,
    /// The view has not moved for a while.
    Settled,
    /// The lanes were scrolled.
    Scrolled,
    /// A key was pressed, and this is what it means, or a button says the same.
    Command(Command),
    /// The speed was chosen.
    Speed(Speed),
    /// A row of the legend was clicked.
    Toggle(Entry),
    /// A label was clicked.
    Select(Selection),
    /// The head of a group was clicked.
    Fold(u32),
    /// Another way to group tasks was chosen.
    Group(Grouping),
    /// Another text is looked for.
    Find(String),
    /// A pointer does something on the canvas.
    Pointer(PointerKind, PointerEvent),
    /// A pointer does something on the overview.
    Overview(PointerKind, PointerEvent),
    /// The wheel turns over the canvas: by how much, where, and whether it zooms.
    Wheel {
        /// CSS pixels to the right.
        dx: f64,
        /// CSS pixels downwards.
        dy: f64,
        /// CSS pixels from the left edge of the canvas.
        x: f64,
        /// With Ctrl or Cmd.
        zoom: bool,
    },
    /// The list of keys is to be closed.
    CloseHelp,
}

/// What a pointer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PointerKind {
    /// It is pressed.
    Down,
    /// It moves.
    Move,
    /// It is released.
    Up,
    /// The browser took it for something else.
    Cancel,
    /// It leaves the canvas.
    Leave,
}

/// The elements that are more than markup.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    pub(super) root: NodeRef,
    pub(super) scroll: NodeRef,
    pub(super) spacer: NodeRef,
    pub(super) canvases: NodeRef,
    pub(super) picture: NodeRef,
    pub(super) overview: NodeRef,
    pub(super) labels: NodeRef,
    pub(super) base: NodeRef,
    pub(super) tip: NodeRef,
    pub(super) help: NodeRef,
    pub(super) find: NodeRef,
}

/// What must be drawn again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stale {
    pub(super) palette: bool,
    pub(super) picture: bool,
    pub(super) overlay: bool,
    /// The window and the playhead of the overview.
    pub(super) overview: bool,
    /// The lanes of the overview.
    pub(super) lanes: bool,
}

impl Stale {
    pub(super) const ALL: Self = Self {
        palette: false,
        picture: true,
        overlay: true,
        overview: true,
        lanes: true,
    };

    /// What depends on the view.
    pub(super) const VIEW: Self = Self {
        lanes: false,
        ..Self::ALL
    };

    /// What depends on the playhead.
    pub(super) const HEAD: Self = Self {
        picture: false,
        ..Self::VIEW
    };
}

/// A playback under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Playing {
    pub(super) playback: Playback,
    /// Milliseconds since the page was opened; `None` before the first frame.
    pub(super) last_frame: Option<f64>,
}

/// What the page knows of the part in view.
#[derive(Debug, Default)]
pub(super) struct RangeTold {
    /// What it was told last, or told us.
    pub(super) last: Option<AxisRange>,
    /// What it will be told, and when.
    pub(super) next: Option<(Option<AxisRange>, Timeout)>,
}

/// The timeline with its transport, overview, labels and legend.
#[derive(Debug)]
pub(crate) struct Timeline {
    pub(super) nodes: Nodes,
    pub(super) frames: Frames,
    pub(super) listeners: Vec<Listener>,
    pub(super) sizes: Option<Sizes>,
    pub(super) painter: Option<Painter>,
    pub(super) stale: Stale,
    pub(super) told: Told,
    /// Whether somebody asked for less motion.
    pub(super) reduced_motion: Media,
    pub(super) last_frame: f64,
    pub(super) camera: Camera,
    pub(super) range_told: RangeTold,
    pub(super) lanes: Lanes,
    pub(super) rows: Rows,
    pub(super) seen: Seen,
    /// The state at the playhead.
    pub(super) state: State,
    /// The canvas, in CSS pixels.
    pub(super) size: (f64, f64),
    /// Device pixels in a CSS pixel.
    pub(super) ratio: f64,
    /// The width of the whole component, in CSS pixels.
    pub(super) breadth: f64,
    /// The height of the overview, in CSS pixels.
    pub(super) overview_height: f64,
    pub(super) scroll: f64,
    pub(super) gestures: Gestures,
    /// The range that is being chosen, in CSS pixels.
    pub(super) range: Option<(f64, f64)>,
    /// What the pointer on the overview has hold of, where it was pressed, and whether it has been
    /// dragged since.
    pub(super) hold: Option<(Hold, f64, bool)>,
    /// The pointer, in CSS pixels of the canvas.
    pub(super) hover: Option<(f64, f64)>,
    pub(super) tip: Option<(Details, f64, f64)>,
    pub(super) zone: Option<Zone>,
    /// The line of the program that was told last.
    pub(super) line: u16,
    pub(super) playing: Option<Playing>,
    pub(super) speed: Speed,
    /// Whether the view goes along with the playhead.
    pub(super) following: bool,
    pub(super) hidden: Entries,
    pub(super) arrangement: Arrangement,
    /// Whether the wakes of all tasks are shown, not only those of the selected one.
    pub(super) all_wakes: bool,
    /// What is being looked for.
    pub(super) search: Option<Search>,
    /// The field for it is about to get the focus.
    pub(super) focus_wanted: bool,
    /// For each task, the task of the ghost that is drawn below it; 0 for none.
    pub(super) counterparts: Vec<u32>,
    pub(super) help: bool,
    /// What a screen reader is told.
    pub(super) announced: String,
}

/// What happens when something is pressed.
pub(super) fn on_press(link: &Scope<Timeline>, message: Message) -> Callback<MouseEvent> {
    link.callback(move |_| message.clone())
}

impl Component for Timeline {
    type Message = Message;
    type Properties = TimelineProps;

    fn create(ctx: &Context<Self>) -> Self {
        let props = ctx.props();
        let frames = {
            let link = ctx.link().clone();
            Frames::new(move |time| link.send_message(Message::Frame(time)))
        };
        let model = props.model.read();
        let lanes = Lanes::of(&model, &Arrangement::default());
        let mut seen = Seen::default();
        seen.follow(&model);
        let mut stage = Self {
            nodes: Nodes::default(),
            frames,
            listeners: Vec::new(),
            sizes: None,
            painter: None,
            stale: Stale::ALL,
            told: Told::default(),
            reduced_motion: Media::new("(prefers-reduced-motion: reduce)", || ()),
            last_frame: 0.0,
            camera: Camera::new(reading::bounds(&model, props.axis, 0.0)),
            rows: lanes.rows(),
            range_told: RangeTold::default(),
            lanes,
            seen,
            state: model.state_at(props.playhead),
            size: (0.0, 0.0),
            ratio: 1.0,
            breadth: 0.0,
            overview_height: 0.0,
            scroll: 0.0,
            gestures: Gestures::default(),
            range: None,
            hold: None,
            hover: None,
            tip: None,
            zone: None,
            line: 0,
            playing: None,
            speed: Speed::NORMAL,
            following: true,
            hidden: Entries::default(),
            arrangement: Arrangement::default(),
            all_wakes: false,
            search: None,
            focus_wanted: false,
            counterparts: Vec::new(),
            help: false,
            announced: String::new(),
        };
        drop(model);
        stage.meet_ghost(props);
        stage
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let changed = self.take(ctx, message);
        self.tell_view();
        changed
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &TimelineProps) -> bool {
        self.take_properties(ctx, old);
        self.tell_view();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.show(ctx)
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.listen(ctx);
            // Only now do the elements have sizes.
            ctx.link().send_message(Message::Resized);
        }
        self.tell_view();
        self.size_spacer();
        self.place_labels();
        if let Some((_, x, y)) = self.tip {
            place(&self.nodes.tip, x, y);
        }
        if self.help {
            open(&self.nodes.help);
        }
        if std::mem::take(&mut self.focus_wanted) {
            self.focus_find(true);
        }
    }
}

impl Timeline {
    /// Deals with a message; whether an element changes by it.
    fn take(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Frame(time) => self.frame(ctx, time),
            Message::Resized => self.measure(ctx),
            Message::Settled => {
                self.tell_range(ctx);
                false
            }
            Message::Scrolled => self.scrolled(),
            Message::Command(command) => self.command(ctx, command),
            Message::Speed(speed) => {
                self.speed = speed;
                true
            }
            Message::Toggle(entry) => {
                self.hidden = self.hidden.toggled(entry);
                self.redraw(Stale::ALL);
                true
            }
            Message::Select(selection) => {
                self.select(ctx, Some(selection));
                true
            }
            Message::Fold(group) => {
                self.fold(ctx, group);
                true
            }
            Message::Group(grouping) => {
                self.group(ctx, grouping);
                true
            }
            Message::Find(text) => {
                self.find(ctx, text);
                self.find_step(ctx, false);
                true
            }
            Message::Pointer(kind, event) => self.pointer(ctx, kind, &event),
            Message::Overview(kind, event) => self.overview_pointer(ctx, kind, &event),
            Message::Wheel { dx, dy, x, zoom } => self.wheel(ctx, dx, dy, x, zoom),
            Message::CloseHelp => {
                close(&self.nodes.help);
                self.help = false;
                true
            }
        }
    }

    fn take_properties(&mut self, ctx: &Context<Self>, old: &TimelineProps) {
        let props = ctx.props();
        let view = self.camera.shown();
        if props.model != old.model || props.language != old.language {
            self.take_model(ctx, old);
        }
        if props.ghost != old.ghost || (props.ghost.is_some() && props.model != old.model) {
            self.meet_ghost(props);
            let bounds = self.bounds(props, old.axis);
            self.camera.set_bounds(bounds);
        }
        if props.axis != old.axis {
            self.take_axis(ctx, old.axis);
        }
        if props.playhead != old.playhead {
            self.take_playhead(ctx);
        }
        self.take_range(props);
        if props.selection != old.selection {
            self.reveal_lane(ctx);
        }
        // The page sets the theme after its components are drawn: the colours are there when the
        // next frame is.
        self.stale.palette |= props.theme != old.theme;
        let drawn = |props: &TimelineProps| (props.axis, props.theme, props.language);
        let same_lanes = props.model == old.model && drawn(props) == drawn(old);
        self.seek(ctx);
        if let Some(command) = props.wanted.1.filter(|_| props.wanted != old.wanted) {
            self.command(ctx, command);
        }
        let same_picture = view == self.camera.shown()
            && props.selection == old.selection
            && Rc::ptr_eq(&props.path, &old.path)
            && props.ghost == old.ghost;
        self.redraw(match (same_lanes, same_picture) {
            (false, _) => Stale::ALL,
            (true, false) => Stale::VIEW,
            (true, true) => Stale::HEAD,
        });
    }

    fn show(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let model = props.model.read();
        let events = model.len();
        let step = self.step(ctx);
        let time = reading::time_text(&model, step);
        drop(model);
        let language = props.language;
        let link = ctx.link();
        let pointer =
            |kind| link.callback(move |event: PointerEvent| Message::Pointer(kind, event));
        let overview =
            |kind| link.callback(move |event: PointerEvent| Message::Overview(kind, event));
        let labels = self.labels(ctx);
        let bar = Transport {
            language,
            playing: self.playing.is_some(),
            step,
            events,
            time,
            speed: self.speed,
            axis: props.axis,
            live: props.live,
            follows: step >= events && self.following,
            all_wakes: self.all_wakes,
            selected: props.selection.is_some(),
            pinned: props
                .selection
                .is_some_and(|one| self.arrangement.pinned.contains(&one)),
            marked: props.bookmarks.steps().contains(&(step as u32)),
            hidden: self.arrangement.hidden.len(),
            grouping: self.arrangement.grouping,
            folded: !self.arrangement.folded.is_empty(),
        };
        let canvas_label = language.say_with(
            "timeline.canvas",
            &[
                ("lanes", &self.lanes.len().to_string()),
                ("events", &events.to_string()),
            ],
        );
        element("section")
            .node(&self.nodes.root)
            .class("timeline")
            .testid("timeline")
            .attr("data-axis", props.axis.name())
            .attr("data-step", step.to_string())
            .attr("data-events", events.to_string())
            .attr("data-playing", self.playing.is_some().to_string())
            .attr("data-bookmarks", props.bookmarks.to_string())
            .attr(
                "data-selection",
                props.selection.map(|selection| selection.to_string()),
            )
            .attr("aria-label", language.say("timeline.region"))
            .child(transport(&bar, link, &props.on_axis))
            .child(
                element("div").class("timeline-overview").child(
                    element("canvas")
                        .node(&self.nodes.overview)
                        .attr("role", "img")
                        .attr("aria-label", language.say("timeline.overview"))
                        .testid("timeline-overview")
                        .on_pointerdown(overview(PointerKind::Down))
                        .on_pointermove(overview(PointerKind::Move))
                        .on_pointerup(overview(PointerKind::Up))
                        .on_pointercancel(overview(PointerKind::Cancel)),
                ),
            )
            .child(
                element("div")
                    .class("timeline-stage")
                    .child(
                        element("div")
                            .node(&self.nodes.scroll)
                            .class("timeline-scroll")
                            .testid("timeline-scroll")
                            // The canvas inside has the focus and the keys.
                            .attr("tabindex", "-1")
                            .on_scroll(link.callback(|_: Event| Message::Scrolled))
                            .child(
                                element("div")
                                    .class("timeline-sticky")
                                    .child(column(language, &labels, &self.nodes, link))
                                    .child(
                                        element("div")
                                            .node(&self.nodes.canvases)
                                            .class("timeline-canvases")
                                            .child(
                                                element("canvas")
                                                    .node(&self.nodes.picture)
                                                    .class(self.cursor())
                                                    .attr("tabindex", "0")
                                                    .attr("role", "application")
                                                    .attr("aria-label", canvas_label)
                                                    .testid("timeline-canvas")
                                                    .on_pointerdown(pointer(PointerKind::Down))
                                                    .on_pointermove(pointer(PointerKind::Move))
                                                    .on_pointerup(pointer(PointerKind::Up))
                                                    .on_pointercancel(pointer(PointerKind::Cancel))
                                                    .on_pointerleave(pointer(PointerKind::Leave)),
                                            ),
                                    ),
                            )
                            .child(element("div").node(&self.nodes.spacer)),
                    )
                    .child(if let Some(search) = &self.search {
                        find_bar(language, search, &self.nodes.find, link)
                    } else {
                        Html::default()
                    })
                    .child((events == 0).then(|| {
                        element("p")
                            .class("timeline-empty")
                            .child(language.say("timeline.empty"))
                    })),
            )
            .child(legend(language, self.seen.entries(), self.hidden, link))
            .child(
                element("p")
                    .class("visually-hidden")
                    .attr("aria-live", "polite")
                    .testid("timeline-announced")
                    .child(self.announced.clone()),
            )
            .child(if let Some((details, ..)) = &self.tip {
                tip(details, &self.nodes.tip)
            } else {
                Html::default()
            })
            .child(if self.help {
                key_help(language, &self.nodes.help, link)
            } else {
                Html::default()
            })
            .html()
    }

    /// Pairs the lanes with those of the ghost.
    fn meet_ghost(&mut self, props: &TimelineProps) {
        self.counterparts = match &props.ghost {
            Some(ghost) => counterparts(&props.model.read(), &ghost.read()),
            None => Vec::new(),
        };
    }

    /// How far the view may go: as far as the run and its ghost.
    pub(super) fn bounds(&self, props: &TimelineProps, axis: Axis) -> Bounds {
        let mut bounds = reading::bounds(&props.model.read(), axis, self.size.0);
        if let Some(ghost) = &props.ghost {
            let ghost = ghost.read();
            bounds.begin = bounds.begin.min(ghost.begin_on(axis) as f64);
            bounds.end = bounds.end.max(ghost.extent(axis) as f64);
        }
        bounds
    }

    /// The playhead as it is now: while playing, that of the playback.
    pub(super) fn step(&self, ctx: &Context<Self>) -> usize {
        match &self.playing {
            Some(playing) => playing.playback.step() as usize,
            None => ctx.props().playhead,
        }
    }

    /// Has parts of the picture drawn before the next paint.
    pub(super) fn redraw(&mut self, stale: Stale) {
        self.stale.palette |= stale.palette;
        self.stale.picture |= stale.picture;
        self.stale.overlay |= stale.overlay;
        self.stale.overview |= stale.overview;
        self.stale.lanes |= stale.lanes;
        self.frames.ask();
    }

    /// Has the overlay drawn before the next paint.
    pub(super) fn redraw_overlay(&mut self) {
        self.redraw(Stale {
            overlay: true,
            ..Stale::default()
        });
    }

    /// Selects, and tells it.
    pub(super) fn select(&mut self, ctx: &Context<Self>, selection: Option<Selection>) {
        if selection != ctx.props().selection {
            ctx.props().on_select.emit(selection);
        }
    }
}
