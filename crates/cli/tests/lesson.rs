//! `wakeline lesson`.

mod support;

use serde_json::Value;
use support::command::output;

#[test]
fn a_lesson_is_printed_in_the_readers_language() {
    for (language, parts) in [
        (
            "en",
            ["Step 1", "Question: ", "Common mistakes", "In practice"],
        ),
        ("zh", ["第 1 步", "问题：", "常见错误", "实际用途"]),
    ] {
        let (status, out, err) = output(&["lesson", "hello", "--lang", language]);
        assert_eq!((status, &*err), (Some(0), ""));
        for part in parts {
            assert!(out.contains(part), "{part}: {out}");
        }
        assert!(out.contains("import asyncio"), "{out}");
        // A key that is missing from the phrase table would show itself.
        assert!(
            !out.contains("cli.") && !out.contains("demo.hello"),
            "{out}"
        );
    }
}

#[test]
fn the_command_of_a_step_runs() {
    let (_, out, _) = output(&["lesson", "hello"]);
    let command = out
        .lines()
        .find_map(|line| line.trim().strip_prefix("Run: wakeline "));
    let words: Vec<&str> = command.unwrap().split(' ').collect();
    let (status, _, err) = output(&words);
    assert_eq!((status, &*err), (Some(0), ""), "{words:?}");
}

#[test]
fn json_has_one_lesson_or_all() {
    let (status, out, _) = output(&["lesson", "--json", "--lang", "zh"]);
    assert_eq!(status, Some(0));
    let all: Value = serde_json::from_str(&out).unwrap();
    let (_, one, _) = output(&["lesson", "hello", "--json", "--lang", "zh"]);
    let hello: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(hello, all["hello"]);

    let keys: Vec<&String> = hello.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["asyncio", "mistakes", "practice", "related", "steps"]
    );
    let step = &hello["steps"][0];
    assert_eq!(step["preset"], "tutorial");
    assert_eq!(step["evidence"]["event"], "clock-advanced");
    assert_eq!(step["evidence"]["nth"], 2);
    for text in ["text", "question", "answer"] {
        assert!(step[text].as_str().is_some_and(|text| !text.is_empty()));
    }
    // Settings that a step leaves alone are not there at all.
    assert_eq!(step.get("seed"), None);

    let (_, english, _) = output(&["lesson", "hello", "--json", "--lang", "en"]);
    let english: Value = serde_json::from_str(&english).unwrap();
    assert_ne!(english["practice"], hello["practice"]);
    assert_eq!(english["asyncio"], hello["asyncio"]);
}

#[test]
fn an_unknown_demo_or_none_is_bad_usage() {
    let (status, out, err) = output(&["lesson", "helo", "--lang", "en"]);
    assert_eq!((status, &*out), (Some(2), ""));
    assert!(err.contains("Did you mean “hello”?"), "{err}");
    let (status, _, err) = output(&["lesson", "--lang", "en"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("DEMO"), "{err}");
}
