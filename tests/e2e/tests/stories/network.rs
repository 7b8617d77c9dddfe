//! Live demos: the browser's own requests and sockets, against the server that ships with the
//! page.

use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

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
        until("a run under way", async || {
            match page.attribute("timeline", "data-events").await {
                Some(events) if events.parse().is_ok_and(|events: u32| events > 60) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
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
        assert!(page.see("param-error-server").await.len() > 10);
    });
}
