//! Walking through a run, forwards and backwards.

use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// Everything that depends on the moment: where it is, and what the page says about it.
#[derive(Debug, PartialEq)]
struct Moment {
    step: u64,
    state: Vec<Option<String>>,
    picture: String,
}

async fn step(page: &Page<'_>) -> u64 {
    let step = page.attribute("timeline", "data-step").await;
    step.and_then(|step| step.parse().ok()).expect("a step")
}

async fn moment(page: &Page<'_>) -> Moment {
    let picture = Picture::that(page, "a steady picture", |_| true).await;
    let mut state = Vec::new();
    for part in [
        "playhead",
        "state-running",
        "state-ready",
        "state-timers",
        "state-waiting",
    ] {
        state.push(page.text(part).await);
    }
    Moment {
        step: step(page).await,
        state,
        picture: picture.fingerprint,
    }
}

/// Clicks, and waits until the playhead has moved.
async fn click_and_move(page: &Page<'_>, part: &str) -> u64 {
    let before = step(page).await;
    page.click(part).await;
    until(&format!("a move by {part}"), async || {
        match step(page).await {
            now if now != before => Ok(now),
            now => Err(now.to_string()),
        }
    })
    .await
}

#[test]
fn stepping_back_from_the_end_returns_to_earlier_states() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer&panel=executor").await;
        page.ended().await;
        click_and_move(&page, "to-start").await;
        click_and_move(&page, "to-end").await;
        let events: u64 = page
            .attribute("timeline", "data-events")
            .await
            .and_then(|events| events.parse().ok())
            .expect("a number of events");
        until("the end", async || match step(&page).await {
            now if now == events => Ok(()),
            now => Err(now.to_string()),
        })
        .await;

        let mut moments = vec![moment(&page).await];
        for _ in 0..8 {
            let before = moments[moments.len() - 1].step;
            assert!(click_and_move(&page, "step-back").await < before);
            moments.push(moment(&page).await);
        }
        for pair in moments.windows(2) {
            assert_ne!(
                pair[0].picture, pair[1].picture,
                "a step changed nothing on the canvas"
            );
        }
        assert_ne!(moments[0].state, moments[8].state);
        // Forwards again, the same moments are the same, in words and in pixels.
        for expected in moments.iter().rev().skip(1) {
            click_and_move(&page, "step-forward").await;
            assert_eq!(moment(&page).await, *expected);
        }
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn the_beginning_has_no_state_and_play_reaches_the_end() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&panel=executor").await;
        page.ended().await;
        click_and_move(&page, "to-start").await;
        assert_eq!(step(&page).await, 0);
        page.choose("speed", "max").await;
        page.click("play").await;
        until("the end, by playing", async || {
            let (step, events) = (
                page.attribute("timeline", "data-step").await,
                page.attribute("timeline", "data-events").await,
            );
            if step.is_some() && step == events {
                Ok(())
            } else {
                Err(format!("{step:?} of {events:?}"))
            }
        })
        .await;
    });
}

#[test]
fn keys_step_through_the_run() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello").await;
        page.ended().await;
        Picture::that(&page, "a picture", |picture| picture.ink() > 0).await;
        click_and_move(&page, "to-start").await;
        let key = async |key: fantoccini::key::Key| {
            let before = step(&page).await;
            page.press("timeline-canvas", &String::from(char::from(key)))
                .await;
            until("a move by a key", async || match step(&page).await {
                now if now != before => Ok(now),
                now => Err(now.to_string()),
            })
            .await
        };
        let first = key(fantoccini::key::Key::Right).await;
        let second = key(fantoccini::key::Key::Right).await;
        assert!(first < second);
        assert_eq!(key(fantoccini::key::Key::Left).await, first);
        let end = key(fantoccini::key::Key::End).await;
        assert!(end > second);
        assert_eq!(key(fantoccini::key::Key::Home).await, 0);
    });
}

#[test]
fn the_link_remembers_the_moment() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=semaphore&panel=executor").await;
        page.ended().await;
        click_and_move(&page, "to-start").await;
        for _ in 0..5 {
            click_and_move(&page, "step-forward").await;
        }
        let before = moment(&page).await;
        let query = until("the moment in the link", async || {
            let query = page.query().await;
            if query.contains(&format!("at={}", before.step)) {
                Ok(query)
            } else {
                Err(query)
            }
        })
        .await;
        page.go("").await;
        page.ended().await;
        page.go(&query).await;
        page.ended().await;
        until("the same moment", async || match step(&page).await {
            now if now == before.step => Ok(()),
            now => Err(now.to_string()),
        })
        .await;
        assert_eq!(moment(&page).await, before);
    });
}
