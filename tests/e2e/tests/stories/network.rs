//! Live demos: the browser's own requests and sockets, against the server that ships with the
//! page.

use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// Two answers that take a minute: one of which nothing has come, and one that is under way.
const SLOW: &str = "paths=/api/delay/60000,/api/drip?bytes=1000%26ms=60000&mode=concurrent\
    &timeout_ms=120000";

/// Waits until a run is under way that has more than so many events.
async fn grows_beyond(page: &Page<'_>, events: u32) {
    until("a run under way", async || {
        match page.attribute("timeline", "data-events").await {
            Some(now) if now.parse().is_ok_and(|now: u32| now > events) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

async fn events(page: &Page<'_>) -> u32 {
    let events = page.attribute("timeline", "data-events").await;
    events.and_then(|events| events.parse().ok()).unwrap_or(0)
}

#[test]
fn fetch_makes_real_requests_and_shows_them() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=fetch&clock=live&panel=console&paths=/api/delay/50,/api/json,/api/status/404,/api/bytes/2000")
            .await;
        page.click("run").await;
        let ended = page.ended_as(|ended| ended.outcome == "completed").await;
        assert_eq!(ended.hash.len(), 64);
        let console = page.see_that("console", |text| text.contains("404")).await;
        for part in ["/api/delay/50", "/api/json", "2000"] {
            assert!(console.contains(part), "no {part} in {console}");
        }
        let server = page.value("server").await;
        assert_eq!(server.as_deref(), Some(stage.server.address()));
        stage.server.has_logged("/api/delay/50").await;
        stage.server.has_logged("/api/status/404").await;
    });
}

#[test]
fn websocket_exchanges_real_messages() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=websocket&clock=live&panel=console&clients=2&messages=2&interval_ms=20")
            .await;
        page.click("run").await;
        page.ended_as(|ended| ended.outcome == "completed").await;
        page.see_that("console", |text| {
            text.contains("client 1: hears \"client 2, message 2") && text.contains("8 received")
        })
        .await;
        stage.server.has_logged("/api/socket/room/lobby").await;
    });
}

#[test]
fn without_the_server_the_page_says_so_and_stays_usable() {
    story(&Setting::default(), async |stage| {
        // On the simulated network first: everything that the page needs has been loaded then.
        stage.open("demo=fetch&panel=console").await.ended().await;
        stage.server.kill();
        let page = stage.page();
        page.click("mode-live").await;
        page.click("run").await;
        page.ended_as(|ended| ended.outcome == "failed").await;
        let console = page
            .see_that("console", |text| text.contains("unreachable"))
            .await;
        assert!(console.contains("/api/delay/300"), "{console}");

        // What needs no server works still.
        page.click("demo-semaphore").await;
        page.click("mode-virtual").await;
        page.ended_as(|ended| ended.outcome == "completed").await;
    });
}

#[test]
fn a_socket_that_loses_its_server_ends_in_words() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=websocket&clock=live&panel=console&clients=2&messages=1000&interval_ms=50&attempts=2&backoff_ms=50")
            .await;
        page.click("run").await;
        grows_beyond(&page, 60).await;
        stage.server.kill();
        let page = stage.page();
        assert_eq!(page.ended().await.outcome, "failed");
        page.see_that("console", |text| {
            ["hung up", "tries again", "unreachable"]
                .iter()
                .all(|words| text.contains(words))
        })
        .await;
    });
}

#[test]
fn a_server_that_refuses_is_told() {
    story(&Setting::default(), async |stage| {
        // A port that was free a moment ago: nobody listens there.
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", free.local_addr().expect("its address"));
        drop(free);
        let page = stage
            .open(&format!(
                "demo=fetch&clock=live&panel=console&server={address}"
            ))
            .await;
        page.click("run").await;
        assert_eq!(page.ended().await.outcome, "failed");
        page.see_that("console", |text| text.contains("unreachable"))
            .await;

        page.type_into("server", "nonsense").await;
        page.see_that("param-error-server", |text| {
            text.contains("Enter the address")
        })
        .await;
    });
}

#[test]
fn sockets_come_back_with_their_server() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=websocket&clock=live&panel=console&clients=2&messages=200&interval_ms=50&attempts=100&backoff_ms=50&backoff_cap_ms=400")
            .await;
        page.click("run").await;
        grows_beyond(&page, 60).await;
        stage.server.kill();
        let page = stage.page();
        page.see_that("console", |text| {
            text.contains("hung up (code 1006)") && text.contains("tries again in")
        })
        .await;
        // Attempts that fail while nobody is there.
        page.see_that("console", |text| text.contains("unreachable"))
            .await;
        assert_eq!(page.outcome().await.as_deref(), Some("running"));

        stage.server.restart();
        let page = stage.page();
        let first = page.ended().await;
        assert_eq!(first.outcome, "completed");
        // Each client had a socket before and one after, and said everything.
        let console = page
            .see_that("console", |text| text.contains(" sent, "))
            .await;
        let last = console.lines().rev().find(|line| line.contains(" sent, "));
        assert!(
            last.is_some_and(|line| line.contains("4 sockets")),
            "{console}"
        );
        let opened = ["request", "/api/socket/room/lobby", "status=101"];
        assert_eq!(stage.server.lines_with(&opened), 4);
        // In the picture, each of the four sockets has the lane of the task that listens to it, and
        // the pauses are among the printed lines.
        page.click("find-open").await;
        page.type_into("find", "listens").await;
        page.see_that("find-count", |text| text.ends_with("/4"))
            .await;
        page.type_into("find", "tries again in").await;
        page.see_that("find-count", |text| text.contains('/')).await;
        page.click("find-close").await;

        // The next run needs no help.
        page.click("run").await;
        let second = page.ended_as(|ended| *ended != first).await;
        assert_eq!(second.outcome, "completed");
        assert_eq!(stage.server.lines_with(&opened), 6);
    });
}

#[test]
fn requests_that_lose_their_server_say_how_and_the_next_run_works() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open(&format!("demo=fetch&clock=live&panel=console&{SLOW}"))
            .await;
        page.click("run").await;
        stage.server.has_logged("path=\"/api/drip\"").await;
        stage.server.kill();
        let page = stage.page();
        page.see_that("console", |text| {
            text.contains("/api/delay/60000: unreachable")
                && text.contains("the connection broke")
                && text.contains("0 good, 2 failed, 0 given up")
        })
        .await;

        stage.server.restart();
        let page = stage.page();
        page.type_into("param-paths", "/api/delay/50 /api/json")
            .await;
        page.click("run").await;
        page.see_that("console", |text| {
            text.contains("2 good, 0 failed, 0 given up")
        })
        .await;
        assert_eq!(page.ended().await.outcome, "completed");
    });
}

#[test]
fn stopping_a_live_run_aborts_its_requests_and_closes_its_sockets() {
    story(&Setting::default(), async |stage| {
        let gone = |path| ["the client went away", path];
        let page = stage
            .open(&format!("demo=fetch&clock=live&panel=console&{SLOW}"))
            .await;
        page.click("run").await;
        stage.server.has_logged("path=\"/api/drip\"").await;
        assert_eq!(stage.server.lines_with(&["the client went away"]), 0);
        page.click("stop").await;
        page.ended_as(|ended| ended.outcome == "stopped").await;
        for path in ["/api/delay/60000", "/api/drip"] {
            stage.server.has_lines_with(&gone(path), 1).await;
        }

        // The program itself gives up two of three.
        let page = stage
            .open("demo=fetch&clock=live&panel=console&paths=/api/delay/1,/api/delay/50000,/api/delay/55000&mode=concurrent&timeout_ms=120000&cancel=true&cancel_ms=700")
            .await;
        page.click("run").await;
        page.see_that("console", |text| {
            text.contains("1 good, 0 failed, 2 given up")
        })
        .await;
        for path in ["/api/delay/50000", "/api/delay/55000"] {
            stage.server.has_lines_with(&gone(path), 1).await;
        }

        let page = stage
            .open("demo=websocket&clock=live&panel=console&clients=3&messages=1000&interval_ms=50")
            .await;
        page.click("run").await;
        grows_beyond(&page, 60).await;
        let ended = ["a socket has ended", "/api/socket/room/lobby"];
        assert_eq!(stage.server.lines_with(&ended), 0);
        page.click("stop").await;
        page.ended_as(|ended| ended.outcome == "stopped").await;
        stage.server.has_lines_with(&ended, 3).await;
    });
}

#[test]
fn what_goes_wrong_is_told_apart() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=fetch&clock=live&panel=console&mode=concurrent&timeout_ms=9000&paths=/api/status/503,/api/invalid-json,/api/drop,/api/delay/60000,/api/redirect/40,/api/json")
            .await;
        page.click("run").await;
        page.see_that("console", |text| {
            [
                "/api/status/503: status 503",
                "/api/invalid-json: no valid JSON",
                "/api/drop: the connection broke",
                "/api/delay/60000: took too long",
                "/api/redirect/40: unreachable",
                "1 good, 5 failed, 0 given up",
            ]
            .iter()
            .all(|words| text.contains(words))
        })
        .await;

        // A server that says goodbye gives a reason.
        let page = stage
            .open("demo=websocket&clock=live&panel=console&clients=2&messages=1000&interval_ms=50&attempts=2&backoff_ms=50")
            .await;
        page.click("run").await;
        grows_beyond(&page, 60).await;
        stage.server.stop();
        assert_eq!(page.ended().await.outcome, "failed");
        page.see_that("console", |text| text.contains("hung up (code 1001)"))
            .await;
    });
}

#[test]
fn without_the_part_of_the_engine_that_a_demo_needs_the_page_says_so_and_goes_on() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello").await;
        let before = page.ended().await;
        let size = events(&page).await;
        stage.server.kill();

        let page = stage.page();
        page.click("demo-fetch").await;
        let said = page.see("message").await;
        assert!(said.contains("part of the engine"), "{said}");
        assert!(said.contains("press Run"), "{said}");
        assert_ne!(
            page.attribute("message", "data-kind").await.as_deref(),
            Some("engine"),
            "the engine itself is well"
        );
        // The run from before is on screen, and other demos run.
        assert_eq!(page.ended().await, before);
        assert_eq!(events(&page).await, size);
        page.click("demo-semaphore").await;
        let other = page.ended_as(|ended| *ended != before).await;
        assert_eq!(other.outcome, "completed");

        // Once more in vain, and then with the server.
        page.click("demo-websocket").await;
        page.see_that("message", |text| text.contains("part of the engine"))
            .await;
        page.click("run").await;
        page.see_that("message", |text| text.contains("part of the engine"))
            .await;
        assert_eq!(page.ended().await, other);
        stage.server.restart();
        let page = stage.page();
        page.click("run").await;
        let network = page.ended_as(|ended| *ended != other).await;
        assert_eq!(network.outcome, "completed");
        assert_eq!(page.text("message").await, None);
    });
}
