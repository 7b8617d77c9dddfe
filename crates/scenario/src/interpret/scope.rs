//! Bodies with something around them: handlers, locks, deadlines, groups, entries and exits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wakeline::cancel::{self, Canceller, cancellable};
use wakeline::sync::Promise;
use wakeline::task::{call_later, call_soon};

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::wait::{Armed, release};
use super::world::World;
use crate::program::Body;
use crate::{Fault, Value};

impl World {
    pub(super) async fn attempt(
        self: &Rc<Self>,
        body: &Body,
        handlers: &[(String, Body)],
        otherwise: &Body,
        finally: &Body,
        frame: &Frame,
    ) -> Flow {
        let flow = match self.perform_all(body, frame).await {
            Ok(()) => self.perform_all(otherwise, frame).await,
            Err(Exit::Raise(fault)) => {
                let handler = handlers
                    .iter()
                    .find(|(pattern, _)| fault.is_caught_by(pattern));
                match handler {
                    Some((_, body)) => self.perform_all(body, &frame.handling(&fault)).await,
                    None => Err(Exit::Raise(fault)),
                }
            }
            Err(exit) => Err(exit),
        };
        self.check()?;
        // Another way out of this body takes the place of the first.
        self.perform_all(finally, frame).await?;
        flow
    }

    /// A body under a lock.
    pub(super) async fn holding(self: &Rc<Self>, object: &str, body: &Body, frame: &Frame) -> Flow {
        let object = self.object(object);
        object.acquire().await?;
        let flow = self.perform_all(body, frame).await;
        self.check()?;
        object.release()?;
        flow
    }

    /// A body between an entry and an exit, both of which may wait.
    pub(super) async fn scope(
        self: &Rc<Self>,
        enter: &Body,
        exit: &Body,
        suppress: bool,
        body: &Body,
        frame: &Frame,
    ) -> Flow {
        self.perform_all(enter, frame).await?;
        let flow = self.perform_all(body, frame).await;
        self.check()?;
        let leaving = match &flow {
            Err(Exit::Raise(fault)) => frame.handling(fault),
            _ => frame.with("err", Value::None),
        };
        self.perform_all(exit, &leaving).await?;
        match flow {
            Err(Exit::Raise(fault)) if suppress && fault != Fault::Cancelled => Ok(()),
            flow => flow,
        }
    }

    /// A body with a deadline: the task itself is asked to cancel what it does, and what arrives
    /// at the end of the body as a cancellation leaves it as a timeout, unless somebody else has
    /// asked too.
    pub(super) async fn deadline(
        self: &Rc<Self>,
        seconds: &Value,
        body: &Body,
        frame: &Frame,
    ) -> Flow {
        let limit = self.duration(seconds, frame)?;
        let asked_before = cancel::requests();
        let expired = Rc::new(Cell::new(false));
        let expire = {
            let (task, expired) = (cancel::current(), Rc::clone(&expired));
            move || {
                task.cancel();
                expired.set(true);
            }
        };
        let timer = Armed(match limit {
            Some(limit) => call_later(limit, expire),
            None => call_soon(expire),
        });
        let flow = self.perform_all(body, frame).await;
        drop(timer);
        if expired.get() && cancel::uncancel() <= asked_before && is_cancelled(&flow) {
            return Err(Exit::Raise(Fault::timeout()));
        }
        flow
    }

    /// Tasks that end together: the first error cancels the others and the body.
    pub(super) async fn group(
        self: &Rc<Self>,
        spawn: &[String],
        body: &Body,
        frame: &Frame,
    ) -> Flow {
        let group = Rc::new(Group {
            parent: cancel::current(),
            children: RefCell::default(),
            running: Cell::new(0),
            errors: RefCell::default(),
            aborting: Cell::new(false),
            parent_asked: Cell::new(false),
            empty: RefCell::new(None),
        });
        for name in spawn {
            group.add(self.spawn(name, name));
        }
        let flow = self.perform_all(body, frame).await;
        self.check()?;
        group.leave(flow).await
    }
}

fn is_cancelled(flow: &Flow) -> bool {
    matches!(flow, Err(Exit::Raise(Fault::Cancelled)))
}

/// A group of tasks, and the task whose body it is.
struct Group {
    parent: Canceller,
    children: RefCell<Vec<Handle>>,
    running: Cell<usize>,
    errors: RefCell<Vec<Fault>>,
    aborting: Cell<bool>,
    /// The parent was asked by the group itself.
    parent_asked: Cell<bool>,
    /// Completed when the last child has ended, while the parent waits for that.
    empty: RefCell<Option<Promise<()>>>,
}

impl Group {
    fn add(self: &Rc<Self>, child: Handle) {
        self.running.set(self.running.get() + 1);
        self.children.borrow_mut().push(child.clone());
        let group = Rc::clone(self);
        child.outcome.on_complete(move |end| group.note(end));
    }

    /// A child has ended.
    fn note(&self, end: Outcome) {
        self.running.set(self.running.get() - 1);
        let empty = self.empty.borrow().clone();
        if let Some(empty) = empty
            && self.running.get() == 0
        {
            release(&empty);
        }
        let Outcome::Failed(fault) = end else { return };
        self.errors.borrow_mut().push(fault);
        if self.parent.is_finished() || self.aborting.get() || self.parent_asked.get() {
            return;
        }
        self.abort();
        self.parent_asked.set(true);
        self.parent.cancel();
    }

    /// Asks every child to end.
    fn abort(&self) {
        self.aborting.set(true);
        let children = self.children.borrow().clone();
        for child in children {
            child.cancel();
        }
    }

    /// The body has ended: waits for the children and decides how the group ends.
    async fn leave(&self, flow: Flow) -> Flow {
        let mut cancelled = is_cancelled(&flow);
        if self.parent_asked.get() && cancel::uncancel() == 0 {
            // It was the group that asked, and nobody else.
            cancelled = false;
        }
        if matches!(flow, Err(Exit::Raise(_))) && !self.aborting.get() {
            self.abort();
        }
        while self.running.get() > 0 {
            let empty = Promise::new();
            *self.empty.borrow_mut() = Some(empty.clone());
            if cancellable(empty.wait()).await.is_err() && !self.aborting.get() {
                cancelled = true;
                self.abort();
            }
            *self.empty.borrow_mut() = None;
        }
        let mut errors = self.errors.take();
        if cancelled && errors.is_empty() {
            return Err(Exit::cancelled());
        }
        let flow = match flow {
            Err(Exit::Raise(Fault::Cancelled)) => Ok(()),
            Err(Exit::Raise(fault)) => {
                errors.push(fault);
                Ok(())
            }
            flow => flow,
        };
        match errors.is_empty() {
            true => flow,
            false => Err(Exit::Raise(Fault::Group(errors.into()))),
        }
    }
}
