//! The page's side of the engine.
//!
//! [`Client`] decides: what to send when, what counts as an answer, when the engine has to be
//! replaced. It touches nothing of the browser and is tested natively. [`Worker`] is the Web
//! Worker, [`Engine`] joins the two.

mod client;
mod joined;
pub mod wire;
mod worker;

pub use client::{Client, Command};
pub use joined::Engine;
pub use worker::Worker;

use wakeline_protocol::{DemoSpec, Problem, RunSummary};

use crate::state::RunPlan;

/// What the page learns of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An engine is loading.
    Loading,
    /// The engine is there, with these demos.
    Ready(Vec<DemoSpec>),
    /// There is no engine to be had without a person doing something.
    Failed(Failure),
    /// A run was asked for; the first event of every run.
    Asked {
        /// The run.
        run: u32,
        /// What is to be run.
        plan: RunPlan,
    },
    /// A run began.
    Started {
        /// The run.
        run: u32,
    },
    /// Events of a run, in the binary form of the log.
    Batch {
        /// The run.
        run: u32,
        /// The batch.
        bytes: Vec<u8>,
    },
    /// A run ended in good order.
    Ended {
        /// The run.
        run: u32,
        /// The run in figures.
        summary: RunSummary,
    },
    /// A run did not begin.
    Refused {
        /// The run.
        run: u32,
        /// Why.
        problems: Vec<Problem>,
    },
    /// A run that was asked for was stopped before the engine heard of it.
    Withdrawn {
        /// The run.
        run: u32,
    },
    /// A run was lost with an engine that failed, as [`Event::Failed`] tells next.
    Lost {
        /// The run.
        run: u32,
    },
    /// A run held its thread, and the engine was replaced.
    Replaced {
        /// The run.
        run: u32,
    },
    /// A run took the engine down, and the engine was replaced.
    Crashed {
        /// The run.
        run: u32,
        /// What the panic said.
        message: String,
    },
}

/// Why there is no engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It did not load. What the browser said, often nothing.
    NotLoaded(String),
    /// It is of another version than the page.
    OtherVersion {
        /// The version of the messages that the page speaks.
        page: u32,
        /// That of the engine.
        engine: u32,
    },
    /// It said something that is no message.
    Unintelligible,
    /// It broke down while it had nothing to do.
    BrokeDown(String),
}

impl Failure {
    /// The key of its sentence in the phrase table.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotLoaded(_) => "page.engine.not-loaded",
            Self::OtherVersion { .. } => "page.engine.other-version",
            Self::Unintelligible => "page.engine.unintelligible",
            Self::BrokeDown(_) => "page.engine.broke-down",
        }
    }
}
