//! The crawler visits what it may and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use wakeline::log::Kind;
use wakeline_demos::companion::site::{self, Answer};

use crate::support::{Story, run, run_preset};

/// The report that a run ends with.
fn export(story: &Story) -> Value {
    serde_json::from_str(&story.lines.last().unwrap().text).unwrap()
}

/// The paths that were visited, with their depths.
fn visited(story: &Story) -> BTreeMap<String, u64> {
    let export = export(story);
    let pages = export["pages"].as_array().unwrap();
    let pairs = pages.iter().map(|page| {
        let path = page["path"].as_str().unwrap().to_owned();
        (path, page["depth"].as_u64().unwrap())
    });
    let visited: BTreeMap<_, _> = pairs.collect();
    assert_eq!(visited.len(), pages.len(), "a page was visited twice");
    visited
}

/// What a crawler without limits of its own visits: a search of the site's own tables.
fn reachable(depth: u64, obeys: bool) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::from([("/api/site/0".to_owned(), 0)]);
    let mut level = vec!["/api/site/0".to_owned()];
    for depth in 1..=depth {
        let mut next = Vec::new();
        for path in level {
            let mut path = path.strip_prefix("/api/site/").unwrap().to_owned();
            if let Answer::Moved(to) = site::answer(&path) {
                path = to.strip_prefix("/api/site/").unwrap().to_owned();
            }
            let Ok(number) = path.parse() else { continue };
            for link in site::links(number) {
                let forbidden = link.starts_with("/api/site/private/") && obeys;
                if link.starts_with('/') && !forbidden && !found.contains_key(&link) {
                    found.insert(link.clone(), depth);
                    next.push(link);
                }
            }
        }
        level = next;
    }
    found
}

#[test]
fn exactly_the_pages_of_the_depth_are_visited() {
    for (text, depth) in [("0", 0), ("1", 1), ("2", 2), ("20", 20)] {
        for (robots, obeys) in [("true", true), ("false", false)] {
            let story = run(
                "crawler",
                &[
                    ("depth", text),
                    ("limit", "500"),
                    ("robots", robots),
                    ("delay_ms", "0"),
                ],
            );
            assert_eq!(
                visited(&story),
                reachable(depth, obeys),
                "depth {depth}, robots {robots}"
            );
        }
    }
}

#[test]
fn a_limit_cuts_the_search_short_and_nothing_else() {
    let whole = visited(&run("crawler", &[("limit", "500")]));
    for limit in [1, 2, 7, 30] {
        let some = visited(&run("crawler", &[("limit", &limit.to_string())]));
        assert_eq!(some.len(), limit);
        assert!(
            some.iter()
                .all(|(path, depth)| whole.get(path) == Some(depth))
        );
    }
}

#[test]
fn what_the_order_of_answers_is_changes_nothing() {
    let quick = visited(&run("crawler", &[("concurrency", "50"), ("delay_ms", "0")]));
    let slow = visited(&run(
        "crawler",
        &[("concurrency", "1"), ("delay_ms", "300")],
    ));
    assert_eq!(quick, slow);
}

#[test]
fn requests_keep_their_distance_and_their_number() {
    let story = run("crawler", &[("delay_ms", "70"), ("limit", "15")]);
    let begun = story.events().filter(|event| {
        event.kind == Kind::NetworkBegun && story.log.text(event.low()).starts_with("GET ")
    });
    let times: Vec<u64> = begun.map(|event| event.time / 1_000_000).collect();
    assert_eq!(times.len(), 16, "the pages and robots.txt");
    assert!(
        times.windows(2).all(|two| two[1] - two[0] >= 70),
        "{times:?}"
    );

    let story = run("crawler", &[("delay_ms", "0"), ("concurrency", "3")]);
    let (mut now, mut most) = (0_i32, 0);
    let requests: BTreeSet<u32> = story
        .events()
        .filter(|event| {
            event.kind == Kind::NetworkBegun && story.log.text(event.low()).starts_with("GET ")
        })
        .map(|event| event.object)
        .collect();
    for event in story
        .events()
        .filter(|event| requests.contains(&event.object))
    {
        match event.kind {
            Kind::NetworkBegun => now += 1,
            Kind::NetworkEnded => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    assert_eq!(most, 3);
}

#[test]
fn the_report_adds_up() {
    let story = run_preset("crawler", "whole_site", &[]);
    let export = export(&story);
    let pages = export["pages"].as_array().unwrap();
    let statistics = &export["statistics"];
    let sum = |counts: &Value| -> u64 {
        let counts = counts.as_object().unwrap().values();
        counts.map(|count| count.as_u64().unwrap()).sum()
    };
    assert_eq!(sum(&statistics["by_status"]), pages.len() as u64);
    assert_eq!(sum(&statistics["by_depth"]), pages.len() as u64);
    let links: u64 = pages
        .iter()
        .map(|page| page["links"].as_u64().unwrap())
        .sum();
    assert_eq!(statistics["links"], links);
    for page in pages {
        let path = page["path"].as_str().unwrap();
        let missing = path.contains("/missing/");
        assert_eq!(page["status"], if missing { 404 } else { 200 }, "{path}");
        if let Some(number) = path
            .strip_prefix("/api/site/")
            .and_then(|n| n.parse::<u64>().ok())
        {
            assert_eq!(page["title"], format!("Page {number}"));
        }
    }
}

#[test]
fn a_first_page_that_is_none_ends_the_run() {
    let story = run("crawler", &[("start", "https://example.org/")]);
    assert_eq!(story.summary.outcome, "failed");
    let story = run("crawler", &[("timeout_ms", "5"), ("robots", "false")]);
    assert_eq!(story.summary.outcome, "failed");
    assert_eq!(story.summary.reason, "http://companion: took too long");
}
