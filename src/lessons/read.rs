//! A lesson, read from what the page's server sent.

use wasm_bindgen::{JsCast, JsValue};

use crate::engine::wire::Fields;
use crate::state::lesson::{Lesson, Place, Step};

/// Reads a lesson; `None` if it is none.
#[must_use]
pub(super) fn lesson(value: JsValue) -> Option<Lesson> {
    let fields = Fields::of(value)?;
    let texts = |name| fields.list(name, |text| text.as_string());
    Some(Lesson {
        related: texts("related")?,
        steps: fields.list("steps", step)?,
        mistakes: texts("mistakes")?,
        practice: fields.text("practice")?,
        asyncio: fields.text_or_empty("asyncio")?,
    })
}

fn step(value: JsValue) -> Option<Step> {
    let fields = Fields::of(value)?;
    let text = |name| fields.text_or_empty(name);
    let seed = fields
        .get("seed")
        .map(|seed| seed.unchecked_into::<js_sys::Object>());
    Some(Step {
        preset: text("preset")?,
        set: fields.pairs("set")?,
        seed: seed.map_or(String::new(), |seed| seed.to_string().into()),
        policy: text("policy")?,
        axis: text("axis")?,
        at: fields.get("at").and_then(place),
        select: text("select")?,
        evidence: fields.get("evidence").and_then(place)?,
        text: text("text")?,
        question: text("question")?,
        answer: text("answer")?,
    })
}

fn place(value: JsValue) -> Option<Place> {
    if let Some(event) = value.as_string() {
        return Some(Place {
            event,
            ..Place::default()
        });
    }
    let fields = Fields::of(value)?;
    Some(Place {
        event: fields.text("event")?,
        task: fields.text_or_empty("task")?,
        resource: fields.text_or_empty("resource")?,
        nth: fields.u32("nth").unwrap_or(1),
    })
}
