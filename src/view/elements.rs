//! The elements: their sizes, their scrolling, and what happens to them that Yew does not report.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::geometry::HEAD;
use super::listening;
use super::timeline::{Message, Stale, Timeline};
use crate::browser::{Listener, Sizes};

impl Timeline {
    /// Wheel, keys and sizes: what Yew's own handlers cannot prevent or do not reach.
    pub(super) fn listen(&mut self, ctx: &Context<Self>) {
        let window = crate::browser::window();
        let link = ctx.link().clone();
        self.listeners
            .push(Listener::new(&window, "keydown", move |event| {
                let Ok(event) = event.dyn_into::<KeyboardEvent>() else {
                    return;
                };
                if let Some(command) = listening::command_of(&event) {
                    event.prevent_default();
                    link.send_message(Message::Command(command));
                }
            }));
        if let Some(stage) = self.nodes.scroll.cast::<HtmlElement>() {
            let link = ctx.link().clone();
            let canvases = self.nodes.canvases.clone();
            self.listeners
                .push(Listener::new(&stage, "wheel", move |event| {
                    if let Some(message) = listening::wheel(&event, &canvases) {
                        event.prevent_default();
                        link.send_message(message);
                    }
                }));
        }
        let link = ctx.link().clone();
        let resized = move || link.send_message(Message::Resized);
        // The number of device pixels changes without any element changing its size.
        let on_window = resized.clone();
        self.listeners
            .push(Listener::new(&window, "resize", move |_| on_window()));
        let elements: Vec<Element> = [&self.nodes.root, &self.nodes.canvases]
            .into_iter()
            .filter_map(|node| node.cast::<Element>())
            .collect();
        self.sizes = Sizes::watch(&elements, resized);
    }

    /// Takes the sizes of the elements.
    pub(super) fn measure(&mut self, ctx: &Context<Self>) -> bool {
        let of = |node: &NodeRef| {
            node.cast::<HtmlElement>().map_or((0.0, 0.0), |element| {
                let rect = element.get_bounding_client_rect();
                (rect.width(), rect.height())
            })
        };
        let breadth = of(&self.nodes.root).0;
        self.overview_height = of(&self.nodes.overview).1;
        let broader = breadth != self.breadth;
        if broader {
            // The width of the labels follows, and the canvas has what they leave.
            self.breadth = breadth;
            self.place_labels();
        }
        let size = of(&self.nodes.canvases);
        let ratio = crate::browser::window().device_pixel_ratio().max(0.5);
        if !broader && (size, ratio) == (self.size, self.ratio) {
            return false;
        }
        let first = self.size.0 == 0.0;
        (self.size, self.ratio) = (size, ratio);
        let props = ctx.props();
        let bounds = self.bounds(props, props.axis);
        self.camera.set_bounds(bounds);
        self.take_range(props);
        if first {
            self.reveal_lane(ctx);
        }
        self.redraw(Stale::ALL);
        true
    }

    pub(super) fn scrolled(&mut self) -> bool {
        let Some(element) = self.nodes.scroll.cast::<HtmlElement>() else {
            return false;
        };
        let scroll = f64::from(element.scroll_top());
        if scroll == self.scroll {
            return false;
        }
        self.scroll = scroll;
        let had_tip = self.tip.take().is_some();
        self.redraw(Stale {
            picture: true,
            overlay: true,
            ..Stale::default()
        });
        if had_tip || !self.labels_fit() {
            return true;
        }
        self.place_labels();
        false
    }

    /// Scrolls so far that the lane of the selection is in view.
    pub(super) fn reveal_lane(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        let find = |selection| self.lanes.find(&props.model.read(), selection);
        let Some(lane) = props.selection.and_then(find) else {
            return;
        };
        let window = (self.size.1 - HEAD).max(0.0);
        let scroll = self.rows.reveal(lane, self.scroll, window);
        if scroll != self.scroll
            && let Some(element) = self.nodes.scroll.cast::<HtmlElement>()
        {
            // The event that follows does the rest.
            element.set_scroll_top(scroll.ceil() as i32);
        }
    }
}
