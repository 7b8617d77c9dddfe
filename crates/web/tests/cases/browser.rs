//! Helpers of the tests: turns of the event loop, and pieces of JavaScript.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wakeline::Runtime;
use wasm_bindgen::prelude::*;

/// Spawns a task that nobody waits for.
pub(crate) fn start<F: Future + 'static>(runtime: &Runtime, future: F) {
    drop(runtime.spawn(future));
}

/// Calls a function of JavaScript with this body.
pub(crate) fn javascript(body: &str) -> JsValue {
    Function::new_no_args(body)
        .call0(&JsValue::UNDEFINED)
        .expect("the test's own JavaScript does not throw")
}

/// A property of `globalThis`.
pub(crate) fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).expect("globalThis is an object")
}

/// A number among the properties of `globalThis`.
pub(crate) fn count(name: &str) -> u32 {
    global(name).as_f64().expect("a number") as u32
}

/// Lets the event loop turn once, by a timer.
pub(crate) async fn turn() {
    let promise: Promise = javascript("return new Promise((done) => setTimeout(done, 1))").into();
    promise.await.expect("never rejected");
}

pub(crate) async fn turns(number: u32) {
    for _ in 0..number {
        turn().await;
    }
}

/// Lets the event loop turn until something is so. What is never so ends with the time limit of
/// the whole test.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        turn().await;
    }
}

/// Replaces a property of `globalThis` until it is dropped. The replacement is an expression that
/// may use `original`.
pub(crate) struct Replaced {
    name: &'static str,
    original: JsValue,
}

impl Replaced {
    pub(crate) fn with(name: &'static str, expression: &str) -> Self {
        let original = global(name);
        let make = Function::new_with_args("original", &format!("return {expression}"));
        let replacement = make
            .call1(&JsValue::UNDEFINED, &original)
            .expect("the test's own JavaScript does not throw");
        Reflect::set(&js_sys::global(), &name.into(), &replacement).expect("writable");
        Self { name, original }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &self.name.into(), &self.original).expect("writable");
    }
}

/// Counts errors that nobody handled.
pub(crate) struct Errors {
    seen: Rc<Cell<u32>>,
    handler: Closure<dyn Fn()>,
}

const ERRORS: [&str; 2] = ["error", "unhandledrejection"];

impl Errors {
    pub(crate) fn watch() -> Self {
        let seen = Rc::new(Cell::new(0));
        let counted = seen.clone();
        let handler = Closure::own_aborting(move || counted.set(counted.get() + 1));
        let this = Self { seen, handler };
        this.listen("addEventListener");
        this
    }

    pub(crate) fn seen(&self) -> u32 {
        self.seen.get()
    }

    fn listen(&self, method: &str) {
        let method: Function = global(method).unchecked_into();
        for name in ERRORS {
            method
                .call2(&js_sys::global(), &name.into(), self.handler.as_ref())
                .expect("a name and a function");
        }
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        self.listen("removeEventListener");
    }
}
