//! The crawler visits what it may and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Value, json};
use wakeline::log::Kind;
use wakeline_demos::companion::site::{self, Answer};

use crate::network::{Network, run_live};
use crate::support::{Story, run, values};

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

/// The paths that were visited, in the order of the report.
fn order(story: &Story) -> Vec<String> {
    let export = export(story);
    let pages = export["pages"].as_array().unwrap().iter();
    pages
        .map(|page| page["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_limit_cuts_the_search_short_and_nothing_else() {
    let whole = order(&run("crawler", &[("limit", "500")]));
    for limit in [1, 2, 4, 7, 30] {
        let some = order(&run("crawler", &[("limit", &limit.to_string())]));
        assert_eq!(some, whole[..limit], "the first, breadth first");
    }
    let exact = whole.len().to_string();
    assert_eq!(order(&run("crawler", &[("limit", &exact)])), whole);
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

/// What a visit of a path of the site finds: status, title, links, bytes.
fn look(path: &str, missing: u64) -> (u16, String, Vec<String>, u64) {
    let path = path.strip_prefix("/api/site/").unwrap();
    match site::answer(path) {
        Answer::Page(html) => {
            let title = html.split("<title>").nth(1).unwrap();
            let title = title.split("</title>").next().unwrap().to_owned();
            let links = path.parse().map(site::links).unwrap_or_default();
            (200, title, links, html.len() as u64)
        }
        Answer::Data(json) => (200, String::new(), Vec::new(), json.len() as u64),
        Answer::Moved(to) => look(&to, missing),
        Answer::Missing => (404, String::new(), Vec::new(), missing),
    }
}

#[test]
fn the_report_is_what_the_sites_own_tables_say() {
    // The answer to what is missing is as long whatever is missing.
    let missing = run(
        "crawler",
        &[("start", "/api/site/missing/2"), ("depth", "0")],
    );
    let missing = export(&missing)["statistics"]["bytes"].as_u64().unwrap();
    assert!(missing > 0);
    for (depth, limit) in [("20", 500), ("2", 500), ("3", 25)] {
        let limit_text = limit.to_string();
        let story = run("crawler", &[("depth", depth), ("limit", &limit_text)]);
        let depth: u64 = depth.parse().unwrap();
        let export = export(&story);
        let pages = export["pages"].as_array().unwrap();
        let (mut by_status, mut by_depth) = (BTreeMap::new(), BTreeMap::new());
        let (mut links, mut bytes, mut elsewhere, mut too_deep) = (0, 0, 0, BTreeSet::new());
        let mut forbidden = BTreeSet::new();
        let depths = reachable(20, false);
        for page in pages {
            let path = page["path"].as_str().unwrap();
            let (status, title, found, length) = look(path, missing);
            assert_eq!(
                *page,
                json!({
                    "path": path,
                    "depth": reachable(20, true)[path],
                    "status": status,
                    "title": title,
                    "links": found.len(),
                })
            );
            let visited_at = page["depth"].as_u64().unwrap();
            *by_status.entry(status.to_string()).or_insert(0) += 1;
            *by_depth.entry(visited_at.to_string()).or_insert(0) += 1;
            links += found.len();
            bytes += length;
            for link in found {
                if !link.starts_with('/') {
                    elsewhere += 1;
                } else if visited_at == depth && depths[&link] > depth {
                    too_deep.insert(link);
                } else if link.starts_with("/api/site/private/") {
                    forbidden.insert(link);
                }
            }
        }
        let begun = story.saying("robots.txt: ")[0].time_ns;
        let ended = story.lines.last().unwrap().time_ns;
        assert_eq!(
            export["statistics"],
            json!({
                "by_status": by_status,
                "by_depth": by_depth,
                "links": links,
                "bytes": bytes,
                "milliseconds": (ended - begun) / 1_000_000,
            })
        );
        let said = story.saying("not visited: ")[0].text.clone();
        if limit == 500 {
            let expected = format!(
                "not visited: {} forbidden, {elsewhere} elsewhere, {} too deep, 0 beyond the limit",
                forbidden.len(),
                too_deep.len()
            );
            assert_eq!(said, expected);
        } else {
            assert_eq!(pages.len(), limit);
            assert!(!said.ends_with(" 0 beyond the limit"), "{said}");
        }
    }
}

/// Crawls a site of the test's own: which paths were asked for, and how it ended.
fn crawl(pages: &[(&'static str, u16, &str)], pairs: &[(&str, &str)]) -> (Vec<String>, Story) {
    let network = Rc::new(Network::default());
    for (path, status, page) in pages {
        let page = (*status, (*page).to_owned());
        network.pages.borrow_mut().insert(path, page);
    }
    let quiet = [("delay_ms", "0"), ("start", "/"), ("concurrency", "1")];
    let all = [&quiet[..], pairs].concat();
    let story = run_live("crawler", values("crawler", &all), &network);
    (network.asked.take(), story)
}

const HOME: (&str, u16, &str) = (
    "/",
    200,
    "<title>Home</title><a href='/a'>a</a><a href='b/c?d=1#e'>b</a>\
     <a href='/b/open'>open</a><a href='http://companion.test/a'>a again</a>\
     <a href='http://elsewhere.test/a'>elsewhere</a><a href='mailto:a@b'>mail</a>",
);

#[test]
fn only_what_robots_allow_is_asked_for() {
    let everything = ["/robots.txt", "/", "/a", "/b/c?d=1", "/b/open"];
    for (status, robots, expected) in [
        (200, "", &everything[..]),
        // Nothing is said: everything is allowed. Something is wrong: nothing is.
        (404, "User-agent: *\nDisallow: /", &everything),
        (503, "", &["/robots.txt"]),
        (200, "User-agent: *\nDisallow: /\n", &["/robots.txt"]),
        (
            200,
            "User-agent: *\nDisallow: /b/\nAllow: /b/open\n",
            &["/robots.txt", "/", "/a", "/b/open"],
        ),
        (
            200,
            "User-agent: *\nDisallow: /\n\nUser-agent: wakeline\nDisallow: /*?\n",
            &["/robots.txt", "/", "/a", "/b/open"],
        ),
        (200, "User-agent: somebody\nDisallow: /\n", &everything),
    ] {
        let (asked, story) = crawl(&[("/robots.txt", status, robots), HOME], &[]);
        assert_eq!(asked, expected, "{status} {robots}");
        assert_eq!(story.summary.outcome, "completed");
    }
    let (asked, _) = crawl(
        &[("/robots.txt", 200, "User-agent: *\nDisallow: /"), HOME],
        &[("robots", "false")],
    );
    assert_eq!(asked, everything[1..], "it is not even asked for");
}

#[test]
fn a_page_may_say_anything() {
    let deep =
        "<a href='/'>home</a>".repeat(3) + "<a href='?again'>x</a><a>no</a><a href=''>self</a>";
    let broken =
        "<title>\n  A\t&amp;  B </TITLE><!-- <a href='/hidden'> --><A HREF=/a>a<a href='/a";
    let (asked, story) = crawl(
        &[
            ("/", 200, broken),
            ("/a", 200, &deep),
            ("/a?again", 500, &deep),
        ],
        &[("robots", "false")],
    );
    assert_eq!(asked, ["/", "/a", "/a?again"]);
    let export = export(&story);
    assert_eq!(export["pages"][0]["title"], "A & B");
    assert_eq!(export["pages"][2]["status"], 500);
    assert_eq!(export["pages"][2]["links"], 0, "an error is no page");
}

#[test]
fn a_first_page_that_is_none_ends_the_run() {
    let story = run("crawler", &[("start", "https://example.org/")]);
    assert_eq!(story.summary.outcome, "failed");
    let story = run("crawler", &[("timeout_ms", "5"), ("robots", "false")]);
    assert_eq!(story.summary.outcome, "failed");
    assert_eq!(story.summary.reason, "http://companion: took too long");
}
