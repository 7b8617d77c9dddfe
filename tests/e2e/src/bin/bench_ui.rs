//! Measures the timeline in the real page: `bench_ui GENERATOR [quick]`.
//!
//! `cargo xtask bench-ui` builds what is needed and then runs this. For each size of log it makes
//! one with the generator, opens it by the page's `log=` address, and pans and zooms by a script.
//! Printed are
//!
//! - `open`: from the navigation to the frame that shows the whole log, with the page's own
//!   loading in it,
//! - `file`: from the choice of the log's file in the picker of an open page to the frame that shows
//!   the whole log,
//! - `memory`: bytes of the page's WebAssembly memory after that,
//! - `frame`: from an input to the frame that shows its effect: the median, the 95th and the 99th
//!   percentile, at 60 frames a second, so that waiting for the next frame is part of it,
//! - `work`: the time in which the page's own thread was busy with such a frame,
//! - `processor`: processor time of all of the browser's processes for each frame.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::{Value, json};
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, perform, places, processor};

/// The log that is measured, beside the page.
const LOG: &str = "busy.wakeline";

/// Events and tasks. The last two have a million slices.
const LOGS: &[(u32, u32)] = &[
    (10_000, 10),
    (10_000, 1_000),
    (100_000, 10),
    (100_000, 1_000),
    (100_000, 10_000),
    (1_000_000, 10),
    (1_000_000, 1_000),
    (1_000_000, 10_000),
    (1_430_000, 1_000),
    (1_430_000, 100_000),
];

/// The gestures: each is one input, and all begin at any moment between two frames.
const GESTURES: &str = r"
const done = arguments[arguments.length - 1];
const canvas = document.querySelector('[data-testid=timeline-canvas]');
const box = canvas.getBoundingClientRect();
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));
// The next frame, and the moment after it was handed over for painting.
const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
  // The frame's own time is that of the display: the thread may have come to it later. Whoever
  // asked for a frame before the page did is called before it.
  const begun = performance.now();
  const channel = new MessageChannel();
  channel.port1.onmessage = () => resolve([begun, performance.now()]);
  channel.port2.postMessage(0);
}));
const wheel = (x, options) => canvas.dispatchEvent(new WheelEvent('wheel', {
  bubbles: true, cancelable: true, clientX: box.left + box.width * x, clientY: box.top + box.height / 2, ...options,
}));
(async () => {
  const frames = [], work = [];
  let random = 1;
  const next = () => (random = (random * 48271) % 2147483647) / 2147483647;
  const input = async (act) => {
    await wait(next() * 17);
    const start = performance.now();
    act();
    const acted = performance.now();
    const [begun, end] = await painted();
    frames.push(end - start);
    work.push(end - begun + (acted - start));
  };
  for (let round = 0; round < arguments[0]; round += 1) {
    for (let i = 0; i < 12; i += 1) {
      await input(() => wheel(0.2 + 0.6 * next(), { ctrlKey: true, deltaY: -120 }));
    }
    for (let i = 0; i < 16; i += 1) {
      await input(() => wheel(0.5, { deltaX: i < 8 ? 150 : -100 }));
    }
    for (let i = 0; i < 6; i += 1) {
      await input(() => wheel(0.5, { deltaY: i < 3 ? 240 : -240 }));
    }
    for (let i = 0; i < 12; i += 1) {
      await input(() => wheel(0.5, { ctrlKey: true, deltaY: 120 }));
    }
  }
  done([frames, work]);
})();
";

/// Waits until the whole log is on screen, and says when that was.
const OPENED: &str = r"
const done = arguments[arguments.length - 1];
const look = () => {
  const timeline = document.querySelector('[data-testid=timeline]');
  if (Number(timeline?.dataset.events ?? 0) < arguments[0]) {
    setTimeout(look, 4);
    return;
  }
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done([performance.now(), Number(timeline.dataset.events)]);
    channel.port2.postMessage(0);
  }));
};
look();
";

/// Notes when a file is chosen, before the page hears of it.
const CHOSEN: &str = r"
window.addEventListener('change', () => { window.chosen = performance.now(); }, true);
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(generator) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench_ui GENERATOR [quick]");
        return ExitCode::from(2);
    };
    let quick = arguments.next().is_some();
    let site = tempfile::tempdir().expect("a folder for the site");
    copy(&places::site(), site.path());
    println!(
        "{:>9} {:>7} | {:>8} | {:>8} | {:>8} | {:>21} | {:>21} | {:>9}",
        "events",
        "tasks",
        "open",
        "file",
        "memory",
        "frame p50 p95 p99",
        "work p50 p95 p99",
        "processor"
    );
    for &(events, tasks) in LOGS {
        if quick && events > 100_000 {
            continue;
        }
        let log = site.path().join(LOG);
        let made = Command::new(&generator)
            .args([events.to_string(), tasks.to_string()])
            .arg(&log)
            .status();
        assert!(
            made.is_ok_and(|status| status.success()),
            "the generator failed"
        );
        println!("{}", measure(site.path(), events, tasks, quick));
    }
    ExitCode::SUCCESS
}

/// Opens the log, moves about in it, and says what that took.
fn measure(site: &Path, events: u32, tasks: u32, quick: bool) -> String {
    let setting = Setting {
        size: (1920, 1080),
        site: Some(site.to_owned()),
        ..Setting::default()
    };
    let failed = places::failures().join("bench-ui");
    perform(&setting, &failed, async |stage| {
        let page = stage.page();
        page.go(&format!("log={LOG}")).await;
        let opened = page.script_async(OPENED, &[json!(events)]).await;
        let (open, events) = (number(&opened[0]), number(&opened[1]));
        settle(&page).await;
        let memory = page.browser().wasm_memory().await;
        let before = processor::time(page.browser().process());
        let rounds = if quick { 2 } else { 5 };
        let result = page.script_async(GESTURES, &[json!(rounds)]).await;
        let after = processor::time(page.browser().process());
        let (frames, work) = (numbers(&result[0]), numbers(&result[1]));
        let each = match (before, after) {
            (Some(before), Some(after)) => {
                let spent = after.saturating_sub(before).as_secs_f64() * 1000.0;
                format!("{:>6.1} ms", spent / frames.len() as f64)
            }
            _ => "unknown".to_owned(),
        };
        let file = choose(&page, &site.join(LOG), events).await;
        format!(
            "{events:>9} {tasks:>7} | {open:>5.0} ms | {file:>5.0} ms | {:>5.1} MB | {} | {} | {each}",
            memory / 1e6,
            percentiles(frames),
            percentiles(work),
        )
    })
}

/// Chooses the log's file in a page that is open with a small run, and says how long it took.
async fn choose(page: &Page<'_>, log: &Path, events: f64) -> f64 {
    page.go("").await;
    page.ended().await;
    page.script(CHOSEN, &[]).await;
    page.press("open-log", &log.display().to_string()).await;
    let opened = page.script_async(OPENED, &[json!(events)]).await;
    let chosen = page.script("return window.chosen;", &[]).await;
    number(&opened[0]) - number(&chosen)
}

/// Waits until the page has nothing left to do with the log.
async fn settle(page: &Page<'_>) {
    until("a page at rest", async || {
        match page.attribute("timeline", "data-t1").await {
            Some(end) if end != "0" => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

fn percentiles(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).copied()
    };
    [0.5, 0.95, 0.99]
        .map(|share| format!("{:>6.1}", at(share).unwrap_or(f64::NAN)))
        .join(" ")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().map(number).collect()
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder that can be read") {
        let entry = entry.expect("an entry that can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}
