//! The study: answers questions about whole logs in a Web Worker.
//!
//! What the page draws follows from a view of a log and takes microseconds. Other questions take a
//! look at every event: what went wrong, what decided the end, how two runs differ. Those are asked
//! here, so that the page never waits for them.
//!
//! The page gives logs in their binary form to a [`Slot`] and asks about them; an answer is an
//! object of plain values, with the bytes of a file beside it if it is one. `docs/timeline.md`
//! describes the messages.
//!
//! - `browser`: the exported [`Study`], which takes objects and gives objects.
//! - [`shelf`](Shelf): the logs.
//! - [`answer`](fn@answer): questions and answers, natively as well as in a browser.

mod answer;
mod browser;
mod shelf;

pub use answer::{Answer, Lane, Question, View, answer};
pub use browser::Study;
pub use shelf::{Shelf, Slot};
