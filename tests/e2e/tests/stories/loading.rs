//! Parts of the page that cannot be loaded.

use std::fs;
use std::path::Path;

use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, places, story};

/// A copy of the site without the files that `is_left_out` picks by name.
fn site_without(is_left_out: impl Fn(&str) -> bool) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder for a copy of the site");
    let left_out = copy_folder(&places::site(), copy.path(), &is_left_out);
    assert!(left_out > 0, "nothing was left out");
    copy
}

fn copy_folder(from: &Path, to: &Path, is_left_out: &impl Fn(&str) -> bool) -> usize {
    fs::create_dir_all(to).expect("a folder of the copy");
    let mut left_out = 0;
    for entry in from.read_dir().expect("a folder of the site") {
        let entry = entry.expect("a file of the site");
        let name = entry
            .file_name()
            .into_string()
            .expect("a name that is text");
        if entry.path().is_dir() {
            left_out += copy_folder(&entry.path(), &to.join(&name), is_left_out);
        } else if is_left_out(&name) {
            left_out += 1;
        } else {
            fs::copy(entry.path(), to.join(&name)).expect("a file can be copied");
        }
    }
    left_out
}

fn setting(site: &Path) -> Setting {
    Setting {
        site: Some(site.to_owned()),
        ..Setting::default()
    }
}

fn put_back(site: &Path, is_missing: impl Fn(&str) -> bool) {
    for entry in places::site().read_dir().expect("the site") {
        let entry = entry.expect("a file of the site");
        let name = entry
            .file_name()
            .into_string()
            .expect("a name that is text");
        if is_missing(&name) {
            fs::copy(entry.path(), site.join(&name)).expect("a file can be copied");
        }
    }
}

#[test]
fn without_its_engine_the_page_says_so_and_can_try_again() {
    let is_engine = |name: &str| name.starts_with("engine_bg-");
    let site = site_without(is_engine);
    story(&setting(site.path()), async |stage| {
        let page = stage.open("").await;
        let said = page.see("message").await;
        assert!(said.to_lowercase().contains("engine"), "{said}");
        assert_eq!(
            page.attribute("message", "data-kind").await.as_deref(),
            Some("engine")
        );

        put_back(site.path(), is_engine);
        page.click("retry").await;
        assert_eq!(page.ended().await.outcome, "completed");
        until("the message to go", async || {
            match page.text("message").await {
                None => Ok(()),
                Some(text) => Err(text),
            }
        })
        .await;
    });
}

#[test]
fn without_the_module_of_the_network_the_run_is_refused_and_can_be_tried_again() {
    // The script of the module is there, the module is not.
    let is_network = |name: &str| name.starts_with("network_bg-");
    let site = site_without(is_network);
    story(&setting(site.path()), async |stage| {
        let page = stage.open("demo=crawler").await;
        let said = page.see("message").await;
        assert!(said.contains("part of the engine"), "{said}");

        put_back(site.path(), is_network);
        page.click("run").await;
        assert_eq!(page.ended().await.outcome, "completed");
    });
}

#[test]
fn without_the_worker_script_the_page_says_so() {
    let site = site_without(|name| name.starts_with("engine-worker-"));
    story(&setting(site.path()), async |stage| {
        let page = stage.open("").await;
        let said = page.see("message").await;
        assert!(said.to_lowercase().contains("engine"), "{said}");
    });
}

#[test]
fn without_its_module_the_document_says_so_in_both_languages() {
    let site = site_without(|name| name.starts_with("page_bg-"));
    story(&setting(site.path()), async |stage| {
        let page = stage.open("").await;
        until("words of the document", async || {
            let text = page.script("return document.body.innerText", &[]).await;
            let text = text.as_str().unwrap_or_default();
            if text.contains("could not be loaded") || text.contains("加载失败") {
                Ok(())
            } else {
                Err(text.to_owned())
            }
        })
        .await;
    });
}
