//! Logs that are saved, opened, refused.

use std::fs;
use std::path::Path;

use serde_json::json;
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, places, story};

/// Saves the log on screen, and returns the file's bytes.
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

async fn open(page: &Page<'_>, folder: &Path, name: &str, bytes: &[u8]) {
    let file = folder.join(name);
    fs::write(&file, bytes).expect("a file");
    page.press("open-log", file.to_str().expect("a path that is text"))
        .await;
}

#[test]
fn a_saved_log_is_opened_again_and_leads_back_to_the_run() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=semaphore&seed=3").await;
        let semaphore = page.ended().await;
        let events = page.see("events").await;
        let bytes = save(&page, folder.path(), "semaphore.wakeline").await;
        assert!(bytes.starts_with(b"WAKELINE"));

        page.click("demo-hello").await;
        let hello = page.ended_as(|ended| *ended != semaphore).await;
        open(&page, folder.path(), "kept.wakeline", &bytes).await;
        let said = page.see("file").await;
        assert!(said.contains("kept.wakeline"), "{said}");
        page.see_that("events", |text| text == events).await;
        assert_eq!(page.outcome().await.as_deref(), Some("completed"));
        assert_eq!(
            save(&page, folder.path(), "semaphore.wakeline").await,
            bytes
        );

        page.click("close-file").await;
        assert_eq!(page.ended().await, hello);
        assert_eq!(page.text("file").await, None);
    });
}

#[test]
fn files_that_are_no_logs_are_refused_with_reason_and_place() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=hello").await;
        let hello = page.ended().await;
        let bytes = save(&page, folder.path(), "hello.wakeline").await;
        let mut damaged = bytes.clone();
        let at = damaged.len() / 2;
        damaged[at..at + 40].fill(0xff);
        let cut = &bytes[..bytes.len() - 5];
        let files: [(&str, &[u8]); 4] = [
            ("picture.png", b"\x89PNG\r\n\x1a\n and so on, and on"),
            ("<b>.txt", b""),
            ("cut.wakeline", cut),
            ("damaged.wakeline", &damaged),
        ];
        for (name, bytes) in files {
            open(&page, folder.path(), name, bytes).await;
            until("a word about the file", async || {
                let said = page
                    .script("return [...document.querySelectorAll('[data-testid=message]')].map((part) => part.innerText).join('\\n')", &[])
                    .await;
                let said = said.as_str().unwrap_or_default().to_owned();
                let line = said.lines().find(|line| line.contains(name));
                match line {
                    Some(line) if line.contains("byte ") => Ok(()),
                    _ => Err(said),
                }
            })
            .await;
            assert_eq!(page.ended().await, hello, "after {name}");
            assert_eq!(page.text("file").await, None, "after {name}");
        }
    });
}

#[test]
fn a_log_in_the_json_form_is_opened_and_refused_with_the_line() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=semaphore").await;
        page.ended().await;
        let events = page.see("events").await;
        save(&page, folder.path(), "semaphore.wakeline").await;
        page.choose("export", "json").await;
        let lines = until("the log in the JSON form", async || {
            fs::read_to_string(folder.path().join("semaphore.jsonl"))
                .map_err(|error| error.to_string())
        })
        .await;
        page.click("demo-hello").await;
        open(&page, folder.path(), "again.jsonl", lines.as_bytes()).await;
        let said = page.see("file").await;
        assert!(said.contains("again.jsonl"), "{said}");
        page.see_that("events", |text| text == events).await;

        let mut broken: Vec<&str> = lines.lines().collect();
        broken.remove(6);
        let broken = broken.join("\n");
        open(&page, folder.path(), "broken.jsonl", broken.as_bytes()).await;
        page.see_that("message", |text| {
            text.contains("broken.jsonl") && text.contains("Line 7")
        })
        .await;
        page.see_that("events", |text| text == events).await;
    });
}

#[test]
fn of_several_files_one_is_shown_and_one_is_there_to_compare_it_with() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=hello").await;
        page.ended().await;
        let events = page.see("events").await;
        let first = save(&page, folder.path(), "hello.wakeline").await;
        page.click("demo-semaphore").await;
        page.ended().await;
        let second = save(&page, folder.path(), "semaphore.wakeline").await;
        let script = "const data = new DataTransfer();
            for (const [name, bytes] of arguments[0]) {
                data.items.add(new File([new Uint8Array(bytes)], name));
            }
            for (const type of ['dragover', 'drop']) {
                const event = new DragEvent(type, { bubbles: true, dataTransfer: data, cancelable: true });
                document.querySelector('[data-testid=timeline]').dispatchEvent(event);
            }";
        let files = json!([["a.wakeline", first], ["b.wakeline", second], ["c", [1]]]);
        page.script(script, &[files]).await;
        page.see_that("file", |text| text.contains("a.wakeline"))
            .await;
        page.see_that("events", |text| text == events).await;
        let said = page.see("message").await;
        assert!(
            said.contains("a.wakeline") && said.contains("b.wakeline"),
            "{said}"
        );
        assert!(said.contains("(1)"), "{said}");
        page.click("tab-compare").await;
        page.see("compare").await;

        // What was asked for last counts, whichever is ready first.
        let both = "const drop = (name, bytes) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], name));
                const event = new DragEvent('drop', { bubbles: true, dataTransfer: data, cancelable: true });
                document.body.dispatchEvent(event);
            };
            drop('early.jsonl', new TextEncoder().encode(arguments[1]));
            drop('late.wakeline', arguments[0]);";
        page.choose("export", "json").await;
        let lines = until("the log in the JSON form", async || {
            fs::read_to_string(folder.path().join("hello.jsonl")).map_err(|error| error.to_string())
        })
        .await;
        page.script(both, &[json!(second), json!(lines)]).await;
        page.see_that("file", |text| text.contains("late.wakeline"))
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        assert!(page.see("file").await.contains("late.wakeline"));
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn a_log_that_is_dropped_on_the_page_is_opened() {
    story(&Setting::phone(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=hello").await;
        page.ended().await;
        let bytes = save(&page, folder.path(), "hello.wakeline").await;
        let script = "const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(arguments[0])], 'dropped.wakeline'));
            for (const type of ['dragover', 'drop']) {
                const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
                document.querySelector('[data-testid=timeline]').dispatchEvent(event);
            }
            return document.documentElement.hasAttribute('data-dropping')";
        let still = page.script(script, &[json!(bytes)]).await;
        assert_eq!(still, false, "the sign that a file can be dropped is gone");
        page.see_that("file", |text| text.contains("dropped.wakeline"))
            .await;
    });
}

#[test]
fn a_link_names_a_log_on_the_same_server_and_on_no_other() {
    let site = tempfile::tempdir().expect("a folder for a copy of the site");
    for entry in places::site().read_dir().expect("the site") {
        let entry = entry.expect("a file of the site");
        let to = site.path().join(entry.file_name());
        std::os::unix::fs::symlink(entry.path(), to).expect("a link");
    }
    let setting = Setting {
        site: Some(site.path().to_owned()),
        ..Setting::default()
    };
    story(&setting, async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=semaphore").await;
        page.ended().await;
        let events = page.see("events").await;
        let bytes = save(&page, folder.path(), "semaphore.wakeline").await;
        fs::write(site.path().join("kept.wakeline"), &bytes).expect("a file of the site");

        page.go("demo=hello&at=5&log=kept.wakeline").await;
        page.see("file").await;
        page.see_that("events", |text| text == events).await;
        assert_eq!(
            page.attribute("timeline", "data-step").await.as_deref(),
            Some("5")
        );
        assert!(page.query().await.contains("log=kept.wakeline"));

        page.go("demo=hello&log=no-such.wakeline").await;
        page.see_that("message", |text| text.contains("no-such.wakeline"))
            .await;
        assert_eq!(page.ended().await.outcome, "completed");

        page.go("demo=hello&log=http://127.0.0.1:1/kept.wakeline")
            .await;
        page.see_that("message", |text| text.contains("another server"))
            .await;
        assert_eq!(page.ended().await.outcome, "completed");
    });
}
