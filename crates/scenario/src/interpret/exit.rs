//! The ways out of a body.

use crate::{Fault, Value};

/// Why a body did not run to its end.
#[derive(Clone, Debug)]
pub(super) enum Exit {
    /// An error was raised.
    Raise(Fault),
    /// The task returns.
    Return(Value),
    /// The innermost loop ends.
    Break,
    /// The stream is closed where it stands.
    Close,
    /// The run goes beyond what is allowed; nothing of the program may answer that.
    Stop,
}

/// How an operation ended.
pub(super) type Flow<T = ()> = Result<T, Exit>;

impl Exit {
    pub(super) fn raise(name: &str) -> Self {
        Self::Raise(Fault::named(name))
    }

    pub(super) fn misuse() -> Self {
        Self::Raise(Fault::misuse())
    }

    pub(super) fn cancelled() -> Self {
        Self::Raise(Fault::Cancelled)
    }
}

impl From<wakeline::cancel::Cancelled> for Exit {
    fn from(_: wakeline::cancel::Cancelled) -> Self {
        Self::cancelled()
    }
}
