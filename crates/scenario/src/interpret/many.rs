//! Waiting for several at once: gather, wait, as completed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wakeline::cancel::cancellable;
use wakeline::sync::Promise;
use wakeline::sync::queue::Queue;

use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::wait::{Registered, release, release_after};
use super::world::World;
use crate::program::Until;
use crate::{Fault, Value};

/// The same handles without repetitions, in the order of their first mention.
fn distinct(handles: &[Handle]) -> Vec<Handle> {
    let mut distinct: Vec<Handle> = Vec::new();
    for handle in handles {
        if !distinct.iter().any(|other| other.is_same(handle)) {
            distinct.push(handle.clone());
        }
    }
    distinct
}

/// What the children of a gather have in common.
struct Gathering {
    /// Completed with the result; cancelling it cancels the children.
    outer: Promise<Outcome>,
    left: Cell<usize>,
    asked: Cell<bool>,
    /// It was asked when every child had ended and the result was on its way.
    asked_late: Cell<bool>,
    return_errors: bool,
    all: Vec<Handle>,
}

impl Gathering {
    /// One child has ended.
    fn note(&self, end: &Outcome) {
        self.left.set(self.left.get() - 1);
        if self.outer.is_complete() {
            return;
        }
        let result = match end {
            Outcome::Cancelled if !self.return_errors => Outcome::Cancelled,
            Outcome::Failed(fault) if !self.return_errors => Outcome::Failed(fault.clone()),
            _ if self.left.get() > 0 => return,
            // Everybody has ended, and it was asked to cancel them: the request counts, even if
            // their ends are values.
            _ if self.asked.get() => Outcome::Cancelled,
            _ => Outcome::Done(self.values()),
        };
        let _ = self.outer.complete(result);
    }

    fn values(&self) -> Value {
        let ends = self.all.iter().filter_map(|handle| handle.outcome.get());
        Value::List(ends.map(Outcome::into_value).collect())
    }

    /// Asks all children. False if the result is there already.
    fn cancel(&self, children: &[Handle]) -> bool {
        if self.outer.is_complete() {
            return false;
        }
        let mut any = false;
        for child in children {
            any |= child.cancel();
        }
        match any {
            true => self.asked.set(true),
            false => self.asked_late.set(true),
        }
        true
    }
}

impl World {
    /// Waits for all and collects their results in the order in which they are named.
    pub(super) async fn gather(
        self: &Rc<Self>,
        of: &[String],
        return_errors: bool,
        into: Option<&String>,
    ) -> Flow {
        let all = self.handles_or_spawn(of)?;
        let children = distinct(&all);
        let gathering = Rc::new(Gathering {
            outer: Promise::new(),
            left: Cell::new(children.len()),
            asked: Cell::new(false),
            asked_late: Cell::new(false),
            return_errors,
            all,
        });
        for child in &children {
            let gathering = Rc::clone(&gathering);
            child.outcome.on_complete(move |end| gathering.note(&end));
        }
        if children.is_empty() {
            let _ = gathering.outer.complete(Outcome::Done(gathering.values()));
        }
        let waiting = Rc::clone(&gathering);
        let outcome =
            wakeline::cancel::pass_on(gathering.outer.wait(), move || waiting.cancel(&children));
        let outcome = outcome.await?;
        if gathering.asked_late.get() {
            return Err(Exit::cancelled());
        }
        self.keep(into, outcome.into_flow()?);
        Ok(())
    }

    /// Waits until enough of them have ended, and says which.
    pub(super) async fn wait_many(
        self: &Rc<Self>,
        of: &[String],
        until: Until,
        seconds: Option<&Value>,
        frame: &Frame,
    ) -> Flow {
        let all = self.handles_or_spawn(of)?;
        let children = distinct(&all);
        if children.is_empty() {
            return Err(Exit::misuse());
        }
        let limit = match seconds {
            Some(seconds) => Some(self.duration(seconds, frame)?.unwrap_or_default()),
            None => None,
        };
        let enough = Promise::new();
        let timer = limit.map(|limit| release_after(limit, &enough));
        let left = Rc::new(Cell::new(children.len()));
        let registered: Vec<Registered> = children
            .iter()
            .map(|child| {
                let (left, enough) = (Rc::clone(&left), enough.clone());
                Registered::new(child, move |end| {
                    left.set(left.get() - 1);
                    let over = match until {
                        Until::FirstCompleted => true,
                        Until::FirstError => end.is_error(),
                        Until::All => false,
                    };
                    if over || left.get() == 0 {
                        release(&enough);
                    }
                })
            })
            .collect();
        cancellable(enough.wait()).await?;
        drop((timer, registered));
        let names = |done: bool| {
            let names = of.iter().zip(&all);
            let names = names.filter(|(_, handle)| handle.is_done() == done);
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            names.join(",")
        };
        let text = format!("done=[{}] pending=[{}]", names(true), names(false));
        self.record(&frame.who, text);
        Ok(())
    }

    /// Takes them in the order in which they end, and records their results.
    pub(super) async fn as_completed(self: &Rc<Self>, of: &[String], frame: &Frame) -> Flow {
        let children = distinct(&self.handles_or_spawn(of)?);
        let ended = Queue::unbounded();
        let registered: Rc<RefCell<Vec<Registered>>> = Rc::default();
        for child in &children {
            let ended = ended.clone();
            let registration = Registered::new(child, move |end: Outcome| {
                // A queue without a bound, which nobody closes, takes everything.
                let _ = ended.try_put(end);
            });
            registered.borrow_mut().push(registration);
        }
        for _ in &children {
            let Some(end) = cancellable(ended.get()).await? else {
                break;
            };
            let value = match end {
                Outcome::Cancelled => Value::Error(Fault::Cancelled),
                end => end.into_value(),
            };
            self.record(&frame.who, format!("next -> {value}"));
        }
        Ok(())
    }
}
