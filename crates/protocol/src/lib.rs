//! What the page and its engine say to each other.
//!
//! The page runs no demo and the engine draws nothing; between them stand these messages and the
//! declaration of a demo's parameters, from which the form on the page, `--set` on the command
//! line, the link's query and validation all come. A message is JSON text; a [`Reply::Batch`] is
//! followed by the bytes of a batch of the event log (`wakeline::log::encode_since`).
//!
//! Nothing here is text for people: problems carry codes and figures, and the phrase table says
//! them in the reader's language.

pub mod decimal;
mod message;
mod parameter;
mod policy;
mod problem;
mod value;

pub use message::{Clock, Reply, Request, RunRequest, RunSummary, SourceFile, TaskCounts, VERSION};
pub use parameter::{DemoSpec, Modes, ParamKind, ParamSpec, Preset, Unit};
pub use policy::Policy;
pub use problem::Problem;
pub use value::{Value, Values};
