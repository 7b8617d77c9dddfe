//! One worker of a pool, seen from the pool.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::WORKER_NAME;
use crate::fetch::describe;

/// What a worker says.
pub(super) enum Heard {
    /// It has loaded and takes jobs.
    Loaded,
    /// So much of its job is done, in per cent.
    Progress(f64),
    /// Its job is done.
    Done(Vec<u8>),
    /// The function of its job returned an error.
    Failed(String),
    /// It has no such function.
    Unknown,
    /// It did not load, or panicked, or threw. It is of no use any more.
    Broken(String),
}

/// A worker. Dropping it ends it, whatever it is doing.
pub(super) struct Hand {
    worker: Worker,
    inbox: Rc<Inbox>,
    /// Detached before they are freed.
    _handlers: [Closure<dyn Fn(JsValue)>; 2],
}

/// What has arrived from the worker. No borrow is held while the waker is called.
#[derive(Default)]
struct Inbox {
    arrived: RefCell<VecDeque<Heard>>,
    waker: Cell<Option<Waker>>,
}

impl Inbox {
    fn put(&self, heard: Heard) {
        self.arrived.borrow_mut().push_back(heard);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Hand {
    /// Starts a worker, which begins to load.
    ///
    /// # Errors
    /// What the browser says if it cannot even try.
    pub(super) fn start(script: &str, module: &JsValue) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(WORKER_NAME);
        let worker =
            Worker::new_with_options(script, &options).map_err(|error| describe(&error))?;
        let inbox = Rc::new(Inbox::default());
        let heard = inbox.clone();
        let on_message = Closure::<dyn Fn(JsValue)>::own_aborting(move |event: JsValue| {
            let event: MessageEvent = event.unchecked_into();
            if let Some(message) = read(&event.data()) {
                heard.put(message);
            }
        });
        let heard = inbox.clone();
        let on_error = Closure::<dyn Fn(JsValue)>::own_aborting(move |event: JsValue| {
            let event: web_sys::Event = event.unchecked_into();
            // What is handled here need not be reported once more by the browser.
            event.prevent_default();
            // A script that does not load fires a plain event, without a message.
            heard.put(Heard::Broken(describe(&event)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let hand = Self {
            worker,
            inbox,
            _handlers: [on_message, on_error],
        };
        hand.worker
            .post_message(module)
            .map_err(|error| describe(&error))?;
        Ok(hand)
    }

    /// Gives it a job.
    pub(super) fn begin(&self, name: &str, input: &[u8]) {
        let input = Uint8Array::from(input);
        let buffer = Array::of1(&input.buffer());
        let job = Array::of2(&name.into(), &input);
        if let Err(error) = self.worker.post_message_with_transfer(&job, &buffer) {
            self.inbox.put(Heard::Broken(describe(&error)));
        }
    }

    /// The next thing that it says.
    pub(super) fn heard(&self) -> impl Future<Output = Heard> {
        poll_fn(|cx| {
            let arrived = self.inbox.arrived.borrow_mut().pop_front();
            match arrived {
                Some(heard) => Poll::Ready(heard),
                None => {
                    self.inbox.waker.set(Some(cx.waker().clone()));
                    Poll::Pending
                }
            }
        })
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// A message is a list of a word and what belongs to it. Anything else is none of ours.
fn read(data: &JsValue) -> Option<Heard> {
    let parts: &Array = data.dyn_ref()?;
    let detail = parts.get(1);
    Some(match &*parts.get(0).as_string()? {
        "loaded" => Heard::Loaded,
        "progress" => Heard::Progress(detail.as_f64()?),
        "done" => Heard::Done(detail.dyn_into::<Uint8Array>().ok()?.to_vec()),
        "failed" => Heard::Failed(detail.as_string()?),
        "unknown" => Heard::Unknown,
        "broken" => Heard::Broken(detail.as_string().unwrap_or_default()),
        _ => return None,
    })
}
