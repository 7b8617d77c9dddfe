//! `wakeline run`: results, determinism, exit statuses, logs, bad input, live runs.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;
use sha2::{Digest, Sha256};
use support::Running;
use support::command::{output, wakeline};

/// Runs a demo that completes, and gives its object.
fn run(arguments: &[&str]) -> Value {
    let (status, object) = run_to(arguments);
    assert_eq!(status, Some(0), "{object}");
    object
}

/// Runs a demo, and gives exit status and object.
fn run_to(arguments: &[&str]) -> (Option<i32>, Value) {
    let mut all = vec!["run", "--json"];
    all.extend(arguments);
    let (status, out, err) = output(&all);
    let object = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{all:?}: {out}{err}"));
    (status, object)
}

fn hash(arguments: &[&str]) -> String {
    let object = run(arguments);
    object["log_sha256"].as_str().unwrap().to_owned()
}

#[test]
fn hello_takes_the_longest_delay_or_the_sum() {
    let concurrent = run(&["hello", "--set", "mode=concurrent"]);
    assert_eq!(concurrent["virtual_end_ms"], 2000);
    assert_eq!(concurrent["outcome"], "completed");
    assert_eq!(concurrent["params"]["mode"], "concurrent");
    assert_eq!(concurrent["params"]["first_ms"], 1000);
    let sequential = run(&["hello", "--set", "mode=sequential"]);
    assert_eq!(sequential["virtual_end_ms"], 3000);
}

#[test]
fn the_object_has_the_promised_keys_in_their_order() {
    let (_, out, _) = output(&["run", "hello", "--json"]);
    assert_eq!(out.lines().count(), 1);
    let keys = [
        "demo",
        "params",
        "seed",
        "virtual_end_ms",
        "outcome",
        "output",
        "stats",
        "log_sha256",
    ];
    let object: serde_json::Map<String, Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(object.len(), keys.len());
    let at = keys.map(|key| out.find(&format!("\"{key}\":")).unwrap());
    assert!(at.is_sorted(), "{out}");
    let line = &object["output"][0];
    assert_eq!(line["t_ms"], 0);
    assert!(
        line["task"].is_string() && line["text"].is_string(),
        "{line}"
    );
    assert_eq!(object["stats"]["tasks"]["created"], 3);
}

#[test]
fn the_same_seed_gives_the_same_log_and_another_seed_another_one() {
    let first = hash(&["producer-consumer", "--seed", "7"]);
    assert_eq!(hash(&["producer-consumer", "--seed", "7"]), first);
    assert_ne!(hash(&["producer-consumer", "--seed", "8"]), first);
    assert_ne!(
        hash(&["producer-consumer", "--seed", "7", "--set", "capacity=1"]),
        first
    );
    let random = ["producer-consumer", "--seed", "7", "--policy", "random"];
    assert_eq!(hash(&random), hash(&random));
    assert_ne!(hash(&random), first);
    // The choices of a run are enough to have it again; its log says under which policy it ran.
    let chosen = run(&random);
    let recorded = format!("recorded:{}", chosen["choices"].as_str().unwrap());
    let again = run(&["producer-consumer", "--seed", "7", "--policy", &recorded]);
    assert_eq!(again["choices"], chosen["choices"]);
    assert_eq!(again["output"], chosen["output"]);
    assert_eq!(again["stats"], chosen["stats"]);
    assert!(run(&["producer-consumer"]).get("choices").is_none());
    let largest = run(&["producer-consumer", "--seed", "18446744073709551615"]);
    assert_eq!(largest["seed"], u64::MAX);
}

#[test]
fn a_value_of_the_default_changes_nothing() {
    let all = run(&["producer-consumer"]);
    let capacity = format!("capacity={}", all["params"]["capacity"]);
    let same = run(&["producer-consumer", "--set", &capacity]);
    assert_eq!(same["log_sha256"], all["log_sha256"]);
    // Of a parameter that is set twice, the last value counts.
    let twice = run(&[
        "producer-consumer",
        "--set",
        "capacity=1",
        "--set",
        &capacity,
    ]);
    assert_eq!(twice["log_sha256"], all["log_sha256"]);
}

#[test]
fn a_preset_is_where_assignments_begin() {
    let preset = run(&["hello", "--preset", "concurrent"]);
    assert_eq!(preset["params"]["mode"], "concurrent");
    let changed = run(&["hello", "--preset", "concurrent", "--set", "first_ms=5000"]);
    assert_eq!(changed["params"]["mode"], "concurrent");
    assert_eq!(changed["virtual_end_ms"], 5000);
}

#[test]
fn a_small_queue_makes_producers_wait_and_the_log_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let waits = |capacity: &str| {
        let path = directory.path().join("run.jsonl");
        let path = path.to_str().unwrap();
        let set = format!("capacity={capacity}");
        run(&["producer-consumer", "--set", &set, "--log", path]);
        let log = std::fs::read_to_string(path).unwrap();
        let events = log.lines().skip(1).map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event
        });
        // 2: waiting for room in a channel.
        let full =
            |event: &Value| event["kind"] == "wait-begun" && event["reason"] == "channel-send";
        events.filter(full).count()
    };
    assert!(waits("1") > 0);
    assert_eq!(waits("1000"), 0);
}

#[test]
fn the_hash_is_that_of_the_log_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.wakeline");
    std::fs::write(&path, "what was here before").unwrap();
    let object = run(&["semaphore", "--log", path.to_str().unwrap()]);
    let bytes = std::fs::read(&path).unwrap();
    let hash: String = Sha256::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(object["log_sha256"], hash);
    let mut log = wakeline::log::Log::new();
    let complete = wakeline::log::Decoder::new()
        .read(&mut log, &bytes)
        .unwrap();
    assert!(complete);
    assert_eq!(log.len() as u64, object["stats"]["events"]);
    let meta: Value = serde_json::from_str(&log.meta).unwrap();
    assert_eq!(meta["demo"], "semaphore");
    assert_eq!(meta["params"], object["params"]);
}

#[test]
fn a_log_that_cannot_be_written_is_an_error_before_the_run() {
    let (status, out, err) = output(&["run", "hello", "--log", "no/such/place/run.log"]);
    assert_eq!((status, &*out), (Some(1), ""));
    assert!(
        err.contains("Cannot write the log to no/such/place/run.log"),
        "{err}"
    );
}

#[test]
fn without_json_there_are_lines_with_times_and_a_summary() {
    let (status, out, err) = output(&["run", "hello", "--set", "mode=concurrent"]);
    assert_eq!((status, &*err), (Some(0), ""));
    let object = run(&["hello", "--set", "mode=concurrent"]);
    let lines: Vec<&str> = out.lines().collect();
    let printed = object["output"].as_array().unwrap();
    for (line, output) in lines.iter().zip(printed) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next().unwrap(), output["t_ms"].to_string());
        assert_eq!(words.next(), Some("ms"));
        assert!(line.ends_with(output["text"].as_str().unwrap()), "{line}");
    }
    assert!(
        out.contains("Completed after 2000 ms of virtual time."),
        "{out}"
    );
    assert!(
        out.contains(object["log_sha256"].as_str().unwrap()),
        "{out}"
    );
    let (_, out, _) = output(&["run", "hello", "--lang", "zh"]);
    assert!(out.contains("虚拟时间"), "{out}");
}

#[test]
fn input_that_makes_no_sense_is_refused_with_the_reason() {
    for (arguments, reasons) in [
        (
            &["helo"][..],
            &["no demo called “helo”", "Did you mean “hello”?"][..],
        ),
        (&[""], &["no demo called", "Known demos: hello"]),
        (
            &["producer-consumer", "--set", "capacity=-1"],
            &["capacity must be between 1 and", "got -1"],
        ),
        (
            &["producer-consumer", "--set", "capacity=abc"],
            &["capacity must be a whole number", "got “abc”"],
        ),
        (
            &["producer-consumer", "--set", "nope=1"],
            &["no parameter called “nope”", "Known parameters: producers"],
        ),
        (
            &["producer-consumer", "--set", "capcity=1"],
            &["Did you mean “capacity”?"],
        ),
        (
            &[
                "producer-consumer",
                "--set",
                "capacity=99999999999999999999",
            ],
            &["capacity must be between"],
        ),
        (
            &["producer-consumer", "--set", "shutdown=never"],
            &["shutdown must be one of"],
        ),
        (
            &[
                "producer-consumer",
                "--set",
                "produce_min_ms=900",
                "--set",
                "produce_max_ms=1",
            ],
            &["produce_min_ms (900) must not be greater than produce_max_ms (1)"],
        ),
        (
            &["hello", "--set", "mode"],
            &["--set takes name=value; got “mode”"],
        ),
        (
            &["hello", "--preset", "crowds"],
            &["no preset called", "Did you mean “crowd”?"],
        ),
        (
            &["hello", "--seed", "-1"],
            &["seed must be a whole number", "got “-1”"],
        ),
        (
            &["hello", "--seed", "18446744073709551616"],
            &["seed must be a whole number"],
        ),
        (
            &["hello", "--limit", "0"],
            &["--limit must be between 1 and"],
        ),
        (
            &["hello", "--policy", "lifo"],
            &["no policy called “lifo”", "priority", "recorded:"],
        ),
        (
            &["hello", "--policy", "recorded:A.C"],
            &["make no sense from letter 2 on"],
        ),
        (
            &["fetch", "--server", "127.0.0.1"],
            &["must begin with http://"],
        ),
        (
            &["fetch", "--server", "https://127.0.0.1"],
            &["not https://"],
        ),
        (
            &["fetch", "--set", "at_once=0"],
            &["at_once must be between 1 and"],
        ),
    ] {
        for form in [&[][..], &["--json"]] {
            let mut all = vec!["run"];
            all.extend(arguments);
            all.extend(form);
            let (status, out, err) = output(&all);
            assert_eq!((status, &*out), (Some(2), ""), "{all:?}: {err}");
            for reason in reasons {
                assert!(err.contains(reason), "{all:?}: {err}");
            }
        }
    }
    // Every problem at once, in the reader's language.
    let several = [
        "run", "hello", "--set", "x=1", "--seed", "a", "--lang", "zh",
    ];
    let (_, _, err) = output(&several);
    assert!(
        err.contains("没有名为“x”的参数") && err.contains("种子必须是"),
        "{err}"
    );
    let (status, _, err) = output(&["run"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("<DEMO> is missing"), "{err}");
}

#[test]
fn a_run_that_never_ends_stops_at_the_limit_of_events_and_says_so() {
    let (status, object) = run_to(&[
        "producer-consumer",
        "--preset",
        "endless",
        "--limit",
        "5000",
    ]);
    assert_eq!(status, Some(1));
    assert_eq!(object["outcome"], "limit");
    let events = object["stats"]["events"].as_u64().unwrap();
    assert!((5000..6000).contains(&events), "{events}");
    let endless = [
        "run",
        "producer-consumer",
        "--preset",
        "endless",
        "--limit",
        "5000",
    ];
    let (status, out, _) = output(&endless);
    assert_eq!(status, Some(1));
    assert!(out.contains("limit of events"), "{out}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_run_and_keeps_its_log() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.wakeline");
    let mut process = wakeline(&["run", "producer-consumer", "--preset", "endless", "--live"])
        .args(["--set", "monitor=true", "--log", path.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    let id = process.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("Stopped on request after"), "{rest}");
    let mut log = wakeline::log::Log::new();
    let bytes = std::fs::read(&path).unwrap();
    assert!(
        wakeline::log::Decoder::new()
            .read(&mut log, &bytes)
            .unwrap()
    );
}

#[tokio::test]
async fn fetch_talks_to_a_real_server() {
    let server = Running::start().await;
    let url = server.url("/");
    let arguments = [
        "fetch",
        "--server",
        &url,
        "--set",
        "paths=/api/json /api/status/404",
    ];
    let object = run_beside(&arguments).await;
    assert_eq!(object["outcome"], "completed");
    let text = object["output"].to_string();
    assert!(
        text.contains("/api/json: ") && text.contains("bytes of JSON"),
        "{text}"
    );
    assert!(text.contains("/api/status/404: status 404"), "{text}");
    assert!(text.contains("1 good, 1 failed, 0 given up"), "{text}");
}

#[tokio::test]
async fn fetch_survives_everything_that_can_go_wrong() {
    let object = run_beside(&[
        "fetch",
        "--live",
        "--preset",
        "errors",
        "--set",
        "timeout_ms=200",
    ])
    .await;
    assert_eq!(object["outcome"], "completed");
    let text = object["output"].to_string();
    for what in [
        "/api/status/500: status 500",
        "/api/invalid-json: no valid JSON",
        "/api/drop: the connection broke",
        "/api/delay/8000: took too long",
        "0 good, 4 failed, 0 given up",
    ] {
        assert!(text.contains(what), "{what}: {text}");
    }
}

#[tokio::test]
async fn a_redirected_request_arrives_unless_it_goes_round_in_circles() {
    let set = "paths=/api/redirect/20 /api/redirect/21";
    let object = run_beside(&["fetch", "--live", "--set", set]).await;
    let text = object["output"].to_string();
    assert!(
        text.contains("/api/redirect/20: ") && text.contains("1 good, 1 failed"),
        "{text}"
    );
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let (status, object) = run_to(&["fetch", "--server", &url, "--set", "paths=/api/json"]);
    assert_eq!(status, Some(1));
    assert_eq!(object["outcome"], "failed");
    let reason = object["reason"].as_str().unwrap();
    assert!(reason.contains("unreachable"), "{reason}");
    let patience = ["--set", "attempts=2", "--set", "backoff_ms=1"];
    let mut arguments = vec!["websocket", "--server", &url];
    arguments.extend(patience);
    let (status, object) = run_to(&arguments);
    assert_eq!(status, Some(1));
    assert!(
        object["reason"].as_str().unwrap().contains("unreachable"),
        "{object}"
    );
}

#[tokio::test]
async fn clients_share_a_room() {
    let quick = [
        "--set",
        "interval_ms=0",
        "--set",
        "messages=3",
        "--set",
        "clients=4",
    ];
    let mut arguments = vec!["websocket", "--live"];
    arguments.extend(quick);
    let object = run_beside(&arguments).await;
    assert_eq!(object["outcome"], "completed");
    let text = object["output"].to_string();
    assert!(text.contains("4 in the room, heard 12"), "{text}");
    assert!(text.contains("12 sent, 48 received, 4 sockets"), "{text}");
}

#[tokio::test]
async fn clients_that_are_hung_up_on_come_back() {
    let quick = [
        "--set",
        "interval_ms=0",
        "--set",
        "backoff_ms=1",
        "--set",
        "clients=1",
    ];
    let mut arguments = vec!["websocket", "--live", "--preset", "hang_up"];
    arguments.extend(quick);
    let object = run_beside(&arguments).await;
    assert_eq!(object["outcome"], "completed");
    let text = object["output"].to_string();
    // Three messages on each socket. One more may be sent before the end is noticed.
    assert!(text.contains(" sent, 10 received, 4 sockets"), "{text}");
    let ends = text.matches("the server hung up (code 1006)").count();
    assert_eq!(ends, 3, "{text}");
}

#[tokio::test]
async fn large_messages_in_both_directions_do_not_get_stuck() {
    let object = run_beside(&["websocket", "--live", "--preset", "heavy"]).await;
    let text = object["output"].to_string();
    assert!(text.contains("200 sent, 200 received, 2 sockets"), "{text}");
}

/// Runs a demo that completes, on a thread of its own: the server of the test must go on.
async fn run_beside(arguments: &[&str]) -> Value {
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    let running = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(|text| &**text).collect();
        run(&arguments)
    });
    support::soon(running).await.unwrap()
}
