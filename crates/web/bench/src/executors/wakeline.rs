//! Wakeline: under its virtual clock in one go, with its log off and on; and under the real clock,
//! driven by the pump in slices of the event loop.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wakeline::{Builder, Clock, Runtime};
use wakeline_web::clock;
use wakeline_web::pump::{Pump, Settings};
use wasm_bindgen::JsValue;

use super::{Executor, Spawner};

/// Under the virtual clock, the log compiled in and off.
pub(crate) struct Virtual;

/// Under the virtual clock, the log on.
pub(crate) struct Recording;

/// Under the real clock, the log off.
pub(crate) struct Pumped;

#[derive(Clone)]
pub(crate) struct Current;

fn runtime(record: bool) -> Runtime {
    Builder::new().record(record).event_limit(u32::MAX).build()
}

impl Executor for Virtual {
    type Spawner = Current;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Current) -> F + 'static,
    ) -> T {
        runtime(false).block_on(main(Current))
    }
}

impl Executor for Recording {
    type Spawner = Current;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Current) -> F + 'static,
    ) -> T {
        runtime(true).block_on(main(Current))
    }
}

impl Executor for Pumped {
    type Spawner = Current;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Current) -> F + 'static,
    ) -> T {
        let clock = Clock::Real(clock::start());
        let runtime = Builder::new().clock(clock).record(false).build();
        let (output, resolve) = (Rc::new(RefCell::new(None)), Rc::new(RefCell::new(None)));
        let kept = resolve.clone();
        let done = Promise::new(&mut |resolve: Function, _| {
            kept.replace(Some(resolve));
        });
        let filled = output.clone();
        drop(runtime.spawn(async move {
            let value = main(Current).await;
            filled.replace(Some(value));
            if let Some(resolve) = resolve.take() {
                // A promise's own function does not throw.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        }));
        let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
        let _ = wasm_bindgen_futures::JsFuture::from(done).await;
        drop(pump);
        let value = output.take();
        value.expect("it was filled before the promise was resolved")
    }
}

impl Spawner for Current {
    type Handle = wakeline::JoinHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        wakeline::spawn(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        drop(wakeline::spawn(future));
    }

    fn yield_now() -> impl Future<Output = ()> + 'static {
        wakeline::task::yield_now()
    }
}
