//! The page's side of the engine, with Web Workers that behave as well or as badly as engines can.
#![cfg(target_arch = "wasm32")]

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use support::{module, pause, until};
use wakeline_playground::engine::{Engine, Event, Failure};
use wakeline_playground::state::{Limit, RunPlan};
use wakeline_protocol::{Clock, Policy, VERSION, Values};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::Callback;

wasm_bindgen_test_configure!(run_in_browser);

/// An engine that runs `well`, and is blocked for ever by `block`.
fn engine_module() -> String {
    let text = r#"
        const tell = (message) => self.postMessage(JSON.stringify(message));
        const summary = {
            outcome: "completed", end_ns: 5, events: 0, polls: 0, log_sha256: "abc",
            tasks: { created: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0 },
        };
        self.onmessage = ({ data }) => {
            const request = JSON.parse(data);
            if (request.type === "run") {
                tell({ type: "started", run: request.run });
                if (request.demo === "block") for (;;) {}
                if (request.demo === "throw") throw new Error("out of order");
                const bytes = new Uint8Array([1, 2, 3]).buffer;
                const batch = JSON.stringify({ type: "batch", run: request.run });
                self.postMessage([batch, bytes], [bytes]);
                tell({ type: "ended", run: request.run, summary });
            }
        };
        tell({ type: "ready", version: VERSION, demos: [] });
    "#;
    module(&text.replace("VERSION", &VERSION.to_string()))
}

type Heard = Rc<RefCell<Vec<Event>>>;

fn load(address: String) -> (Engine, Heard) {
    let heard = Heard::default();
    let tell = {
        let heard = Rc::clone(&heard);
        Callback::from(move |event| heard.borrow_mut().push(event))
    };
    (Engine::load(address, tell), heard)
}

fn plan(demo: &str) -> RunPlan {
    RunPlan {
        demo: demo.to_owned(),
        params: Values::new(),
        seed: 0,
        policy: Policy::Fifo,
        clock: Clock::Virtual,
        server: String::new(),
        limit: Limit::default(),
    }
}

fn has(heard: &Heard, wanted: impl Fn(&Event) -> bool) -> bool {
    heard.borrow().iter().any(wanted)
}

fn failure(heard: &Heard) -> Option<Failure> {
    heard.borrow().iter().find_map(|event| match event {
        Event::Failed(failure) => Some(failure.clone()),
        _ => None,
    })
}

#[wasm_bindgen_test]
async fn a_run_that_was_asked_for_before_the_engine_was_there_takes_place() {
    let (engine, heard) = load(engine_module());
    let run = engine.run(plan("well"));
    until("the run has ended", || {
        has(
            &heard,
            |event| matches!(event, Event::Ended { run: ended, .. } if *ended == run),
        )
    })
    .await;
    let bytes = vec![1, 2, 3];
    assert!(has(&heard, |event| *event
        == Event::Batch {
            run,
            bytes: bytes.clone()
        }));
}

#[wasm_bindgen_test]
async fn an_engine_that_its_program_blocks_is_replaced_and_the_next_run_takes_place() {
    let (engine, heard) = load(engine_module());
    let blocked = engine.run(plan("block"));
    until("the run has begun", || {
        has(&heard, |event| *event == Event::Started { run: blocked })
    })
    .await;
    engine.stop(blocked);
    until("the engine is replaced", || {
        has(&heard, |event| *event == Event::Replaced { run: blocked })
    })
    .await;
    let next = engine.run(plan("well"));
    until("the next run has ended", || {
        has(
            &heard,
            |event| matches!(event, Event::Ended { run, .. } if *run == next),
        )
    })
    .await;
}

#[wasm_bindgen_test]
async fn an_engine_that_throws_is_replaced_and_its_words_are_told() {
    let (engine, heard) = load(engine_module());
    let thrown = engine.run(plan("throw"));
    until("the crash is told", || {
        has(&heard, |event| {
            matches!(event, Event::Crashed { run, message }
                if *run == thrown && message.contains("out of order"))
        })
    })
    .await;
    until("another engine is ready", || {
        heard
            .borrow()
            .iter()
            .filter(|event| matches!(event, Event::Ready(_)))
            .count()
            == 2
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_worker_that_does_not_exist_is_told_and_can_be_asked_for_again() {
    let (engine, heard) = load("./no-such-worker.js".to_owned());
    until("the failure is told", || failure(&heard).is_some()).await;
    assert!(matches!(failure(&heard), Some(Failure::NotLoaded(_))));
    heard.borrow_mut().clear();
    engine.retry();
    until("the failure is told again", || failure(&heard).is_some()).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_throws_while_it_loads_is_told() {
    let (_engine, heard) = load(module("throw new Error('no memory')"));
    until("the failure is told", || failure(&heard).is_some()).await;
    assert!(
        matches!(failure(&heard), Some(Failure::NotLoaded(detail)) if detail.contains("no memory"))
    );
}

#[wasm_bindgen_test]
async fn an_engine_of_another_version_is_refused() {
    let other = VERSION + 1;
    let text =
        format!("postMessage(JSON.stringify({{ type: 'ready', version: {other}, demos: [] }}))");
    let (_engine, heard) = load(module(&text));
    until("the failure is told", || failure(&heard).is_some()).await;
    let expected = Failure::OtherVersion {
        page: VERSION,
        engine: other,
    };
    assert_eq!(failure(&heard), Some(expected));
}

#[wasm_bindgen_test]
async fn what_is_no_message_is_refused() {
    for said in ["'hello'", "{ type: 'ready' }", "42", "['{}', 7]", "[]"] {
        let (_engine, heard) = load(module(&format!("postMessage({said})")));
        until("the failure is told", || failure(&heard).is_some()).await;
        assert_eq!(failure(&heard), Some(Failure::Unintelligible), "{said}");
    }
}

#[wasm_bindgen_test]
async fn nothing_is_heard_of_an_engine_that_nobody_holds() {
    let (engine, heard) = load(module(
        "setInterval(() => postMessage('nonsense'), 1); postMessage('nonsense');",
    ));
    drop(engine);
    heard.borrow_mut().clear();
    for _ in 0..10 {
        pause().await;
    }
    assert_eq!(*heard.borrow(), []);
}
