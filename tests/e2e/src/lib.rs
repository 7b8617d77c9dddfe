//! End-to-end tests: the real page, from the real server, in a real browser.
//!
//! A test is a *story*: something that a person does and sees. [`story`] opens a fresh browser on
//! a fresh server and hands both to the test as a [`Stage`]; whatever happens, it closes them
//! again, and when the test fails it keeps a picture of the page and everything that was said in
//! `target/e2e/failures`.
//!
//! Stories wait for what they expect, and fail when it has not come after a long time
//! ([`wait::until`]). They never assert how long anything took.
//!
//! What is tested is what `cargo xtask build` has made. `cargo xtask test` does that by itself
//! before it runs the stories.

pub mod browser;
pub mod canvas;
pub mod command;
pub mod log;
pub mod page;
pub mod picture;
pub mod places;
mod process;
pub mod processor;
pub mod scene;
pub mod server;
mod stage;
pub mod static_host;
pub mod wait;

pub use stage::{Setting, Stage, perform, story};
