//! A page, as far as the engine can tell.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wakeline::log::{Decoder, Log};
use wakeline_engine::Engine;
use wakeline_protocol::{Clock, Policy, Reply, Request, RunRequest, RunSummary, Values};
use wasm_bindgen::prelude::*;

/// What the engine has said.
#[derive(Default)]
pub(crate) struct Heard {
    replies: RefCell<Vec<Reply>>,
    buffers: RefCell<Vec<ArrayBuffer>>,
}

pub(crate) struct Page {
    engine: Engine,
    heard: Rc<Heard>,
    _listen: Closure<dyn Fn(String, JsValue)>,
}

impl Page {
    pub(crate) fn open() -> Self {
        let heard = Rc::new(Heard::default());
        let hearing = heard.clone();
        let listen = Closure::own_aborting(move |text: String, buffer: JsValue| {
            let reply: Reply = serde_json::from_str(&text).expect("the engine's own JSON");
            assert_eq!(matches!(reply, Reply::Batch { .. }), !buffer.is_undefined());
            hearing.replies.borrow_mut().push(reply);
            let buffer = buffer.dyn_into().ok();
            hearing.buffers.borrow_mut().extend(buffer);
        });
        let listen: Closure<dyn Fn(String, JsValue)> = listen;
        let post = listen.as_ref().unchecked_ref::<Function>().clone();
        Self {
            engine: Engine::new(post),
            heard,
            _listen: listen,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn ask(&self, request: &Request) {
        let text = serde_json::to_string(request).expect("plain values");
        self.engine.receive(&text.into());
    }

    /// What was said since the last time.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        self.heard.replies.take()
    }

    pub(crate) fn buffers(&self) -> Vec<ArrayBuffer> {
        self.heard.buffers.borrow().clone()
    }

    /// What has arrived of the last run's log, and whether it is all of it.
    pub(crate) fn log(&self) -> (Log, bool) {
        let (mut log, mut decoder, mut is_complete) = (Log::new(), Decoder::new(), false);
        for buffer in self.heard.buffers.borrow().iter() {
            let bytes = Uint8Array::new(buffer).to_vec();
            is_complete = decoder
                .read(&mut log, &bytes)
                .expect("the engine's own log");
        }
        (log, is_complete)
    }

    /// Waits for the end of a run, and forgets the log when it is another's.
    pub(crate) async fn end_of(&self, run: u32) -> RunSummary {
        if run > 1 {
            self.heard.buffers.take();
        }
        loop {
            for reply in self.replies() {
                match reply {
                    Reply::Ended {
                        run: ended,
                        summary,
                    } if ended == run => return summary,
                    Reply::Refused { .. } | Reply::Crashed { .. } => panic!("{reply:?}"),
                    _ => {}
                }
            }
            self.turns(1).await;
        }
    }

    /// Lets the event loop turn until something is so. What is never so ends with the time limit
    /// of the whole test.
    pub(crate) async fn until(&self, is_so: impl Fn() -> bool) {
        while !is_so() {
            self.turns(1).await;
        }
    }

    /// Lets the event loop turn, by timers.
    pub(crate) async fn turns(&self, number: u32) {
        for _ in 0..number {
            let promise = javascript("() => new Promise((done) => setTimeout(done, 1))");
            let promise = promise.call0(&JsValue::UNDEFINED).expect("does not throw");
            Promise::from(promise).await.expect("never rejected");
        }
    }
}

/// A function of JavaScript.
pub(crate) fn javascript(expression: &str) -> Function {
    Function::new_no_args(&format!("return {expression}"))
        .call0(&JsValue::UNDEFINED)
        .expect("the test's own JavaScript does not throw")
        .unchecked_into()
}

/// Where the tests came from.
pub(crate) fn origin() -> String {
    let location = Reflect::get(&js_sys::global(), &"location".into()).expect("an object");
    let origin = Reflect::get(&location, &"origin".into()).expect("an object");
    origin.as_string().expect("text")
}

pub(crate) fn request(demo: &str) -> RunRequest {
    RunRequest {
        run: 1,
        demo: demo.to_owned(),
        params: Values::new(),
        seed: "5".to_owned(),
        policy: Policy::Fifo,
        clock: Clock::Virtual,
        server: String::new(),
        newest: false,
        limit: 100_000,
        window: 100_000,
    }
}
