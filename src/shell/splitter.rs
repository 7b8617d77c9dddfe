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
#[component]
pub fn Splitter(props: &SplitterProps) -> Html {
    let page = &props.page;
    let height =
        use_state_eq(|| browser::recall("panels-height").and_then(|text| decimal::read(&text)));
    let dragged = use_mut_ref(|| None::<(f64, f64)>);

    use_effect_with(*height, |height| apply(*height));

    let set = {
        let height = height.setter();
        move |wanted: f64| height.set(Some(limited(wanted)))
    };
    let current = height.unwrap_or_else(|| window_height() * USUAL);

    let onpointerdown = {
        let dragged = dragged.clone();
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            dragged.replace(Some((f64::from(event.client_y()), current)));
            if let Some(element) = target(&event) {
                // The drag goes on where the pointer leaves the line; without that it just ends.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let onpointermove = {
        let (dragged, set) = (dragged.clone(), set.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, height)) = *dragged.borrow() {
                set(height + from - f64::from(event.client_y()));
            }
        })
    };
    let release = {
        let (dragged, height) = (dragged.clone(), height.clone());
        Callback::from(move |_: PointerEvent| {
            if dragged.take().is_some() {
                keep(*height);
            }
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let by = match &*event.key() {
            "ArrowUp" => STEP,
            "ArrowDown" => -STEP,
            _ => return,
        };
        // The same keys move the playhead elsewhere on the page.
        event.prevent_default();
        event.stop_propagation();
        set(current + by);
        keep(Some(limited(current + by)));
    });
    let ondblclick = {
        let height = height.setter();
        Callback::from(move |_: MouseEvent| {
            height.set(None);
            keep(None);
        })
    };
    let share = (current / window_height().max(1.0) * 100.0).round();
    element("div")
        .class("splitter")
        .attr("role", "separator")
        .attr("tabindex", "0")
        .attr("aria-orientation", "horizontal")
        .attr("aria-label", page.say("page.splitter"))
        .attr("aria-valuenow", decimal::fixed(share, 0))
        .attr("aria-valuemin", "0")
        .attr("aria-valuemax", "100")
        .on_pointerdown(onpointerdown)
        .on_pointermove(onpointermove)
        .on_pointerup(release.clone())
        .on_pointercancel(release)
        .on_keydown(onkeydown)
        .on_dblclick(ondblclick)
        .html()
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
