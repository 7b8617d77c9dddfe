//! The line between timeline and panels, by which the height of the panels is changed.

use wakeline_protocol::decimal;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::context::Context;
use crate::browser::{self, pixels};
use crate::element::element;

/// The least height of the panels in CSS pixels.
const LEAST: f64 = 80.0;

/// How much of the window the panels may take at most.
const MOST: f64 = 0.7;

/// The height before anybody changed it, as a share of the window; the style sheet has the same.
const USUAL: f64 = 0.26;

/// By how much an arrow key changes the height, in CSS pixels.
const STEP: f64 = 24.0;

/// What the line needs.
#[derive(Debug, PartialEq, Properties)]
pub struct SplitterProps {
    /// The reader's language.
    pub page: Context,
}

/// The line between timeline and panels: dragged, or moved by the arrow keys; a double click
/// restores the usual height. The height outlives the visit.
#[derive(Debug)]
pub struct Splitter {
    height: Option<f64>,
    /// Where a drag began, and the height then.
    dragged: Option<(f64, f64)>,
}

/// What happens to the line.
#[derive(Debug)]
pub enum Message {
    /// It is taken hold of.
    Take(PointerEvent),
    /// The pointer moves.
    Move(PointerEvent),
    /// It is let go of.
    Release,
    /// A key moves it.
    Key(f64),
    /// The usual height.
    Reset,
}

impl Component for Splitter {
    type Message = Message;
    type Properties = SplitterProps;

    fn create(_: &yew::Context<Self>) -> Self {
        let height = browser::recall("panels-height").and_then(|text| decimal::read(&text));
        apply(height);
        Self {
            height,
            dragged: None,
        }
    }

    fn update(&mut self, _: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Take(event) => self.dragged = Some((f64::from(event.client_y()), self.now())),
            Message::Move(event) => {
                let Some((from, height)) = self.dragged else {
                    return false;
                };
                self.height = Some(limited(height + from - f64::from(event.client_y())));
            }
            Message::Release => {
                if self.dragged.take().is_some() {
                    keep(self.height);
                }
            }
            Message::Key(by) => {
                self.height = Some(limited(self.now() + by));
                keep(self.height);
            }
            Message::Reset => {
                self.height = None;
                keep(None);
            }
        }
        apply(self.height);
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let page = &ctx.props().page;
        let link = ctx.link();
        let take = link.batch_callback(|event: PointerEvent| {
            if event.button() != 0 {
                return None;
            }
            if let Some(element) = target(&event) {
                // The drag goes on where the pointer leaves the line; without that it just ends.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            Some(Message::Take(event))
        });
        let on_key = link.batch_callback(|event: KeyboardEvent| {
            let by = match &*event.key() {
                "ArrowUp" => STEP,
                "ArrowDown" => -STEP,
                _ => return None,
            };
            // The same keys move the playhead elsewhere on the page.
            event.prevent_default();
            event.stop_propagation();
            Some(Message::Key(by))
        });
        let release = link.callback(|_: PointerEvent| Message::Release);
        let share = (self.now() / window_height().max(1.0) * 100.0).round();
        element("div")
            .class("splitter")
            .attr("role", "separator")
            .attr("tabindex", "0")
            .attr("aria-orientation", "horizontal")
            .attr("aria-label", page.say("page.splitter"))
            .attr("aria-valuenow", decimal::fixed(share, 0))
            .attr("aria-valuemin", "0")
            .attr("aria-valuemax", "100")
            .on_pointerdown(take)
            .on_pointermove(link.callback(Message::Move))
            .on_pointerup(release.clone())
            .on_pointercancel(release)
            .on_keydown(on_key)
            .on_dblclick(link.callback(|_: MouseEvent| Message::Reset))
            .html()
    }
}

impl Splitter {
    fn now(&self) -> f64 {
        self.height.unwrap_or_else(|| window_height() * USUAL)
    }
}

fn target(event: &PointerEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn window_height() -> f64 {
    let height = browser::window().inner_height();
    height
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or(0.0)
}

fn limited(height: f64) -> f64 {
    height.min(window_height() * MOST).max(LEAST).round()
}

fn keep(height: Option<f64>) {
    let text = height.map(decimal::write);
    browser::remember("panels-height", &text.unwrap_or_default());
}

/// Through the object model, since the policy of the page allows no style attributes.
fn apply(height: Option<f64>) {
    let Some(root) = browser::root().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let style = root.style();
    // A custom property takes any value.
    let _ = match height {
        Some(height) => style.set_property("--panels-height", &pixels(limited(height))),
        None => style.remove_property("--panels-height").map(drop),
    };
}
