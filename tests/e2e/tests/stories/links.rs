//! What a link says is done, and what it says wrongly is told.

use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

#[test]
fn a_demo_that_does_not_exist_is_told_and_another_shown() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=no-such-demo").await;
        let said = page
            .see_that("message", |text| text.contains("no-such-demo"))
            .await;
        assert!(said.len() > "no-such-demo".len() + 10, "{said}");
        assert_eq!(page.ended().await.outcome, "completed");
        Picture::that(&page, "a picture", |picture| picture.ink() > 0).await;
    });
}

#[test]
fn values_that_cannot_be_used_are_told_and_the_rest_is_used() {
    story(&Setting::default(), async |stage| {
        let query = "demo=producer-consumer&capacity=-1&seed=abc&items=4&at=x&lang=en";
        let page = stage.open(query).await;
        let said = page.see("message").await;
        assert!(
            said.contains("capacity=-1") && said.contains("seed=abc"),
            "{said}"
        );
        assert_eq!(page.ended().await.outcome, "completed");
        assert_eq!(page.value("param-items").await.as_deref(), Some("4"));
        let capacity = page.value("param-capacity").await;
        assert!(capacity.is_some_and(|text| text.parse().is_ok_and(|number: u32| number > 0)));
    });
}

#[test]
fn markup_in_a_link_is_shown_as_text() {
    story(&Setting::default(), async |stage| {
        let query = "demo=%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D'broken%20in'%22%3E";
        let page = stage.open(query).await;
        let said = page.see_that("message", |text| text.contains("<img")).await;
        assert!(said.contains("onerror"), "{said}");
        let images = page.script("return document.images.length", &[]).await;
        assert_eq!(images, 0);
        assert_ne!(page.script("return document.title", &[]).await, "broken in");
    });
}

#[test]
fn the_link_follows_the_form_and_restores_it() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=semaphore").await;
        let plain = page.ended().await;
        page.type_into("param-permits", "1").await;
        page.type_into("seed", "42").await;
        page.choose("policy", "random").await;
        let query = until("the form in the link", async || {
            let query = page.query().await;
            let all = ["demo=semaphore", "permits=1", "seed=42", "policy=random"];
            if all.iter().all(|part| query.contains(part)) {
                Ok(query)
            } else {
                Err(query)
            }
        })
        .await;
        let changed = page.ended_as(|ended| *ended != plain).await;

        page.go("demo=hello").await;
        page.ended_as(|ended| *ended != changed).await;
        page.go(&query).await;
        assert_eq!(page.ended().await.outcome, "completed");
        assert_eq!(page.value("param-permits").await.as_deref(), Some("1"));
        assert_eq!(page.value("seed").await.as_deref(), Some("42"));
        assert_eq!(page.value("policy").await.as_deref(), Some("random"));
    });
}

#[test]
fn the_link_keeps_the_part_in_view_and_restores_it() {
    story(&Setting::default(), async |stage| {
        let in_view = async |page: &Page<'_>| {
            let start = page.attribute("timeline", "data-t0").await;
            let end = page.attribute("timeline", "data-t1").await;
            (number(start), number(end))
        };
        let page = stage.open("demo=semaphore").await;
        page.ended().await;
        let whole = in_view(&page).await;
        page.press("timeline-canvas", "www").await;
        // The link follows when the view has come to rest, so it may be late and never early.
        let (query, part) = until("the part in view in the link", async || {
            let (query, part) = (page.query().await, in_view(&page).await);
            let told = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("range="));
            let told = told.and_then(|range| range.split_once('-'));
            let near = told.is_some_and(|(start, end)| {
                let away = |told: &str, at: f64| (number(Some(told.to_owned())) - at).abs();
                away(start, part.0) <= 1.0 && away(end, part.1) <= 1.0
            });
            let zoomed = part.1 - part.0 < 0.5 * (whole.1 - whole.0);
            if near && zoomed {
                Ok((query, part))
            } else {
                Err(format!("{query} for {part:?} of {whole:?}"))
            }
        })
        .await;

        page.go("demo=hello").await;
        page.ended().await;
        page.go(&query).await;
        page.ended().await;
        until("the same part in view", async || {
            let again = in_view(&page).await;
            let near = (again.0 - part.0).abs() <= 1.0 && (again.1 - part.1).abs() <= 1.0;
            if near {
                Ok(())
            } else {
                Err(format!("{again:?}, not {part:?}"))
            }
        })
        .await;
        // All of it is what a link without the key shows.
        page.press("timeline-canvas", "0").await;
        until("no part in the link", async || {
            let query = page.query().await;
            let gone = !query.contains("range=");
            if gone { Ok(()) } else { Err(query) }
        })
        .await;
    });
}

fn number(text: Option<String>) -> f64 {
    let number = text.as_deref().and_then(|text| text.parse().ok());
    number.unwrap_or_else(|| panic!("{text:?} is no number"))
}

#[test]
fn the_page_speaks_chinese_when_asked() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&lang=zh-Hans").await;
        page.ended().await;
        let is_han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for part in ["demo-title", "run", "stop", "outcome"] {
            let text = page.see(part).await;
            assert!(is_han(&text), "{part} says {text:?}");
        }
        page.click("language-en").await;
        page.see_that("run", |text| !is_han(text)).await;
    });
}
