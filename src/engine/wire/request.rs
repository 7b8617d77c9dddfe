//! Requests to the engine, written.

use js_sys::{JSON, Object, Reflect};
use wakeline_protocol::{Clock, Request, RunRequest, Value};
use wasm_bindgen::JsValue;

/// The text of a request.
#[must_use]
pub fn request(request: &Request) -> String {
    let object = match request {
        Request::Run(run) => run_request(run),
        Request::Stop { run } => object(&[("type", "stop".into()), ("run", (*run).into())]),
        Request::Taken { run, events } => object(&[
            ("type", "taken".into()),
            ("run", (*run).into()),
            ("events", (*events).into()),
        ]),
    };
    // Plain objects of texts and numbers can always be written.
    JSON::stringify(&object)
        .map(String::from)
        .unwrap_or_default()
}

fn run_request(run: &RunRequest) -> Object {
    let params = Object::new();
    for (name, value) in &run.params {
        put(&params, name, &write_value(value));
    }
    let clock = match run.clock {
        Clock::Virtual => "virtual",
        Clock::Live => "live",
    };
    object(&[
        ("type", "run".into()),
        ("run", run.run.into()),
        ("demo", (&run.demo).into()),
        ("params", params.into()),
        ("seed", (&run.seed).into()),
        ("policy", run.policy.to_string().into()),
        ("clock", clock.into()),
        ("server", (&run.server).into()),
        ("limit", run.limit.into()),
        ("newest", run.newest.into()),
        ("window", run.window.into()),
    ])
}

fn write_value(value: &Value) -> JsValue {
    match value {
        Value::Flag(flag) => (*flag).into(),
        // As exact as JSON numbers are; no parameter comes near the end of that.
        Value::Integer(number) => (*number as f64).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.into(),
    }
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        put(&object, name, value);
    }
    object
}

fn put(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &name.into(), value);
}
