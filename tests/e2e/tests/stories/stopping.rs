//! Stop always stops, and the page never freezes.

use std::time::Duration;

use serde_json::json;
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// Counts the frames that the page paints from now on.
async fn count_frames(page: &Page<'_>) {
    let script = "window.frames_painted = 0;
        const next = () => { window.frames_painted += 1; requestAnimationFrame(next); };
        requestAnimationFrame(next);";
    page.script(script, &[]).await;
}

/// Waits until the page has painted some more frames: it answers, and it paints.
async fn sees_frames(page: &Page<'_>, what: &str) {
    let painted = async || {
        let count = page.script("return window.frames_painted", &[]).await;
        count.as_u64().expect("a number of frames")
    };
    let start = painted().await;
    until(what, async || match painted().await {
        now if now >= start + 10 => Ok(()),
        now => Err(format!("{} frames", now - start)),
    })
    .await;
}

async fn events(page: &Page<'_>) -> u64 {
    let events = page.attribute("timeline", "data-events").await;
    events.and_then(|events| events.parse().ok()).unwrap_or(0)
}

#[test]
fn stop_ends_a_run_without_end_while_the_page_paints() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=producer-consumer&endless=true&clock=live&produce_min_ms=1&produce_max_ms=5&consume_min_ms=1&consume_max_ms=5")
            .await;
        page.click("run").await;
        count_frames(&page).await;
        until("a live run that grows", async || {
            match events(&page).await {
                many if many > 100 => Ok(()),
                few => Err(few.to_string()),
            }
        })
        .await;
        sees_frames(&page, "frames during the run").await;
        assert_eq!(page.outcome().await.as_deref(), Some("running"));

        page.click("stop").await;
        let outcome = until("the end", async || match page.outcome().await {
            Some(outcome) if outcome != "running" => Ok(outcome),
            other => Err(format!("{other:?}")),
        })
        .await;
        // An engine that is asked on a machine without a moment to spare is replaced.
        assert!(["stopped", "cut-off"].contains(&&*outcome), "{outcome}");
        let (at_end, page_is_at) = (events(&page).await, events(&page).await);
        assert_eq!(at_end, page_is_at, "the run goes on");
        sees_frames(&page, "frames after the run").await;

        // The next run works.
        page.click("demo-hello").await;
        page.click("mode-virtual").await;
        page.ended_as(|ended| ended.outcome == "completed").await;
    });
}

#[test]
fn stop_ends_a_program_that_holds_its_thread() {
    story(&Setting::default(), async |stage| {
        // Every operation holds the only thread for a minute of real time.
        let page = stage
            .open("demo=timeout&operation=blocks&clock=live&fast_ms=60000&medium_ms=60000&slow_ms=60000")
            .await;
        page.click("run").await;
        until("a run under way", async || match page.outcome().await {
            Some(outcome) if outcome == "running" => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
        count_frames(&page).await;
        // Long enough that the program is inside of its first operation.
        tokio::time::sleep(Duration::from_millis(500)).await;
        sees_frames(&page, "frames while the engine is blocked").await;

        page.click("stop").await;
        until("the engine's replacement", async || {
            match page.outcome().await {
                Some(outcome) if outcome == "cut-off" => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        assert!(page.see("message").await.contains("thread"));
        sees_frames(&page, "frames after the replacement").await;

        // The new engine works, and its demos are the same.
        page.click("demo-hello").await;
        page.click("mode-virtual").await;
        page.ended_as(|ended| ended.outcome == "completed").await;
    });
}

#[test]
fn a_virtual_run_without_end_is_cut_off_by_itself() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        page.ended().await;
        count_frames(&page).await;
        page.click("preset-endless").await;
        sees_frames(&page, "frames during the run").await;
        page.ended_as(|ended| ended.outcome == "limit").await;
        let value = page.script("return arguments[0] + 1", &[json!(1)]).await;
        assert_eq!(value, json!(2));
    });
}
