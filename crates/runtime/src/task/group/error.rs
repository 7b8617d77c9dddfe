//! What went wrong in a group.

use std::fmt;

use crate::cancel::Cancelled;
use crate::task::{JoinError, TaskId};

/// One failure in a group.
#[derive(Debug)]
pub struct GroupFailure<E> {
    pub(super) task: Option<TaskId>,
    pub(super) cause: Cause<E>,
}

#[derive(Debug)]
pub(super) enum Cause<E> {
    Error(E),
    Panic(JoinError),
}

impl<E> GroupFailure<E> {
    /// The task that failed, `None` for the body.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        self.task
    }

    /// Its error, `None` if it panicked.
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        match &self.cause {
            Cause::Error(error) => Some(error),
            Cause::Panic(_) => None,
        }
    }

    /// The error itself.
    ///
    /// # Errors
    /// The panic, if that is what it was.
    pub fn into_error(self) -> Result<E, JoinError> {
        match self.cause {
            Cause::Error(error) => Ok(error),
            Cause::Panic(panic) => Err(panic),
        }
    }
}

impl<E: fmt::Display> fmt::Display for GroupFailure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Error(error) => error.fmt(f),
            Cause::Panic(error) => error.fmt(f),
        }
    }
}

/// A group did not end well.
#[derive(Debug)]
pub struct GroupError<E> {
    pub(super) failures: Vec<GroupFailure<E>>,
    pub(super) cancelled: Option<Cancelled>,
}

impl<E> GroupError<E> {
    /// Everything that failed, in the order in which it did. Empty if the group was cancelled and
    /// nothing failed on the way.
    #[must_use]
    pub fn failures(&self) -> &[GroupFailure<E>] {
        &self.failures
    }

    /// As [`failures`](Self::failures), to keep.
    #[must_use]
    pub fn into_failures(self) -> Vec<GroupFailure<E>> {
        self.failures
    }

    /// The first error that is not a panic.
    #[must_use]
    pub fn first(&self) -> Option<&E> {
        self.failures.iter().find_map(GroupFailure::error)
    }

    /// The request that ended the group, if one did.
    #[must_use]
    pub fn cancelled(&self) -> Option<Cancelled> {
        self.cancelled
    }
}

impl<E: fmt::Display> fmt::Display for GroupError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.failures.is_empty() {
            return f.write_str("the group was cancelled");
        }
        f.write_str("in a group of tasks: ")?;
        for (number, failure) in self.failures.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { "; " })?;
            failure.fmt(f)?;
        }
        Ok(())
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for GroupError<E> {}
