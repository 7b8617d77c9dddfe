//! A run that goes on beyond the limit of its log, whose oldest events are let go.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// How many events the run on screen has had.
async fn events(page: &Page<'_>) -> u64 {
    let text = page.attribute("timeline", "data-events").await;
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

async fn more_than(page: &Page<'_>, number: u64) -> u64 {
    until("more events", async || match events(page).await {
        events if events > number => Ok(events),
        events => Err(format!("{events} events")),
    })
    .await
}

/// The longest time in milliseconds between two frames while somebody waits for a second.
async fn longest_frame(page: &Page<'_>) -> f64 {
    let script = "const done = arguments[arguments.length - 1];
        let last = performance.now(), end = last + 1000, longest = 0;
        const frame = () => {
            const now = performance.now();
            longest = Math.max(longest, now - last);
            last = now;
            now < end ? requestAnimationFrame(frame) : done(longest);
        };
        requestAnimationFrame(frame);";
    let longest = page.script_async(script, &[]).await;
    longest.as_f64().expect("a number")
}

async fn save(page: &Page<'_>, folder: &Path, name: &str) -> Vec<u8> {
    let to = json!({ "behavior": "allow", "downloadPath": folder });
    page.browser()
        .devtools("Browser.setDownloadBehavior", to)
        .await;
    page.click("save-log").await;
    until("the saved file", async || {
        fs::read(folder.join(name)).map_err(|error| error.to_string())
    })
    .await
}

#[test]
fn a_run_that_keeps_the_newest_goes_on_and_says_what_it_let_go() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=producer-consumer&endless=true").await;
        page.choose("log-limit", "10000").await;
        let stopped = page.ended_as(|ended| ended.outcome == "limit").await;
        assert_eq!(page.text("let-go").await, None, "{stopped:?}");
        assert!(events(&page).await < 11_000);

        page.choose("at-limit", "newest").await;
        let some = more_than(&page, 60_000).await;
        // It goes on, and the page with it.
        let longest = longest_frame(&page).await;
        more_than(&page, some).await;
        assert!(longest < 1_000.0, "{longest} ms without a frame");
        assert_eq!(page.outcome().await.as_deref(), Some("running"));
        page.see_that("let-go", |text| text.contains("let go"))
            .await;
        page.click("stop").await;
        until("the end of the run", async || match page.outcome().await {
            Some(outcome) if outcome == "stopped" => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
        Picture::that(&page, "a picture of what stays", |picture| {
            picture.ink() > 1_000
        })
        .await;

        // What is saved is what stays, and is opened again.
        let had = events(&page).await;
        let said = page.see("let-go").await;
        let bytes = save(&page, folder.path(), "producer-consumer.wakeline").await;
        assert_eq!(&bytes[..10], b"WAKELINE\x02\x00");
        // Its texts are those that the engine has not forgotten yet.
        let most = 12_000 * 28 + 1_000_000;
        assert!(bytes.len() < most, "{} bytes", bytes.len());
        let file = folder.path().join("kept.wakeline");
        fs::write(&file, &bytes).expect("a file");
        page.press("open-log", file.to_str().expect("a path that is text"))
            .await;
        page.see_that("file", |text| text.contains("kept.wakeline"))
            .await;
        assert_eq!(events(&page).await, had);
        assert_eq!(page.see("let-go").await, said);
        page.choose("export", "json").await;
        let lines = until("the log in the JSON form", async || {
            fs::read_to_string(folder.path().join("producer-consumer.jsonl"))
                .map_err(|error| error.to_string())
        })
        .await;
        let first: Value = serde_json::from_str(lines.lines().nth(1).unwrap_or("")).expect("JSON");
        let first = first["first"].as_u64().expect("a number");
        assert!(first > 40_000 && first < had, "{first} of {had}");

        // The keys go no further back than to the first event that stays.
        page.press("timeline-canvas", "\u{e011}").await;
        until("the playhead at the beginning", async || {
            match page.attribute("timeline", "data-step").await {
                Some(step) if step == first.to_string() => Ok(()),
                other => Err(format!("{other:?}, not {first}")),
            }
        })
        .await;
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn the_limit_of_a_log_is_remembered() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello").await;
        page.ended().await;
        page.choose("log-limit", "100000").await;
        page.choose("at-limit", "newest").await;
        until("a link that says it", async || {
            let query = page.query().await;
            match query.contains("events=100000-newest") {
                true => Ok(()),
                false => Err(query),
            }
        })
        .await;
        page.ended().await;
        assert_eq!(page.text("let-go").await, None);
        // Whoever comes without a link has what was chosen last.
        page.go("demo=hello").await;
        page.ended().await;
        assert_eq!(page.value("log-limit").await.as_deref(), Some("100000"));
        assert_eq!(page.value("at-limit").await.as_deref(), Some("newest"));
        // A link says what it says.
        page.go("demo=hello&events=10000").await;
        page.ended().await;
        assert_eq!(page.value("log-limit").await.as_deref(), Some("10000"));
        assert_eq!(page.value("at-limit").await.as_deref(), Some("stop"));
    });
}
