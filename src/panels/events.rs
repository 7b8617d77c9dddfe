//! The run as a table: every event in words, for reading aloud and for copying.

use std::ops::Range;

use wakeline_timeline::duration;
use yew::prelude::*;

use super::moment::Moment;
use super::parts::Scene;
use super::window::{Window, WindowProps};
use crate::element::{component, element};
use crate::shell::context::Context;
use crate::shell::element::press;
use crate::shell::outcome::{CopyButton, CopyButtonProps};
use crate::state::Action;

/// So many events on each side of the playhead are copied.
const COPIED: usize = 100;

/// Every event; the last one before the playhead is the current one.
pub(crate) fn events(scene: Scene<'_>) -> Html {
    let Scene { page, moment, .. } = scene;
    let first = moment.model.read().first();
    let total = moment.model.read().len() - first;
    let current = moment.step.checked_sub(1).filter(|at| *at >= first);
    let show = {
        let (page, moment) = (page.clone(), moment.clone());
        Callback::from(move |range: Range<usize>| {
            rows(&page, &moment, range.start + first..range.end + first)
        })
    };
    let said = current.map_or(String::new(), |at| line(page, moment, at).join(" "));
    let label = page.say("page.events.copy");
    let copy = component::<CopyButton>(CopyButtonProps {
        page: page.clone(),
        text: copied(page, moment).into(),
        label: label.into(),
    });
    let now = element("p")
        .class("events-current")
        .testid("event-current")
        .child(said.clone())
        .html();
    let aloud = element("div")
        .class("visually-hidden")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(said);
    let label = page.say("page.panel.events");
    let list = component::<Window>(WindowProps {
        rows: total,
        follow: current.map(|at| at - first),
        show,
        label: label.into(),
        testid: "events-table".into(),
    });
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
    let first = first.max(moment.model.read().first());
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
                    .on_click(press(page, Action::Playhead(at + 1)))
                    .child(element("span").class("line-number").child(number).html())
                    .child(element("span").class("line-time").child(time).html())
                    .child(element("span").class("line-text").child(sentence).html()),
            )
            .html()
    };
    range.map(row).collect()
}
