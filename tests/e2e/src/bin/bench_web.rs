//! Measures the executor in a page: `bench_web FOLDER ROUNDS LARGEST FILTER`.
//!
//! `cargo xtask bench-web` builds the folder and then runs this. What is measured, and how, is
//! said in `crates/web/bench/js/harness.js`.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, perform, places};

/// The titles that the filter lets through, once the page has loaded.
const TITLES: &str = "return globalThis.titles?.(arguments[0]) ?? null;";

/// The table of one title, or what went wrong.
const MEASURE: &str = r"
const done = arguments[arguments.length - 1];
globalThis.measure(...arguments).then(done, (error) => done([String(error)]));
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, rounds, largest, filter] = &arguments[..] else {
        eprintln!("usage: bench_web FOLDER ROUNDS LARGEST FILTER");
        return ExitCode::from(2);
    };
    let (Ok(rounds), Ok(largest)) = (rounds.parse::<u32>(), largest.parse::<u32>()) else {
        eprintln!("rounds and sizes are numbers");
        return ExitCode::from(2);
    };
    let setting = Setting {
        site: Some(PathBuf::from(folder)),
        ..Setting::default()
    };
    let failed = places::failures().join("bench-web");
    perform(&setting, &failed, async |stage| {
        let page = stage.page();
        page.go("").await;
        let filter = json!(filter);
        until("a module that has loaded", async || {
            match page.script(TITLES, std::slice::from_ref(&filter)).await {
                Value::Null => Err("no module".to_owned()),
                _ => Ok(()),
            }
        })
        .await;
        let titles = page.script(TITLES, &[filter]).await;
        for title in titles.as_array().into_iter().flatten() {
            let arguments = [title.clone(), json!(rounds), json!(largest)];
            match page.script_async(MEASURE, &arguments).await {
                Value::String(table) => println!("{table}\n"),
                other => panic!("{title}: {other}"),
            }
        }
    });
    ExitCode::SUCCESS
}
