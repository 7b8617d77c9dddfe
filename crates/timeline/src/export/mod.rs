//! A run in forms that other programs read.

mod chrome_trace;
mod names;
pub mod svg;

pub use chrome_trace::chrome_trace;
