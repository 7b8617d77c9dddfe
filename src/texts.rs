//! The texts of the page's languages, loaded when somebody reads them.
//!
//! A language's phrase table is as large as a tenth of the page's code, and grows with every
//! demo, so it is not part of the module: whoever opens the page hands over a function that loads
//! one. Where the tables are compiled in, as in tests, there is nothing to load.

use js_sys::{Function, Object, Promise};
use wakeline_phrases::Language;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A function that takes a language's tag and returns a promise of an object of phrases.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts(Function);

impl Texts {
    /// The texts that `load` loads.
    #[must_use]
    pub fn new(load: Function) -> Self {
        Self(load)
    }

    /// Sees to it that a language can be spoken.
    ///
    /// # Errors
    /// What the function threw, or what it returned if that is no object of texts.
    pub async fn load(&self, language: Language) -> Result<(), JsValue> {
        if language.is_installed() {
            return Ok(());
        }
        let promise = self.0.call1(&JsValue::NULL, &language.tag().into())?;
        let table: Object = JsFuture::from(Promise::resolve(&promise))
            .await?
            .dyn_into()?;
        let mut phrases = Vec::new();
        for entry in Object::entries(&table).iter() {
            let entry: js_sys::Array = entry.dyn_into()?;
            match (entry.get(0).as_string(), entry.get(1).as_string()) {
                (Some(key), Some(phrase)) => phrases.push((key, phrase)),
                _ => return Err(entry.into()),
            }
        }
        language.install(phrases);
        Ok(())
    }
}
