//! Reads an event log: what a run looked like at any moment, and what to draw of it.
//!
//! Everything here is a pure function of a log, a playhead and a view. Nothing here runs
//! anything, and nothing knows a page. A [`Model`] takes in the log batch by batch and keeps
//! every index up to date at a constant cost for each event; then
//!
//! - [`Model::state_at`] gives the [`State`](state::State) after any number of events,
//! - [`Model::spans`], [`Model::levels`] and [`Model::marks`] give what a [`Viewport`] shows of
//!   a lane, at a cost that depends on its pixels,
//! - [`Model::why`] says in one sentence what a task does or waits for, [`Model::why_chain`] what
//!   that in turn waits for, [`Model::describe`] what an event says, as [`Phrase`]s that speak both languages,
//! - [`arrows`], [`steps`] and [`summary`] connect lanes, lead a playhead and count.
//!
//! What takes a look at the whole log stands apart, and needs nothing but the log: [`diagnosis`]
//! finds what is likely to be a mistake, [`critical_path`] what decided when the run ended.
//!
//! A log may come from anywhere. Whatever decodes is answered about without a panic and within
//! memory proportional to its size; events that contradict those before them are ignored.

pub mod arrows;
mod axis;
mod breaks;
mod causal;
mod chart;
mod checkpoints;
pub mod compare;
pub mod critical_path;
pub mod describe;
pub mod diagnosis;
pub mod duration;
mod edges;
pub mod export;
pub mod import;
pub mod json;
pub mod lanes;
mod links;
pub mod metrics;
mod model;
mod numbers;
mod order;
pub mod phrase;
mod pieces;
pub mod raster;
mod rows;
mod sparse;
pub mod state;
pub mod steps;
pub mod summary;
mod turns;
pub mod upstream;
mod why;

pub use axis::{Axis, Viewport};
pub use breaks::{Break, Breaks};
pub use lanes::{LaneKey, Level, Look, Looks, Mark, Merged, Slice, Span};
pub use model::{Appended, Condensing, Memory, Model};
pub use order::{order, sort};
pub use phrase::{Argument, Part, Phrase};
pub use pieces::Pieces;
/// The log itself and its vocabulary, for those who read states and need no runtime.
pub use wakeline::log;
