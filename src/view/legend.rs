//! The legend: what the colours, patterns and signs mean; a click hides or shows a kind.

use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::icon;
use super::look::{Entries, Entry};
use super::timeline::{Message, Timeline};

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
            entries.push(html! { <span key="waits" class="timeline-legend-waits">{ text }</span> });
        }
        entries.push(row(entry, language, !hidden.contains(entry), link));
    }
    html! {
        <div
            class="timeline-legend"
            role="group"
            aria-label={language.say("timeline.legend")}
            data-testid="legend"
        >
            { for entries }
        </div>
    }
}

fn row(entry: Entry, language: Language, shown: bool, link: &Scope<Timeline>) -> Html {
    let name = entry.name();
    let long = language.say(&entry.long_phrase());
    html! {
        <button
            key={name}
            type="button"
            data-testid={format!("legend-{name}")}
            aria-pressed={shown.to_string()}
            aria-label={long}
            title={long}
            onclick={link.callback(move |_| Message::Toggle(entry))}
        >
            { swatch(entry) }
            { language.say(entry.phrase()) }
        </button>
    }
}

/// A small piece of the picture.
fn swatch(entry: Entry) -> Html {
    html! {
        <span class={classes!("swatch", entry.name())} aria-hidden="true">
            { for entry.icon().map(icon) }
        </span>
    }
}
