//! What a body knows besides the shared variables.

use std::rc::Rc;

use super::generator::Slot;
use crate::{Fault, Value};

/// Where a body runs: for whom, in which rounds and handlers.
#[derive(Clone)]
pub(super) struct Frame {
    /// In whose name events are recorded.
    pub(super) who: Rc<str>,
    locals: Option<Rc<Local>>,
    /// The error that is being handled.
    pub(super) handling: Option<Fault>,
    /// Where a stream puts what it yields.
    pub(super) slot: Option<Rc<Slot>>,
}

/// A variable of this body alone, before those of the bodies around it.
struct Local {
    name: &'static str,
    value: Value,
    outer: Option<Rc<Local>>,
}

impl Frame {
    pub(super) fn new(who: &str) -> Self {
        Self {
            who: who.into(),
            locals: None,
            handling: None,
            slot: None,
        }
    }

    /// The frame of a stream's body.
    pub(super) fn of_stream(who: &str, slot: Rc<Slot>) -> Self {
        Self {
            slot: Some(slot),
            ..Self::new(who)
        }
    }

    /// The same for a task of its own, which cannot yield for the stream around it.
    pub(super) fn of_own_task(&self) -> Self {
        Self {
            slot: None,
            ..self.clone()
        }
    }

    /// The same with one more variable.
    pub(super) fn with(&self, name: &'static str, value: Value) -> Self {
        let outer = self.locals.clone();
        Self {
            locals: Some(Rc::new(Local { name, value, outer })),
            ..self.clone()
        }
    }

    /// The same inside of a handler.
    pub(super) fn handling(&self, fault: &Fault) -> Self {
        Self {
            handling: Some(fault.clone()),
            ..self.with("err", Value::text(&fault.to_string()))
        }
    }

    /// The variables of this body, the innermost first.
    pub(super) fn locals(&self) -> impl Iterator<Item = (&str, &Value)> {
        let first = self.locals.as_deref();
        std::iter::successors(first, |local| local.outer.as_deref())
            .map(|local| (local.name, &local.value))
    }
}
