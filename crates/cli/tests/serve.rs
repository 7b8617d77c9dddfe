//! `wakeline serve` as a process: what it prints, which port it takes, how it ends.

mod support;

use std::net::TcpListener;

use support::command::output;
use support::serving::Serving;

#[cfg(unix)]
#[test]
fn it_prints_its_address_on_one_line_and_ends_well_on_either_signal() {
    for signal in ["INT", "TERM"] {
        let mut serving = Serving::start(&["--port", "0"]);
        let prefix = "http://127.0.0.1:";
        assert!(serving.address.starts_with(prefix), "{}", serving.address);
        assert!(serving.address.ends_with('/'), "{}", serving.address);
        assert_ne!(serving.port(), 0);
        serving.signal(signal);
        let (status, rest, log) = serving.end();
        assert_eq!(status, Some(0), "{log}");
        assert_eq!(rest, "");
        assert!(log.contains("cargo xtask play"), "{log}");
        assert!(log.contains("stopped"), "{log}");
    }
}

#[tokio::test]
async fn it_answers() {
    let serving = Serving::start(&["--port", "0", "--log", "off"]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}api/health", serving.address));
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[test]
fn a_port_that_was_named_and_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (status, out, err) = output(&["serve", "--port", &port]);
    assert_eq!(status, Some(1));
    assert_eq!(out, "");
    assert!(
        err.contains(&format!("127.0.0.1:{port} is in use")),
        "{err}"
    );
}

#[cfg(unix)]
#[test]
fn without_a_named_port_there_is_always_one() {
    // Whether 8080 is free here or not, it is taken for the second of two servers.
    let mut first = Serving::start(&[]);
    let mut second = Serving::start(&[]);
    assert_ne!(first.port(), second.port());
    assert_ne!(second.port(), 8080);
    second.signal("INT");
    let (status, _, log) = second.end();
    assert_eq!(status, Some(0));
    let said = format!(
        "Port 8080 is in use; serving on port {} instead.",
        second.port()
    );
    assert!(log.contains(&said), "{log}");
    first.signal("INT");
    assert_eq!(first.end().0, Some(0));
}

#[cfg(unix)]
#[test]
fn an_address_that_others_can_reach_is_warned_about() {
    let mut serving = Serving::start(&["--address", "0.0.0.0", "--port", "0"]);
    assert!(
        serving.address.starts_with("http://127.0.0.1:"),
        "{}",
        serving.address
    );
    serving.signal("TERM");
    let (_, _, log) = serving.end();
    assert!(log.contains("other machines can reach"), "{log}");
}

#[test]
fn a_directory_without_a_playground_is_bad_usage() {
    let (status, out, err) = output(&["serve", "--root", "no/such/directory"]);
    assert_eq!((status, &*out), (Some(2), ""));
    assert!(err.contains("no/such/directory does not exist"), "{err}");
    let (status, _, err) = output(&["serve", "--root", "src"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("index.html"), "{err}");
}

#[test]
fn arguments_that_make_no_sense_are_refused_in_the_readers_language() {
    for (arguments, english, chinese) in [
        (
            &["serve", "--port", "-1"][..],
            "“-1” is no valid value for --port",
            "“-1”不是",
        ),
        (
            &["serve", "--port", "65536"],
            "“65536” is no valid value for --port",
            "“65536”不是",
        ),
        (
            &["serve", "--address", "here"],
            "“here” is no valid value for --address",
            "“here”不是",
        ),
        (
            &["serve", "--log", "loud"],
            "Known values: off, error, warn",
            "可用的值：off, error",
        ),
        (
            &["serve", "--prot", "1"],
            "Did you mean “--port”?",
            "你想输入的是“--port”吗？",
        ),
        (&["serve", "--port"], "needs a value", "需要一个值"),
        (
            &["serve", "--port", "1", "--port", "2"],
            "only once",
            "只能出现一次",
        ),
        (
            &["serv"],
            "Did you mean “serve”?",
            "你想输入的是“serve”吗？",
        ),
        (&[], "A command is missing", "缺少命令"),
    ] {
        for (language, expected) in [("en", english), ("zh", chinese)] {
            let mut all = vec!["--lang", language];
            all.extend(arguments);
            let (status, out, err) = output(&all);
            assert_eq!((status, &*out), (Some(2), ""), "{all:?}");
            assert!(err.contains(expected), "{all:?}: {err}");
        }
    }
    let (status, _, err) = output(&["serve", "--lang", "fr"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("Known values: en, zh"), "{err}");
}

#[test]
fn help_is_in_the_readers_language() {
    for (language, expected) in [
        ("en", ["Port to listen on", "Examples:", "Ctrl-C ends it"]),
        ("zh", ["监听的端口", "示例：", "按 Ctrl-C 结束"]),
    ] {
        let (status, out, err) = output(&["serve", "--help", "--lang", language]);
        assert_eq!((status, &*err), (Some(0), ""));
        for words in expected {
            assert!(out.contains(words), "{out}");
        }
        // What the examples name exists.
        for option in ["--root", "--address", "--port", "--open", "--log"] {
            assert!(out.matches(option).count() > 1, "{option}: {out}");
        }
    }
    let (status, out, _) = output(&["--version"]);
    assert_eq!(status, Some(0));
    assert_eq!(out, format!("wakeline {}\n", env!("CARGO_PKG_VERSION")));
}
