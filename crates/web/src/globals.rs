//! The few globals that the clock and the pump need, declared by hand.
//!
//! They are the same in a page and in a worker, and so few that the generated glue stays smaller
//! than with the general bindings.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page or worker began, with a fraction.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn performance_now() -> f64;

    /// The id is a number in browsers; nobody here looks into it.
    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(id: &JsValue);

    /// Never throws: what is wrong rejects the promise.
    #[wasm_bindgen(js_name = fetch)]
    pub(crate) fn fetch(request: &web_sys::Request) -> Promise;

    /// `globalThis.scheduler`, which not every browser has.
    #[derive(Debug)]
    pub(crate) type Scheduler;

    #[wasm_bindgen(method, js_name = postTask)]
    pub(crate) fn post_task(this: &Scheduler, callback: &Function, options: &JsValue) -> Promise;

    #[derive(Debug)]
    pub(crate) type MessageChannel;

    #[wasm_bindgen(constructor, catch)]
    pub(crate) fn new() -> Result<MessageChannel, JsValue>;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn port1(this: &MessageChannel) -> MessagePort;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn port2(this: &MessageChannel) -> MessagePort;

    #[derive(Debug)]
    pub(crate) type MessagePort;

    #[wasm_bindgen(method, js_name = postMessage)]
    pub(crate) fn post_message(this: &MessagePort, message: &JsValue);

    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_onmessage(this: &MessagePort, handler: Option<&Function>);

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &MessagePort);
}

/// The scheduler, where there is one that can post tasks.
pub(crate) fn scheduler() -> Option<Scheduler> {
    let scheduler = global("scheduler")?;
    let post_task = js_sys::Reflect::get(&scheduler, &"postTask".into()).ok()?;
    post_task.is_function().then(|| scheduler.unchecked_into())
}

/// A new channel, where there are channels.
pub(crate) fn message_channel() -> Option<MessageChannel> {
    global("MessageChannel")?;
    MessageChannel::new().ok()
}

fn global(name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(&js_sys::global(), &name.into()).ok()?;
    value.is_truthy().then_some(value)
}
