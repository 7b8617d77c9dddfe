//! Going from one thing to the next by keys: steps, slices, wakes, bookmarks, layers, commands.

use wakeline_e2e::canvas::Canvas;
use wakeline_e2e::log::Log;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

use crate::encodings::tall;
use crate::moving::{goes_to, key, number, press, sees, span, view};

#[test]
fn slices_wakes_and_bookmarks_are_followed_by_keys() {
    story(&tall(), async |stage| {
        let log = Log::of("lock", Some("tutorial"));
        let page = stage
            .open(&format!("{}&axis=step&select=task-3&at=0", log.query))
            .await;
        page.ended().await;
        Canvas::of(&page).await;
        let of_task = |kind: &str, from: usize| {
            log.first_from(from, kind, |event| {
                event["kind"] == kind && event["subject"] == 3
            })
        };
        let ready = of_task("task-ready", 0);
        let poll = of_task("poll-begun", 0);
        press(&page, ".").await;
        press(&page, ".").await;
        // The slices begin with readiness, or with the creation before it.
        let first = number(&page, "data-step").await as usize;
        assert!([ready + 1, poll + 1].contains(&first), "{first}");
        press(&page, ".").await;
        press(&page, ",").await;
        goes_to(&page, first).await;
        // What woke it, and what that one woke.
        page.go(&format!(
            "{}&axis=step&select=task-3&at={}",
            log.query,
            log.events().len()
        ))
        .await;
        page.ended().await;
        Canvas::of(&page).await;
        let woken = (0..log.events().len())
            .rev()
            .find(|&at| log.events()[at]["kind"] == "task-ready" && log.subject(at) == 3)
            .expect("a wake");
        press(&page, "[").await;
        goes_to(&page, woken + 1).await;
        press(&page, "m").await;
        until("a bookmark", async || {
            match page.attribute("timeline", "data-bookmarks").await {
                Some(marks) if marks == (woken + 1).to_string() => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        key(&page, "Home", "Home", "").await;
        goes_to(&page, 0).await;
        press(&page, "n").await;
        goes_to(&page, woken + 1).await;
        key(&page, "Home", "Home", "").await;
        page.click("lane-task-2").await;
        press(&page, "]").await;
        let to = log.first_from(0, "a wake by task 2", |event| {
            event["kind"] == "task-ready" && event["cause"] == "task" && event["object"] == 2
        });
        goes_to(&page, to + 1).await;
        let selected = page.attribute("timeline", "data-selection").await;
        assert_eq!(selected, Some(format!("task-{}", log.subject(to))));
        // Arrows on the canvas go from lane to lane.
        key(&page, "ArrowDown", "ArrowDown", "").await;
        until("the lane below", async || {
            match page.attribute("timeline", "data-selection").await {
                now if now != selected => Ok(()),
                now => Err(format!("{now:?}")),
            }
        })
        .await;
    });
}

#[test]
fn steps_by_poll_and_by_raw_event_and_what_is_announced() {
    story(&Setting::default(), async |stage| {
        let log = Log::of("hello", Some("concurrent"));
        let page = stage.open(&format!("{}&axis=step&at=0", log.query)).await;
        page.ended().await;
        Canvas::of(&page).await;
        let poll = log.first("poll-begun");
        page.script("document.activeElement.blur()", &[]).await;
        key(&page, "ArrowRight", "ArrowRight", "shiftKey").await;
        goes_to(&page, poll + 1).await;
        key(&page, "ArrowRight", "ArrowRight", "altKey").await;
        goes_to(&page, poll + 2).await;
        key(&page, "ArrowLeft", "ArrowLeft", "altKey").await;
        goes_to(&page, poll + 1).await;
        let said = async || {
            let script = "return document.querySelector('[data-testid=timeline-announced]').textContent.trim()";
            let text = page.script(script, &[]).await;
            text.as_str().unwrap_or_default().to_owned()
        };
        let first = said().await;
        assert!(first.contains("main"), "{first}");
        key(&page, "ArrowRight", "ArrowRight", "").await;
        until("another announcement", async || match said().await {
            now if now != first && now.len() > 10 => Ok(()),
            now => Err(now),
        })
        .await;
        // At the end, play begins again.
        key(&page, "End", "End", "").await;
        goes_to(&page, log.events().len()).await;
        page.choose("speed", "1/16").await;
        page.script("document.activeElement.blur()", &[]).await;
        key(&page, " ", "Space", "").await;
        until("the run from its beginning", async || {
            match number(&page, "data-step").await {
                now if (now as usize) < log.events().len() => Ok(()),
                now => Err(now.to_string()),
            }
        })
        .await;
        key(&page, ">", "Period", "shiftKey").await;
        until("a greater speed", async || {
            match page.value("speed").await {
                Some(speed) if speed == "1/8" => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        key(&page, "<", "Comma", "shiftKey").await;
        until("a smaller speed", async || {
            match page.value("speed").await {
                Some(speed) if speed == "1/16" => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    });
}

#[test]
fn escape_goes_back_one_layer_at_a_time_and_the_help_lists_the_keys() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello&select=task-2").await;
        page.ended().await;
        Canvas::of(&page).await;
        key(&page, "f", "KeyF", "ctrlKey").await;
        page.type_into("find", "greeting").await;
        page.see_that("find-count", |text| text.starts_with("1/"))
            .await;
        // Enter goes on, Shift-Enter back.
        key(&page, "Enter", "Enter", "").await;
        page.see_that("find-count", |text| text.starts_with("2/"))
            .await;
        key(&page, "Enter", "Enter", "shiftKey").await;
        page.see_that("find-count", |text| text.starts_with("1/"))
            .await;
        key(&page, "Escape", "Escape", "").await;
        until("no search", async || match page.text("find").await {
            None => Ok(()),
            some => Err(format!("{some:?}")),
        })
        .await;
        assert!(page.attribute("timeline", "data-selection").await.is_some());
        key(&page, "Escape", "Escape", "").await;
        until("no selection", async || {
            match page.attribute("timeline", "data-selection").await {
                None => Ok(()),
                some => Err(format!("{some:?}")),
            }
        })
        .await;
        key(&page, "?", "Slash", "shiftKey").await;
        let help = page
            .see_that("keys-help", |text| text.contains("Esc"))
            .await;
        for said in [
            "play or pause",
            "next slice",
            "save the picture",
            "bookmark",
            "zoom in",
        ] {
            assert!(help.contains(said), "{said} is not in the help");
        }
    });
}

#[test]
fn quick_open_gives_commands() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer").await;
        page.ended().await;
        Canvas::of(&page).await;
        let whole = view(&page).await;
        let command = async |words: &str| {
            key(&page, "k", "KeyK", "ctrlKey").await;
            page.type_into("quick-input", words).await;
            page.press("quick-input", "\u{e007}").await;
        };
        command("zoom in at").await;
        sees(&page, "less", |view| span(view) < 0.8 * span(whole)).await;
        command("fit the whole").await;
        sees(&page, "all", |view| view == whole).await;
        command("group by parent").await;
        page.see("group-2").await;
        command("every event one unit").await;
        until("the axis of steps", async || {
            match page.attribute("timeline", "data-axis").await {
                Some(axis) if axis == "step" => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    });
}
