//! Elements made by calls.
//!
//! Markup is compiled to code of its own wherever it stands. What occurs often is made here, once,
//! which keeps the page small.

use yew::prelude::*;
use yew::virtual_dom::VList;

use super::context::Context;
use crate::state::Action;

/// Several elements one after the other.
pub fn all(parts: Vec<Html>) -> Html {
    VList::with_children(parts, None).into()
}

/// Words.
pub fn words(text: String) -> Html {
    html! { text }
}

/// An element without attributes but its class.
pub fn tag(name: &'static str, class: &'static str, content: Vec<Html>) -> Html {
    html! { <@{name} {class}>{ all(content) }</@> }
}

/// An element that tests find.
pub fn part(name: &'static str, class: &'static str, testid: String, content: Vec<Html>) -> Html {
    html! { <@{name} {class} data-testid={testid}>{ all(content) }</@> }
}

/// What happens when something is pressed.
pub fn press(page: &Context, action: Action) -> Callback<MouseEvent> {
    page.act.reform(move |_| action.clone())
}

/// A button.
pub fn button(
    page: &Context,
    class: &'static str,
    testid: String,
    pressed: Option<bool>,
    action: Action,
    content: Vec<Html>,
) -> Html {
    html! {
        <button
            type="button"
            {class}
            data-testid={testid}
            aria-pressed={pressed.map(|pressed| if pressed { "true" } else { "false" })}
            onclick={press(page, action)}
        >
            { all(content) }
        </button>
    }
}
