//! The worker's side of a pool.

use std::ops::ControlFlow;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use crate::panics;

/// A function that does heavy work. It is given bytes, and someone to tell how far it has come, in
/// per cent; whoever answers [`Break`](ControlFlow::Break) wants no more of it, and what it returns
/// then does not matter.
pub type Function = fn(&[u8], &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Vec<u8>, String>;

#[wasm_bindgen]
extern "C" {
    /// To the pool, from within a worker.
    #[wasm_bindgen(js_name = postMessage)]
    fn post(message: &Array);

    #[wasm_bindgen(js_name = postMessage)]
    fn post_and_transfer(message: &Array, transfer: &Array);

    #[wasm_bindgen(js_name = addEventListener)]
    fn listen(event: &str, handler: &Closure<dyn Fn(MessageEvent)>);
}

/// Makes this worker one that does the jobs of a [`Pool`](super::Pool), until it is ended. `find`
/// knows the functions by their names.
///
/// It says that it has loaded; so it is called last. A panic in a function is told to the pool,
/// which ends this worker.
///
/// # Panics
/// Natively.
pub fn serve(find: impl Fn(&str) -> Option<Function> + 'static) {
    panics::on_panic(|message| tell("broken", &message.into()));
    let handler = Closure::own_aborting(move |event: MessageEvent| {
        let Ok(job) = event.data().dyn_into::<Array>() else {
            return;
        };
        let name = job.get(0).as_string().unwrap_or_default();
        let input = job.get(1).dyn_into::<Uint8Array>();
        let input = input.map(|bytes| bytes.to_vec()).unwrap_or_default();
        let Some(function) = find(&name) else {
            return tell("unknown", &JsValue::UNDEFINED);
        };
        let mut progress = |percent: f64| {
            tell("progress", &percent.into());
            ControlFlow::Continue(())
        };
        match function(&input, &mut progress) {
            Ok(output) => {
                let output = Uint8Array::from(&*output);
                let buffer = Array::of1(&output.buffer());
                post_and_transfer(&Array::of2(&"done".into(), &output), &buffer);
            }
            Err(error) => tell("failed", &error.into()),
        }
    });
    listen("message", &handler);
    // It listens as long as the worker lives.
    handler.forget();
    tell("loaded", &JsValue::UNDEFINED);
}

fn tell(word: &str, detail: &JsValue) {
    post(&Array::of2(&word.into(), detail));
}
