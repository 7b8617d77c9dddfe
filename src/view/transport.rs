//! The bar above the timeline: playing, stepping, speed, position, zoom and axis.

use web_sys::HtmlSelectElement;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::{Icon, icon};
use super::keys::Command;
use super::playback::Speed;
use super::timeline::{Message, Timeline};
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
    let tool = |command: Command, sign: Icon, phrase: &str, keys: &str, testid: &str, off: bool| {
        let text = language.say(phrase);
        let title = format!("{text} ({keys})");
        html! {
            <button
                type="button"
                class={classes!(
                    "timeline-tool",
                    (command == Command::PlayPause).then_some("play"),
                )}
                data-testid={testid.to_owned()}
                aria-label={text}
                {title}
                disabled={off}
                onclick={link.callback(move |_| Message::Command(command))}
            >
                { icon(sign) }
            </button>
        }
    };
    let (play_sign, play_phrase) = if props.playing {
        (Icon::Pause, "timeline.pause")
    } else {
        (Icon::Play, "timeline.play")
    };
    let position = language.say_with(
        "timeline.position",
        &[
            ("step", &props.step.to_string()),
            ("events", &props.events.to_string()),
            ("time", &props.time),
        ],
    );
    html! {
        <div class="timeline-transport" role="toolbar" aria-label={language.say("timeline.transport")}>
            <div class="timeline-tools">
                { tool(Command::Start, Icon::ToStart, "timeline.to-start", "Home", "to-start", at_start) }
                { tool(Command::StepBack, Icon::StepBack, "timeline.step-back", "←", "step-back", at_start) }
                { tool(Command::PlayPause, play_sign, play_phrase, "Space", "play", nothing) }
                { tool(Command::StepForward, Icon::StepForward, "timeline.step-forward", "→", "step-forward", at_end) }
                { tool(Command::End, Icon::ToEnd, "timeline.to-end", "End", "to-end", at_end) }
            </div>
            { speed_select(language, props.speed, link) }
            <output class="timeline-position" data-testid="playhead">{ position }</output>
            if props.live {
                <span class="timeline-live" data-testid="live">{ language.say("timeline.live") }</span>
            }
            <span class="timeline-space" />
            { axis_switch(language, props.axis, on_axis) }
            <div class="timeline-tools">
                { tool(Command::ZoomOut, Icon::Minus, "timeline.zoom-out", "−", "zoom-out", nothing) }
                { tool(Command::ZoomIn, Icon::Plus, "timeline.zoom-in", "+", "zoom-in", nothing) }
                { tool(Command::FitAll, Icon::Fit, "timeline.fit", "0", "zoom-fit", nothing) }
                { tool(Command::Help, Icon::Keyboard, "timeline.help", "?", "keys", false) }
            </div>
        </div>
    }
}

fn speed_select(language: Language, current: Speed, link: &Scope<Timeline>) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Speed::from_name(&select.value()).map(Message::Speed)
    });
    html! {
        <select
            class="timeline-speed"
            data-testid="speed"
            aria-label={language.say("timeline.speed")}
            title={format!("{} (< >)", language.say("timeline.speed"))}
            {onchange}
        >
            { for Speed::ALL.into_iter().map(|speed| html! {
                <option key={speed.name()} value={speed.name()} selected={speed == current}>
                    { speed_text(speed, language) }
                </option>
            }) }
        </select>
    }
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
    html! {
        <div class="timeline-axis" role="group" aria-label={language.say("timeline.axis")}>
            { for Axis::ALL.into_iter().map(|axis| {
                let name = axis.name();
                let pressed = axis == current;
                html! {
                    <button
                        key={name}
                        type="button"
                        data-testid={format!("axis-{name}")}
                        aria-pressed={pressed.to_string()}
                        title={language.say(&format!("timeline.axis.{name}.help"))}
                        onclick={on_axis.reform(move |_| axis)}
                    >
                        { language.say(&format!("timeline.axis.{name}")) }
                    </button>
                }
            }) }
        </div>
    }
}
