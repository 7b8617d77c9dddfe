//! Callbacks of a program.

use std::rc::Rc;

use wakeline::task::{Callback, call_at, call_later, call_soon};
use wakeline::time::Instant;

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::world::World;
use crate::program::{Body, Operation};
use crate::report::nanoseconds;

/// In whose name callbacks record.
const LOOP: &str = "loop";

impl World {
    /// Registers a callback.
    pub(super) fn register(self: &Rc<Self>, operation: &Operation, frame: &Frame) -> Flow {
        let (callback, name) = match operation {
            Operation::CallSoon {
                message,
                name,
                then,
            } => (call_soon(self.callback(message, then, frame)), name),
            Operation::CallLater {
                seconds,
                message,
                name,
                then,
            } => {
                let delay = self.duration(seconds, frame)?.unwrap_or_default();
                (call_later(delay, self.callback(message, then, frame)), name)
            }
            Operation::CallAt {
                seconds,
                message,
                name,
                then,
            } => {
                let seconds = self.number(seconds, frame)?;
                let nanos = nanoseconds(seconds).ok_or_else(Exit::misuse)?;
                let function = self.callback(message, then, frame);
                (call_at(Instant::from_nanos(nanos), function), name)
            }
            _ => return Err(Exit::misuse()),
        };
        if let Some(name) = name {
            self.name_callback(name, callback);
        }
        Ok(())
    }

    fn name_callback(&self, name: &str, callback: Callback) {
        self.callbacks
            .borrow_mut()
            .insert(name.to_owned(), callback);
    }

    /// What a callback does: it records its message and performs its operations.
    fn callback(
        self: &Rc<Self>,
        message: &str,
        then: &Body,
        frame: &Frame,
    ) -> impl FnOnce() + 'static {
        let message = self.text(message, frame);
        let (world, then) = (Rc::clone(self), then.clone());
        move || {
            world.record(LOOP, message);
            let frame = Frame::new(LOOP);
            for operation in then.iter() {
                // There is nobody whom an error could reach: it ends the callback.
                let flow = world.count();
                if flow
                    .and_then(|()| world.perform_at_once(operation, &frame))
                    .is_err()
                {
                    return;
                }
            }
        }
    }

    /// Has a message recorded when a task or future ends.
    pub(super) fn on_done(self: &Rc<Self>, what: &str, message: &str, frame: &Frame) -> Flow {
        let message = self.text(message, frame);
        let world = Rc::clone(self);
        let handle = self.handle(what)?;
        handle
            .outcome
            .on_complete(move |_| world.record(LOOP, message));
        Ok(())
    }
}
