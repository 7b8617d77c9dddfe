//! The list of keys, made from the table that the handlers use.

use web_sys::HtmlDialogElement;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::{Icon, icon};
use super::keys::KEYS;
use super::timeline::{Message, Timeline, on_press};
use crate::element::element;

/// A modal dialog, there as long as it is open; [`open`] opens it once it is there. The browser
/// keeps the focus inside of it and gives it back afterwards.
pub(super) fn key_help(language: Language, dialog: &NodeRef, link: &Scope<Timeline>) -> Html {
    // The browser closes a dialog on Escape by itself; the page must hear of it.
    let oncancel = link.callback(|event: Event| {
        event.prevent_default();
        Message::CloseHelp
    });
    // A click beside the content is a click on the dialog itself.
    let onclick = {
        let dialog = dialog.clone();
        link.batch_callback(move |event: MouseEvent| {
            let beside = event.target() == dialog.get().map(Into::into);
            beside.then_some(Message::CloseHelp)
        })
    };
    let on_close = on_press(link, Message::CloseHelp);
    element("dialog")
        .node(dialog)
        .class("timeline-keys")
        .testid("keys-help")
        .attr("aria-labelledby", "timeline-keys-title")
        .on_cancel(oncancel)
        .on_click(onclick)
        .child(
            element("div")
                .class("content")
                .child(
                    element("header")
                        .child(
                            element("h2")
                                .attr("id", "timeline-keys-title")
                                .child(language.say("timeline.keys")),
                        )
                        .child(
                            element("button")
                                .attr("type", "button")
                                .class("timeline-tool")
                                .attr("aria-label", language.say("timeline.close"))
                                .on_click(on_close)
                                .child(icon(Icon::Close)),
                        ),
                )
                .child(
                    element("div")
                        .class("groups")
                        .children(
                            KEYS.iter()
                                .map(|group| {
                                    element("section")
                                        .key(group.phrase)
                                        .child(element("h3").child(language.say(group.phrase)))
                                        .child(
                                            element("dl").children(
                                                group
                                                    .bindings
                                                    .iter()
                                                    .map(|binding| {
                                                        element("div")
                                                            .key(binding.phrase)
                                                            .child(
                                                                element("dt").children(
                                                                    binding
                                                                        .shown
                                                                        .iter()
                                                                        .map(|keys| caps(keys))
                                                                        .collect(),
                                                                ),
                                                            )
                                                            .child(element("dd").child(
                                                                language.say(binding.phrase),
                                                            ))
                                                            .html()
                                                    })
                                                    .collect(),
                                            ),
                                        )
                                        .html()
                                })
                                .collect(),
                        )
                        .child(
                            element("section")
                                .child(element("h3").child(language.say("timeline.keys.pointer")))
                                .child(
                                    element("dl").children(
                                        POINTER
                                            .iter()
                                            .map(|phrase| {
                                                element("div")
                                                    .key(*phrase)
                                                    .child(
                                                        element("dt")
                                                            .class("words")
                                                            .child(language.say(phrase)),
                                                    )
                                                    .child(element("dd").child(
                                                        language.say(&format!("{phrase}.does")),
                                                    ))
                                                    .html()
                                            })
                                            .collect(),
                                    ),
                                ),
                        ),
                ),
        )
        .html()
}

/// Opens the dialog, unless it is open.
pub(super) fn open(dialog: &NodeRef) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>()
        && !dialog.open()
    {
        // It fails only for a dialog that is open.
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog, which gives the focus back to where it was. To be called while it is there.
pub(super) fn close(dialog: &NodeRef) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
        dialog.close();
    }
}

/// What the pointer does; each has a second phrase, with `.does`, that says it.
const POINTER: [&str; 7] = [
    "timeline.pointer.click",
    "timeline.pointer.drag",
    "timeline.pointer.playhead",
    "timeline.pointer.ruler",
    "timeline.pointer.wheel",
    "timeline.pointer.double",
    "timeline.pointer.pinch",
];

/// `Shift+→` as two caps.
fn caps(keys: &str) -> Html {
    // A lone `+` is a key, not a joint.
    let parts: Vec<&str> = if keys == "+" {
        vec![keys]
    } else {
        keys.split('+').collect()
    };
    element("span")
        .class("caps")
        .children(
            parts
                .into_iter()
                .map(|part| element("kbd").child(part.to_owned()).html())
                .collect(),
        )
        .html()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_about_the_pointer_is_in_the_phrase_table() {
        for phrase in POINTER {
            for key in [phrase.to_owned(), format!("{phrase}.does")] {
                assert!(Language::English.find(&key).is_some(), "{key}");
            }
        }
    }
}
