//! What all tasks of a program share.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Promise;
use wakeline::task::Callback;

use super::drive::Stopped;
use super::exit::{Exit, Flow};
use super::frame::Frame;
use super::generator::Generator;
use super::handle::Handle;
use super::object::Object;
use crate::program::ObjectKind;
use crate::report::nanoseconds;
use crate::{Event, Program, Value};

/// How many operations a run may perform. A program that loops without waiting ends here.
const MOST_OPERATIONS: u64 = 1_000_000;

/// How many tasks may be created.
const MOST_TASKS: usize = 100_000;

/// How many parts the value of a variable may have.
const MOST_PARTS: usize = 10_000;

/// How many bodies may be inside of each other, over all tasks and streams that call each other:
/// each takes some of the stack.
const DEEPEST: u32 = 100;

/// The shared part of a run.
pub(super) struct World {
    pub(super) program: Program,
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) vars: RefCell<BTreeMap<String, Value>>,
    /// Tasks and futures by their names.
    pub(super) handles: RefCell<BTreeMap<String, Handle>>,
    /// Every task in the order of creation.
    pub(super) tasks: RefCell<Vec<Handle>>,
    pub(super) callbacks: RefCell<BTreeMap<String, Callback>>,
    /// Open streams; one that somebody pulls from is not there meanwhile.
    pub(super) streams: RefCell<BTreeMap<String, Generator>>,
    pub(super) events: RefCell<Vec<Event>>,
    operations: Cell<u64>,
    /// How many bodies are being polled inside of each other.
    nesting: Cell<u32>,
    pub(super) stopped: Cell<Option<Stopped>>,
}

impl World {
    pub(super) fn new(program: &Program) -> Rc<Self> {
        let mut handles = BTreeMap::new();
        let mut objects = BTreeMap::new();
        for (name, kind) in &program.objects {
            if *kind == ObjectKind::Future {
                handles.insert(name.clone(), Handle::of_future(Promise::named(name)));
            } else if let Some(object) = Object::new(name, *kind) {
                objects.insert(name.clone(), object);
            }
        }
        Rc::new(Self {
            vars: RefCell::new(program.vars.clone()),
            program: program.clone(),
            objects,
            handles: RefCell::new(handles),
            tasks: RefCell::default(),
            callbacks: RefCell::default(),
            streams: RefCell::default(),
            events: RefCell::default(),
            operations: Cell::new(0),
            nesting: Cell::new(0),
            stopped: Cell::new(None),
        })
    }

    /// Counts an operation.
    pub(super) fn count(&self) -> Flow {
        self.operations.set(self.operations.get() + 1);
        if self.operations.get() > MOST_OPERATIONS {
            self.stopped.set(Some(Stopped::TooLong));
        }
        self.check()
    }

    /// Whether the run may go on.
    pub(super) fn check(&self) -> Flow {
        match self.stopped.get() {
            None => Ok(()),
            Some(_) => Err(Exit::Stop),
        }
    }

    /// Runs `inside` one level deeper.
    pub(super) fn deeper<T>(&self, inside: impl FnOnce() -> T) -> Flow<T> {
        if self.nesting.get() >= DEEPEST {
            self.stopped.set(Some(Stopped::TooDeep));
        }
        self.check()?;
        self.nesting.set(self.nesting.get() + 1);
        let value = inside();
        self.nesting.set(self.nesting.get() - 1);
        Ok(value)
    }

    /// Keeps account of a task.
    pub(super) fn note_task(&self, task: Handle) {
        let mut tasks = self.tasks.borrow_mut();
        tasks.push(task);
        if tasks.len() > MOST_TASKS {
            self.stopped.set(Some(Stopped::TooLarge));
        }
    }

    // ===== events =====

    pub(super) fn record(&self, who: &str, what: String) {
        self.events.borrow_mut().push(Event {
            at: wakeline::time::now().as_nanos(),
            who: who.to_owned(),
            what,
        });
    }

    // ===== names =====

    pub(super) fn object(&self, name: &str) -> &Object {
        &self.objects[name]
    }

    /// A task or future by its name.
    pub(super) fn handle(&self, name: &str) -> Flow<Handle> {
        let handle = self.handles.borrow().get(name).cloned();
        handle.ok_or_else(Exit::misuse)
    }

    pub(super) fn set(&self, name: &str, value: Value) {
        if !value.has_at_most(MOST_PARTS) {
            self.stopped.set(Some(Stopped::TooLarge));
        }
        self.vars.borrow_mut().insert(name.to_owned(), value);
    }

    /// Keeps a result, if it is to be kept.
    pub(super) fn keep(&self, into: Option<&String>, value: Value) {
        if let Some(name) = into {
            self.set(name, value);
        }
    }

    // ===== values =====

    /// The longest name of a variable at the beginning of a text, and its value.
    fn variable_at(&self, text: &str, frame: &Frame) -> Option<(usize, Value)> {
        let vars = self.vars.borrow();
        let shared = vars.iter().map(|(name, value)| (name.as_str(), value));
        let mut best: Option<(usize, &Value)> = None;
        for (name, value) in frame.locals().chain(shared) {
            let longer = best.is_none_or(|(length, _)| name.len() > length);
            if longer && !name.is_empty() && text.starts_with(name) {
                best = Some((name.len(), value));
            }
        }
        best.map(|(length, value)| (length, value.clone()))
    }

    /// The variable with this name.
    pub(super) fn variable(&self, name: &str, frame: &Frame) -> Option<Value> {
        let local = frame.locals().find(|(other, _)| *other == name);
        match local {
            Some((_, value)) => Some(value.clone()),
            None => self.vars.borrow().get(name).cloned(),
        }
    }

    /// A text with variables put in.
    pub(super) fn text(&self, text: &str, frame: &Frame) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match self.variable_at(rest, frame) {
                Some((length, value)) => {
                    out.push_str(&value.to_string());
                    rest = &rest[length..];
                }
                None => out.push('$'),
            }
        }
        out.push_str(rest);
        out
    }

    /// An operand with variables put in.
    pub(super) fn value(&self, value: &Value, frame: &Frame) -> Value {
        match value {
            Value::Text(text) => {
                let alone = text.strip_prefix('$');
                match alone.and_then(|name| self.variable(name, frame)) {
                    Some(value) => value,
                    None => Value::text(&self.text(text, frame)),
                }
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.value(item, frame)).collect())
            }
            _ => value.clone(),
        }
    }

    /// An operand that is a number.
    pub(super) fn number(&self, value: &Value, frame: &Frame) -> Flow<f64> {
        self.value(value, frame).number().ok_or_else(Exit::misuse)
    }

    /// An operand that is a duration; `None` if it is not positive.
    pub(super) fn duration(&self, value: &Value, frame: &Frame) -> Flow<Option<Duration>> {
        let seconds = self.number(value, frame)?;
        let nanos = nanoseconds(seconds).ok_or_else(Exit::misuse)?;
        Ok((nanos > 0).then(|| Duration::from_nanos(nanos)))
    }
}
