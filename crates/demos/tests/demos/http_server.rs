//! The HTTP server and its clients.

use std::collections::BTreeMap;

use wakeline::log::{Kind, Reason};

use crate::support::{Story, run, run_preset};

/// How often each status came back, as the run says at its end.
fn statuses(story: &Story) -> BTreeMap<u16, u32> {
    let last = &story.lines.last().unwrap().text;
    let (_, list) = last.split_once(": ").unwrap();
    let pairs = list.split(", ").map(|pair| pair.split_once(" × ").unwrap());
    pairs
        .map(|(count, status)| (status.parse().unwrap(), count.parse().unwrap()))
        .collect()
}

/// How many connections were opened to the server.
fn connections(story: &Story) -> usize {
    let begun = story
        .events()
        .filter(|event| event.kind == Kind::NetworkBegun);
    begun
        .filter(|event| story.log.text(event.low()).contains(" → server:80"))
        .count()
}

#[test]
fn the_tutorial_gets_200_200_and_201() {
    let story = run_preset("http-server", "tutorial", &[]);
    let said = |line: &str| assert_eq!(story.saying(line).len(), 1, "{line}");
    said("client 1: GET /hello?name=Ada: 200");
    said("client 1: GET /api/books: 200");
    said("client 1: POST /api/books: 201");
    assert_eq!(statuses(&story), BTreeMap::from([(200, 2), (201, 1)]));
    assert_eq!(connections(&story), 1, "the connection is kept");
}

#[test]
fn each_error_has_its_status() {
    let story = run_preset("http-server", "errors", &[]);
    let expected = [
        (400, 3),
        (404, 2),
        (405, 1),
        (411, 1),
        (413, 1),
        (500, 1),
        (501, 2),
        (505, 1),
    ];
    assert_eq!(statuses(&story), BTreeMap::from(expected));
    assert_eq!(story.summary.outcome, "completed");
}

#[test]
fn without_keep_alive_each_request_has_a_connection() {
    let story = run_preset("http-server", "no_keep_alive", &[("concurrency", "1")]);
    assert_eq!(connections(&story), 9);
    let kept = run_preset(
        "http-server",
        "no_keep_alive",
        &[("concurrency", "1"), ("keep_alive", "true")],
    );
    assert_eq!(connections(&kept), 1);
    assert!(kept.end_ms() < story.end_ms());
}

#[test]
fn a_request_takes_the_way_there_and_back_and_the_work() {
    let story = run_preset(
        "http-server",
        "tutorial",
        &[("latency_ms", "100"), ("work_ms", "7")],
    );
    assert_eq!(
        story.saying("200 after 407 ms").len(),
        1,
        "with the opening of the connection"
    );
    assert_eq!(story.saying("200 after 207 ms").len(), 1);
}

#[test]
fn every_answer_arrives_over_a_bad_line_later() {
    let good = run("http-server", &[("script", "basics"), ("requests", "5")]);
    let bad = run(
        "http-server",
        &[
            ("script", "basics"),
            ("requests", "5"),
            ("loss", "40"),
            ("jitter_ms", "50"),
        ],
    );
    assert_eq!(statuses(&good), statuses(&bad));
    assert!(bad.summary.end_ns > good.summary.end_ns);
}

#[test]
fn clients_wait_for_the_network_and_for_nothing_else() {
    let story = run_preset("http-server", "tutorial", &[]);
    assert!(story.waits("client 1", Reason::Network) >= 4);
    let client = story.task("client 1");
    let others = story.events().filter(|event| {
        event.kind == Kind::WaitBegun
            && event.subject == client
            && event.flags != Reason::Network.code()
    });
    assert_eq!(others.count(), 0);
}
