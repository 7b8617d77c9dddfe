//! Limits of time on a task, after which it is cancelled and its clean-up awaited.

use std::rc::Rc;
use std::time::Duration;

use wakeline::cancel::cancellable;
use wakeline::sync::Promise;

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::wait::{Registered, release, release_after, shielded};
use super::world::World;
use crate::program::Body;
use crate::{Fault, Value};

impl World {
    /// Waits for a task so long. `start` is called when the timer runs already.
    async fn limit(&self, limit: Option<Duration>, start: impl FnOnce() -> Handle) -> Flow<Value> {
        let Some(limit) = limit else {
            let handle = start();
            if !handle.is_done() {
                cancel_and_wait(&handle).await?;
                return timed_out(&handle);
            }
            return value_of(&handle);
        };
        let over = Promise::new();
        let _timer = release_after(limit, &over);
        let handle = start();
        let ended = {
            let over = over.clone();
            Registered::new(&handle, move |_| release(&over))
        };
        let waited = cancellable(over.wait()).await;
        if handle.is_done() {
            // Whatever else happened at this moment, its result is not lost.
            return value_of(&handle);
        }
        drop(ended);
        cancel_and_wait(&handle).await?;
        match waited {
            Ok(()) => timed_out(&handle),
            Err(cancelled) => Err(cancelled.into()),
        }
    }

    pub(super) async fn timeout(
        self: &Rc<Self>,
        seconds: &Value,
        what: &str,
        into: Option<&String>,
        frame: &Frame,
    ) -> Flow {
        let limit = self.duration(seconds, frame)?;
        let known = self.handle(what);
        let value = self
            .limit(limit, || {
                known.unwrap_or_else(|_| {
                    // Started for this alone: nobody else knows it by name.
                    let body = self.program.tasks.get(what).cloned().unwrap_or_default();
                    self.start(what, body, Frame::new(what))
                })
            })
            .await?;
        self.keep(into, value);
        Ok(())
    }

    /// One operation under a limit, as a task of its own in the same name.
    pub(super) async fn timeout_operation(
        self: &Rc<Self>,
        seconds: &Value,
        operation: &Body,
        frame: &Frame,
    ) -> Flow {
        let limit = self.duration(seconds, frame)?;
        let inner = frame.of_own_task();
        self.limit(limit, || self.start(&frame.who, operation.clone(), inner))
            .await?;
        Ok(())
    }

    /// Waits for a task so long, which goes on afterwards.
    pub(super) async fn timeout_shield(
        self: &Rc<Self>,
        seconds: &Value,
        what: &str,
        into: Option<&String>,
        frame: &Frame,
    ) -> Flow {
        let limit = self.duration(seconds, frame)?;
        let outer = shielded(&self.handle_or_spawn(what)?);
        let value = self.limit(limit, || outer).await?;
        self.keep(into, value);
        Ok(())
    }
}

/// Asks a task to end and waits until it has.
async fn cancel_and_wait(handle: &Handle) -> Flow {
    let over = Promise::new();
    let _ended = {
        let over = over.clone();
        Registered::new(handle, move |_| release(&over))
    };
    handle.cancel();
    Ok(cancellable(over.wait()).await?)
}

fn value_of(handle: &Handle) -> Flow<Value> {
    match handle.outcome.get() {
        Some(outcome) => outcome.into_flow(),
        None => Err(Exit::misuse()),
    }
}

/// The end of a task whose time was over: cancelled means that; a value or another error counts.
fn timed_out(handle: &Handle) -> Flow<Value> {
    match handle.outcome.get() {
        Some(Outcome::Cancelled) => Err(Exit::Raise(Fault::timeout())),
        _ => value_of(handle),
    }
}
