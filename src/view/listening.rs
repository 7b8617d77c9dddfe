//! What the browser reports, put into the words of the timeline.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, WheelEvent};
use yew::prelude::*;

use super::gestures::Pointer;
use super::keys::{Command, KeyPress, command};
use super::timeline::Message;
use crate::browser::document;

/// What a key press asks of the timeline, if anything.
pub(crate) fn command_of(event: &KeyboardEvent) -> Option<Command> {
    // Somebody nearer to the key has dealt with it, or it is part of composing a character.
    if event.default_prevented() || event.is_composing() {
        return None;
    }
    // A modal dialog has all keys to itself.
    if document()
        .query_selector("dialog[open]")
        .is_ok_and(|found| found.is_some())
    {
        return None;
    }
    let (key, code) = (event.key(), event.code());
    let focus = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    command(&KeyPress {
        key: &key,
        code: &code,
        shift: event.shift_key(),
        alt: event.alt_key(),
        control: event.ctrl_key() || event.meta_key(),
        on_canvas: focus.as_ref().is_some_and(is_our_canvas),
        on_button: focus.as_ref().is_some_and(is_button),
        typing: focus.as_ref().is_some_and(takes_keys),
    })
}

fn is_our_canvas(element: &Element) -> bool {
    element.matches(".timeline canvas").unwrap_or(false)
}

/// What Space presses.
fn is_button(element: &Element) -> bool {
    element
        .closest("button, summary, a[href], [role=button], input[type=checkbox]")
        .is_ok_and(|found| found.is_some())
}

/// What text and arrow keys belong to.
fn takes_keys(element: &Element) -> bool {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        return !matches!(&*input.type_(), "button" | "submit" | "reset" | "checkbox");
    }
    let editable = element
        .dyn_ref::<HtmlElement>()
        .is_some_and(HtmlElement::is_content_editable);
    editable
        || element
            .closest(
                "textarea, select, [role=textbox], [role=tablist], [role=listbox], [role=menu]",
            )
            .is_ok_and(|found| found.is_some())
}

/// What a turn of the wheel asks, unless it is for the browser: a plain wheel scrolls the lanes by
/// itself.
pub(crate) fn wheel(event: &Event, canvases: &NodeRef) -> Option<Message> {
    let event = event.dyn_ref::<WheelEvent>()?;
    let rect = canvases.cast::<Element>()?.get_bounding_client_rect();
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => 16.0,
        WheelEvent::DOM_DELTA_PAGE => 400.0,
        _ => 1.0,
    };
    let (mut dx, mut dy) = (event.delta_x() * unit, event.delta_y() * unit);
    let zoom = event.ctrl_key() || event.meta_key();
    if event.shift_key() && dx == 0.0 {
        // A wheel with one axis moves sideways with Shift, also where the browser leaves that to
        // the page.
        (dx, dy) = (dy, 0.0);
    }
    if !zoom && dx.abs() <= dy.abs() {
        return None;
    }
    Some(Message::Wheel {
        dx,
        dy,
        x: f64::from(event.client_x()) - rect.left(),
        zoom,
    })
}

/// A pointer in CSS pixels of the element.
pub(crate) fn pointer_in(event: &PointerEvent, element: &Element) -> Pointer {
    let rect = element.get_bounding_client_rect();
    Pointer {
        id: event.pointer_id(),
        x: f64::from(event.client_x()) - rect.left(),
        y: f64::from(event.client_y()) - rect.top(),
        time: event.time_stamp(),
        touch: event.pointer_type() == "touch",
    }
}
