//! What the page asks of the browser, each thing in a small type of its own.

mod address;
mod calls;
mod clipboard;
mod files;
mod media;
mod storage;
mod timeout;

pub use address::{meta, origin, query, replace_query};
pub use calls::{Frames, Listener, Sizes};
pub use clipboard::copy;
pub use files::{Unread, hand_over, load, parts, save};
pub use media::Media;
pub use storage::{recall, remember};
pub use timeout::{Timeout, pause};

use wakeline_protocol::decimal;
use web_sys::{Document, Element, Window};

/// The window.
///
/// # Panics
/// Outside of a page, where none of this crate's components can be.
#[must_use]
pub fn window() -> Window {
    web_sys::window().expect("the page has a window")
}

/// The document.
///
/// # Panics
/// As [`window`].
#[must_use]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The element `html`.
#[must_use]
pub fn root() -> Option<Element> {
    document().document_element()
}

/// The languages that the reader prefers, best first, as tags.
#[must_use]
pub fn languages() -> Vec<String> {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect()
}

/// A length as a style has it. `number` is in CSS pixels.
#[must_use]
pub fn pixels(number: f64) -> String {
    let mut text = decimal::write(number);
    text.push_str("px");
    text
}
