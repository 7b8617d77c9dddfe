//! Waiting for time, for a protected task, and for a job elsewhere.

use std::rc::Rc;
use std::time::Duration;

use wakeline::cancel::{cancellable, pass_on};
use wakeline::sync::{Promise, Registration};
use wakeline::task::{Callback, call_later, yield_now};

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::world::World;
use crate::program::{Job, Operation};
use crate::{Fault, Value};

/// A callback that is cancelled when whoever armed it goes on.
pub(super) struct Armed(pub(super) Callback);

impl Drop for Armed {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A function registered with a promise, taken out when whoever registered it goes on.
pub(super) struct Registered {
    promise: Promise<Outcome>,
    registration: Registration,
}

impl Registered {
    pub(super) fn new(handle: &Handle, function: impl FnOnce(Outcome) + 'static) -> Self {
        Self {
            registration: handle.outcome.on_complete(function),
            promise: handle.outcome.clone(),
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.promise.unregister(self.registration);
    }
}

/// Completes a promise after a time.
pub(super) fn release_after(delay: Duration, promise: &Promise<()>) -> Armed {
    let promise = promise.clone();
    Armed(call_later(delay, move || release(&promise)))
}

/// Completes a promise, if nobody has before.
pub(super) fn release(promise: &Promise<()>) {
    let _ = promise.complete(());
}

/// Sleeps. A timer completes a promise, which wakes the sleeper in the turn after; no time at all
/// is one turn.
pub(super) async fn sleep(delay: Option<Duration>) -> Flow {
    match delay {
        None => cancellable(yield_now()).await?,
        Some(delay) => {
            let awake = Promise::new();
            let _timer = release_after(delay, &awake);
            cancellable(awake.wait()).await?;
        }
    }
    Ok(())
}

/// A future that ends with a task's end, and can be cancelled without it.
pub(super) fn shielded(inner: &Handle) -> Handle {
    if inner.is_done() {
        return inner.clone();
    }
    let outer = Handle::of_future(Promise::new());
    let outcome = outer.outcome.clone();
    inner.outcome.on_complete(move |end| {
        // It may have been cancelled in between.
        let _ = outcome.complete(end);
    });
    outer
}

impl World {
    pub(super) async fn shield(self: &Rc<Self>, what: &str, into: Option<&String>) -> Flow {
        let inner = self.handle_or_spawn(what)?;
        let value = shielded(&inner).wait().await?;
        self.keep(into, value);
        Ok(())
    }

    /// Has a job done elsewhere, which takes so much virtual time and cannot be interrupted: a
    /// task that no longer waits for it does not stop it.
    pub(super) async fn offload(
        self: &Rc<Self>,
        job: &Job,
        into: Option<&String>,
        frame: &Frame,
    ) -> Flow {
        let end = match &job.error {
            Some(error) => Outcome::Failed(Fault::named(&self.text(error, frame))),
            None => Outcome::Done(self.value(&job.value, frame)),
        };
        // A job that fails does not come to the point at which it would say that it is done.
        let message = job.error.is_none().then(|| self.text(&job.message, frame));
        let delay = self.duration(&job.seconds, frame)?.unwrap_or_default();
        let promise = Promise::new();
        let (world, done) = (Rc::clone(self), promise.clone());
        call_later(delay, move || {
            if let Some(message) = message {
                world.record("thread", message);
            }
            let _ = done.complete(end);
        });
        let abandoned = promise.clone();
        let outcome = pass_on(promise.wait(), move || {
            abandoned.complete(Outcome::Cancelled).is_ok()
        });
        let value = outcome.await?.into_flow()?;
        self.keep(into, value);
        Ok(())
    }

    /// Runs another task's operations inline.
    pub(super) async fn call(
        self: &Rc<Self>,
        task: &str,
        into: Option<&String>,
        frame: &Frame,
    ) -> Flow {
        let inner = Frame::new(&frame.who);
        let body = self.program.tasks[task].clone();
        let value = Box::pin(self.run(&body, &inner)).await?;
        self.keep(into, value);
        Ok(())
    }

    /// Holds the thread.
    pub(super) fn block(&self, seconds: &Value, frame: &Frame) -> Flow {
        if let Some(duration) = self.duration(seconds, frame)? {
            wakeline::time::block(duration);
        }
        Ok(())
    }

    /// Whether a variable holds an even number.
    pub(super) fn is_even(&self, variable: &str, frame: &Frame) -> Flow<bool> {
        match self.variable(variable, frame) {
            Some(Value::Int(number)) => Ok(number % 2 == 0),
            _ => Err(Exit::misuse()),
        }
    }
}

/// The operations that a callback may consist of are done without waiting.
impl World {
    pub(super) fn perform_at_once(self: &Rc<Self>, operation: &Operation, frame: &Frame) -> Flow {
        match operation {
            Operation::Log { message } => {
                self.record(&frame.who, self.text(message, frame));
            }
            Operation::Let { variable, value } => self.set(variable, self.value(value, frame)),
            Operation::Add { variable, by } => {
                let by = self.value(by, frame);
                let before = self.variable(variable, frame);
                let sum = before.and_then(|before| before.plus(&by));
                self.set(variable, sum.ok_or_else(Exit::misuse)?);
            }
            Operation::Cancel { what, log } => self.cancel(what, *log, frame)?,
            Operation::Set { object } => self.object(object).set(true),
            Operation::Clear { object } => self.object(object).set(false),
            Operation::Resolve { object, value } => {
                let end = Outcome::Done(self.value(value, frame));
                self.complete(object, end)?;
            }
            Operation::Fail { object, error } => {
                let fault = Fault::named(&self.text(error, frame));
                self.complete(object, Outcome::Failed(fault))?;
            }
            Operation::CallSoon { .. } | Operation::CallLater { .. } | Operation::CallAt { .. } => {
                self.register(operation, frame)?;
            }
            _ => return Err(Exit::misuse()),
        }
        Ok(())
    }

    /// Completes a future by hand.
    fn complete(&self, future: &str, end: Outcome) -> Flow {
        let completed = self.handle(future)?.outcome.complete(end);
        completed.map_err(|_| Exit::raise("InvalidState"))
    }

    fn cancel(&self, what: &str, log: bool, frame: &Frame) -> Flow {
        let handle = self.handles.borrow().get(what).cloned();
        let callback = self.callbacks.borrow().get(what).cloned();
        let cancelled = match (handle, callback) {
            (Some(handle), _) => handle.cancel(),
            (None, Some(callback)) => callback.cancel(),
            (None, None) => return Err(Exit::misuse()),
        };
        if log {
            self.record(&frame.who, format!("cancel {what} -> {cancelled}"));
        }
        Ok(())
    }
}
