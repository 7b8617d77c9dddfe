//! One operation after the other.

use std::future::{Future, poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wakeline::cancel;

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::generator::{Generator, Slot};
use super::wait::sleep;
use super::world::World;
use crate::program::{Body, Operation};
use crate::{Fault, Value};

impl World {
    /// Performs operations in order. Boxed, because bodies contain bodies.
    pub(super) fn perform_all<'a>(
        self: &'a Rc<Self>,
        body: &'a Body,
        frame: &'a Frame,
    ) -> Pin<Box<dyn Future<Output = Flow> + 'a>> {
        let mut running = Box::pin(async move {
            for operation in body.iter() {
                self.count()?;
                self.perform(operation, frame).await?;
            }
            Ok(())
        });
        Box::pin(poll_fn(move |cx| {
            match self.deeper(|| running.as_mut().poll(cx)) {
                Ok(polled) => polled,
                Err(exit) => Poll::Ready(Err(exit)),
            }
        }))
    }

    /// Performs one operation. Those that contain bodies have futures of their own, so that the
    /// stack holds as little as possible of each level.
    fn perform<'a>(
        self: &'a Rc<Self>,
        operation: &'a Operation,
        frame: &'a Frame,
    ) -> Pin<Box<dyn Future<Output = Flow> + 'a>> {
        match operation {
            Operation::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => Box::pin(self.attempt(body, handlers, otherwise, finally, frame)),
            Operation::Repeat { times, body } => Box::pin(self.repeat(times, body, frame)),
            Operation::Forever { body } => Box::pin(self.repeat_while(|| true, body, frame)),
            Operation::While {
                variable,
                equals,
                body,
            } => {
                let holds = move || {
                    let value = self.variable(variable, frame).unwrap_or_default();
                    value == self.value(equals, frame)
                };
                Box::pin(self.repeat_while(holds, body, frame))
            }
            Operation::IfEven { variable, body } => match self.is_even(variable, frame) {
                Ok(true) => self.perform_all(body, frame),
                Ok(false) => Box::pin(ready(Ok(()))),
                Err(exit) => Box::pin(ready(Err(exit))),
            },
            Operation::With { object, body } => Box::pin(self.holding(object, body, frame)),
            Operation::Deadline { seconds, body } => Box::pin(self.deadline(seconds, body, frame)),
            Operation::Group { spawn, body } => Box::pin(self.group(spawn, body, frame)),
            Operation::Scope {
                enter,
                exit,
                suppress,
                body,
            } => Box::pin(self.scope(enter, exit, *suppress, body, frame)),
            Operation::ForEach { stream, into, body } => {
                Box::pin(self.for_each(stream, into, body, frame))
            }
            Operation::Call { task, into } => Box::pin(self.call(task, into.as_ref(), frame)),
            _ => Box::pin(self.perform_flat(operation, frame)),
        }
    }

    async fn repeat(self: &Rc<Self>, times: &Value, body: &Body, frame: &Frame) -> Flow {
        let times = self.number(times, frame)?;
        let mut round = 0;
        #[allow(
            clippy::cast_precision_loss,
            reason = "rounds are counted up to millions"
        )]
        while (round as f64) < times {
            let inner = frame.with("i", Value::Int(round));
            if !goes_on(self.perform_all(body, &inner).await)? {
                break;
            }
            round += 1;
            self.count()?;
        }
        Ok(())
    }

    async fn repeat_while(
        self: &Rc<Self>,
        holds: impl Fn() -> bool,
        body: &Body,
        frame: &Frame,
    ) -> Flow {
        while holds() && goes_on(self.perform_all(body, frame).await)? {
            self.count()?;
        }
        Ok(())
    }

    /// Performs an operation without a body.
    #[allow(clippy::too_many_lines, reason = "one arm an operation")]
    async fn perform_flat(self: &Rc<Self>, operation: &Operation, frame: &Frame) -> Flow {
        match operation {
            Operation::Log { .. }
            | Operation::Let { .. }
            | Operation::Add { .. }
            | Operation::Cancel { .. }
            | Operation::Set { .. }
            | Operation::Clear { .. }
            | Operation::Resolve { .. }
            | Operation::Fail { .. }
            | Operation::CallSoon { .. }
            | Operation::CallLater { .. }
            | Operation::CallAt { .. } => return self.perform_at_once(operation, frame),

            Operation::Sleep { seconds } => sleep(self.duration(seconds, frame)?).await?,
            Operation::Block { seconds } => self.block(seconds, frame)?,
            Operation::Offload { job, into } => self.offload(job, into.as_ref(), frame).await?,

            Operation::Spawn { task, name } => drop(self.spawn(task, name)),
            Operation::Await { what, into } => {
                let value = self.handle(what)?.wait().await?;
                self.keep(into.as_ref(), value);
            }
            Operation::CancelMe => drop(cancel::current().cancel()),
            Operation::State { what } => {
                let state = self.handle(what)?.state();
                self.record(&frame.who, format!("{what} is {state}"));
            }
            Operation::Forget { what } => drop(self.handles.borrow_mut().remove(what)),
            Operation::OnDone { what, message } => self.on_done(what, message, frame)?,
            Operation::Shield { what, into } => self.shield(what, into.as_ref()).await?,

            Operation::Raise { error } => {
                let error = self.text(error, frame);
                return Err(Exit::Raise(Fault::named(&error)));
            }
            Operation::Reraise => {
                let handling = frame.handling.clone();
                return Err(handling.map_or_else(Exit::misuse, Exit::Raise));
            }
            Operation::Return { value } => return Err(Exit::Return(self.value(value, frame))),
            Operation::Break => return Err(Exit::Break),

            Operation::Acquire { object } => self.object(object).acquire().await?,
            Operation::Release { object } => self.object(object).release()?,
            Operation::Locked { object } => {
                let locked = self.object(object).is_locked();
                self.record(&frame.who, format!("{object} locked {locked}"));
            }
            Operation::Wait { object } => self.object(object).wait().await?,
            Operation::Notify { object, count } => self.object(object).notify(*count)?,

            Operation::Put { object, value } => {
                let value = self.value(value, frame);
                self.object(object).items()?.put(value).await?;
            }
            Operation::Get { object, into } => {
                let value = self.object(object).items()?.get().await?;
                self.keep(into.as_ref(), value);
            }
            Operation::PutNow { object, value } => {
                let value = self.value(value, frame);
                self.object(object).items()?.put_now(value)?;
            }
            Operation::GetNow { object, into } => {
                let value = self.object(object).items()?.get_now()?;
                self.keep(into.as_ref(), value);
            }
            Operation::TaskDone { object } => self.object(object).items()?.task_done()?,
            Operation::Join { object } => self.object(object).items()?.join().await?,
            Operation::Size { object } => {
                let size = self.object(object).items()?.size();
                self.record(&frame.who, format!("{object} size {size}"));
            }

            Operation::Gather {
                of,
                return_errors,
                into,
            } => self.gather(of, *return_errors, into.as_ref()).await?,
            Operation::WaitMany { of, until, seconds } => {
                self.wait_many(of, *until, seconds.as_ref(), frame).await?;
            }
            Operation::AsCompleted { of } => self.as_completed(of, frame).await?,
            Operation::Timeout {
                seconds,
                what,
                into,
            } => self.timeout(seconds, what, into.as_ref(), frame).await?,
            Operation::TimeoutInline { seconds, operation } => {
                self.timeout_operation(seconds, operation, frame).await?;
            }
            Operation::TimeoutShield {
                seconds,
                what,
                into,
            } => {
                self.timeout_shield(seconds, what, into.as_ref(), frame)
                    .await?;
            }

            Operation::Open { stream, name } => {
                let generator = self.open(stream);
                let before = self.streams.borrow_mut().insert(name.clone(), generator);
                drop(before);
            }
            Operation::Next { name, into } => self.pull(name, into.as_ref()).await?,
            Operation::Close { name } => {
                let open = self.streams.borrow_mut().remove(name);
                if let Some(mut generator) = open {
                    generator.close().await?;
                }
            }
            Operation::Try { .. }
            | Operation::Repeat { .. }
            | Operation::Forever { .. }
            | Operation::While { .. }
            | Operation::IfEven { .. }
            | Operation::With { .. }
            | Operation::Deadline { .. }
            | Operation::Group { .. }
            | Operation::Scope { .. }
            | Operation::ForEach { .. }
            | Operation::Call { .. } => self.perform(operation, frame).await?,
            Operation::Yield { value } => {
                let value = self.value(value, frame);
                match &frame.slot {
                    Some(slot) => slot.give(value).await?,
                    None => return Err(Exit::misuse()),
                }
            }
        }
        Ok(())
    }

    /// Opens a stream. It runs when it is pulled from.
    fn open(self: &Rc<Self>, stream: &str) -> Generator {
        let slot = Rc::new(Slot::default());
        let inner = Frame::of_stream(stream, Rc::clone(&slot));
        let (world, body) = (Rc::clone(self), self.program.streams[stream].clone());
        let running = Box::pin(async move { world.perform_all(&body, &inner).await });
        Generator::new(slot, running)
    }

    /// Takes the next value of an open stream; at its end that is an error.
    async fn pull(self: &Rc<Self>, name: &str, into: Option<&String>) -> Flow {
        let open = self.streams.borrow_mut().remove(name);
        let mut generator = open.ok_or_else(Exit::misuse)?;
        let pulled = generator.next().await;
        self.streams.borrow_mut().insert(name.to_owned(), generator);
        match pulled? {
            Some(value) => self.keep(into, value),
            None => return Err(Exit::raise("StopAsyncIteration")),
        }
        Ok(())
    }

    /// Pulls from a stream to its end. Left before that, the stream is closed.
    async fn for_each(
        self: &Rc<Self>,
        stream: &str,
        into: &str,
        body: &Body,
        frame: &Frame,
    ) -> Flow {
        let mut generator = self.open(stream);
        while let Some(value) = generator.next().await? {
            self.set(into, value);
            self.count()?;
            match goes_on(self.perform_all(body, frame).await) {
                Ok(true) => {}
                Ok(false) => return generator.close().await,
                Err(exit) => {
                    self.check()?;
                    generator.close().await?;
                    return Err(exit);
                }
            }
        }
        Ok(())
    }
}

/// Whether a loop goes on after a round.
fn goes_on(flow: Flow) -> Flow<bool> {
    match flow {
        Ok(()) => Ok(true),
        Err(Exit::Break) => Ok(false),
        Err(exit) => Err(exit),
    }
}
