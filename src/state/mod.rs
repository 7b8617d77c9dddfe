//! The state of the page, all of it in one place: [`App`], changed only by [`Action`]s.
//!
//! Nothing here touches the browser, so all of it runs in native tests.

pub mod action;
pub mod app;
pub mod companion;
pub mod file;
pub mod form;
pub mod learning;
pub mod lesson;
pub mod line;
pub mod link;
pub mod look;
pub mod newest;
pub mod notice;
pub mod query;
pub mod run;
#[cfg(test)]
pub(crate) mod samples;
pub mod setup;
pub mod sheet;
#[cfg(test)]
mod tests;

pub use action::{Action, Request};
pub use app::{App, Defaults, EngineState};
pub use companion::{Companion, Found};
pub use file::OpenedFile;
pub use form::{Checked, Form};
pub use learning::Learning;
pub use look::{Look, Panel, Playhead, Theme};
pub use newest::{LettingGo, Limit};
pub use notice::{Level, Notice};
pub use run::{Phase, Run, RunPlan, Runs};
pub use setup::Setup;
pub use sheet::Sheet;
