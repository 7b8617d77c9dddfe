//! The page in a browser, with an engine that is made up: it sends logs that the test wrote.
#![cfg(target_arch = "wasm32")]

mod support;

use js_sys::Function;
use support::{module, pause, until};
use wakeline_playground::browser;
use wakeline_playground::shell::page::{Page, PageProps};
use wakeline_playground::sources::Sources;
use wakeline_protocol::{
    DemoSpec, Modes, ParamKind, ParamSpec, Preset, Reply, RunSummary, TaskCounts, Unit, VERSION,
    Value, Values,
};
use wakeline_timeline::log::{self, Event, Kind, Log, Outcome, PollResult};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    Element, Event as DomEvent, EventInit, HtmlElement, HtmlInputElement, HtmlSelectElement,
    KeyboardEvent, KeyboardEventInit,
};
use yew::{AppHandle, Renderer};

wasm_bindgen_test_configure!(run_in_browser);

/// A run of a main task that prints so many lines, one each millisecond.
fn run_of(lines: u32) -> Vec<u8> {
    let mut log = Log::new();
    let name = log.strings.intern("main");
    let event = |time, kind, subject, flags, value| Event {
        time,
        kind,
        flags,
        location: 0,
        subject,
        object: 0,
        value,
    };
    log.columns.push(event(0, Kind::RunBegun, 0, 0, 0));
    log.columns
        .push(event(0, Kind::TaskCreated, 1, 0, u64::from(name)));
    log.columns.push(event(0, Kind::TaskReady, 1, 0, 0));
    log.columns.push(event(0, Kind::PollBegun, 1, 0, 0));
    for line in 1..=lines {
        let text = log.strings.intern(&format!("line {line}"));
        let time = u64::from(line) * 1_000_000;
        log.columns
            .push(event(time, Kind::Line, 1, 0, u64::from(text)));
    }
    let end = u64::from(lines) * 1_000_000;
    let done = PollResult::Ready.code();
    log.columns.push(event(end, Kind::PollEnded, 1, done, 0));
    log.columns.push(event(end, Kind::TaskCompleted, 1, 0, 0));
    let outcome = Outcome::Completed.code();
    log.columns.push(event(end, Kind::RunEnded, 0, outcome, 0));
    log::encode(&log)
}

fn demo(slug: &str, modes: Modes) -> DemoSpec {
    DemoSpec {
        slug: slug.to_owned(),
        chapter: "loop".to_owned(),
        modes,
        live: Vec::new(),
        params: vec![ParamSpec {
            name: "lines".to_owned(),
            kind: ParamKind::Integer {
                min: 1,
                max: 9,
                default: 3,
            },
            unit: Unit::None,
        }],
        ordered: Vec::new(),
        presets: vec![Preset {
            name: "many".to_owned(),
            values: Values::from([("lines".to_owned(), Value::Integer(9))]),
        }],
    }
}

/// An engine with three demos. A run of `lines=N` prints N lines; its hash is `hash-N`.
fn engine_module() -> String {
    let ready = Reply::Ready {
        version: VERSION,
        demos: vec![
            demo("first", Modes::Any),
            demo("second", Modes::Any),
            demo("network", Modes::Live),
        ],
    };
    let summary = RunSummary {
        outcome: "completed".to_owned(),
        reason: String::new(),
        end_ns: 3_000_000,
        events: 0,
        polls: 1,
        tasks: TaskCounts::default(),
        log_sha256: "HASH".to_owned(),
    };
    let logs: Vec<Vec<u8>> = (0..=9).map(run_of).collect();
    let text = r#"
        const logs = LOGS, summary = SUMMARY;
        const tell = (message) => self.postMessage(JSON.stringify(message));
        self.onmessage = ({ data }) => {
            const request = JSON.parse(data);
            if (request.type !== "run") return;
            const { run, params: { lines } } = request;
            tell({ type: "started", run });
            const bytes = new Uint8Array(logs[lines]).buffer;
            self.postMessage([JSON.stringify({ type: "batch", run }), bytes], [bytes]);
            tell({ type: "ended", run, summary: { ...summary, log_sha256: "hash-" + lines } });
        };
        tell(READY);
    "#;
    let json = |reply: &Reply| serde_json::to_string(reply).unwrap();
    module(
        &text
            .replace("LOGS", &serde_json::to_string(&logs).unwrap())
            .replace("SUMMARY", &serde_json::to_string(&summary).unwrap())
            .replace("READY", &json(&ready)),
    )
}

/// The page in the document of the test, until it is dropped.
struct Opened {
    app: Option<AppHandle<Page>>,
    parts: Vec<Element>,
}

/// Sources: one file for the demo `first`, nothing that makes sense for any other.
fn sources() -> Sources {
    let text = r#"
        if (demo !== "first") return Promise.reject(new Error("gone"));
        const text = "async fn main() {\n    println!(\"<b>line</b>\");\n}\n";
        return [{ name: "demos/src/first.rs", text }];
    "#;
    Sources::new(Function::new_with_args("demo", text))
}

fn open(query: &str, engine: &str) -> Opened {
    browser::replace_query(query);
    let document = browser::document();
    let meta = document.create_element("meta").unwrap();
    meta.set_attribute("name", "wakeline-engine").unwrap();
    meta.set_attribute("content", engine).unwrap();
    let root = document.create_element("div").unwrap();
    root.set_attribute("class", "opened").unwrap();
    meta.set_attribute("class", "opened").unwrap();
    // A test that failed has left its page behind: panics do not unwind here.
    while let Some(left) = document.query_selector(".opened").unwrap() {
        left.remove();
    }
    let body = document.body().unwrap();
    body.append_child(&meta).unwrap();
    body.append_child(&root).unwrap();
    let props = PageProps {
        texts: None,
        sources: Some(sources()),
        lessons: None,
        ..PageProps::default()
    };
    let app = Renderer::<Page>::with_root_and_props(root.clone(), props).render();
    Opened {
        app: Some(app),
        parts: vec![meta, root],
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        self.parts.iter().for_each(Element::remove);
        browser::replace_query("");
    }
}

fn find(testid: &str) -> Option<HtmlElement> {
    browser::document()
        .query_selector(&format!("[data-testid='{testid}']"))
        .unwrap()
        .map(JsCast::unchecked_into)
}

fn text(testid: &str) -> Option<String> {
    find(testid)?.text_content()
}

fn says(testid: &str, part: &str) -> bool {
    text(testid).is_some_and(|text| text.contains(part))
}

fn click(testid: &str) {
    find(testid)
        .unwrap_or_else(|| panic!("no {testid}"))
        .click();
}

fn bubbling(kind: &str) -> DomEvent {
    let options = EventInit::new();
    options.set_bubbles(true);
    DomEvent::new_with_event_init_dict(kind, &options).unwrap()
}

fn type_into(testid: &str, value: &str) {
    let input: HtmlInputElement = find(testid).unwrap().unchecked_into();
    input.set_value(value);
    input.dispatch_event(&bubbling("input")).unwrap();
}

fn press(element: &HtmlElement, key: &str) {
    let options = KeyboardEventInit::new();
    options.set_bubbles(true);
    options.set_cancelable(true);
    options.set_key(key);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    element.dispatch_event(&event).unwrap();
}

async fn shows(hash: &str) {
    until(&format!("the run {hash} is shown"), || {
        says("log-hash", hash)
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_first_demo_is_drawn_without_a_click() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    assert_eq!(
        find("outcome").unwrap().dataset().get("outcome").as_deref(),
        Some("completed")
    );
    assert!(says("console", "line 3"));
    assert!(says("state-running", ""));
}

#[wasm_bindgen_test]
async fn an_edit_runs_at_once_and_stands_in_the_link() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    type_into("param-lines", "5");
    shows("hash-5").await;
    assert!(says("console", "line 5"));
    until("the link says so", || browser::query().contains("lines=5")).await;
    click("reset-lines");
    shows("hash-3").await;
    until("the link says so no more", || {
        !browser::query().contains("lines")
    })
    .await;
}

#[wasm_bindgen_test]
async fn what_is_no_value_is_told_at_its_field_and_the_picture_stays() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    type_into("param-lines", "many");
    until("the field says so", || says("param-error-lines", "many")).await;
    assert!(says("log-hash", "hash-3"));
    assert!(find("run").unwrap().has_attribute("disabled"));
    type_into("param-lines", "10");
    until("the field names the range", || {
        says("param-error-lines", "9")
    })
    .await;
    type_into("param-lines", "4");
    shows("hash-4").await;
    assert_eq!(find("param-error-lines"), None);
}

#[wasm_bindgen_test]
async fn a_preset_fills_the_form() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    click("preset-many");
    shows("hash-9").await;
    let input: HtmlInputElement = find("param-lines").unwrap().unchecked_into();
    assert_eq!(input.value(), "9");
}

#[wasm_bindgen_test]
async fn a_link_restores_the_moment() {
    let _page = open(
        "demo=second&lines=6&seed=8&at=6&select=task-1&panel=console&kept=yes",
        &engine_module(),
    );
    shows("hash-6").await;
    assert!(says("playhead", "6"));
    assert!(says("why", "main"));
    assert!(says("state-running", "main"));
    let seed: HtmlInputElement = find("seed").unwrap().unchecked_into();
    assert_eq!(seed.value(), "8");
    until("what the page does not know is kept", || {
        browser::query().ends_with("kept=yes")
    })
    .await;
}

#[wasm_bindgen_test]
async fn bad_values_in_a_link_are_told_and_ignored() {
    let _page = open("lines=99&at=x&demo=nope", &engine_module());
    shows("hash-3").await;
    let messages = browser::document()
        .query_selector_all("[data-testid='message']")
        .unwrap();
    let said: String = (0..messages.length())
        .filter_map(|index| messages.item(index)?.text_content())
        .collect();
    for part in ["lines=99", "at=x", "nope"] {
        assert!(said.contains(part), "{said}");
    }
}

#[wasm_bindgen_test]
async fn a_line_of_the_console_takes_the_playhead_to_its_moment() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    let lines = browser::document().query_selector_all(".line").unwrap();
    lines
        .item(0)
        .unwrap()
        .unchecked_into::<HtmlElement>()
        .click();
    // Four events before the first line, and the line itself.
    until("the playhead is there", || {
        browser::query().contains("at=5")
    })
    .await;
    until("later lines are dimmed", || {
        browser::document()
            .query_selector_all(".line-later")
            .unwrap()
            .length()
            == 2
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_source_is_text_and_never_markup() {
    let _page = open("panel=source", &engine_module());
    shows("hash-3").await;
    until("the source is there", || says("source", "<b>line</b>")).await;
    let bold = browser::document().query_selector("[data-testid='source'] b");
    assert_eq!(bold.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_source_that_cannot_be_loaded_is_told() {
    let _page = open("demo=second&panel=source", &engine_module());
    shows("hash-3").await;
    until("that is told", || says("source", "could not be loaded")).await;
}

#[wasm_bindgen_test]
async fn the_language_changes_every_text_and_the_document() {
    let _page = open("lang=en", &engine_module());
    shows("hash-3").await;
    assert!(says("run", "Run"));
    click("language-zh-Hans");
    until("the button is in Chinese", || says("run", "运行")).await;
    until("the document is in Chinese", || {
        browser::root().unwrap().get_attribute("lang").as_deref() == Some("zh-Hans")
    })
    .await;
    click("language-en");
    until("the button is in English", || says("run", "Run")).await;
}

#[wasm_bindgen_test]
async fn the_theme_is_on_the_root_for_the_style_sheets() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    for theme in ["dark", "light"] {
        let select: HtmlSelectElement = find("theme").unwrap().unchecked_into();
        select.set_value(theme);
        select.dispatch_event(&bubbling("change")).unwrap();
        until("the root has it", || {
            browser::root()
                .unwrap()
                .get_attribute("data-theme")
                .as_deref()
                == Some(theme)
        })
        .await;
    }
    browser::remember("theme", "system");
}

#[wasm_bindgen_test]
async fn demos_are_found_by_words_and_opened_by_the_keyboard() {
    let _page = open("", &engine_module());
    shows("hash-3").await;
    type_into("demo-search", "second");
    until("the others are gone", || find("demo-first").is_none()).await;
    press(&find("demo-search").unwrap(), "Enter");
    until("it is open", || browser::query().contains("demo=second")).await;
    type_into("demo-search", "elephant");
    until("nothing is found", || find("demo-second").is_none()).await;
    press(&find("demo-search").unwrap(), "Escape");
    until("all are back", || find("demo-first").is_some()).await;
}

#[wasm_bindgen_test]
async fn a_live_demo_waits_for_run() {
    let _page = open("demo=network", &engine_module());
    until("the form is there", || find("run").is_some()).await;
    assert_eq!(find("outcome"), None);
    click("run");
    shows("hash-3").await;
    // An edit does not run by itself, and the button says that there is something to run.
    type_into("param-lines", "7");
    until("the button is due", || {
        find("run").unwrap().class_name().contains("button-due")
    })
    .await;
    assert!(says("log-hash", "hash-3"));
    type_into("server", "nowhere");
    until("the address is refused", || {
        find("param-error-server").is_some()
    })
    .await;
    assert!(find("run").unwrap().has_attribute("disabled"));
}

#[wasm_bindgen_test]
async fn without_an_engine_the_page_says_so_and_can_try_again() {
    let _page = open("", "./no-such-worker.js");
    until("the failure is told", || find("retry").is_some()).await;
    let said = text("message").unwrap();
    assert!(!said.is_empty());
    click("retry");
    pause().await;
    until("the failure is told again", || find("retry").is_some()).await;
}
