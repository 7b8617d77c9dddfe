//! A long list of rows of equal height, of which only those in view are in the document.

use std::ops::Range;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::browser::{Sizes, pixels};
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
#[derive(Debug, Default)]
pub(crate) struct Window {
    viewport: NodeRef,
    spacer: NodeRef,
    list: NodeRef,
    /// Where the view begins and how high it is, in pixels.
    view: (f64, f64),
    /// The row that was brought into view last.
    followed: Option<usize>,
    sizes: Option<Sizes>,
}

impl Component for Window {
    /// It was scrolled, or has another size.
    type Message = ();
    type Properties = WindowProps;

    fn create(_: &Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, _: &Context<Self>, (): ()) -> bool {
        let Some(element) = self.viewport.cast::<HtmlElement>() else {
            return false;
        };
        let view = (
            f64::from(element.scroll_top()),
            f64::from(element.client_height()),
        );
        std::mem::replace(&mut self.view, view) != view
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let first = self.first(props);
        let in_view = (self.view.1 / ROW).ceil() as usize + 2 * MARGIN + 1;
        let range = first..(first + in_view).min(props.rows);
        element("div")
            .node(&self.viewport)
            .class("window")
            .attr("role", "region")
            .attr("tabindex", "0")
            .attr("aria-label", &props.label)
            .testid(&props.testid)
            .on_scroll(ctx.link().callback(|_: Event| ()))
            .child(
                element("div")
                    .node(&self.spacer)
                    .class("window-spacer")
                    .child(
                        element("ol")
                            .node(&self.list)
                            .class("window-rows")
                            .attr("start", (first + 1).to_string())
                            .child(props.show.emit(range)),
                    ),
            )
            .html()
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let props = ctx.props();
        // Set through the object model: the policy of the page allows no style attributes.
        set_style(&self.spacer, "height", props.rows);
        set_style(&self.list, "top", self.first(props));
        let Some(element) = self.viewport.cast::<HtmlElement>() else {
            return;
        };
        let link = ctx.link().clone();
        if first {
            let link = link.clone();
            let watched = [element.clone().into()];
            self.sizes = Sizes::watch(&watched, move || link.send_message(()));
        }
        if self.followed != props.follow {
            self.followed = props.follow;
            if let Some(row) = props.follow {
                bring_into_view(&element, row);
                link.send_message(());
            }
        }
    }
}

impl Window {
    /// The first row in the document.
    fn first(&self, props: &WindowProps) -> usize {
        ((self.view.0 / ROW) as usize)
            .saturating_sub(MARGIN)
            .min(props.rows)
    }
}

/// Gives a property the height of so many rows.
fn set_style(node: &NodeRef, property: &str, rows: usize) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Known properties with numbers are always accepted.
        let height = pixels(rows as f64 * ROW);
        let _ = element.style().set_property(property, &height);
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
