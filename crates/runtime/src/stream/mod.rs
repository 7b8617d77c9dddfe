//! Streams: making them, and what the adapters of the `futures` crates lack.
//!
//! - A stream from a function that gives one value after the other: [`generator`].
//! - A beat: [`Interval`](crate::time::Interval) is a stream, and so is the receiver of every
//!   channel.
//! - Several streams as one, none of which keeps the others out: [`merge`].
//! - Chunks by size or by time: [`chunks`].
//! - Not more than one in a time: [`throttle`].
//! - A source that runs ahead, but not further than so far: [`buffer`].
//!
//! Everything else (`map`, `filter`, `take_while`, `buffered`, …) is in `futures-util`, and works
//! here; so do these on any stream.
//!
//! What waits inside an adapter appears in the log as a wait of the task that polls it: for the
//! timer of a throttle, for the message of a channel. A [`buffer`] is a task and a channel.

mod buffer;
mod chunks;
mod generator;
mod merge;
mod throttle;

pub use buffer::{Buffer, buffer, buffer_named};
pub use chunks::{Chunks, chunks};
pub use generator::{Emit, Emitter, Generator, generator};
pub use merge::{Merge, merge};
pub use throttle::{Throttle, throttle};
