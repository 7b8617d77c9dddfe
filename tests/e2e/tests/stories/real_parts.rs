//! Runs that use what is real: Web Workers, and the browser's file system.

use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

async fn press_run(page: &Page<'_>) {
    page.see("run").await;
    page.click("run").await;
}

#[test]
fn real_workers_compute_and_the_page_says_that_the_run_is_live() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=blocking&panel=console&way=elsewhere&first_ms=1&second_ms=10&third_ms=0")
            .await;
        // As it is, all of it is simulated, and runs by itself.
        page.ended_as(|ended| ended.outcome == "completed").await;
        let pressed = async || page.attribute("mode-live", "aria-pressed").await;
        assert_eq!(pressed().await.as_deref(), Some("false"));

        page.choose("param-parts", "real").await;
        until(
            "a page that says that the run is live",
            async || match pressed().await.as_deref() {
                Some("true") => Ok(()),
                other => Err(format!("{other:?}")),
            },
        )
        .await;
        let help = page.attribute("mode-virtual", "title").await;
        assert!(help.is_some_and(|help| help.contains("Web Workers")));
        press_run(&page).await;
        page.ended_as(|ended| ended.outcome == "completed").await;
        // So many primes there are from 1,000,000 up to 1,010,000, and up to 1,100,000.
        let console = page
            .see_that("console", |text| text.contains("7216 prime numbers"))
            .await;
        for line in ["job 1: 753 prime numbers", "job 3: 0 prime numbers"] {
            assert!(console.contains(line), "no {line} in {console}");
        }
    });
}

#[test]
fn a_pool_of_real_workers_has_results_and_failures() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=worker-pool&panel=console&parts=real&jobs=6&workers=3&job_min_ms=1&job_max_ms=1&failure_rate=100")
            .await;
        press_run(&page).await;
        page.ended_as(|ended| ended.outcome == "completed").await;
        let console = page
            .see_that("console", |text| text.contains("0 results, 6 failures"))
            .await;
        assert!(console.contains("failed: it had no luck"), "{console}");
    });
}

#[test]
fn stopping_a_run_stops_its_workers_and_the_next_gets_new_ones() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=blocking&panel=console&way=elsewhere&parts=real&first_ms=60000&second_ms=60000&third_ms=60000&workers=3")
            .await;
        press_run(&page).await;
        until("a run that computes", async || {
            match page.attribute("timeline", "data-events").await {
                Some(events) if events.parse().is_ok_and(|events: u32| events > 30) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        page.click("stop").await;
        page.ended_as(|ended| ended.outcome == "stopped").await;

        for name in ["first_ms", "second_ms", "third_ms"] {
            page.type_into(&format!("param-{name}"), "1").await;
        }
        press_run(&page).await;
        page.ended_as(|ended| ended.outcome == "completed").await;
        page.see_that("console", |text| {
            text.matches("753 prime numbers").count() == 3
        })
        .await;
    });
}

/// What is in the folder of the site's own file system in which runs have their directories.
const LEFT: &str = "const done = arguments[arguments.length - 1];
    (async () => {
        const root = await navigator.storage.getDirectory();
        const parent = await root.getDirectoryHandle('wakeline', { create: true });
        const names = [];
        for await (const name of parent.keys()) names.push(name);
        return names;
    })().then(done, (error) => done(String(error)));";

#[test]
fn a_live_run_uses_the_browsers_own_files_and_leaves_none() {
    story(&Setting::default(), async |stage| {
        let page = stage
            .open("demo=files&panel=console&clock=live&files=3&size_bytes=2000&large_bytes=40000")
            .await;
        press_run(&page).await;
        page.ended_as(|ended| ended.outcome == "completed").await;
        let console = page
            .see_that("console", |text| text.contains("lines,"))
            .await;
        for line in [
            "the files of this run are real",
            "3 of 3 files hold what was written",
            "large file: 40000 bytes read, and they are the same",
        ] {
            assert!(console.contains(line), "no {line} in {console}");
        }
        let left = page.script_async(LEFT, &[]).await;
        assert_eq!(left, serde_json::json!([]));
    });
}
