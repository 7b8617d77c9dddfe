//! The pump and a runtime: order, wake-ups, stopping, pausing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use js_sys::Promise;
use wakeline::log::encode;
use wakeline::time::{now, sleep, sleep_until};
use wakeline::{Builder, Clock, Runtime};
use wakeline_web::clock;
use wakeline_web::promise::Settlement;
use wakeline_web::pump::{Continuation, Pump, Settings, Slice, Status, Step, Work};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Errors, javascript, start, turns, until};

pub(crate) fn real() -> Runtime {
    Builder::new()
        .clock(Clock::Real(clock::start()))
        .record(false)
        .build()
}

/// A task that is always ready, and how often it was polled.
pub(crate) fn endless(runtime: &Runtime) -> Rc<Cell<u64>> {
    let polls = Rc::new(Cell::new(0));
    let counted = polls.clone();
    start(runtime, async move {
        loop {
            counted.set(counted.get() + 1);
            wakeline::task::yield_now().await;
        }
    });
    polls
}

#[wasm_bindgen_test]
async fn timers_fire_in_the_order_of_their_deadlines_and_never_early() {
    let runtime = real();
    let fired = Rc::new(RefCell::new(Vec::new()));
    // In one poll, so that all of them count from the same moment.
    let log = fired.clone();
    start(&runtime, async move {
        let start = now();
        for micros in [1900, 1100, 30_000, 1500, 1100, 0] {
            let deadline = start + Duration::from_micros(micros);
            let log = log.clone();
            drop(wakeline::spawn(async move {
                sleep_until(deadline).await;
                assert!(now() >= deadline);
                log.borrow_mut().push(micros);
            }));
        }
    });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Ended).await;
    assert_eq!(*fired.borrow(), [0, 1100, 1100, 1500, 1900, 30_000]);
}

#[wasm_bindgen_test]
async fn a_promise_wakes_the_task_that_waits_for_it() {
    let runtime = real();
    let guard = runtime.expect_outside();
    let promise: Promise =
        javascript("return new Promise((done) => setTimeout(() => done(42), 5))").into();
    let value = Rc::new(Cell::new(None));
    let got = value.clone();
    start(&runtime, async move {
        let answer = Settlement::of(&promise).await;
        got.set(answer.ok().and_then(|answer| answer.as_f64()));
        drop(guard);
    });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Ended).await;
    assert_eq!(value.get(), Some(42.0));
}

#[wasm_bindgen_test]
async fn a_rejected_promise_is_an_error_and_not_unhandled() {
    let (runtime, errors) = (real(), Errors::watch());
    let guard = runtime.expect_outside();
    let promise: Promise = javascript("return Promise.reject('no')").into();
    let refused = Rc::new(Cell::new(false));
    let got = refused.clone();
    start(&runtime, async move {
        let answer = Settlement::of(&promise).await;
        got.set(answer.is_err_and(|reason| reason.as_string().as_deref() == Some("no")));
        drop(guard);
    });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Ended).await;
    assert!(refused.get());
    assert_eq!(errors.seen(), 0);
}

#[wasm_bindgen_test]
async fn a_pump_that_waits_is_woken_by_a_task_spawned_from_outside() {
    let runtime = real();
    let _guard = runtime.expect_outside();
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    start(&runtime, std::future::pending::<()>());
    until(|| pump.status() == Status::Waiting).await;
    let ran = Rc::new(Cell::new(false));
    let running = ran.clone();
    start(&runtime, async move { running.set(true) });
    assert_eq!(pump.status(), Status::Scheduled);
    until(|| ran.get()).await;
}

#[wasm_bindgen_test]
async fn an_earlier_timer_is_not_held_up_by_a_later_one() {
    let runtime = real();
    let _guard = runtime.expect_outside();
    start(&runtime, async { sleep(Duration::from_secs(3600)).await });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Waiting).await;
    let ran = Rc::new(Cell::new(false));
    let running = ran.clone();
    start(&runtime, async move {
        sleep(Duration::from_millis(3)).await;
        running.set(true);
    });
    until(|| ran.get()).await;
}

#[wasm_bindgen_test]
async fn a_deadline_beyond_the_longest_timeout_of_a_browser_is_waited_for() {
    let runtime = real();
    let fired = Rc::new(Cell::new(false));
    let firing = fired.clone();
    start(&runtime, async move {
        sleep(Duration::from_secs(60 * 60 * 24 * 365)).await;
        firing.set(true);
    });
    let slices = Slices::of(&runtime);
    let pump = Pump::start(&runtime, Settings::PAGE, slices.clone());
    turns(20).await;
    assert_eq!(pump.status(), Status::Waiting);
    assert!(!fired.get());
    // Overflow makes a timeout of nothing, and the pump would go round and round.
    assert!(slices.number.get() <= 2);
}

/// Work that counts its slices.
struct Slices {
    runtime: Runtime,
    number: Cell<u32>,
    polls: Cell<u64>,
    ends: Cell<u32>,
    allowed: Cell<u32>,
}

impl Slices {
    fn of(runtime: &Runtime) -> Rc<Self> {
        Rc::new(Self {
            runtime: runtime.clone(),
            number: Cell::new(0),
            polls: Cell::new(0),
            ends: Cell::new(0),
            allowed: Cell::new(u32::MAX),
        })
    }
}

impl Work for Slices {
    fn step(&self, polls: u32) -> Step {
        if self.allowed.get() != u32::MAX {
            self.allowed.set(self.allowed.get() - polls);
        }
        self.runtime.step(polls)
    }

    fn allowance(&self) -> u32 {
        self.allowed.get()
    }

    fn after_slice(&self, slice: &Slice) {
        self.number.set(self.number.get() + 1);
        self.polls.set(self.polls.get() + slice.polls);
    }

    fn ended(&self) {
        self.ends.set(self.ends.get() + 1);
    }
}

#[wasm_bindgen_test]
async fn the_end_is_told_once_and_after_the_last_slice() {
    let runtime = real();
    start(&runtime, async { sleep(Duration::from_millis(2)).await });
    let slices = Slices::of(&runtime);
    let pump = Pump::start(&runtime, Settings::PAGE, slices.clone());
    until(|| pump.status() == Status::Ended).await;
    turns(3).await;
    assert_eq!(slices.ends.get(), 1);
    assert_eq!(slices.polls.get(), runtime.stats().polls);
    assert!(slices.polls.get() >= 2);
}

#[wasm_bindgen_test]
async fn a_pump_pauses_exactly_at_its_allowance_and_resumes() {
    let runtime = real();
    let polls = endless(&runtime);
    let slices = Slices::of(&runtime);
    slices.allowed.set(1000);
    let pump = Pump::start(&runtime, Settings::WORKER, slices.clone());
    until(|| pump.status() == Status::Paused).await;
    turns(5).await;
    assert_eq!(polls.get(), 1000);
    slices.allowed.set(10);
    pump.resume();
    until(|| polls.get() == 1010 && pump.status() == Status::Paused).await;
}

#[wasm_bindgen_test]
async fn resuming_what_is_not_paused_does_nothing() {
    let runtime = real();
    let _guard = runtime.expect_outside();
    start(&runtime, std::future::pending::<()>());
    let slices = Slices::of(&runtime);
    let pump = Pump::start(&runtime, Settings::PAGE, slices.clone());
    until(|| pump.status() == Status::Waiting).await;
    let before = slices.number.get();
    pump.resume();
    turns(3).await;
    assert_eq!(slices.number.get(), before);
}

#[wasm_bindgen_test]
async fn nothing_is_polled_after_stop() {
    let (runtime, errors) = (real(), Errors::watch());
    let polls = endless(&runtime);
    start(&runtime, async { sleep(Duration::from_millis(2)).await });
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| polls.get() > 100).await;
    pump.stop();
    let before = polls.get();
    turns(10).await;
    assert_eq!(pump.status(), Status::Stopped);
    assert_eq!(polls.get(), before);
    // Neither is a task that becomes ready afterwards.
    let ran = Rc::new(Cell::new(false));
    let running = ran.clone();
    start(&runtime, async move { running.set(true) });
    turns(5).await;
    assert!(!ran.get());
    assert_eq!(errors.seen(), 0);
}

#[wasm_bindgen_test]
async fn a_pump_can_be_dropped_with_every_kind_of_way_back_under_way() {
    let errors = Errors::watch();
    for continuation in CONTINUATIONS {
        let settings = Settings {
            budget_ms: 1.0,
            continuation,
        };
        // A microtask is under way.
        let runtime = real();
        let polls = endless(&runtime);
        drop(Pump::start(&runtime, settings, runtime.clone()));
        turns(3).await;
        assert_eq!(polls.get(), 0, "{continuation:?}");

        // A hop is under way.
        let pump = Pump::start(&runtime, settings, runtime.clone());
        until(|| polls.get() > 0).await;
        drop(pump);
        let before = polls.get();
        turns(3).await;
        assert_eq!(polls.get(), before, "{continuation:?}");

        // A timer is under way.
        let runtime = real();
        let fired = Rc::new(Cell::new(false));
        let firing = fired.clone();
        start(&runtime, async move {
            sleep(Duration::from_millis(2)).await;
            firing.set(true);
        });
        let pump = Pump::start(&runtime, settings, runtime.clone());
        until(|| pump.status() != Status::Scheduled).await;
        let had_fired = fired.get();
        drop(pump);
        turns(5).await;
        assert_eq!(fired.get(), had_fired, "{continuation:?}");
    }
    assert_eq!(errors.seen(), 0);
}

#[wasm_bindgen_test]
async fn a_task_that_stops_its_own_pump_finishes_its_poll() {
    let runtime = real();
    let polls = endless(&runtime);
    let pump: Rc<RefCell<Option<Pump>>> = Rc::default();
    let (own, finished) = (pump.clone(), Rc::new(Cell::new(false)));
    let finishing = finished.clone();
    start(&runtime, async move {
        own.borrow().as_ref().expect("started below").stop();
        finishing.set(true);
    });
    *pump.borrow_mut() = Some(Pump::start(&runtime, Settings::PAGE, runtime.clone()));
    until(|| finished.get()).await;
    let before = polls.get();
    turns(5).await;
    assert_eq!(polls.get(), before);
    let status = pump.borrow().as_ref().map(Pump::status);
    assert_eq!(status, Some(Status::Stopped));
}

#[wasm_bindgen_test]
async fn dropping_the_wait_for_a_promise_lets_go_of_its_task() {
    let (runtime, errors) = (real(), Errors::watch());
    let promise: Promise =
        javascript("return new Promise((done) => { globalThis.settleLater = done })").into();
    let alive = Rc::new(());
    let held = Rc::downgrade(&alive);
    let task = runtime.spawn(async move {
        let _alive = alive;
        let _ = Settlement::of(&promise).await;
    });
    let guard = runtime.expect_outside();
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    until(|| pump.status() == Status::Waiting).await;
    task.abort();
    until(|| held.upgrade().is_none()).await;
    // The callback that JavaScript still has is harmless.
    javascript("globalThis.settleLater(1)");
    turns(3).await;
    assert_eq!(errors.seen(), 0);
    drop(guard);
}

const CONTINUATIONS: [Continuation; 4] = [
    Continuation::Background,
    Continuation::UserVisible,
    Continuation::Channel,
    Continuation::Timeout,
];

#[wasm_bindgen_test]
async fn every_way_back_brings_a_long_run_to_its_end() {
    for continuation in CONTINUATIONS {
        let runtime = real();
        start(&runtime, async {
            for _ in 0..200 {
                wakeline::task::yield_now().await;
            }
        });
        let settings = Settings {
            // Whatever a slice takes is too long, so there is a hop after each stride.
            budget_ms: 0.0,
            continuation,
        };
        let slices = Slices::of(&runtime);
        let pump = Pump::start(&runtime, settings, slices.clone());
        assert_eq!(pump.continuation(), continuation);
        until(|| pump.status() == Status::Ended).await;
        assert_eq!(slices.polls.get(), 201);
        assert!(slices.number.get() > 10, "{continuation:?}");
    }
}

/// A program with timers and several tasks.
async fn program() {
    let tasks: Vec<_> = (0..5)
        .map(|number| {
            wakeline::spawn_named(format!("task {number}"), async move {
                for _ in 0..number * 7 {
                    wakeline::task::yield_now().await;
                    sleep(Duration::from_secs(number)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("nobody aborts it");
    }
}

#[wasm_bindgen_test]
async fn a_virtual_run_in_slices_has_the_log_of_one_in_a_single_go() {
    let whole = Builder::new().seed(7).build();
    start(&whole, program());
    while !matches!(whole.run_for(u32::MAX), wakeline::Progress::Done) {}

    let sliced = Builder::new().seed(7).build();
    start(&sliced, program());
    let settings = Settings {
        budget_ms: 0.0,
        ..Settings::WORKER
    };
    let pump = Pump::start(&sliced, settings, sliced.clone());
    until(|| pump.status() == Status::Ended).await;
    // The two places at which `main` was spawned differ in their line alone.
    let (whole, sliced) = (whole.log(), sliced.log());
    assert_eq!(encode(&whole).len(), encode(&sliced).len());
    let events = |log: &wakeline::log::Log| log.columns.iter_from(0).collect::<Vec<_>>();
    assert_eq!(events(&whole), events(&sliced));
}
