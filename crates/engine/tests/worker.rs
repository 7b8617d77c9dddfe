//! The engine in a worker, with the browser's clock, network and event loop.

#![cfg(target_arch = "wasm32")]

mod page;

use wakeline::log::{Kind, NetworkPhase, encode};
use wakeline_demos::{Progress, RunSetup, prepare};
use wakeline_protocol::{Clock, Reply, Request, RunRequest, VERSION, Value};
use wasm_bindgen_test::wasm_bindgen_test;

use page::{Page, request};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_engine_says_that_it_is_ready_before_it_is_asked() {
    let page = Page::open();
    let replies = page.replies();
    assert!(matches!(&replies[..], [Reply::Ready { version, .. }] if *version == VERSION));
}

#[wasm_bindgen_test]
async fn a_virtual_run_is_the_same_as_without_an_engine() {
    for demo in ["hello", "producer-consumer", "semaphore", "timeout"] {
        let page = Page::open();
        page.ask(&Request::Run(request(demo)));
        let summary = page.end_of(1).await;
        let mut alone = prepare(RunSetup {
            seed: 5,
            limit: 100_000,
            ..RunSetup::of(demo)
        })
        .expect("its defaults are sound");
        while alone.step(u32::MAX) != Progress::Ended {}
        assert_eq!(summary, alone.finish(), "{demo}");
        let (log, is_complete) = page.log();
        assert!(is_complete);
        assert_eq!(encode(&log), encode(&alone.runtime().log()), "{demo}");
    }
}

fn endless() -> RunRequest {
    let mut request = request("producer-consumer");
    let endless = ("endless".to_owned(), Value::Flag(true));
    request.params.insert(endless.0, endless.1);
    (request.limit, request.window) = (5_000_000, 2_000);
    request
}

#[wasm_bindgen_test]
async fn an_endless_run_pauses_for_the_page_and_hears_it() {
    let page = Page::open();
    page.ask(&Request::Run(endless()));
    page.until(|| page.log().0.len() >= 2_000).await;
    page.turns(5).await;
    assert_eq!(page.log().0.len(), 2_000);
    page.ask(&Request::Taken {
        run: 1,
        events: 1_500,
    });
    page.until(|| page.log().0.len() >= 3_500).await;
    page.turns(5).await;
    assert_eq!(page.log().0.len(), 3_500);
    page.ask(&Request::Stop { run: 1 });
    assert_eq!(page.end_of(1).await.outcome, "stopped");
    assert!(page.log().1);
}

#[wasm_bindgen_test]
async fn an_endless_run_that_nobody_holds_back_is_heard_and_stopped_between_slices() {
    let page = Page::open();
    let mut request = endless();
    request.window = u32::MAX;
    page.ask(&Request::Run(request));
    // These turns of the event loop come while the run is always ready.
    page.turns(10).await;
    let events = page.log().0.len();
    assert!(events > 0);
    page.ask(&Request::Stop { run: 1 });
    let summary = page.end_of(1).await;
    assert_eq!(summary.outcome, "stopped");
    let polls = summary.polls;
    page.turns(5).await;
    assert!(polls > 0 && page.log().0.len() == summary.events as usize);
}

#[wasm_bindgen_test]
async fn a_live_run_takes_real_time() {
    let page = Page::open();
    let mut request = request("hello");
    request.clock = Clock::Live;
    for (name, ms) in [("first_ms", 20), ("second_ms", 30)] {
        // Demos spell their parameters with dashes or with underscores.
        let names = [name.to_owned(), name.replace('_', "-")];
        let spec = wakeline_demos::find("hello").expect("it exists").spec();
        let name = names.into_iter().find(|name| spec.param(name).is_some());
        request
            .params
            .insert(name.expect("it has it"), Value::Integer(ms));
    }
    page.ask(&Request::Run(request));
    let summary = page.end_of(1).await;
    assert_eq!(summary.outcome, "completed");
    assert!(summary.end_ns >= 30_000_000, "{} ns", summary.end_ns);
    let (log, is_complete) = page.log();
    assert!(is_complete);
    assert!(
        log.columns
            .iter_from(0)
            .all(|event| event.kind != Kind::ClockAdvanced)
    );
}

#[wasm_bindgen_test]
async fn requests_cross_the_browsers_own_network() {
    let page = Page::open();
    let mut request = request("fetch");
    request.clock = Clock::Live;
    request.server = page::origin();
    // The server that brought the tests: one file that is there, one that is not.
    let paths = Value::Text("/ /no/such/file".to_owned());
    request.params.insert("paths".to_owned(), paths);
    page.ask(&Request::Run(request));
    page.end_of(1).await;
    let (log, _) = page.log();
    let mut statuses: Vec<u32> = log
        .columns
        .iter_from(0)
        .filter(|event| event.kind == Kind::NetworkPhase)
        .filter(|event| NetworkPhase::from_code(event.flags) == Some(NetworkPhase::Headers))
        .map(|event| event.high())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_ends_no_engine() {
    for demo in ["fetch", "websocket"] {
        let page = Page::open();
        let mut request = request(demo);
        request.clock = Clock::Live;
        // Port 1 of this machine: browsers refuse it themselves, as any server there would.
        request.server = "http://127.0.0.1:1".to_owned();
        page.ask(&Request::Run(request));
        page.until(|| {
            let (log, _) = page.log();
            log.columns
                .iter_from(0)
                .any(|e| e.kind == Kind::NetworkEnded && e.flags == 1)
        })
        .await;
        page.ask(&Request::Stop { run: 1 });
        page.end_of(1).await;
        page.ask(&Request::Run(RunRequest {
            run: 2,
            ..page::request("hello")
        }));
        assert_eq!(page.end_of(2).await.outcome, "completed");
    }
}

#[wasm_bindgen_test]
async fn what_is_no_text_is_refused() {
    let page = Page::open();
    page.replies();
    for message in [
        js_sys::Object::new().into(),
        5.into(),
        wasm_bindgen::JsValue::NULL,
    ] {
        page.engine().receive(&message);
        let replies = page.replies();
        assert!(
            matches!(&replies[..], [Reply::Refused { run: 0, .. }]),
            "{replies:?}"
        );
    }
    page.ask(&Request::Run(request("hello")));
    page.end_of(1).await;
}

#[wasm_bindgen_test]
async fn each_batch_is_a_buffer_of_its_own_that_can_be_transferred() {
    let page = Page::open();
    page.ask(&Request::Run(request("hello")));
    page.end_of(1).await;
    let buffers = page.buffers();
    assert!(!buffers.is_empty());
    for buffer in buffers {
        let before = buffer.byte_length();
        assert!(before > 0);
        let channel =
            page::javascript("(buffer) => new MessageChannel().port1.postMessage(null, [buffer])");
        channel
            .call1(&wasm_bindgen::JsValue::UNDEFINED, &buffer)
            .expect("transferable");
        assert_eq!(buffer.byte_length(), 0);
    }
}
