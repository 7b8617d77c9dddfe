//! Messages as they cross between page and worker: JSON, read and written by the browser.
//!
//! The protocol's types have a JSON form of their own by `serde`, and the engine uses it. Read
//! that way here, it would be a quarter of the code that a visitor has to load, while the browser
//! carries a JSON reader anyway. So the page takes messages apart field by field; browser tests
//! hold both forms against each other.
//!
//! Numbers are those of JSON: whole ones are exact up to 2⁵³, which is why seeds are text.

mod fields;
mod reply;
mod request;

pub(crate) use fields::Fields;
pub use reply::reply;
pub use request::request;
