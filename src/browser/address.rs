//! The page's address.

use wasm_bindgen::JsValue;

use super::{document, window};

/// The query of the page's address, with its question mark if there is one.
#[must_use]
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Where the page came from, such as `http://127.0.0.1:8080`; `None` if that is no server.
#[must_use]
pub fn origin() -> Option<String> {
    let origin = window().location().origin().ok()?;
    origin.starts_with("http").then_some(origin)
}

/// Puts another query into the page's address. No entry is added to the history: Back leaves the
/// page, as a reader expects.
pub fn replace_query(query: &str) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let mark = if query.is_empty() { "" } else { "?" };
    let address = format!("{path}{mark}{query}{hash}");
    if let Ok(history) = window().history() {
        // Refused in an opaque origin such as a sandboxed frame, where there is no address to
        // share either.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// The address of a part of the page, as its `meta` element of this name has it: the build puts the
/// name with its content hash there.
#[must_use]
pub fn meta(name: &str) -> Option<String> {
    document()
        .query_selector(&["meta[name=", name, "]"].concat())
        .ok()
        .flatten()?
        .get_attribute("content")
}
