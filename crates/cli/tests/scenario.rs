//! `wakeline scenario`: reports for people and programs, and files that are no programs.

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::command::output;

/// A case of the conformance cases.
fn case(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenario/tests/cases");
    folder.join(name).to_string_lossy().into_owned()
}

/// A file with this text, which lives as long as what is returned.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.json");
    std::fs::write(&path, text).unwrap();
    (folder, path.to_string_lossy().into_owned())
}

#[test]
fn a_case_is_reported_in_the_form_of_what_it_expects() {
    for name in [
        "cancel-twice.json",
        "lock-deadlock.json",
        "task-result.json",
    ] {
        let path = case(name);
        let (status, out, _) = output(&["scenario", &path, "--json"]);
        assert_eq!(status, Some(0));
        let report: Value = serde_json::from_str(&out).unwrap();
        let expected: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(report["events"], expected["expect"]);
        assert_eq!(report["end"], expected["end"]);
        assert_eq!(
            report["states_when_main_ends"],
            expected["states_when_main_ends"]
        );
    }
}

#[test]
fn without_json_there_is_a_line_for_each_event_and_state() {
    let (status, out, _) = output(&["scenario", &case("timeout-error.json")]);
    assert_eq!(status, Some(0));
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("1.000 main: caught Boom"));
    assert!(lines.next().unwrap().contains("ok at 1.000"));
}

#[test]
fn several_programs_are_reported_one_after_the_other() {
    let program = r#"{"id": "ID", "tasks": {"main": [{"op": "log", "msg": "here"}]}}"#;
    let (first, second) = (program.replace("ID", "one"), program.replace("ID", "two"));
    let (_folder, path) = file(&format!(r#"{{"cases": [{first}, {second}]}}"#));
    let (_, out, _) = output(&["scenario", &path]);
    assert!(out.contains("# one\n0.000 main: here") && out.contains("# two\n0.000 main: here"));
    let (_, out, _) = output(&["scenario", &path, "--json"]);
    let reports: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(reports.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_malformed_file_is_refused_with_its_place() {
    for (text, place) in [
        ("{\"tasks\":\n {]}", "2:3"),
        (r#"{"tasks": {"main": [{"op": "sleep"}]}}"#, "tasks.main[0]"),
        ("[]", "$"),
    ] {
        let (_folder, path) = file(text);
        let (status, out, err) = output(&["scenario", &path]);
        assert_eq!((status, &*out), (Some(2), ""));
        assert!(err.contains(&format!("program.json: {place}: ")), "{err}");
        let (status, _, chinese) = output(&["scenario", &path, "--lang", "zh"]);
        assert_eq!(status, Some(2));
        assert_ne!(err, chinese);
    }
    let (status, _, err) = output(&["scenario", "/no/such/file.json"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("/no/such/file.json"));
}

#[test]
fn a_program_without_an_end_is_stopped() {
    let (_folder, path) = file(r#"{"tasks": {"main": [{"op": "forever", "body": []}]}}"#);
    let (status, _, err) = output(&["scenario", &path]);
    assert_eq!(status, Some(1));
    assert!(err.contains("main"), "{err}");
}
