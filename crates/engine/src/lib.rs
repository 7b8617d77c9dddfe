//! The engine: runs demos in a Web Worker and streams their log to the page.
//!
//! It speaks `wakeline_protocol`. The page asks for a run; the engine prepares it exactly as the
//! command line does, so that the logs are the same byte for byte, drives it in slices between
//! which it hears the page, and posts the log in batches as it grows, as far ahead as the page
//! allows.
//!
//! The parts, from the page inwards:
//!
//! - `browser`: the exported [`Engine`], its way to post, and the pump that drives a run.
//! - `session`: what to do with each request.
//! - `request`: reading and checking requests, which are untrusted.
//! - `run`: one run and the stream of its log.
//! - `flow`: how far ahead a run may be.
//! - `outside`: the browser's network, workers and files as demos know them.
//!
//! All but `browser` and `outside` run natively, where their tests are.

mod browser;
mod flow;
mod outside;
mod request;
mod run;
mod session;

pub use browser::{Engine, serve_work};
