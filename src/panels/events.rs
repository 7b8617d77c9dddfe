//! The run as a table: every event in words, for reading aloud and for copying.

use std::ops::Range;

use wakeline_timeline::duration;
use yew::prelude::*;

use super::moment::Moment;
use super::parts::Scene;
use super::window::Window;
use crate::element::{element, words};
use crate::shell::context::Context;
use crate::shell::element::{part, tag};
use crate::shell::outcome::CopyButton;
use crate::state::Action;

/// So many events on each side of the playhead are copied.
const COPIED: usize = 100;

/// Every event; the last one before the playhead is the current one.
pub(crate) fn events(scene: Scene<'_>) -> Html {
    let Scene { page, moment, .. } = scene;
    let total = moment.model.read().len();
    let current = moment.step.checked_sub(1);
    let show = {
        let (page, moment) = (page.clone(), moment.clone());
        Callback::from(move |range: Range<usize>| rows(&page, &moment, range))
    };
    let said = current.map_or(String::new(), |at| line(page, moment, at).join(" "));
    let label = page.say("page.events.copy");
    let copy = html! { <CopyButton page={page.clone()} text={copied(page, moment)} {label} /> };
    let now = part(
        "p",
        "events-current",
        "event-current".to_owned(),
        vec![words(said.clone())],
    );
    let aloud = element("div")
        .class("visually-hidden")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(said);
    let label = page.say("page.panel.events");
    let list = html! {
        <Window rows={total} follow={current} {show} {label} testid="events-table" />
    };
    element("div")
        .class("events")
        .child(element("div").class("events-bar").child(now).child(copy))
        .child(aloud)
        .child(list)
        .html()
}

/// Number, time and sentence of an event.
fn line(page: &Context, moment: &Moment, at: usize) -> [String; 3] {
    let model = moment.model.read();
    let time = model.event(at).map_or(0, |event| event.time);
    let sentence = model
        .describe(at)
        .map(|phrase| phrase.text(&model, page.language));
    [
        at.to_string(),
        duration::exact(time),
        sentence.unwrap_or_default(),
    ]
}

/// The events around the playhead as lines, their columns apart by tabs.
fn copied(page: &Context, moment: &Moment) -> String {
    let first = moment.step.saturating_sub(COPIED);
    let end = (moment.step + COPIED).min(moment.model.read().len());
    let lines = (first..end).map(|at| line(page, moment, at).join("\t"));
    lines.collect::<Vec<_>>().join("\n")
}

fn rows(page: &Context, moment: &Moment, range: Range<usize>) -> Html {
    let row = |at: usize| {
        let [number, time, sentence] = line(page, moment, at);
        let is_current = at + 1 == moment.step;
        element("li")
            .key(at)
            .child(
                element("button")
                    .attr("type", "button")
                    .class(if at >= moment.step {
                        "line line-later"
                    } else {
                        "line"
                    })
                    .attr("aria-current", is_current.then_some("true"))
                    .on_click(page.on(move |_: MouseEvent| Action::Playhead(at + 1)))
                    .child(tag("span", "line-number", vec![words(number)]))
                    .child(tag("span", "line-time", vec![words(time)]))
                    .child(tag("span", "line-text", vec![words(sentence)])),
            )
            .html()
    };
    range.map(row).collect()
}
