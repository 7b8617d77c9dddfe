//! The pump as a guest: what it leaves to everybody else in the browser.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Function, Promise};
use wakeline::Runtime;
use wakeline::time::sleep;
use wakeline_web::promise::Settlement;
use wakeline_web::pump::{Continuation, Pump, Settings, Slice, Status, Step, Work};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Replaced, count, global, javascript, start, until};
use super::pump::{endless, real};

/// Counts timeouts and frames until it is dropped.
struct Ticks;

impl Ticks {
    fn begin() -> Self {
        javascript(
            "globalThis.timeouts = 0; globalThis.paints = 0; globalThis.ticking = true;
             const timeout = () => {
                 timeouts += 1;
                 if (ticking) setTimeout(timeout, 1);
             };
             const frame = () => {
                 paints += 1;
                 if (ticking) requestAnimationFrame(frame);
             };
             setTimeout(timeout, 1);
             requestAnimationFrame(frame);",
        );
        Self
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        javascript("globalThis.ticking = false");
    }
}

/// Counts slices of a pump.
#[derive(Clone)]
struct Counted {
    runtime: Runtime,
    slices: Rc<Cell<u32>>,
}

impl Work for Counted {
    fn step(&self, polls: u32) -> Step {
        self.runtime.step(polls)
    }

    fn after_slice(&self, _: &Slice) {
        self.slices.set(self.slices.get() + 1);
    }
}

/// The frames and timeouts that a page needs come within this many slices. Perfect would be one
/// frame in four slices of 4 ms; a pump that starves the event loop gives none in any number.
const SLICES_PER_TICK: u32 = 100;

async fn ticks_go_on(runtime: Runtime, settings: Settings) {
    let counted = Counted {
        runtime: runtime.clone(),
        slices: Rc::default(),
    };
    let _ticks = Ticks::begin();
    let pump = Pump::start(&runtime, settings, counted.clone());
    until(|| count("timeouts") >= 5 && count("paints") >= 5 && counted.slices.get() >= 5).await;
    drop(pump);
    let slices = counted.slices.get();
    assert!(
        slices < 5 * SLICES_PER_TICK,
        "5 frames and timeouts took {slices} slices"
    );
}

#[wasm_bindgen_test]
async fn a_task_that_is_always_ready_starves_neither_timers_nor_frames() {
    for continuation in [Continuation::Background, Continuation::UserVisible] {
        let runtime = real();
        endless(&runtime);
        let settings = Settings {
            continuation,
            ..Settings::PAGE
        };
        ticks_go_on(runtime, settings).await;
    }
}

#[wasm_bindgen_test]
async fn many_tasks_that_wake_each_other_starve_neither_timers_nor_frames() {
    let runtime = real();
    for _ in 0..100 {
        endless(&runtime);
    }
    ticks_go_on(runtime, Settings::PAGE).await;
}

#[wasm_bindgen_test]
async fn a_chain_of_resolved_promises_does_not_starve_the_event_loop() {
    let runtime = real();
    let awaited = Rc::new(Cell::new(0_u32));
    let awaiting = awaited.clone();
    let guard = runtime.expect_outside();
    start(&runtime, async move {
        let _guard = guard;
        loop {
            // Each comes back by a microtask, and never has the pump anything left to do.
            let _ = Settlement::of(&Promise::resolve(&JsValue::NULL)).await;
            awaiting.set(awaiting.get() + 1);
        }
    });
    let _ticks = Ticks::begin();
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| count("timeouts") >= 5 && awaited.get() >= 500).await;
    drop(pump);
}

#[wasm_bindgen_test]
async fn a_thousand_timers_of_the_runtime_are_one_of_the_browser() {
    javascript("globalThis.outstanding = new Set(); globalThis.most = 0; globalThis.calls = 0;");
    let set = Replaced::with(
        "setTimeout",
        "(callback, delay) => {
             const id = original.call(globalThis, () => { outstanding.delete(id); callback() }, delay);
             outstanding.add(id);
             most = Math.max(most, outstanding.size);
             calls += 1;
             return id;
         }",
    );
    let clear = Replaced::with(
        "clearTimeout",
        "(id) => { outstanding.delete(id); original.call(globalThis, id) }",
    );
    let runtime = real();
    let fired = Rc::new(Cell::new(0));
    for number in 0..1000_u64 {
        let fired = fired.clone();
        start(&runtime, async move {
            // In an order that makes the earliest deadline earlier again and again.
            sleep(Duration::from_micros(20_000 - number * 10)).await;
            fired.set(fired.get() + 1);
        });
    }
    let settings = Settings {
        continuation: Continuation::Channel,
        ..Settings::PAGE
    };
    let pump = Pump::start(&runtime, settings, runtime.clone());
    // Turns that are no timeouts.
    while pump.status() != Status::Ended {
        let turn = "return new Promise((done) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => { port1.close(); done() };
            port2.postMessage(null);
        })";
        Promise::from(javascript(turn))
            .await
            .expect("never rejected");
    }
    drop((set, clear));
    assert_eq!(fired.get(), 1000);
    assert_eq!(count("most"), 1);
    assert!(count("calls") < 100, "{} calls", count("calls"));
}

#[wasm_bindgen_test]
async fn a_timer_is_taken_from_the_browser_when_the_pump_goes() {
    javascript("globalThis.cleared = 0");
    let clear = Replaced::with(
        "clearTimeout",
        "(id) => { cleared += 1; original.call(globalThis, id) }",
    );
    let runtime = real();
    start(&runtime, async { sleep(Duration::from_secs(3600)).await });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Waiting).await;
    assert_eq!(count("cleared"), 0);
    pump.stop();
    assert_eq!(count("cleared"), 1);
    drop(pump);
    assert_eq!(count("cleared"), 1);
    drop(clear);
}

#[wasm_bindgen_test]
async fn a_pump_entered_while_it_runs_returns() {
    // A browser may run callbacks inside of a call that a task makes. Here the call is made by
    // hand: the pump's own timer callback, from inside of a poll.
    let set = Replaced::with(
        "setTimeout",
        "(callback, delay) => {
             globalThis.timerCallback = callback;
             return original.call(globalThis, callback, delay);
         }",
    );
    let runtime = real();
    start(&runtime, async { sleep(Duration::from_secs(3600)).await });
    let work = Rc::new(Nesting {
        runtime: runtime.clone(),
        is_inside: Cell::new(false),
        nested: Cell::new(0),
    });
    let pump = Pump::start(&runtime, Settings::PAGE, work.clone());
    while pump.status() != Status::Waiting {
        Promise::resolve(&JsValue::NULL)
            .await
            .expect("never rejected");
    }
    let callback: Function = global("timerCallback").unchecked_into();
    drop(set);

    let order = Rc::new(std::cell::RefCell::new(Vec::new()));
    let (first, second) = (order.clone(), order.clone());
    start(&runtime, async move {
        first.borrow_mut().push("first begins");
        callback.call0(&JsValue::UNDEFINED).expect("does not throw");
        first.borrow_mut().push("first ends");
    });
    start(&runtime, async move { second.borrow_mut().push("second") });
    until(|| order.borrow().len() == 3).await;
    assert_eq!(*order.borrow(), ["first begins", "first ends", "second"]);
    assert_eq!(work.nested.get(), 0);
}

/// Work that notices a step inside of a step.
struct Nesting {
    runtime: Runtime,
    is_inside: Cell<bool>,
    nested: Cell<u32>,
}

impl Work for Nesting {
    fn step(&self, polls: u32) -> Step {
        let was_inside = self.is_inside.replace(true);
        self.nested.set(self.nested.get() + u32::from(was_inside));
        let step = self.runtime.step(polls);
        self.is_inside.set(was_inside);
        step
    }
}
