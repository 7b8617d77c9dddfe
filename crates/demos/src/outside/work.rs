//! Heavy work that is done elsewhere.

use std::fmt;

use super::LocalBoxFuture;

/// Workers: threads on the command line, Web Workers in a browser.
///
/// An implementation records each job as `wakeline::outside::Work` of the task that awaits it,
/// with its progress.
pub trait Workers: fmt::Debug {
    /// Has a worker call a function of [`crate::work`] by its name, when one is free, and gives
    /// what the function returned.
    ///
    /// # Cancel safety
    /// Dropping the future stops the work: a Web Worker is ended in the middle, a thread stops
    /// when the function next tells its progress.
    fn run(
        &self,
        function: &'static str,
        input: Vec<u8>,
    ) -> LocalBoxFuture<'static, Result<Vec<u8>, WorkError>>;
}

/// Why nothing came of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkError {
    /// The worker could not be started or loaded. With what the platform says.
    NotStarted(String),
    /// The function returned this error.
    Failed(String),
    /// The worker panicked or was ended. With what the platform says.
    Crashed(String),
    /// There are no workers here at all.
    NoWorkers,
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => f.write_str(error),
            Self::NotStarted(detail) => write!(f, "no worker could be started: {detail}"),
            Self::Crashed(detail) => write!(f, "the worker crashed: {detail}"),
            Self::NoWorkers => f.write_str("no workers here"),
        }
    }
}

impl std::error::Error for WorkError {}

/// As the reason why a job failed.
impl From<WorkError> for String {
    fn from(error: WorkError) -> Self {
        error.to_string()
    }
}

/// No workers: every job is answered with [`WorkError::NoWorkers`].
#[derive(Clone, Copy, Debug)]
pub(super) struct NoWorkers;

impl Workers for NoWorkers {
    fn run(
        &self,
        _: &'static str,
        _: Vec<u8>,
    ) -> LocalBoxFuture<'static, Result<Vec<u8>, WorkError>> {
        Box::pin(async { Err(WorkError::NoWorkers) })
    }
}
