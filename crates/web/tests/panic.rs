//! After a panic. Alone in its file, because nothing can be run in this module afterwards.

#![cfg(target_arch = "wasm32")]

#[path = "cases/browser.rs"]
#[allow(dead_code, reason = "the other test files use more of it")]
mod browser;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wakeline::{Builder, Clock};
use wakeline_web::pump::{Pump, Settings, Status};
use wakeline_web::{clock, panics};
use wasm_bindgen_test::wasm_bindgen_test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn a_runtime_is_not_entered_again() {
    let told = Rc::new(RefCell::new(Vec::new()));
    let telling = told.clone();
    panics::on_panic(move |message| telling.borrow_mut().push(message.to_owned()));

    let polls = Rc::new(Cell::new(0));
    let runtime = Builder::new().clock(Clock::Real(clock::start())).build();
    let (counted, bystander) = (polls.clone(), Rc::new(Cell::new(0_u64)));
    let others = bystander.clone();
    browser::start(&runtime, async move {
        loop {
            others.set(others.get() + 1);
            wakeline::task::yield_now().await;
        }
    });
    browser::start(&runtime, async move {
        loop {
            counted.set(counted.get() + 1);
            wakeline::time::sleep(std::time::Duration::from_millis(1)).await;
            assert!(counted.get() < 3, "the third poll panics");
        }
    });
    let pump = Pump::start(&runtime, Settings::WORKER, runtime.clone());
    browser::until(|| pump.status() == Status::Poisoned).await;
    let before = bystander.get();
    assert!(before > 0);
    // Timers that were set, and whatever else the browser still has, come and go.
    browser::turns(20).await;
    assert_eq!(polls.get(), 3);
    assert_eq!(bystander.get(), before);
    assert!(panics::happened());
    assert_eq!(told.borrow().len(), 1);
    assert!(told.borrow()[0].contains("the third poll panics"));
    assert!(told.borrow()[0].contains("tests/panic.rs"));
    // Their drops would enter the runtime.
    std::mem::forget((pump, runtime));
}
