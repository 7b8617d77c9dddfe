//! A single-threaded async executor that records every decision it takes.
//!
//! Wakeline runs tasks, timers, channels and locks on one thread, natively and in WebAssembly,
//! on a real clock or on a virtual one. Under the virtual clock a run depends on nothing but the
//! program and a seed: the same [event log](log), byte for byte, everywhere.
//!
//! ```
//! use std::time::Duration;
//! use wakeline::sync::mpsc;
//!
//! let runtime = wakeline::Builder::new().build();
//! let sum = runtime.block_on(async {
//!     let (sender, mut receiver) = mpsc::channel(2);
//!     wakeline::spawn_named("producer", async move {
//!         for number in 1..=3 {
//!             wakeline::time::sleep(Duration::from_millis(100)).await;
//!             sender.send(number).await.unwrap();
//!         }
//!     });
//!     let mut sum = 0;
//!     while let Some(number) = receiver.recv().await {
//!         sum += number;
//!     }
//!     sum
//! });
//! assert_eq!(sum, 6);
//! ```
//!
//! - [`task`]: spawn, name, await, abort.
//! - [`time`]: sleep, tick, set limits.
//! - [`future`]: many at once, and again until it works.
//! - [`sync`]: channels, queues, locks, permits, notifications.
//! - [`stream`]: make streams, and shape them.
//! - [`cancel`]: ask a task to stop, and let it clean up.
//! - [`random`]: random numbers from the run's seed.
//! - [`outside`]: bridges to whatever is not on this executor.
//! - [`log`]: what happened.
//! - `tracing` (with the feature of that name): what the program says through the `tracing` crate.
//!
//! Names and semantics are those that users of `tokio` know, unless the documentation of an item
//! says otherwise. Nothing here is `Send`; wakers are, and may be called on any thread.

#![warn(missing_docs)]

pub mod cancel;
pub mod future;
pub mod log;
pub mod outside;
#[doc(hidden)]
pub mod print;
pub mod random;
mod record;
mod recorder;
mod runtime;
pub mod stream;
pub mod sync;
pub mod task;
pub mod time;
mod timers;
#[cfg(feature = "tracing")]
pub mod tracing;

pub use runtime::{
    Builder, Choice, Choices, Clock, Divergence, Fallback, OutsideGuard, ParseChoicesError,
    ParsePolicyError, Policy, Progress, Runtime, Stalled, StalledTask, StalledWait, Stats,
};
pub use task::{JoinHandle, spawn, spawn_named};

/// The guide's examples are tested with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/runtime.md")]
struct Guide;
