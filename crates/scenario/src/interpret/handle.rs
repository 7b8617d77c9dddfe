//! Tasks and futures, as a program knows them.

use wakeline::cancel::{Canceller, pass_on};
use wakeline::sync::Promise;

use super::exit::{Exit, Flow};
use crate::{Fault, Value};

/// How a task or future ended.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Done(Value),
    Failed(Fault),
    Cancelled,
}

impl Outcome {
    /// The value, or the error raised.
    pub(super) fn into_flow(self) -> Flow<Value> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Failed(fault) => Err(Exit::Raise(fault)),
            Self::Cancelled => Err(Exit::cancelled()),
        }
    }

    /// The value, or the error as a value.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Done(value) => value,
            Self::Failed(fault) => Value::Error(fault),
            Self::Cancelled => Value::Error(Fault::Cancelled),
        }
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// A task or a future.
#[derive(Clone, Debug)]
pub(super) struct Handle {
    pub(super) outcome: Promise<Outcome>,
    /// How to ask the task; a future has none and is cancelled on the spot.
    task: Option<Canceller>,
}

impl Handle {
    pub(super) fn of_task(outcome: Promise<Outcome>, task: Canceller) -> Self {
        Self {
            outcome,
            task: Some(task),
        }
    }

    pub(super) fn of_future(outcome: Promise<Outcome>) -> Self {
        Self {
            outcome,
            task: None,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.outcome.is_complete()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.outcome.is_same(&other.outcome)
    }

    /// Asks for its end. False if it has ended.
    pub(super) fn cancel(&self) -> bool {
        if self.is_done() {
            return false;
        }
        match &self.task {
            Some(task) => task.cancel(),
            None => self.outcome.complete(Outcome::Cancelled).is_ok(),
        }
    }

    /// Whether this is the task that asks.
    fn is_current(&self) -> bool {
        let current = wakeline::task::current();
        self.task.as_ref().map(Canceller::id) == current && current.is_some()
    }

    /// Waits for the end. A request to cancel the current task is passed on.
    pub(super) async fn wait(&self) -> Flow<Value> {
        if self.is_current() {
            return Err(Exit::misuse());
        }
        let target = self.clone();
        let outcome = pass_on(self.outcome.wait(), move || target.cancel()).await?;
        outcome.into_flow()
    }

    /// Its state in words.
    pub(super) fn state(&self) -> String {
        match self.outcome.get() {
            None => "pending".to_owned(),
            Some(Outcome::Done(Value::None)) => "done".to_owned(),
            Some(Outcome::Done(value)) => format!("done {value}"),
            Some(Outcome::Failed(fault)) => format!("error {fault}"),
            Some(Outcome::Cancelled) => "cancelled".to_owned(),
        }
    }
}
