//! The bar above the timeline: playing, stepping, speed, position, zoom and axis.

use web_sys::HtmlSelectElement;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::arrangement::Grouping;
use super::icons::{Icon, icon};
use super::keys::Command;
use super::playback::Speed;
use super::timeline::{Message, Timeline, on_press};
use crate::element::{classes, element};
use crate::selection::Axis;

/// What the bar shows.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) language: Language,
    pub(super) playing: bool,
    /// The playhead, as a number of events.
    pub(super) step: usize,
    /// The number of events of the run.
    pub(super) events: usize,
    /// The time at the playhead, written out.
    pub(super) time: String,
    pub(super) speed: Speed,
    pub(super) axis: Axis,
    /// The run is still growing.
    pub(super) live: bool,
    /// The playhead goes along with it.
    pub(super) follows: bool,
    pub(super) all_wakes: bool,
    /// A task or resource is selected.
    pub(super) selected: bool,
    /// It is pinned.
    pub(super) pinned: bool,
    /// There is a bookmark at the playhead.
    pub(super) marked: bool,
    /// The number of lanes that are hidden.
    pub(super) hidden: usize,
    pub(super) grouping: Grouping,
    /// Some group is folded.
    pub(super) folded: bool,
}

/// The bar.
pub(super) fn transport(
    props: &Transport,
    link: &Scope<Timeline>,
    on_axis: &Callback<Axis>,
) -> Html {
    let language = props.language;
    let nothing = props.events == 0;
    let (at_start, at_end) = (props.step == 0, props.step >= props.events);
    let tool = Tool::new;
    let show = |tools: Vec<Tool>| -> Html {
        element("div")
            .class("timeline-tools")
            .children(tools.iter().map(|tool| tool.view(language, link)).collect())
            .html()
    };
    let (play_sign, play_phrase) = if props.playing {
        (Icon::Pause, "timeline.pause")
    } else {
        (Icon::Play, "timeline.play")
    };
    let moving = vec![
        tool(
            Command::Start,
            Icon::ToStart,
            "timeline.to-start",
            "Home",
            "to-start",
        )
        .off(at_start),
        tool(
            Command::StepBack,
            Icon::StepBack,
            "timeline.step-back",
            "←",
            "step-back",
        )
        .off(at_start),
        tool(Command::PlayPause, play_sign, play_phrase, "Space", "play").off(nothing),
        tool(
            Command::StepForward,
            Icon::StepForward,
            "timeline.step-forward",
            "→",
            "step-forward",
        )
        .off(at_end),
        tool(
            Command::End,
            Icon::ToEnd,
            "timeline.to-end",
            "End",
            "to-end",
        )
        .off(at_end),
    ];
    let mut looking = vec![
        tool(Command::Find, Icon::Find, "timeline.find", "/", "find-open").off(nothing),
        tool(
            Command::Bookmark,
            Icon::Bookmark,
            "timeline.bookmark",
            "M",
            "bookmark",
        )
        .pressed(props.marked),
        tool(
            Command::AllWakes,
            Icon::Wake,
            "timeline.all-wakes",
            "V",
            "all-wakes",
        )
        .pressed(props.all_wakes),
        tool(Command::Pin, Icon::Pin, "timeline.pin", "P", "pin")
            .off(!props.selected)
            .pressed(props.pinned),
        tool(Command::Hide, Icon::Hide, "timeline.hide", "H", "hide").off(!props.selected),
    ];
    if props.hidden > 0 {
        looking.push(
            tool(
                Command::ShowHidden,
                Icon::Show,
                "timeline.show-hidden",
                "Shift+H",
                "show-hidden",
            )
            .counting(props.hidden),
        );
    }
    if props.grouping != Grouping::None {
        looking.push(
            tool(
                Command::FoldAll,
                Icon::Fold,
                "timeline.fold-all",
                "Shift+C",
                "fold-all",
            )
            .pressed(props.folded),
        );
    }
    let zooming = vec![
        tool(
            Command::ZoomOut,
            Icon::Minus,
            "timeline.zoom-out",
            "−",
            "zoom-out",
        )
        .off(nothing),
        tool(
            Command::ZoomIn,
            Icon::Plus,
            "timeline.zoom-in",
            "+",
            "zoom-in",
        )
        .off(nothing),
        tool(Command::FitAll, Icon::Fit, "timeline.fit", "0", "zoom-fit").off(nothing),
        tool(Command::Help, Icon::Keyboard, "timeline.help", "?", "keys"),
    ];
    let position = language.say_with(
        "timeline.position",
        &[
            ("step", &props.step.to_string()),
            ("events", &props.events.to_string()),
            ("time", &props.time),
        ],
    );
    element("div")
        .class("timeline-transport")
        .attr("role", "toolbar")
        .attr("aria-label", language.say("timeline.transport"))
        .child(show(moving))
        .child(speed_select(language, props.speed, link))
        .child(
            element("output")
                .class("timeline-position")
                .testid("playhead")
                .child(position),
        )
        .child(props.live.then(|| {
            element("button")
                .attr("type", "button")
                .class("timeline-live")
                .testid("live")
                .state("aria-pressed", props.follows)
                .attr("title", format!("{} (L)", language.say("timeline.follow")))
                .on_click(on_press(link, Message::Command(Command::Follow)))
                .child(language.say("timeline.live"))
        }))
        .child(element("span").class("timeline-space"))
        // On a phone these share a row that is pushed sideways.
        .child(
            element("div")
                .class("timeline-view-tools")
                .child(axis_switch(language, props.axis, on_axis))
                .child(show(zooming))
                .child(show(looking))
                .child(group_select(language, props.grouping, link)),
        )
        .html()
}

/// A button of the timeline: what it does, its sign, its name and its keys.
#[derive(Clone, Debug)]
pub(super) struct Tool {
    command: Command,
    icon: Icon,
    phrase: &'static str,
    keys: &'static str,
    testid: &'static str,
    off: bool,
    /// For what can be on or off.
    pressed: Option<bool>,
    /// How many things it is about, if that is to be seen.
    count: usize,
}

impl Tool {
    pub(super) fn new(
        command: Command,
        icon: Icon,
        phrase: &'static str,
        keys: &'static str,
        testid: &'static str,
    ) -> Self {
        Self {
            command,
            icon,
            phrase,
            keys,
            testid,
            off: false,
            pressed: None,
            count: 0,
        }
    }

    fn off(self, off: bool) -> Self {
        Self { off, ..self }
    }

    fn pressed(self, pressed: bool) -> Self {
        let pressed = Some(pressed);
        Self { pressed, ..self }
    }

    fn counting(self, count: usize) -> Self {
        Self { count, ..self }
    }

    /// The button.
    pub(super) fn view(&self, language: Language, link: &Scope<Timeline>) -> Html {
        let text = language.say(self.phrase);
        let title = format!("{text} ({})", self.keys);
        let command = self.command;
        element("button")
            .attr("type", "button")
            .class(classes(&[
                ("timeline-tool", true),
                ("play", command == Command::PlayPause),
            ]))
            .testid(self.testid)
            .attr("aria-label", text)
            .attr(
                "aria-pressed",
                self.pressed.map(|pressed| pressed.to_string()),
            )
            .attr("title", title)
            .attr("disabled", self.off)
            .on_click(on_press(link, Message::Command(command)))
            .child(icon(self.icon))
            .child((self.count > 0).then(|| {
                element("span")
                    .class("timeline-count")
                    .child(self.count.to_string())
            }))
            .html()
    }
}

fn group_select(language: Language, current: Grouping, link: &Scope<Timeline>) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let value = select.value();
        let found = Grouping::ALL.into_iter().find(|one| one.name() == value);
        found.map(Message::Group)
    });
    element("select")
        .class("timeline-speed")
        .testid("group")
        .attr("aria-label", language.say("timeline.group"))
        .attr("title", format!("{} (G)", language.say("timeline.group")))
        .on_change(onchange)
        .children(
            Grouping::ALL
                .into_iter()
                .map(|one| {
                    element("option")
                        .key(one.name())
                        .attr("value", one.name())
                        .attr("selected", one == current)
                        .child(language.say_of("timeline.group.", one.name()))
                        .html()
                })
                .collect(),
        )
        .html()
}

fn speed_select(language: Language, current: Speed, link: &Scope<Timeline>) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Speed::from_name(&select.value()).map(Message::Speed)
    });
    element("select")
        .class("timeline-speed")
        .testid("speed")
        .attr("aria-label", language.say("timeline.speed"))
        .attr("title", format!("{} (< >)", language.say("timeline.speed")))
        .on_change(onchange)
        .children(
            Speed::ALL
                .into_iter()
                .map(|speed| {
                    element("option")
                        .key(speed.name())
                        .attr("value", speed.name())
                        .attr("selected", speed == current)
                        .child(speed_text(speed, language))
                        .html()
                })
                .collect(),
        )
        .html()
}

/// A speed as people write it: `¼×`, `2×`, `max`.
fn speed_text(speed: Speed, language: Language) -> String {
    match &*speed.name() {
        "max" => language.say("timeline.speed.most").to_owned(),
        "1/2" => "½×".to_owned(),
        "1/4" => "¼×".to_owned(),
        "1/8" => "⅛×".to_owned(),
        name => format!("{name}×"),
    }
}

fn axis_switch(language: Language, current: Axis, on_axis: &Callback<Axis>) -> Html {
    element("div")
        .class("timeline-axis")
        .attr("role", "group")
        .attr("aria-label", language.say("timeline.axis"))
        .children(
            Axis::ALL
                .into_iter()
                .map(|axis| {
                    let name = axis.name();
                    let pressed = axis == current;
                    element("button")
                        .key(name)
                        .attr("type", "button")
                        .testid(format!("axis-{name}"))
                        .state("aria-pressed", pressed)
                        .attr("title", language.say(&format!("timeline.axis.{name}.help")))
                        .on_click(on_axis.reform(move |_| axis))
                        .child(language.say_of("timeline.axis.", name))
                        .html()
                })
                .collect(),
        )
        .html()
}
