//! The browser as a driver for the Wakeline runtime.
//!
//! A runtime under the real clock needs somebody who polls it, wakes it when a timer is due and
//! brings it answers from outside. In a browser nobody may block, so that somebody is a guest of
//! the event loop. It has six parts:
//!
//! - [`clock`]: nanoseconds from `performance.now()`.
//! - [`pump`]: runs a [`wakeline::Runtime`] in time slices between which the page paints, timers
//!   fire and messages arrive.
//! - [`fetch`]: requests by the browser's own `fetch`, aborted when dropped.
//! - [`socket`]: WebSockets with backpressure, closed when dropped.
//! - [`work`]: heavy work on Web Workers, awaited like anything else.
//! - [`files`]: files in the Origin Private File System.
//!
//! [`promise`] is the bridge on which most of them stand, for other browser functions too, and
//! [`panics`] tells a program that has panicked from one that is busy.
//!
//! Everything works in a page and in a worker. Nothing here names `window`: globals come from
//! `globalThis`.
//!
//! The crate compiles natively, so that a workspace can be checked as a whole; its functions
//! panic there.

mod callback;
pub mod clock;
mod delay;
pub mod fetch;
pub mod files;
mod globals;
pub mod panics;
pub mod promise;
pub mod pump;
pub mod socket;
pub mod work;
