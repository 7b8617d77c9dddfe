//! The engine in its worker: the session's ends in the browser.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use js_sys::{Function, Uint8Array};
use wakeline_demos::RealClock;
use wakeline_demos::outside::Outside;
use wakeline_protocol::Reply;
use wakeline_web::pump::{Pump, Settings};
use wakeline_web::{clock, panics};
use wasm_bindgen::prelude::*;

use crate::outside::Browser;
use crate::run::{Post, StreamedRun};
use crate::session::{Drive, Host, Session};

/// The engine. A worker makes one and gives it every message that it receives.
///
/// After a panic it is poisoned: it has posted `crashed`, and answers everything with that.
#[wasm_bindgen]
pub struct Engine {
    session: Rc<Session>,
    post: Rc<dyn Post>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes the engine, which says `ready`. It calls `post(text)` for a message and
    /// `post(text, buffer)` for one with a batch of the log.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(post: Function) -> Engine {
        let post: Rc<dyn Post> = Rc::new(PostFunction(post));
        // Before the session, so that a panic in its making is told too.
        let session: Rc<RefCell<Option<Rc<Session>>>> = Rc::default();
        let (reporter, reported) = (post.clone(), session.clone());
        panics::on_panic(move |message| {
            let session = reported
                .try_borrow()
                .ok()
                .and_then(|session| session.clone());
            let run = session.map_or(0, |session| session.run());
            crashed(&*reporter, run, message);
        });
        let begun = Rc::new(Session::begin(post.clone(), Box::new(Worker)));
        session.replace(Some(begun.clone()));
        Engine {
            session: begun,
            post,
        }
    }

    /// Takes a message of the page, which is text.
    pub fn receive(&self, message: &JsValue) {
        if panics::happened() {
            crashed(
                &*self.post,
                self.session.run(),
                "the engine has crashed before",
            );
            return;
        }
        match message.as_string() {
            Some(text) => self.session.receive(&text),
            None => self.session.refuse_non_text(),
        }
    }

    /// Takes note of a failure that was noticed outside of the engine's own code: a trap, or an
    /// exhausted stack. Does nothing after a panic, which has been told already.
    pub fn fail(&self, message: &str) {
        if !panics::happened() {
            panics::poison();
            crashed(&*self.post, self.session.run(), message);
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// Makes this worker one that does heavy work for the engine of another worker, which knows it
/// from a pool. It runs no demos then.
#[wasm_bindgen]
pub fn serve_work() {
    wakeline_web::work::serve(wakeline_demos::work::find);
}

fn crashed(post: &dyn Post, run: u32, message: &str) {
    let message = message.to_owned();
    post.post(&Reply::Crashed { run, message }, None);
}

/// What is said goes through a function of JavaScript, which knows how to reach the page.
struct PostFunction(Function);

impl Post for PostFunction {
    fn post(&self, reply: &Reply, batch: Option<Vec<u8>>) {
        // Numbers, texts and lists of them always have a JSON form.
        let Ok(text) = serde_json::to_string(reply) else {
            return;
        };
        let text = JsValue::from(text);
        // A function that throws has nobody to tell it to: it was the way to the page.
        let _ = match batch {
            Some(bytes) => {
                let buffer = Uint8Array::from(&*bytes).buffer();
                self.0.call2(&JsValue::UNDEFINED, &text, &buffer)
            }
            None => self.0.call1(&JsValue::UNDEFINED, &text),
        };
    }
}

/// A worker's clock, network and event loop.
struct Worker;

impl Host for Worker {
    fn drive(&self, run: Rc<StreamedRun>) -> Rc<dyn Drive> {
        let runtime = run.runtime().clone();
        Rc::new(Pump::start(&runtime, Settings::WORKER, run))
    }

    fn clock(&self) -> RealClock {
        clock::start()
    }

    fn outside(&self) -> Rc<dyn Outside> {
        Rc::new(Browser)
    }
}

impl Drive for Pump {
    fn resume(&self) {
        Pump::resume(self);
    }
}
