//! The page's reading and writing of messages against the form that `serde` gives them.
#![cfg(target_arch = "wasm32")]

use wakeline_playground::engine::wire;
use wakeline_protocol::{
    Clock, DemoSpec, Modes, ParamKind, ParamSpec, Policy, Preset, Problem, Reply, Request,
    RunRequest, RunSummary, TaskCounts, Unit, Value, Values,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn param(name: &str, kind: ParamKind, unit: Unit) -> ParamSpec {
    ParamSpec {
        name: name.to_owned(),
        kind,
        unit,
    }
}

fn values() -> Values {
    Values::from([
        ("flag".to_owned(), Value::Flag(true)),
        ("integer".to_owned(), Value::Integer(-9_007_199_254_740_991)),
        ("number".to_owned(), Value::Number(0.1)),
        ("text".to_owned(), Value::Text("“\u{0}\n字".to_owned())),
    ])
}

fn demo() -> DemoSpec {
    let params = vec![
        param(
            "integer",
            ParamKind::Integer {
                min: -5,
                max: 1_000_000_000_000,
                default: 0,
            },
            Unit::Ms,
        ),
        param(
            "number",
            ParamKind::Number {
                min: -0.5,
                max: 1e9,
                default: 0.25,
                step: 0.05,
            },
            Unit::Percent,
        ),
        param(
            "choice",
            ParamKind::Choice {
                options: vec!["a".to_owned(), "b".to_owned()],
                default: "b".to_owned(),
            },
            Unit::None,
        ),
        param("flag", ParamKind::Flag { default: true }, Unit::None),
        param(
            "text",
            ParamKind::Text {
                longest: 80,
                default: String::new(),
            },
            Unit::Bytes,
        ),
    ];
    DemoSpec {
        slug: "sample".to_owned(),
        chapter: "loop".to_owned(),
        modes: Modes::Live,
        live: vec![("parts".to_owned(), "real".to_owned())],
        params,
        ordered: vec![("integer".to_owned(), "number".to_owned())],
        presets: vec![Preset {
            name: "all".to_owned(),
            values: values(),
        }],
    }
}

fn plain_demo() -> DemoSpec {
    DemoSpec {
        slug: "plain".to_owned(),
        chapter: "loop".to_owned(),
        modes: Modes::Any,
        live: Vec::new(),
        params: Vec::new(),
        ordered: Vec::new(),
        presets: Vec::new(),
    }
}

fn summary(reason: &str) -> RunSummary {
    RunSummary {
        outcome: "failed".to_owned(),
        reason: reason.to_owned(),
        end_ns: 9_007_199_254_740_991,
        events: u32::MAX,
        polls: 0,
        tasks: TaskCounts {
            created: 1,
            completed: 2,
            failed: 3,
            cancelled: 4,
            dropped: 5,
        },
        log_sha256: "0f".repeat(32),
    }
}

#[wasm_bindgen_test]
fn every_reply_is_read_as_it_was_written() {
    let replies = [
        Reply::Ready {
            version: 7,
            demos: vec![demo(), plain_demo()],
        },
        Reply::Started { run: 1 },
        Reply::Batch { run: 0 },
        Reply::Ended {
            run: 2,
            summary: summary("out of luck"),
        },
        Reply::Ended {
            run: 3,
            summary: summary(""),
        },
        Reply::Refused {
            run: 4,
            problems: vec![
                Problem::of("capacity", "out-of-range").with("min", 1),
                Problem::new("unknown-demo"),
            ],
        },
        Reply::Crashed {
            run: 5,
            message: "index out of bounds".to_owned(),
        },
    ];
    for reply in replies {
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(wire::reply(&text), Some(reply), "{text}");
    }
}

#[wasm_bindgen_test]
fn every_request_is_read_as_it_was_written() {
    let run = |policy, clock| {
        Request::Run(RunRequest {
            run: u32::MAX,
            demo: "sample".to_owned(),
            params: values(),
            seed: u64::MAX.to_string(),
            policy,
            clock,
            server: "http://127.0.0.1:8080".to_owned(),
            limit: 1_000_000,
            newest: true,
            window: 65_536,
        })
    };
    let requests = [
        run(Policy::Fifo, Clock::Virtual),
        run(Policy::Random, Clock::Live),
        run(Policy::Priority, Clock::Virtual),
        run(Policy::Recorded("BA:random".to_owned()), Clock::Virtual),
        Request::Stop { run: 1 },
        Request::Taken { run: 2, events: 3 },
    ];
    for request in requests {
        let text = wire::request(&request);
        let read: Request = serde_json::from_str(&text).unwrap();
        assert_eq!(read, request, "{text}");
    }
}

#[wasm_bindgen_test]
fn what_is_no_reply_is_not_read() {
    let bad = [
        "",
        "null",
        "[]",
        "7",
        "\"started\"",
        "{}",
        r#"{"type":"dance"}"#,
        r#"{"type":"started"}"#,
        r#"{"type":"started","run":"1"}"#,
        r#"{"type":"started","run":-1}"#,
        r#"{"type":"started","run":1.5}"#,
        r#"{"type":"started","run":4294967296}"#,
        r#"{"type":"ready","version":1}"#,
        r#"{"type":"ready","version":1,"demos":{}}"#,
        r#"{"type":"ready","version":1,"demos":[7]}"#,
        r#"{"type":"ended","run":1,"summary":{}}"#,
        r#"{"type":"refused","run":1,"problems":[{"code":"x","arguments":[["a"]]}]}"#,
        r#"{"type":"crashed","run":1,"message":2}"#,
    ];
    for text in bad {
        assert_eq!(wire::reply(text), None, "{text}");
    }
}
