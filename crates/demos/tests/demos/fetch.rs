//! Requests, on a network that the test holds in its hand.

use std::rc::Rc;

use wakeline::log::{Kind, LineLevel};

use crate::network::{Network, SERVER, run_live, stop_after};
use crate::support::{Story, ms, preset, values};

fn run(pairs: &[(&str, &str)]) -> (Story, Rc<Network>) {
    let network = Rc::new(Network::default());
    (run_live("fetch", values("fetch", pairs), &network), network)
}

const FOUR: (&str, &str) = (
    "paths",
    "/api/delay/90 /api/delay/190,/api/delay/290, /api/delay/390",
);

#[test]
fn one_after_the_other_takes_the_sum() {
    let (story, network) = run(&[FOUR, ("mode", "sequential")]);
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(network.most.get(), 1);
    assert_eq!(
        story.lines.last().unwrap().text,
        "after 1000 ms: 4 good, 0 failed, 0 given up"
    );
}

#[test]
fn all_at_once_takes_the_longest() {
    let (story, network) = run(&[FOUR, ("mode", "concurrent")]);
    assert_eq!(story.end_ms(), 400);
    assert_eq!(network.most.get(), 4);
}

#[test]
fn a_limit_is_kept_and_reached() {
    for (limit, most) in [("1", 1), ("2", 2), ("3", 3), ("9", 4)] {
        let (_, network) = run(&[FOUR, ("mode", "limited"), ("at_once", limit)]);
        assert_eq!(network.most.get(), most);
    }
}

#[test]
fn each_failure_is_told_apart_and_harms_nobody_else() {
    let (story, network) = run(&[
        (
            "paths",
            "/api/status/404 /api/invalid-json /api/drop /api/delay/9000 /api/json",
        ),
        ("mode", "concurrent"),
    ]);
    let said = |text: &str| {
        let lines = story.saying(text);
        assert_eq!(lines.len(), 1, "{text}");
        (ms(lines[0].time_ns), lines[0].level)
    };
    assert_eq!(said("/api/status/404: status 404"), (10, LineLevel::Error));
    assert_eq!(
        said("/api/invalid-json: no valid JSON"),
        (10, LineLevel::Error)
    );
    assert_eq!(
        said("/api/drop: the connection broke"),
        (10, LineLevel::Error)
    );
    assert_eq!(
        said("/api/delay/9000: took too long"),
        (2000, LineLevel::Error)
    );
    assert_eq!(said("/api/json: 5 bytes of JSON"), (10, LineLevel::Output));
    assert_eq!(story.summary.outcome, "completed");
    assert_eq!(network.aborted.get(), 1, "the late request was aborted");
}

#[test]
fn cancelling_aborts_what_is_under_way_and_nothing_else() {
    let network = Rc::new(Network::default());
    let story = run_live("fetch", preset("fetch", "cancelled"), &network);
    assert_eq!(story.end_ms(), 1000);
    assert_eq!(network.aborted.get(), 2);
    assert_eq!(network.under_way.get(), 0);
    let aborted = story
        .events()
        .filter(|event| event.kind == Kind::NetworkEnded);
    assert_eq!(aborted.filter(|event| event.flags == 2).count(), 2);
    assert_eq!(
        story.lines.last().unwrap().text,
        "after 1000 ms: 1 good, 0 failed, 2 given up"
    );
}

#[test]
fn cancelling_in_a_row_gives_up_the_rest_of_the_row() {
    let cancel = [
        ("cancel", "true"),
        ("cancel_ms", "350"),
        ("mode", "sequential"),
    ];
    let (story, network) = run(&[&[FOUR][..], &cancel].concat());
    assert_eq!(
        story.lines.last().unwrap().text,
        "after 350 ms: 2 good, 0 failed, 2 given up"
    );
    assert_eq!(network.aborted.get(), 1, "the fourth had not begun");
}

#[test]
fn a_canceller_that_comes_too_late_has_nothing_to_do() {
    let (story, network) = run(&[FOUR, ("cancel", "true"), ("cancel_ms", "5000")]);
    assert!(story.end_ms() < 5000);
    assert_eq!(network.aborted.get(), 0);
    assert_eq!(story.summary.tasks.dropped, 0);
}

#[test]
fn a_server_that_is_gone_is_a_failure_with_its_address() {
    for mode in ["sequential", "concurrent", "limited"] {
        let network = Rc::new(Network::default());
        network.down.set(true);
        let story = run_live("fetch", values("fetch", &[("mode", mode)]), &network);
        assert_eq!(story.summary.outcome, "failed");
        assert_eq!(
            story.summary.reason,
            format!("{SERVER}: unreachable: refused")
        );
        assert_eq!(
            story.saying("unreachable").len(),
            9,
            "a line for each request"
        );
    }
}

#[test]
fn what_is_no_path_is_refused_before_anything_is_requested() {
    for (paths, reason) in [
        ("", "there is no path to request"),
        (" , ", "there is no path to request"),
        (
            "api/json",
            "\"api/json\" is no path: a path begins with a slash",
        ),
        (
            "/a, http://elsewhere/",
            "\"http://elsewhere/\" is no path: a path begins with a slash",
        ),
    ] {
        let (story, network) = run(&[("paths", paths)]);
        assert_eq!(
            (&*story.summary.outcome, &*story.summary.reason),
            ("failed", reason)
        );
        assert_eq!(network.most.get(), 0);
    }
}

#[test]
fn each_path_is_requested_as_often_as_asked() {
    let (story, _) = run(&[("paths", "/api/json, /api/bytes/7"), ("times", "3")]);
    let begun = story
        .events()
        .filter(|event| event.kind == Kind::NetworkBegun);
    assert_eq!(begun.count(), 6);
    assert_eq!(story.saying("/api/bytes/7: 7 bytes").len(), 3);
}

#[test]
fn stopping_in_the_middle_aborts_every_request() {
    for polls in [1, 10, 20, 30, 40] {
        let network = Rc::new(Network::default());
        let story = stop_after(polls, "fetch", values("fetch", &[]), &network);
        assert_eq!(story.summary.outcome, "stopped", "after {polls} polls");
        assert_eq!(network.under_way.get(), 0);
        let count = |kind| story.events().filter(|event| event.kind == kind).count();
        assert_eq!(count(Kind::NetworkBegun), count(Kind::NetworkEnded));
    }
}
