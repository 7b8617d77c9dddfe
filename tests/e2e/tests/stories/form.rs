//! The form: what is typed is run, and what cannot be run is said.

use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

const DEMO: &str = "demo=producer-consumer";

async fn drawn(page: &Page<'_>) -> Picture {
    Picture::that(page, "a picture", |picture| picture.ink() > 0).await
}

#[test]
fn another_capacity_gives_another_run_and_another_picture() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        let before = page.ended().await;
        let picture = drawn(&page).await;

        page.type_into("param-capacity", "1").await;
        let after = page.ended_as(|ended| ended.hash != before.hash).await;
        assert_eq!(after.outcome, "completed");
        let other = Picture::that(&page, "another picture", |other| *other != picture).await;

        page.click("reset-capacity").await;
        page.ended_as(|ended| *ended == before).await;
        let again = Picture::that(&page, "the first picture", |again| *again == picture).await;
        assert_ne!(again, other);
    });
}

#[test]
fn what_is_no_value_is_said_beside_its_field_and_the_last_run_stays() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        let before = page.ended().await;
        drawn(&page).await;
        for input in [
            "-1",
            "abc",
            "",
            "1.5",
            "99999999999999999999",
            "１",
            "<b>4</b>",
        ] {
            page.type_into("param-capacity", input).await;
            let said = page.see("param-error-capacity").await;
            assert!(
                said.len() > 10,
                "about {input:?} the page says only {said:?}"
            );
            assert_eq!(
                page.hash().await.as_ref(),
                Some(&before.hash),
                "with {input:?}"
            );
            let run = page.attribute("run", "disabled").await;
            assert!(run.is_some(), "a run with {input:?} is offered");
        }
        page.type_into("param-capacity", "7").await;
        page.ended_as(|ended| ended.hash != before.hash).await;
        assert_eq!(page.text("param-error-capacity").await, None);
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn two_values_in_the_wrong_order_are_said() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        page.ended().await;
        page.type_into("param-produce_min_ms", "900").await;
        let said = page.see("param-error-produce_min_ms").await;
        assert!(said.contains("900") && said.contains("800"), "{said}");
    });
}

#[test]
fn a_seed_that_is_no_number_is_said() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        let before = page.ended().await;
        page.type_into("seed", "lucky").await;
        assert!(page.see("param-error-seed").await.contains("lucky"));
        page.type_into("seed", "77").await;
        page.ended_as(|ended| ended.hash != before.hash).await;
        assert_eq!(page.text("param-error-seed").await, None);
    });
}

#[test]
fn the_greatest_values_do_not_freeze_the_page() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        page.ended().await;
        page.go("demo=producer-consumer&producers=50&consumers=50&items=10000&capacity=1000")
            .await;
        // The run is cut off at the limit of its log; the page draws all of it.
        let ended = page.ended().await;
        assert_eq!(ended.outcome, "limit");
        Picture::that(&page, "a picture of a million events", |picture| {
            picture.ink() > 1000
        })
        .await;
        let events = until("a number of events", async || {
            let events = page.attribute("timeline", "data-events").await;
            events
                .and_then(|events| events.parse::<u64>().ok())
                .ok_or_else(|| "none".to_owned())
        })
        .await;
        // What the last step under the limit began is written to its end.
        assert!((1_000_000..1_100_000).contains(&events), "{events} events");
    });
}
