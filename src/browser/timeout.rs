//! Something to do later.

use std::fmt;

use wasm_bindgen::prelude::*;

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
