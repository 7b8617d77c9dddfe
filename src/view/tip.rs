//! The details of what is under the pointer.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::browser::{pixels, window};
use crate::element::element;

/// What a tooltip says. All of it is text: names and messages come from the program that ran.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Details {
    /// The sign beside the title.
    pub(crate) icon: Icon,
    /// What it is.
    pub(crate) title: String,
    /// When, and how long.
    pub(crate) when: Vec<String>,
    /// What there is to say about it.
    pub(crate) lines: Vec<String>,
    /// Where it is in the program's source: an index into the log's locations, 0 for nowhere.
    pub(crate) location: u16,
}

/// A tooltip; [`place`] puts it beside the pointer once it is there.
pub(super) fn tip(details: &Details, node: &NodeRef) -> Html {
    element("div")
        .node(node)
        .class("timeline-tip")
        .attr("role", "tooltip")
        .testid("tooltip")
        .child(
            element("div")
                .class("what")
                .child(icon(details.icon))
                .child(element("span").child(details.title.clone())),
        )
        .children(
            details
                .when
                .iter()
                .map(|line| element("p").class("when").child(line.clone()).html())
                .collect(),
        )
        .children(
            details
                .lines
                .iter()
                .map(|line| element("p").child(line.clone()).html())
                .collect(),
        )
        .html()
}

/// Puts a tooltip beside the pointer, wholly inside of the window. Style attributes are forbidden
/// by the page's content security policy; setting a style by program is not.
pub(super) fn place(node: &NodeRef, x: f64, y: f64) {
    let Some(element) = node.cast::<HtmlElement>() else {
        return;
    };
    let length = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
    };
    let screen = (
        length(window().inner_width()),
        length(window().inner_height()),
    );
    let size = (
        f64::from(element.offset_width()),
        f64::from(element.offset_height()),
    );
    let (left, top) = corner((x, y), size, screen);
    let moved = format!(
        "translate({}, {})",
        pixels(left.round()),
        pixels(top.round())
    );
    // It fails only in a document that is gone.
    let _ = element.style().set_property("transform", &moved);
}

/// Where the top left corner goes: below and to the right of the pointer, on the other side of it
/// where there is no room, and never outside of the screen.
fn corner(pointer: (f64, f64), size: (f64, f64), screen: (f64, f64)) -> (f64, f64) {
    const APART: f64 = 14.0;
    const EDGE: f64 = 8.0;
    let fit = |at: f64, length: f64, room: f64| {
        let after = at + APART;
        let before = at - APART - length;
        let place = if after + length + EDGE <= room || before < EDGE {
            after
        } else {
            before
        };
        place.min(room - length - EDGE).max(EDGE)
    };
    (
        fit(pointer.0, size.0, screen.0),
        fit(pointer.1, size.1, screen.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tooltip_goes_where_there_is_room_and_never_off_the_screen() {
        let (size, screen) = ((200.0, 100.0), (800.0, 600.0));
        assert_eq!(corner((100.0, 100.0), size, screen), (114.0, 114.0));
        assert_eq!(corner((700.0, 580.0), size, screen), (486.0, 466.0));
        // A tooltip as wide as a phone stands at its edge.
        let (left, _) = corner((200.0, 100.0), (344.0, 80.0), (360.0, 700.0));
        assert_eq!(left, 8.0);
        let (left, top) = corner((200.0, 100.0), (900.0, 900.0), (360.0, 700.0));
        assert_eq!((left, top), (8.0, 8.0));
    }
}
