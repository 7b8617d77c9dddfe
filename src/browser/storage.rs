//! Small preferences that outlive a visit. A browser may refuse to store anything; then there is
//! nothing to recall, and that is all.

use web_sys::Storage;

use super::window;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What was stored under this key.
#[must_use]
pub fn recall(key: &str) -> Option<String> {
    storage()?.get_item(&name(key)).ok().flatten()
}

/// Stores a text under a key.
pub fn remember(key: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage is no reason to bother the reader.
        let _ = storage.set_item(&name(key), text);
    }
}

/// The key among those of other pages of the same origin.
fn name(key: &str) -> String {
    format!("wakeline.{key}")
}
