//! A log comes back from its files, and a file that is none is refused with its place.

mod support;

use proptest::prelude::*;
use support::{cases, perform, programs};
use wakeline::log::{Log, encode, to_json_lines};
use wakeline_timeline::import::{Place, read};

fn json(log: &Log) -> Vec<u8> {
    to_json_lines(log).into_bytes()
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_log_comes_back_byte_for_byte((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        let bytes = encode(&log);
        prop_assert_eq!(&encode(&read(&bytes).unwrap()), &bytes);
        let back = read(&json(&log)).unwrap();
        prop_assert_eq!(to_json_lines(&back), to_json_lines(&log));
        prop_assert_eq!(encode(&back), bytes);
    }

    #[test]
    fn a_log_that_is_cut_off_anywhere_is_refused(
        (seed, random, deeds) in programs(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 10),
    ) {
        let log = perform(seed, random, deeds).0;
        for bytes in [encode(&log), json(&log)] {
            for cut in &cuts {
                let cut = cut.index(bytes.len() - 1);
                // The last line of JSON is whole without the character that ends it.
                let found = read(&bytes[..cut]);
                prop_assert!(found.is_err(), "cut at {} of {}", cut, bytes.len());
            }
        }
    }

    #[test]
    fn a_log_with_a_wrong_byte_is_refused_or_is_another_log(
        (seed, random, deeds) in programs(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 10),
    ) {
        let log = perform(seed, random, deeds).0;
        for bytes in [encode(&log), json(&log)] {
            for (at, byte) in &changes {
                let mut bytes = bytes.clone();
                let at = at.index(bytes.len());
                bytes[at] = *byte;
                match read(&bytes) {
                    // Whatever is taken is a log that can be written again.
                    Ok(log) => prop_assert!(read(&encode(&log)).is_ok()),
                    Err(error) => match error.place() {
                        Place::Byte(place) => prop_assert!(place <= bytes.len()),
                        Place::Line(place) => {
                            let lines = bytes.split(|byte| *byte == b'\n').count();
                            prop_assert!((1..=lines).contains(&place));
                        }
                    },
                }
            }
        }
    }

    #[test]
    fn bytes_of_any_kind_are_no_reason_to_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        lines in "(\\{[\"a-z:,0-9{}\\[\\]\\\\ ]{0,40}\\}?\n){0,6}",
    ) {
        let _ = read(&bytes);
        let mut binary = b"WAKELINE\x01\0\0\0".to_vec();
        binary.extend(&bytes);
        let _ = read(&binary);
        let _ = read(lines.as_bytes());
    }
}

/// The code and the line for which a log in JSON is refused.
fn refusal(text: &str) -> (&'static str, usize) {
    let error = read(text.as_bytes()).unwrap_err();
    (error.code(), error.number())
}

#[test]
fn each_mistake_in_a_line_has_its_name() {
    let event = r#"{"seq":0,"t":5,"kind":"run-begun","flags":0,"subject":0,"object":0,"value":1}"#;
    let with = |line: &str| format!("{{}}\n{event}\n{line}\n");
    for (line, code) in [
        ("", "json-syntax"),
        ("null", "json-syntax"),
        (r#"{"seq":1}"#, "json-field"),
        (event, "json-order"),
        (&*event.replace(r#""seq":0"#, r#""seq":"1""#), "json-field"),
        (&*event.replace(":0,\"t\":5", ":1,\"t\":4"), "json-time"),
        (
            &*event
                .replace("\"seq\":0", "\"seq\":1")
                .replace("begun", "done"),
            "json-kind",
        ),
        (
            &*event
                .replace("\"seq\":0", "\"seq\":1")
                .replace("\"flags\":0", "\"flags\":256"),
            "json-field",
        ),
        (
            &*event
                .replace("\"seq\":0", "\"seq\":1")
                .replace("}", ",\"at\":\"nowhere\"}"),
            "json-field",
        ),
    ] {
        assert_eq!(refusal(&with(line)), (code, 3), "{line}");
    }
    assert_eq!(refusal("{\"a\":}\n"), ("json-syntax", 1));
    assert_eq!(refusal("{\"wakeline\":2}\n").0, "incomplete");
    assert_eq!(refusal("{\"wakeline\":3}\n"), ("unknown-version", 1));
    assert_eq!(refusal("{\"wakeline\":\"1\"}\n"), ("json-field", 1));
    assert_eq!(refusal("{\"a\":1,\"wakeline\":1}\n"), ("json-field", 1));
    assert_eq!(refusal(&with("")[..event.len() + 4]).0, "incomplete");
    assert_eq!(refusal("hello"), ("not-a-log", 0));
    assert_eq!(refusal(""), ("not-a-log", 0));
}

#[test]
fn the_meta_object_comes_back_and_may_lack_the_version() {
    let event = r#"{"seq":0,"t":5,"kind":"run-ended","flags":0,"subject":0,"object":0,"value":0}"#;
    for (line, meta) in [
        ("{}", ""),
        (r#"{"wakeline":1}"#, ""),
        (r#"{"demo":"hello"}"#, r#"{"demo":"hello"}"#),
        (r#"{"wakeline":1,"demo":"hello"}"#, r#"{"demo":"hello"}"#),
    ] {
        let log = read(format!("{line}\n{event}\n").as_bytes()).unwrap();
        assert_eq!(log.meta, meta, "{line}");
        let written = to_json_lines(&log);
        assert!(written.starts_with(r#"{"wakeline":1"#), "{written}");
        assert_eq!(read(written.as_bytes()).unwrap().meta, meta);
    }
}

#[test]
fn every_reason_for_a_refusal_has_words() {
    let codes = [
        "not-a-log",
        "unknown-version",
        "truncated",
        "data-after-the-end",
        "out-of-order",
        "out-of-place",
        "index-out-of-table",
        "unknown-kind",
        "time-runs-backwards",
        "not-utf-8",
        "events-are-missing",
        "unknown-block",
        "length-does-not-match",
        "incomplete",
        "json-syntax",
        "json-field",
        "json-kind",
        "json-order",
        "json-time",
    ];
    for language in wakeline_phrases::Language::ALL {
        for code in codes {
            let key = format!("problem.log-{code}");
            assert!(language.find(&key).is_some(), "{key}");
        }
    }
    // And there is no other: what the decoder can say is in its source.
    let decoder = include_str!("../../runtime/src/log/codec.rs");
    for found in decoder.split("error(\"").skip(1) {
        let code = found.split('"').next().unwrap();
        assert!(codes.contains(&code), "{code}");
    }
}
