//! Elements that many parts of the page have.

use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::element::{Element, Value, element};
use crate::state::Action;

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
    let pressed = pressed.map(|pressed| if pressed { "true" } else { "false" });
    element("button")
        .attr("type", "button")
        .class(class)
        .testid(testid)
        .attr("aria-pressed", pressed)
        .on_click(press(page, action))
        .children(content)
        .html()
}

/// A small button with a sign. `label` says to a screen reader what it does.
pub fn tool(sign: Icon, label: impl Value, pressed: Callback<MouseEvent>) -> Element {
    element("button")
        .attr("type", "button")
        .class("tool tool-small")
        .attr("aria-label", label)
        .on_click(pressed)
        .child(icon(sign))
}
