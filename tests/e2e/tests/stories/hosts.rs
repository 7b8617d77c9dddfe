//! Where the page comes from, and what answers at the address that its reader enters.

use wakeline_e2e::page::Page;
use wakeline_e2e::static_host::StaticHost;
use wakeline_e2e::{Setting, places, story};

/// How many messages the page shows.
async fn messages(page: &Page<'_>) -> u64 {
    let script = "return document.querySelectorAll('[data-testid=message]').length";
    let messages = page.script(script, &[]).await;
    messages.as_u64().expect("a number")
}

#[test]
fn a_page_from_a_static_host_says_so_once_and_simulates_the_network() {
    let host = StaticHost::start(&places::site());
    story(&Setting::default(), async |stage| {
        let page = stage.page_at(host.address());
        // A link of somebody who had a server.
        page.go("demo=fetch&clock=live&panel=console").await;
        let said = page.see("message").await;
        assert!(said.contains("simulated network"), "{said}");
        let mut last = page.ended().await;
        assert_eq!(last.outcome, "completed");
        let pressed = page.attribute("mode-virtual", "aria-pressed").await;
        assert_eq!(pressed.as_deref(), Some("true"));
        for demo in [
            "http-server",
            "tcp-messages",
            "websocket",
            "crawler",
            "realtime",
        ] {
            page.click(&format!("demo-{demo}")).await;
            let ended = page.ended_as(|ended| *ended != last).await;
            assert_eq!(ended.outcome, "completed", "{demo}");
            last = ended;
        }
        assert_eq!(messages(&page).await, 1);
        assert_eq!(host.asked("/api/health"), 1);
    });
}

#[test]
fn a_page_from_a_static_host_takes_the_address_of_a_server() {
    let (host, other) = (
        StaticHost::start(&places::site()),
        StaticHost::start(&places::site()),
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let nobody = format!("http://{}", free.local_addr().expect("its address"));
    drop(free);
    story(&Setting::default(), async |stage| {
        let page = stage.page_at(host.address());
        page.go("demo=fetch&panel=console&paths=/api/json,/api/delay/20")
            .await;
        page.see("message").await;
        page.ended().await;

        // What is needed, and what it must allow.
        page.click("mode-live").await;
        let help = page.see("server-help").await;
        assert!(
            help.contains(host.address()) && help.contains("CORS"),
            "{help}"
        );
        assert_eq!(page.value("server").await.as_deref(), Some(""));
        assert_eq!(page.text("param-error-server").await, None);
        assert!(page.attribute("run", "disabled").await.is_some());

        for (address, words) in [
            ("nonsense", "Enter the address of a server"),
            (&*nobody, "Nobody answers"),
            (other.address(), "is no companion server"),
        ] {
            page.type_into("server", address).await;
            page.see_that("param-error-server", |text| text.contains(words))
                .await;
        }
        // One that is no companion server is told from one that is not there in the run, too.
        page.click("run").await;
        page.see_that("console", |text| text.contains("does not allow this page"))
            .await;
        page.ended_as(|ended| ended.outcome == "failed").await;

        page.type_into("server", stage.server.address()).await;
        page.see_that("server-help", |text| text.contains("answers there"))
            .await;
        assert_eq!(page.text("param-error-server").await, None);
        page.click("run").await;
        page.see_that("console", |text| text.contains("2 good, 0 failed"))
            .await;
        stage.server.has_logged("/api/delay/20").await;
        assert!(page.query().await.contains("server="));
    });
}

#[test]
fn a_page_that_is_isolated_says_what_it_cannot_know() {
    let other = StaticHost::start(&places::site());
    story(&Setting::default(), async |stage| {
        let page = stage
            .open(&format!(
                "demo=fetch&clock=live&panel=console&server={}",
                other.address()
            ))
            .await;
        page.see_that("param-error-server", |text| {
            text.contains("nobody is there, or")
        })
        .await;
        page.click("run").await;
        page.ended_as(|ended| ended.outcome == "failed").await;
        page.see_that("console", |text| text.contains("unreachable"))
            .await;
    });
}
