//! Something to do later.

use std::fmt;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::window;

/// A call that is to come. Dropping it takes the call back.
#[must_use = "dropping a timeout takes the call back"]
pub struct Timeout {
    id: i32,
    _call: Closure<dyn FnMut()>,
}

impl Timeout {
    /// Calls `call` once, after so many milliseconds.
    pub fn after(milliseconds: u32, call: impl FnOnce() + 'static) -> Self {
        let call = Closure::once(call);
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                call.as_ref().unchecked_ref(),
                i32::try_from(milliseconds).unwrap_or(i32::MAX),
            )
            // Browsers refuse only what is no function.
            .unwrap_or_default();
        Self { id, _call: call }
    }
}

/// Lets the browser do what else there is to do: paint, and answer whoever uses the page.
pub async fn pause() {
    let promise = Promise::new(&mut |resolve: Function, _| {
        // Browsers refuse only what is no function.
        let _ = window().set_timeout_with_callback(&resolve);
    });
    let _ = JsFuture::from(promise).await;
}

impl Drop for Timeout {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.id);
    }
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").finish_non_exhaustive()
    }
}
