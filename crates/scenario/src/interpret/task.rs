//! Tasks of a program as tasks of the runtime.

use std::rc::Rc;

use wakeline::cancel;
use wakeline::sync::Promise;
use wakeline::task::Builder;

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::world::World;
use crate::program::Body;
use crate::{Fault, Value};

impl World {
    /// Starts a task of the program and gives it a name.
    pub(super) fn spawn(self: &Rc<Self>, task: &str, name: &str) -> Handle {
        let handle = self.start(name, self.program.tasks[task].clone(), Frame::new(name));
        self.handles
            .borrow_mut()
            .insert(name.to_owned(), handle.clone());
        handle
    }

    /// The handle of this name or, if there is none yet, that of a task which is started for it.
    pub(super) fn handle_or_spawn(self: &Rc<Self>, name: &str) -> Flow<Handle> {
        match self.handle(name) {
            Ok(handle) => Ok(handle),
            Err(exit) => match self.program.tasks.contains_key(name) {
                true => Ok(self.spawn(name, name)),
                false => Err(exit),
            },
        }
    }

    /// As [`handle_or_spawn`](Self::handle_or_spawn), for several in order.
    pub(super) fn handles_or_spawn(self: &Rc<Self>, names: &[String]) -> Flow<Vec<Handle>> {
        names
            .iter()
            .map(|name| self.handle_or_spawn(name))
            .collect()
    }

    /// Starts a task that runs a body.
    pub(super) fn start(self: &Rc<Self>, name: &str, body: Body, frame: Frame) -> Handle {
        self.start_and(name, body, frame, |_| ())
    }

    /// The same; `at_end` is called when the body has ended, before anybody else learns of it.
    pub(super) fn start_and(
        self: &Rc<Self>,
        name: &str,
        body: Body,
        frame: Frame,
        at_end: impl FnOnce(&Outcome) + 'static,
    ) -> Handle {
        let promise = Promise::named(name);
        let running = {
            let (world, promise) = (Rc::clone(self), promise.clone());
            async move {
                // A task that was asked before its first step never takes one.
                let flow = match cancel::take() {
                    Ok(()) => world.run(&body, &frame).await,
                    Err(cancelled) => Err(cancelled.into()),
                };
                let outcome = outcome(flow);
                at_end(&outcome);
                // A task that was asked and returns before it comes to a waiting point has been
                // cancelled all the same.
                let outcome = match outcome {
                    Outcome::Done(_) if cancel::take().is_err() => Outcome::Cancelled,
                    outcome => outcome,
                };
                let ended = match &outcome {
                    Outcome::Failed(fault) => Err(fault.clone()),
                    Outcome::Cancelled => {
                        cancel::accept();
                        Ok(())
                    }
                    Outcome::Done(_) => Ok(()),
                };
                // Nobody else completes it.
                let _ = promise.complete(outcome);
                ended
            }
        };
        let task = Builder::new().name(name).spawn_fallible(running);
        let handle = Handle::of_task(promise, task.canceller());
        self.note_task(handle.clone());
        handle
    }

    /// Runs a body to its end as that of a task.
    pub(super) async fn run(self: &Rc<Self>, body: &Body, frame: &Frame) -> Flow<Value> {
        match self.perform_all(body, frame).await {
            Ok(()) | Err(Exit::Break) => Ok(Value::None),
            Err(Exit::Return(value)) => Ok(value),
            Err(exit) => Err(exit),
        }
    }
}

/// How a task ended that ran a body.
fn outcome(flow: Flow<Value>) -> Outcome {
    match flow {
        Ok(value) | Err(Exit::Return(value)) => Outcome::Done(value),
        Err(Exit::Raise(Fault::Cancelled)) => Outcome::Cancelled,
        Err(Exit::Raise(fault)) => Outcome::Failed(fault),
        // The run is over; nobody looks at this any more.
        Err(Exit::Break | Exit::Close | Exit::Stop) => Outcome::Done(Value::None),
    }
}
