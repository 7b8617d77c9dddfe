//! The catalogue of Wakeline demos: programs, parameters, and how they are run.
//!
//! Each demo is a module of ordinary async Rust on the `wakeline` runtime; its source is shown in
//! the playground as it was compiled. [`demos`] lists them, [`prepare`] makes a [`Run`] of one,
//! and whoever drives the run, a browser or a command line, gets the same log. What a demo needs
//! from outside of the run is the trait [`outside::Outside`].
//!
//! ```
//! use wakeline_demos::{Progress, RunSetup, find, prepare};
//!
//! let spec = find("hello").unwrap().spec();
//! let mut run = prepare(RunSetup {
//!     values: spec.parse([("mode", "concurrent")]).unwrap(),
//!     ..RunSetup::of("hello")
//! })
//! .unwrap();
//! while run.step(1000) != Progress::Ended {}
//! assert_eq!(run.finish().end_ns, 2_000_000_000);
//! ```
//!
//! # Adding a demo
//!
//! 1. A module with its parameters, declared by `parameters!`, and a function `main` that takes
//!    them and returns `Result<(), String>`; the error is the reason why the run failed. Time,
//!    tasks, locks and randomness come from `wakeline` alone, and random numbers from a
//!    `wakeline::random::stream` per task or item, so that they do not depend on the schedule.
//!    Nothing panics: in WebAssembly that would end the engine.
//! 2. A line in the table of `catalogue.rs`.
//! 3. Its texts in `www/translations/en/demos.json` and `zh/demos.json`.
//! 4. Its lesson: `lessons/DEMO.json` and `lessons/asyncio/DEMO.py` (module `lesson`), and what it
//!    says in `www/lessons/en/DEMO.json` and `zh/DEMO.json`.
//! 5. Tests in `tests/demos/` on what its log says, a row for each parameter in
//!    `tests/demos/catalogue.rs`, and its hashes: `WAKELINE_BLESS=1 cargo test -p wakeline-demos
//!    --test hashes`.

pub mod as_completed;
pub mod barrier;
pub mod batching;
pub mod blocking;
pub mod cache;
pub mod cancellation;
mod catalogue;
pub mod channels;
#[cfg(feature = "network")]
pub mod companion;
pub mod condition;
pub mod connection_pool;
#[cfg(feature = "network")]
pub mod crawler;
pub mod custom_loop;
pub mod deadlock;
pub mod event;
pub mod event_loop;
#[cfg(feature = "network")]
pub mod fetch;
pub mod files;
pub mod futures;
#[cfg(feature = "network")]
mod gate;
pub mod gather;
pub mod hello;
#[cfg(feature = "network")]
pub mod http_server;
#[cfg(feature = "lessons")]
pub mod lesson;
pub mod lifecycle;
pub mod lock;
pub mod outside;
mod parameters;
pub mod pipeline;
pub mod pitfalls;
pub mod priority_queue;
pub mod producer_consumer;
pub mod profiler;
#[cfg(feature = "network")]
pub mod realtime;
pub mod resource_guard;
pub mod retry;
mod run;
pub mod rwlock;
pub mod semaphore;
pub mod service;
pub mod task_group;
pub mod task_scheduler;
#[cfg(feature = "network")]
pub mod tcp_messages;
pub mod timeout;
pub mod wait;
#[cfg(feature = "network")]
pub mod websocket;
pub mod work;
pub mod worker_pool;

pub use catalogue::{CHAPTERS, Demo, demos, find, specs};
pub use run::{OutputLine, Progress, RealClock, Run, RunSetup, log_sha256, prepare};
