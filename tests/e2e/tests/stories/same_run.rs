//! The same demo, parameters, seed and policy give the same log in the page as on the command
//! line: byte for byte, as its hash tells.

use wakeline_e2e::{Setting, command, story};

/// A run, and what it is called on either side.
struct Case {
    demo: &'static str,
    params: &'static [(&'static str, &'static str)],
}

const fn case(demo: &'static str, params: &'static [(&'static str, &'static str)]) -> Case {
    Case { demo, params }
}

const CASES: &[Case] = &[
    case("hello", &[]),
    case("hello", &[("mode", "sequential")]),
    case("hello", &[("mode", "concurrent"), ("greetings", "12")]),
    case("hello", &[("first_ms", "0"), ("second_ms", "0")]),
    case("producer-consumer", &[]),
    case("producer-consumer", &[("capacity", "1")]),
    case(
        "producer-consumer",
        &[("shutdown", "close"), ("failure_rate", "50")],
    ),
    case(
        "producer-consumer",
        &[("producers", "7"), ("consumers", "1"), ("items", "30")],
    ),
    case("semaphore", &[]),
    case(
        "semaphore",
        &[("jobs", "60"), ("permits", "8"), ("job_min_ms", "0")],
    ),
    case("timeout", &[]),
    case("timeout", &[("mode", "concurrent"), ("limit_ms", "1000")]),
    case("timeout", &[("operation", "blocks")]),
];

const WAYS: &[(&str, &str)] = &[
    ("0", "fifo"),
    ("1", "random"),
    ("18446744073709551615", "random"),
];

#[test]
fn the_page_and_the_command_line_give_the_same_log() {
    story(&Setting::default(), async |stage| {
        let mut hashes = std::collections::BTreeSet::new();
        for Case { demo, params } in CASES {
            for (seed, policy) in WAYS {
                let sets: Vec<String> = params
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                let mut options = vec!["--seed", seed, "--policy", policy];
                for set in &sets {
                    options.extend(["--set", set]);
                }
                let expected = command::hash(demo, &options);
                let query = format!("demo={demo}&seed={seed}&policy={policy}&{}", sets.join("&"));
                let page = stage.open(query.trim_end_matches('&')).await;
                let ended = page.ended().await;
                assert_eq!(ended.hash, expected, "{query}");
                hashes.insert(expected);
            }
        }
        // Different runs have different logs; a hash of nothing would not.
        assert!(hashes.len() > CASES.len(), "{} hashes", hashes.len());
    });
}

#[test]
fn every_demo_on_the_virtual_clock_gives_the_same_log() {
    let demos = command::demos_on_the_virtual_clock();
    assert!(demos.len() >= 4, "{demos:?}");
    story(&Setting::default(), async |stage| {
        for demo in &demos {
            let expected = command::hash(demo, &["--seed", "7"]);
            let page = stage.open(&format!("demo={demo}&seed=7")).await;
            assert_eq!(page.ended().await.hash, expected, "{demo}");
        }
    });
}

#[test]
fn what_the_command_line_prints_is_in_the_console_of_the_page() {
    let object = command::run("hello", &["--set", "mode=concurrent"]);
    assert_eq!(object["virtual_end_ms"], 2000);
    let lines: Vec<&str> = object["output"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["text"].as_str().or(line["line"].as_str()))
        .collect();
    assert!(!lines.is_empty(), "{object}");
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&mode=concurrent&panel=console").await;
        page.ended().await;
        let console = page
            .see_that("console", |text| {
                lines.iter().all(|line| text.contains(line))
            })
            .await;
        assert!(!console.is_empty());
    });
}
