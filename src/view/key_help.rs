//! The list of keys, made from the table that the handlers use.

use web_sys::HtmlDialogElement;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::{Icon, icon};
use super::keys::KEYS;
use super::timeline::{Message, Timeline};

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
    let on_close = link.callback(|_: MouseEvent| Message::CloseHelp);
    html! {
        <dialog
            ref={dialog.clone()}
            class="timeline-keys"
            data-testid="keys-help"
            aria-labelledby="timeline-keys-title"
            {oncancel}
            {onclick}
        >
            <div class="content">
                <header>
                    <h2 id="timeline-keys-title">{ language.say("timeline.keys") }</h2>
                    <button
                        type="button"
                        class="timeline-tool"
                        aria-label={language.say("timeline.close")}
                        onclick={on_close}
                    >
                        { icon(Icon::Close) }
                    </button>
                </header>
                <div class="groups">
                    { for KEYS.iter().map(|group| html! {
                        <section key={group.phrase}>
                            <h3>{ language.say(group.phrase) }</h3>
                            <dl>
                                { for group.bindings.iter().map(|binding| html! {
                                    <div key={binding.phrase}>
                                        <dt>{ for binding.shown.iter().map(|keys| caps(keys)) }</dt>
                                        <dd>{ language.say(binding.phrase) }</dd>
                                    </div>
                                }) }
                            </dl>
                        </section>
                    }) }
                    <section>
                        <h3>{ language.say("timeline.keys.pointer") }</h3>
                        <dl>
                            { for POINTER.iter().map(|phrase| html! {
                                <div key={*phrase}>
                                    <dt class="words">{ language.say(phrase) }</dt>
                                    <dd>{ language.say(&format!("{phrase}.does")) }</dd>
                                </div>
                            }) }
                        </dl>
                    </section>
                </div>
            </div>
        </dialog>
    }
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
    html! {
        <span class="caps">
            { for parts.into_iter().map(|part| html! { <kbd>{ part.to_owned() }</kbd> }) }
        </span>
    }
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
