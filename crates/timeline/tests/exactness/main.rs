//! A log replayed ends at the state that the primitives themselves report.
//!
//! Each program leaves its primitive in a state that is neither the first nor empty, and nobody
//! who was released and has not run yet. The program looks; the replay must see the same.

mod channels;
mod locks;
mod notifications;
mod sight;
#[path = "../support/mod.rs"]
mod support;
mod waits;
