//! What is learnt from a whole log: findings with their evidence, the path that decided the end,
//! figures, two runs side by side, and every event in words.

use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

async fn attribute_that(page: &Page<'_>, part: &str, name: &str, right: impl Fn(&str) -> bool) {
    until(&format!("{name} of {part}"), async || {
        match page.attribute(part, name).await {
            Some(value) if right(&value) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

#[test]
fn a_finding_has_figures_and_leads_to_its_evidence() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=deadlock&set.policy=left-first&think_max_ms=0&panel=diagnosis&at=1")
            .await;
        page.ended().await;
        let said = page
            .see_that("finding-deadlock", |text| text.len() > 20)
            .await;
        assert!(!said.contains('{'), "{said}");
        let count = page.see("tab-diagnosis").await;
        assert!(count.chars().any(|c| c.is_ascii_digit()), "{count}");
        page.click("evidence-deadlock").await;
        attribute_that(&page, "timeline", "data-step", |step| step != "1").await;
        page.see_that("why", |text| text.len() > 20).await;

        page.go("demo=hello&panel=diagnosis").await;
        page.ended().await;
        page.see_that("diagnosis", |text| text.contains("Nothing in this run"))
            .await;
    });
}

#[test]
fn the_critical_path_is_drawn_and_its_time_told_by_reason() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&panel=diagnosis").await;
        page.ended().await;
        page.click("path-toggle").await;
        page.see_that("diagnosis", |text| {
            text.contains("waiting for a timer") && text.contains('%')
        })
        .await;
        until("the path in the link", async || {
            let query = page.query().await;
            if query.contains("path=shown") {
                Ok(())
            } else {
                Err(query)
            }
        })
        .await;
    });
}

#[test]
fn every_event_stands_in_a_table_and_the_current_one_is_told() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&panel=events&at=3").await;
        page.ended().await;
        let told = page
            .see_that("event-current", |text| text.starts_with('2'))
            .await;
        let table = page.see("events-table").await;
        let sentence = told.rsplit(' ').next().unwrap_or_default();
        assert!(table.contains(sentence), "{told} in {table}");
        page.click("step-forward").await;
        page.see_that("event-current", |text| text != told).await;
    });
}

#[test]
fn a_line_of_source_points_at_what_happened_there() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&panel=source").await;
        page.ended().await;
        page.see("source").await;
        let plain = Picture::that(&page, "a picture", |picture| picture.ink() > 0).await;
        let hover =
            "const line = [...document.querySelectorAll('[data-testid=source] [data-line]')]
                .find((line) => line.innerText.includes('sleep(delay)'));
            line.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));";
        page.script(hover, &[]).await;
        Picture::that(&page, "what happened there", |picture| {
            picture.fingerprint != plain.fingerprint
        })
        .await;
    });
}
