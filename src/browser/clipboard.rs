//! The clipboard.

use wasm_bindgen_futures::JsFuture;

use super::window;

/// Copies a text; whether that worked. It does not in a page without a secure context, or when
/// the reader refuses.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // The property is missing, not null, outside of a secure context.
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        JsFuture::from(navigator.clipboard().write_text(text))
            .await
            .is_ok()
    } else {
        false
    }
}
