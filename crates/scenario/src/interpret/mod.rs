//! Interpreting: operations as async code.

mod call;
mod drive;
mod exit;
mod frame;
mod generator;
mod handle;
mod many;
mod object;
mod perform;
mod scope;
mod task;
mod timeout;
mod wait;
mod world;

pub use drive::{Stopped, run};
