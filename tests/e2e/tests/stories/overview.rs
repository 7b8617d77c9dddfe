//! All demos at a glance, and the quick way to anything.

use serde_json::json;
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

const CONTROL: char = '\u{e009}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const NULL: char = '\u{e000}';

async fn query_has(page: &Page<'_>, part: &str, wanted: bool) {
    until(&format!("{part} in the link: {wanted}"), async || {
        let query = page.query().await;
        if query.contains(part) == wanted {
            Ok(())
        } else {
            Err(query)
        }
    })
    .await;
}

#[test]
fn the_overview_shows_pictures_of_real_runs_and_what_was_seen() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&view=overview").await;
        page.see_that("card-semaphore", |text| text.len() > 20)
            .await;
        let pictured = "const use = document.querySelector(`[data-testid=card-semaphore] use`);
            const file = use.getAttribute('href').split('#')[0];
            return fetch(file).then((answer) => answer.text()).then((text) => {
                const symbols = new DOMParser().parseFromString(text, 'image/svg+xml');
                return [symbols.querySelectorAll('symbol').length,
                    symbols.getElementById('semaphore').querySelectorAll('path').length];
            });";
        let counts = page.script(pictured, &[]).await;
        let count = |at: usize| counts[at].as_u64().unwrap_or_default();
        assert!(count(0) > 20 && count(1) >= 2, "{counts}");
        let seen = page.see("card-hello").await;
        assert_ne!(page.see("card-semaphore").await, seen);

        page.click("card-semaphore").await;
        query_has(&page, "demo=semaphore", true).await;
        query_has(&page, "view=", false).await;
        page.click("demo-after").await;
        query_has(&page, "demo=semaphore", false).await;
        page.click("demo-before").await;
        query_has(&page, "demo=semaphore", true).await;

        page.go("demo=gather&view=overview").await;
        page.see_that("card-semaphore", |text| text.contains("seen"))
            .await;
        page.press("close-overview", &ESCAPE.to_string()).await;
        query_has(&page, "view=", false).await;
    });
}

#[test]
fn quick_open_leads_to_demos_panels_and_tasks() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello").await;
        let hello = page.ended().await;
        let open = format!("{CONTROL}k{NULL}");
        page.press("run", &open).await;
        page.type_into("quick-input", "semaph").await;
        page.see_that("quick-list", |text| text.contains("permits"))
            .await;
        page.press("quick-input", &ENTER.to_string()).await;
        page.ended_as(|ended| *ended != hello).await;
        query_has(&page, "demo=semaphore", true).await;

        page.press("run", &open).await;
        page.type_into("quick-input", "summary").await;
        page.press("quick-input", &ENTER.to_string()).await;
        page.see("summary-hash").await;

        page.press("run", &open).await;
        page.type_into("quick-input", "no such thing").await;
        page.see("quick-none").await;
        // Once for what was typed, once for the rest.
        page.press("quick-input", &ESCAPE.to_string()).await;
        page.press("quick-input", &ESCAPE.to_string()).await;
        until("quick open to close", async || {
            match page.text("quick-input").await {
                None => Ok(()),
                some => Err(format!("{some:?}")),
            }
        })
        .await;
    });
}

#[test]
fn the_overview_fits_on_a_phone() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("demo=hello").await;
        page.ended().await;
        page.click("open-demos").await;
        page.click("overview").await;
        page.see("card-hello").await;
        let fits = "return [...document.querySelectorAll('[data-testid^=card-]')]
            .every((card) => card.scrollWidth <= card.clientWidth + arguments[0])";
        assert_eq!(page.script(fits, &[json!(1)]).await, true);
    });
}
