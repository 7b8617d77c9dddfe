//! The sources of the demos, loaded when somebody looks at one.
//!
//! They are no part of the engine: as text they are a fifth of its module, and they can be read
//! while it is busy. Whoever opens the page hands over a function that loads them.

use js_sys::{Array, Function, Promise, Reflect};
use wakeline_protocol::SourceFile;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A function that takes a demo's slug and returns a promise of its files: an array of objects
/// with `name` and `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sources(Function);

impl Sources {
    /// The sources that `load` loads.
    #[must_use]
    pub fn new(load: Function) -> Self {
        Self(load)
    }

    /// The files of a demo.
    ///
    /// # Errors
    /// What the function threw, or what it returned if that is no array of files.
    pub async fn load(&self, demo: &str) -> Result<Vec<SourceFile>, JsValue> {
        let promise = self.0.call1(&JsValue::NULL, &demo.into())?;
        let files: Array = JsFuture::from(Promise::resolve(&promise))
            .await?
            .dyn_into()?;
        files
            .iter()
            .map(|file| {
                let text = |name: &str| Reflect::get(&file, &name.into()).ok()?.as_string();
                match (text("name"), text("text")) {
                    (Some(name), Some(text)) => Ok(SourceFile { name, text }),
                    _ => Err(file),
                }
            })
            .collect()
    }
}
