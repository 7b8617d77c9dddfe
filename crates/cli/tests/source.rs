//! `wakeline source`.

mod support;

use serde_json::Value;
use support::command::output;

#[test]
fn a_demo_is_printed_as_it_was_compiled() {
    let (status, out, err) = output(&["source", "hello"]);
    assert_eq!((status, &*err), (Some(0), ""));
    let compiled = include_str!("../../demos/src/hello.rs");
    assert_eq!(out.trim_end(), compiled.trim_end());
}

#[test]
fn several_files_have_their_names_above_them() {
    let (_, out, _) = output(&["source", "websocket"]);
    for name in ["websocket.rs", "websocket/echo.rs", "websocket/room.rs"] {
        let heading = format!("// demos/src/{name}\n");
        assert_eq!(out.matches(&heading).count(), 1, "{name}");
    }
}

#[test]
fn json_has_the_files_of_one_demo_or_of_all() {
    let (status, out, _) = output(&["source", "--json"]);
    assert_eq!(status, Some(0));
    let all: Value = serde_json::from_str(&out).unwrap();
    let (_, list, _) = output(&["list", "--json"]);
    let demos: Vec<Value> = serde_json::from_str(&list).unwrap();
    assert_eq!(all.as_object().unwrap().len(), demos.len());
    let (_, one, _) = output(&["source", "hello", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&one).unwrap(), all["hello"]);
    assert_eq!(all["hello"][0]["name"], "demos/src/hello.rs");
}

#[test]
fn an_unknown_demo_or_none_is_bad_usage() {
    let (status, out, err) = output(&["source", "helo", "--lang", "en"]);
    assert_eq!((status, &*out), (Some(2), ""));
    assert!(err.contains("Did you mean “hello”?"), "{err}");
    let (status, _, err) = output(&["source", "--lang", "en"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("DEMO"), "{err}");
}
