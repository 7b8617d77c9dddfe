//! The Web Worker that the engine runs in.

use std::fmt;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wakeline_protocol::{Reply, Request};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions, WorkerType};

use super::wire;

/// What a worker says.
#[derive(Debug)]
pub enum Heard {
    /// A message, with the bytes that came with it.
    Reply(Reply, Option<Vec<u8>>),
    /// Something that is no message.
    Nonsense,
    /// The browser reports that the worker did not load or threw.
    Broken(String),
}

/// A Web Worker. Terminated when dropped; nothing is heard of it afterwards.
pub struct Worker {
    worker: web_sys::Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Worker {
    /// Begins to load the module at `address`.
    ///
    /// # Errors
    /// What the browser says if it cannot even try.
    pub fn load(address: &str, hear: Rc<dyn Fn(Heard)>) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(address, &options)
            .map_err(|error| describe(&error))?;

        let heard = Rc::clone(&hear);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            heard(read(&event.data()).unwrap_or(Heard::Nonsense));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            // An error that is handled here need not be reported once more by the browser.
            event.prevent_default();
            // A module that does not load fires a plain event, without a message.
            let message = js_sys::Reflect::get(&event, &"message".into())
                .ok()
                .and_then(|message| message.as_string())
                .unwrap_or_default();
            hear(Heard::Broken(message));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// What went wrong, in the words of the browser.
    pub fn send(&self, request: &Request) -> Result<(), String> {
        self.worker
            .post_message(&wire::request(request).into())
            .map_err(|error| describe(&error))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

/// A message is JSON text, or an array of JSON text and an `ArrayBuffer`.
fn read(data: &JsValue) -> Option<Heard> {
    if let Some(text) = data.as_string() {
        return Some(Heard::Reply(wire::reply(&text)?, None));
    }
    let parts = data.dyn_ref::<Array>()?;
    let reply = wire::reply(&parts.get(0).as_string()?)?;
    let buffer: ArrayBuffer = parts.get(1).dyn_into().ok()?;
    Some(Heard::Reply(reply, Some(Uint8Array::new(&buffer).to_vec())))
}

fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_default()
}
