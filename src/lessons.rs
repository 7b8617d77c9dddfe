//! The lessons of the demos, loaded when somebody opens one.
//!
//! Like the sources they are no part of a module, and like the texts they are loaded in the
//! reader's language alone. Whoever opens the page hands over a function that loads them.

mod read;

use js_sys::{Function, Promise};
use wakeline_phrases::Language;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::state::lesson::Lesson;

/// A function that takes a language's tag and a demo's slug and returns a promise of an object as
/// `wakeline lesson DEMO --json` writes it, or of `undefined` if the demo has no lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lessons(Function);

impl Lessons {
    /// The lessons that `load` loads.
    #[must_use]
    pub fn new(load: Function) -> Self {
        Self(load)
    }

    /// The lesson of a demo; `None` if it has none.
    ///
    /// # Errors
    /// What the function threw.
    pub async fn load(&self, language: Language, demo: &str) -> Result<Option<Lesson>, JsValue> {
        let (tag, demo) = (language.tag().into(), demo.into());
        let promise = self.0.call2(&JsValue::NULL, &tag, &demo)?;
        let lesson = JsFuture::from(Promise::resolve(&promise)).await?;
        Ok(read::lesson(lesson))
    }
}
