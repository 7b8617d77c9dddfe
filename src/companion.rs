//! Asking an address whether the companion server is there.
//!
//! Whoever opens the page hands over the function that asks: a request of a few lines costs less
//! as a script than in the page's module.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::state::Found;

/// A function that takes the address of a server and returns a promise of what answers there, by
/// the name of a [`Found`].
#[derive(Clone, Debug, PartialEq)]
pub struct Companions(Function);

impl Companions {
    /// The servers that `ask` asks.
    #[must_use]
    pub fn new(ask: Function) -> Self {
        Self(ask)
    }

    /// What answers at an address.
    ///
    /// # Errors
    /// What the function threw, or what it returned if that is no name.
    pub async fn ask(&self, address: &str) -> Result<Found, JsValue> {
        let promise = self.0.call1(&JsValue::NULL, &address.into())?;
        let name = JsFuture::from(Promise::resolve(&promise)).await?;
        let found = name.as_string().and_then(|name| Found::from_name(&name));
        found.ok_or(name)
    }
}
