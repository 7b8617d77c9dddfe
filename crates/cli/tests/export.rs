//! `wakeline export` and `wakeline diagnose`.

mod support;

use std::fs;

use serde_json::Value;
use support::command::output;

/// What the command wrote, which must have ended with this status.
fn run(arguments: &[&str], expected: i32) -> (String, String) {
    let (status, out, error) = output(arguments);
    assert_eq!(status, Some(expected), "{out}\n{error}");
    (out, error)
}

#[test]
fn a_run_is_written_in_every_form() {
    let (trace, _) = run(&["export", "hello"], 0);
    let trace: Value = serde_json::from_str(&trace).unwrap();
    assert!(trace["traceEvents"].as_array().unwrap().len() > 10);
    let (lines, _) = run(&["export", "hello", "--format", "json"], 0);
    assert!(lines.starts_with("{\"wakeline\":1,\"demo\":\"hello\""));
    let (picture, _) = run(&["export", "hello", "--format", "svg", "--dark"], 0);
    assert!(picture.starts_with("<svg ") && picture.contains("#14181e"));
    let (_, error) = run(&["export", "hello", "--format", "gif"], 2);
    assert!(!error.is_empty());
}

#[test]
fn a_log_goes_from_one_form_to_the_other_and_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (binary, json, again) = (path("a.wakeline"), path("a.jsonl"), path("b.wakeline"));
    let demo = "producer-consumer";
    run(
        &[
            "export", demo, "--seed", "7", "--format", "binary", "--output", &binary,
        ],
        0,
    );
    run(
        &["export", &binary, "--format", "json", "--output", &json],
        0,
    );
    run(
        &["export", &json, "--format", "binary", "--output", &again],
        0,
    );
    assert_eq!(fs::read(&binary).unwrap(), fs::read(&again).unwrap());
}

#[test]
fn a_file_that_is_no_log_is_refused_with_the_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let binary = path("a.wakeline");
    run(
        &["export", "hello", "--format", "binary", "--output", &binary],
        0,
    );
    let bytes = fs::read(&binary).unwrap();

    let (cut, foreign, lines) = (path("cut"), path("foreign.png"), path("lines.jsonl"));
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&foreign, b"\x89PNG\r\n").unwrap();
    fs::write(&lines, "{}\n{\"seq\":0}\n").unwrap();
    for (file, said) in [
        (&cut, "at byte"),
        (&foreign, "no event log"),
        (&lines, "Line 2"),
        (&path("missing.log"), "missing.log"),
    ] {
        let (_, error) = run(&["diagnose", file, "--lang", "en"], 1);
        assert!(error.contains(said), "{file}: {error}");
    }
    // Nothing is left where the result was to be.
    let output = path("out.json");
    run(&["export", &cut, "--output", &output], 1);
    assert!(fs::metadata(&output).is_err());
}

#[test]
fn a_sound_run_has_no_findings_and_another_has_those_with_their_numbers() {
    let (text, _) = run(&["diagnose", "hello", "--lang", "en"], 0);
    assert_eq!(text.trim(), "Nothing in this run looks like a mistake.");
    let sick = ["diagnose", "pitfalls", "--preset", "lock_across_await"];
    let (text, _) = run(&[&sick[..], &["--lang", "en"]].concat(), 1);
    assert!(
        text.starts_with("Lock held across an await (Trouble), event "),
        "{text}"
    );
    assert!(text.contains("Waits for that lock: 4, together 1 s, the longest 400 ms."));
    let (text, _) = run(&[&sick[..], &["--lang", "zh"]].concat(), 1);
    assert!(text.starts_with("持锁跨越 await（有问题）"), "{text}");
    let (json, _) = run(&[&sick[..], &["--json"]].concat(), 1);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["findings"][0]["code"], "lock-across-await");
    assert_eq!(json["findings"][0]["numbers"]["count"], 4);
}

#[test]
fn what_is_neither_demo_nor_file_is_told_with_what_was_meant() {
    let (_, error) = run(&["diagnose", "helo", "--lang", "en"], 2);
    assert!(error.contains("hello"), "{error}");
}
