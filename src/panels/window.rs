//! A long list of rows of equal height, of which only those in view are in the document.

use std::ops::Range;

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};
use yew::prelude::*;

use crate::browser::pixels;
use crate::element::element;

/// The height of a row in CSS pixels; the style sheet has the same.
pub(crate) const ROW: f64 = 24.0;

/// Rows beyond the view on each side, so that scrolling shows no gaps.
const MARGIN: usize = 8;

/// A long list.
#[derive(PartialEq, Properties)]
pub(crate) struct WindowProps {
    /// The number of rows.
    pub(crate) rows: usize,
    /// The row that is to be in view whenever it becomes another one.
    pub(crate) follow: Option<usize>,
    /// The rows of a range, as elements.
    pub(crate) show: Callback<Range<usize>, Html>,
    /// What the list is, for screen readers.
    pub(crate) label: AttrValue,
    /// Its name in tests.
    pub(crate) testid: AttrValue,
}

/// A long list. The rows are elements `li` of the given height.
#[component]
pub(crate) fn Window(props: &WindowProps) -> Html {
    let (viewport, spacer, list) = (use_node_ref(), use_node_ref(), use_node_ref());
    // Where the view begins and how high it is, in pixels.
    let view = use_state_eq(|| (0.0, 0.0));

    let measure = {
        let (viewport, view) = (viewport.clone(), view.setter());
        use_callback((), move |(), ()| {
            if let Some(element) = viewport.cast::<HtmlElement>() {
                view.set((
                    f64::from(element.scroll_top()),
                    f64::from(element.client_height()),
                ));
            }
        })
    };
    {
        let (viewport, measure) = (viewport.clone(), measure.clone());
        use_effect_with((), move |()| {
            let call = Closure::<dyn Fn()>::new(move || measure.emit(()));
            let observer = ResizeObserver::new(call.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(element)) =
                (&observer, viewport.cast::<web_sys::Element>())
            {
                observer.observe(&element);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(call);
            }
        });
    }

    let (top, height) = *view;
    let first = ((top / ROW) as usize)
        .saturating_sub(MARGIN)
        .min(props.rows);
    let in_view = (height / ROW).ceil() as usize + 2 * MARGIN + 1;
    let range = first..(first + in_view).min(props.rows);

    // Set through the object model: the policy of the page allows no style attributes.
    {
        let (spacer, list) = (spacer.clone(), list.clone());
        use_effect_with((props.rows, first), move |(rows, first)| {
            set_style(&spacer, "height", &pixels(*rows as f64 * ROW));
            set_style(&list, "top", &pixels(*first as f64 * ROW));
        });
    }
    {
        let (viewport, measure) = (viewport.clone(), measure.clone());
        use_effect_with(props.follow, move |follow| {
            if let (Some(row), Some(element)) = (*follow, viewport.cast::<HtmlElement>()) {
                bring_into_view(&element, row);
                measure.emit(());
            }
        });
    }

    element("div")
        .node(&viewport)
        .class("window")
        .attr("role", "region")
        .attr("tabindex", "0")
        .attr("aria-label", props.label.clone())
        .testid(props.testid.clone())
        .on_scroll(measure.reform(|_: Event| ()))
        .child(
            element("div").node(&spacer).class("window-spacer").child(
                element("ol")
                    .node(&list)
                    .class("window-rows")
                    .attr("start", (first + 1).to_string())
                    .child(props.show.emit(range)),
            ),
        )
        .html()
}

fn set_style(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Known properties with numbers are always accepted.
        let _ = element.style().set_property(property, value);
    }
}

/// Scrolls by as little as brings a row into view, with one more row on its far side.
fn bring_into_view(element: &HtmlElement, row: usize) {
    let (top, height) = (
        f64::from(element.scroll_top()),
        f64::from(element.client_height()),
    );
    let (row_top, row_end) = (row as f64 * ROW, (row + 1) as f64 * ROW);
    let wanted = if row_top - ROW < top {
        (row_top - ROW).max(0.0)
    } else if row_end + ROW > top + height {
        row_end + ROW - height
    } else {
        return;
    };
    element.set_scroll_top(wanted.round() as i32);
}
