//! The legend: what the colours, patterns and signs mean; a click hides or shows a kind.

use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::icon;
use super::look::{Entries, Entry};
use super::timeline::{Message, Timeline, on_press};
use crate::element::element;

/// The legend of the rows whose kinds the run contains.
pub(super) fn legend(
    language: Language,
    present: Entries,
    hidden: Entries,
    link: &Scope<Timeline>,
) -> Html {
    let mut entries: Vec<Html> = Vec::new();
    let mut waits = false;
    for entry in present.iter() {
        if entry.is_wait() && !waits {
            waits = true;
            let text = language.say("timeline.legend.waits");
            entries.push(
                element("span")
                    .key("waits")
                    .class("timeline-legend-waits")
                    .child(text)
                    .html(),
            );
        }
        entries.push(row(entry, language, !hidden.contains(entry), link));
    }
    element("div")
        .class("timeline-legend")
        .attr("role", "group")
        .attr("aria-label", language.say("timeline.legend"))
        .testid("legend")
        .children(entries)
        .html()
}

fn row(entry: Entry, language: Language, shown: bool, link: &Scope<Timeline>) -> Html {
    let name = entry.name();
    let long = language.say(&entry.long_phrase());
    element("button")
        .key(name)
        .attr("type", "button")
        .testid(format!("legend-{name}"))
        .state("aria-pressed", shown)
        .attr("aria-label", long)
        .attr("title", long)
        .on_click(on_press(link, Message::Toggle(entry)))
        .child(swatch(entry))
        .child(language.say(entry.phrase()))
        .html()
}

/// A small piece of the picture.
fn swatch(entry: Entry) -> Html {
    element("span")
        .class(["swatch ", entry.name()].concat())
        .attr("aria-hidden", "true")
        .child(entry.icon().map(icon))
        .html()
}
