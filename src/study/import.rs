//! A log in the JSON form, put into the form that the page reads.
//!
//! Whoever reads JSON lines line by line needs more code than a page should load for a file that is
//! seldom opened: the study has it.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wakeline_protocol::Problem;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::client::put;
use crate::browser;
use crate::engine::wire::Fields;

/// The binary form of a log. A worker of its own reads it, and is gone afterwards with all that it
/// needed for that.
///
/// # Errors
/// Why it is no log, and in which line; or that the study cannot be loaded.
pub async fn import(file: &Blob) -> Result<Blob, Problem> {
    let answer = ask(file).await.and_then(Fields::of);
    let answer = answer.ok_or_else(|| Problem::new("study-failed").with("reason", ""))?;
    if let Some(bytes) = answer.get("bytes")
        && let Ok(blob) = Blob::new_with_u8_array_sequence(&Array::of1(&bytes))
    {
        return Ok(blob);
    }
    Err(problem(&answer).unwrap_or_else(|| Problem::new("log-not-a-log")))
}

/// What the worker says; nothing if it cannot.
async fn ask(file: &Blob) -> Option<JsValue> {
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let address = browser::meta("wakeline-study")?;
    let worker = Worker::new_with_options(&address, &options).ok()?;
    let mut hear = None;
    let answer = Promise::new(&mut |resolve: Function, reject: Function| {
        let call = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            // It also says when it is ready.
            if Reflect::has(&data, &"answer".into()).unwrap_or(false) {
                let _ = resolve.call1(&JsValue::NULL, &data);
            }
        });
        worker.set_onmessage(Some(call.as_ref().unchecked_ref()));
        worker.set_onerror(Some(&reject));
        hear = Some(call);
    });
    let question = Object::new();
    put(&question, "ask", &1.into());
    put(&question, "what", &"import".into());
    put(&question, "bytes", &bytes);
    // A plain object can always be sent.
    let _ = worker.post_message(&question);
    let answer = JsFuture::from(answer).await.ok();
    worker.terminate();
    drop(hear);
    answer
}

fn problem(answer: &Fields) -> Option<Problem> {
    let problem = Fields::of(answer.get("problem")?)?;
    let key = problem.text("key")?;
    let arguments = Fields::of(problem.get("arguments")?)?;
    let place = arguments.text("place").or_else(|| arguments.text("reason"));
    let name = match arguments.get("place") {
        Some(_) => "place",
        None => "reason",
    };
    Some(Problem::new(key.strip_prefix("problem.")?).with(name, place.unwrap_or_default()))
}
