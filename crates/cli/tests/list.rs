//! `wakeline list`.

mod support;

use serde_json::Value;
use support::command::output;

#[test]
fn every_demo_is_listed_under_its_chapter() {
    for (language, chapter, title) in [
        ("en", "The loop", "Delayed greetings"),
        ("zh", "网络", "生产者与消费者"),
    ] {
        let (status, out, err) = output(&["list", "--lang", language]);
        assert_eq!((status, &*err), (Some(0), ""));
        for demo in [
            "hello",
            "producer-consumer",
            "semaphore",
            "timeout",
            "fetch",
            "websocket",
        ] {
            let line = out.lines().find(|line| line.trim_start().starts_with(demo));
            assert!(line.is_some(), "{demo}: {out}");
        }
        assert!(out.contains(chapter) && out.contains(title), "{out}");
        // A key that is missing from the phrase table would show itself.
        assert!(!out.contains("demo.") && !out.contains("chapter."), "{out}");
    }
}

#[test]
fn json_has_the_whole_declaration() {
    let (status, out, _) = output(&["list", "--json"]);
    assert_eq!(status, Some(0));
    let demos: Vec<Value> = serde_json::from_str(&out).unwrap();
    let hello = demos.iter().find(|demo| demo["slug"] == "hello").unwrap();
    assert_eq!(hello["chapter"], "loop");
    assert_eq!(hello["modes"], "any");
    assert_eq!(hello["title"], "Delayed greetings");
    let mode = hello["params"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "mode")
        .unwrap();
    assert_eq!(mode["kind"], "choice");
    let (_, one, _) = output(&["list", "hello", "--json"]);
    assert_eq!(&serde_json::from_str::<Value>(&one).unwrap(), hello);
}

#[test]
fn a_demo_is_described_with_ranges_units_defaults_and_help() {
    let (_, json, _) = output(&["list", "--json"]);
    let demos: Vec<Value> = serde_json::from_str(&json).unwrap();
    for language in ["en", "zh"] {
        for demo in &demos {
            let slug = demo["slug"].as_str().unwrap();
            let (status, out, _) = output(&["list", slug, "--lang", language]);
            assert_eq!(status, Some(0));
            for param in demo["params"].as_array().unwrap() {
                let name = param["name"].as_str().unwrap();
                assert!(
                    out.contains(&format!("\n  {name}=")),
                    "{slug} {name}: {out}"
                );
            }
            for missing in ["demo.", "param.", "preset.", "unit.", "cli."] {
                assert!(!out.contains(&format!("{missing}{slug}")), "{out}");
            }
        }
    }
    let (_, out, _) = output(&["list", "hello"]);
    assert!(
        out.contains("first_ms=1000") && out.contains(" ms]"),
        "{out}"
    );
}

#[test]
fn an_unknown_demo_is_refused() {
    let (status, out, err) = output(&["list", "semaphor"]);
    assert_eq!((status, &*out), (Some(2), ""));
    assert!(err.contains("Did you mean “semaphore”?"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let command = format!("{} list | head -n 1", env!("CARGO_BIN_EXE_wakeline"));
    let shell = std::process::Command::new("sh")
        .args(["-c", &command])
        .output();
    let shell = shell.unwrap();
    assert!(shell.status.success());
    assert!(shell.stderr.is_empty(), "{shell:?}");
}
