//! The study in its worker: objects in, objects out.

use js_sys::{Array, ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use wakeline_phrases::Language;
use wakeline_protocol::{Problem, VERSION};
use wakeline_timeline::json::Json;
use wasm_bindgen::prelude::*;

use crate::{Lane, Question, Shelf, Slot, View, answer};

/// The study. A worker makes one.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Study {
    shelf: Shelf,
}

#[wasm_bindgen]
impl Study {
    /// A study without logs.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Study {
        Study::default()
    }

    /// The version of what page and worker say to each other.
    #[must_use]
    pub fn version(&self) -> u32 {
        VERSION
    }

    /// Adds bytes to the log of a slot; see [`Shelf::give`]. Nothing happens if there is no such
    /// slot.
    pub fn give(&mut self, slot: &str, run: u32, bytes: &[u8]) {
        if let Some(slot) = Slot::from_name(slot) {
            self.shelf.give(slot, run, bytes);
        }
    }

    /// Empties a slot.
    pub fn clear(&mut self, slot: &str) {
        if let Some(slot) = Slot::from_name(slot) {
            self.shelf.clear(slot);
        }
    }

    /// Whether the phrases of a language are there: a picture has words.
    #[must_use]
    pub fn speaks(&self, tag: &str) -> bool {
        language(tag).is_installed()
    }

    /// Takes the phrases of a language: an object of keys and texts.
    pub fn teach(&self, tag: &str, phrases: &Object) {
        let entries = Object::entries(phrases);
        language(tag).install(entries.iter().filter_map(|entry| {
            let pair: Array = entry.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        }));
    }

    /// Answers a question, an object as the page sends it. The answer is an object: its fields, or
    /// `problem`; a file's bytes are in the field `bytes`.
    ///
    /// # Errors
    /// Never for a question, whatever it is; only if the browser refuses to make an object.
    pub fn ask(&self, question: &JsValue) -> Result<Object, JsValue> {
        let (text, bytes) = match answer(&self.shelf, &read(question)) {
            Ok(answer) => (answer.object, answer.bytes),
            Err(problem) => (told(&problem), None),
        };
        let object: Object = JSON::parse(&text)?.unchecked_into();
        if let Some(bytes) = bytes {
            Reflect::set(&object, &"bytes".into(), &Uint8Array::from(&*bytes))?;
        }
        Ok(object)
    }
}

fn language(tag: &str) -> Language {
    Language::from_tag(tag).unwrap_or_default()
}

/// A problem as a field of an answer.
fn told(problem: &Problem) -> String {
    let mut json = Json::new();
    json.object(|json| {
        json.field("problem").object(|json| {
            json.field("key").text(&format!("problem.{}", problem.code));
            json.field("arguments").object(|json| {
                for (name, text) in &problem.arguments {
                    json.field(name).text(text);
                }
            });
        });
    });
    json.finish()
}

/// Reads a question. What is missing or of another type is left empty.
fn read(question: &JsValue) -> Question {
    // Of what is not an object, no field can be had.
    let get = |name: &str| Reflect::get(question, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| get(name).as_string().unwrap_or_default();
    let number = |name: &str| get(name).as_f64().unwrap_or(0.0);
    let lanes = get("lanes").dyn_into::<Array>().unwrap_or_default();
    Question {
        what: text("what"),
        slot: text("slot"),
        format: text("format"),
        bytes: bytes(&get("bytes")),
        view: View {
            // Casts from floating point saturate.
            width: number("width") as u32,
            axis: text("axis"),
            start: number("t0"),
            end: number("t1"),
            dark: get("dark").as_bool().unwrap_or(false),
            lanes: lanes.iter().filter_map(|one| lane(&one)).collect(),
            language: text("language"),
        },
    }
}

/// A number, or a list of the name of a group and of numbers.
fn lane(value: &JsValue) -> Option<Lane> {
    // Casts from floating point saturate.
    if let Some(id) = value.as_f64() {
        return Some(Lane::Of(id as i64));
    }
    let group: &Array = value.dyn_ref()?;
    let name = group.get(0).as_string()?;
    let tasks = group.iter().skip(1).filter_map(|id| id.as_f64());
    Some(Lane::Group(name, tasks.map(|id| id as u32).collect()))
}

/// The bytes of a buffer, or of an array of bytes; none of anything else.
fn bytes(value: &JsValue) -> Vec<u8> {
    if value.is_instance_of::<ArrayBuffer>() || value.is_instance_of::<Uint8Array>() {
        return Uint8Array::new(value).to_vec();
    }
    Vec::new()
}
