//! Questions out, answers in.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wakeline_timeline::log::encode;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

use super::Question;
use crate::browser;
use crate::engine::wire::Fields;
use crate::model::ModelHandle;
use crate::selection::Selection;
use crate::state::{Action, Look, Notice, Run};
use crate::view::Shown;

/// The worker. Clones are the same.
#[derive(Clone)]
pub struct Study(Rc<Inner>);

struct Inner {
    act: Callback<Action>,
    worker: RefCell<Option<Loaded>>,
    /// The logs that the worker has: of the run on screen, and of the kept one.
    given: RefCell<[Option<ModelHandle>; 2]>,
    /// What was asked and is not answered: the number of the question, what about which runs, and
    /// for a file the question is none.
    asked: RefCell<Vec<Asked>>,
    count: Cell<u32>,
}

/// The worker, and what it says things to.
type Loaded = (Worker, Closure<dyn Fn(MessageEvent)>);

struct Asked {
    id: u32,
    of: (u32, u32),
    question: Option<Question>,
}

/// The names of the slots.
const SLOTS: [&str; 2] = ["current", "kept"];

impl Study {
    /// A study that was asked nothing yet.
    #[must_use]
    pub fn new(act: Callback<Action>) -> Self {
        Self(Rc::new(Inner {
            act,
            worker: RefCell::new(None),
            given: RefCell::default(),
            asked: RefCell::default(),
            count: Cell::new(0),
        }))
    }

    /// Asks about a run, unless that is on its way already.
    pub fn ask(&self, question: Question, run: &Run, kept: Option<&Run>) {
        let of = (run.number, kept.map_or(0, |kept| kept.number));
        let asked = |asked: &Asked| asked.of == of && asked.question == Some(question);
        if self.0.asked.borrow().iter().any(asked) {
            return;
        }
        self.give(0, run);
        if let (Question::Compare, Some(kept)) = (question, kept) {
            self.give(1, kept);
        }
        self.send(Some(question), of, &[("what", question.name())]);
    }

    /// Asks for a file of a run; it is saved when it comes.
    /// A drawing has the executor and these lanes, or all if there are none.
    pub fn export(&self, run: &Run, format: &str, dark: bool, look: &Look, lanes: &[Shown]) {
        self.give(0, run);
        let words = [
            ("what", "export"),
            ("format", format),
            ("language", look.language.tag()),
            ("axis", look.axis.name()),
        ];
        let about = (run.number, 0);
        self.send_with(None, about, &words, |message| {
            put(message, "dark", &dark.into());
            if !lanes.is_empty() {
                let rows = lanes.iter().map(row);
                let rows: Array = std::iter::once(0.into()).chain(rows).collect();
                put(message, "lanes", &rows);
            }
            if let Some(range) = look.range {
                put(message, "t0", &(range.start as f64).into());
                put(message, "t1", &(range.end as f64).into());
            }
        });
    }

    fn send(&self, question: Option<Question>, of: (u32, u32), words: &[(&str, &str)]) {
        self.send_with(question, of, words, |_| ());
    }

    fn send_with(
        &self,
        question: Option<Question>,
        of: (u32, u32),
        words: &[(&str, &str)],
        more: impl FnOnce(&Object),
    ) {
        let id = self.0.count.get() + 1;
        self.0.count.set(id);
        let message = Object::new();
        put(&message, "ask", &id.into());
        put(&message, "slot", &SLOTS[0].into());
        for (name, word) in words {
            put(&message, name, &(*word).into());
        }
        more(&message);
        self.0.asked.borrow_mut().push(Asked { id, of, question });
        self.post(&message);
    }

    /// Gives the log of a finished run to a slot, unless it is there.
    fn give(&self, slot: usize, run: &Run) {
        let given = self.0.given.borrow()[slot].as_ref() == Some(&run.model);
        if !given {
            self.0.given.borrow_mut()[slot] = Some(run.model.clone());
            let message = Object::new();
            put(&message, "log", &SLOTS[slot].into());
            put(&message, "run", &run.number.into());
            let bytes = encode(run.model.read().log());
            put(&message, "bytes", &Uint8Array::from(&*bytes).buffer());
            self.post(&message);
        }
    }

    fn post(&self, message: &Object) {
        if self.0.worker.borrow().is_none() {
            let loaded = self.load();
            self.0.worker.replace(loaded);
        }
        if let Some((worker, _)) = &*self.0.worker.borrow() {
            // Plain objects can always be sent.
            let _ = worker.post_message(message);
        }
    }

    /// Begins to load the worker; without one there are no answers.
    fn load(&self) -> Option<Loaded> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let address = browser::meta("wakeline-study")?;
        let worker = Worker::new_with_options(&address, &options).ok()?;
        let study = Rc::downgrade(&self.0);
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(inner) = study.upgrade() {
                Self(inner).hear(event.data());
            }
        });
        worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        Some((worker, hear))
    }

    fn hear(&self, data: JsValue) -> Option<()> {
        let fields = Fields::of(data.clone())?;
        let id = fields.u32("answer")?;
        let asked = {
            let mut asked = self.0.asked.borrow_mut();
            let place = asked.iter().position(|asked| asked.id == id)?;
            asked.swap_remove(place)
        };
        if let Some(question) = asked.question {
            self.0.act.emit(Action::Answer {
                of: asked.of,
                question,
                answer: data.unchecked_into(),
            });
        } else if let Some(bytes) = fields.get("bytes") {
            let bytes: Uint8Array = bytes.dyn_into().ok()?;
            browser::save(
                &fields.text("name")?,
                &fields.text("type")?,
                &bytes.to_vec(),
            );
        } else {
            self.0.act.emit(Action::Tell(Notice::NotExported));
        }
        Some(())
    }
}

/// A lane as the study has it.
fn row(shown: &Shown) -> JsValue {
    match shown {
        Shown::Lane(Selection::Task(id)) => (*id).into(),
        Shown::Lane(Selection::Resource(id)) => (-f64::from(*id)).into(),
        Shown::Group(name, tasks) => {
            let row = Array::of1(&name.into());
            for task in tasks {
                row.push(&(*task).into());
            }
            row.into()
        }
    }
}

pub(super) fn put(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &name.into(), value);
}

impl PartialEq for Study {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Study").finish_non_exhaustive()
    }
}
