//! A promise as a future that can be dropped.
//!
//! The usual bridge keeps its callbacks and the waker of its task until the promise settles,
//! which may be never. Here dropping the future lets go of the waker at once; what JavaScript
//! still holds is a callback that does nothing, and the garbage collector frees it.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

/// What a promise was settled with: its value, or the reason of its rejection.
pub type Answer = Result<JsValue, JsValue>;

/// Waits for a promise to settle.
///
/// The wake-up comes from the browser's microtask queue, outside of the runtime, so it kicks the
/// [pump](crate::pump). For a wait that has a place in the log and is not taken for a deadlock,
/// wrap it with `wakeline::outside::Connection::wait`.
///
/// Dropping it does not stop what the promise stands for; that is the business of whoever made
/// the promise.
///
/// # Cancel safety
/// Safe: nothing happens to the promise, which may be awaited again.
#[must_use = "futures do nothing unless awaited"]
pub struct Settlement {
    shared: Rc<Shared>,
    callbacks: Option<[Callback; 2]>,
}

type Callback = Closure<dyn Fn(JsValue)>;

#[derive(Default)]
struct Shared {
    settled: Cell<bool>,
    answer: Cell<Option<Answer>>,
    waker: Cell<Option<Waker>>,
}

impl Settlement {
    /// Attaches to a promise.
    ///
    /// # Panics
    /// Natively.
    pub fn of(promise: &Promise) -> Self {
        let shared = Rc::new(Shared::default());
        let callback = |wrap: fn(JsValue) -> Answer| {
            let shared = shared.clone();
            Callback::own_aborting(move |value| shared.settle(wrap(value)))
        };
        let callbacks = [callback(Ok), callback(Err)];
        promise
            .unchecked_ref::<Thenable>()
            .call_either(&callbacks[0], &callbacks[1]);
        Self {
            shared,
            callbacks: Some(callbacks),
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// A promise, with `then` as it is used here: what it returns is of no interest.
    pub(crate) type Thenable;

    #[wasm_bindgen(method, js_name = then)]
    pub(crate) fn call_when_settled(this: &Thenable, callback: &Function);

    #[wasm_bindgen(method, js_name = then)]
    fn call_either(this: &Thenable, fulfilled: &Callback, rejected: &Callback);
}

impl Shared {
    fn settle(&self, answer: Answer) {
        self.settled.set(true);
        self.answer.set(Some(answer));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Future for Settlement {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        if let Some(answer) = self.shared.answer.take() {
            return Poll::Ready(answer);
        }
        let waker = match self.shared.waker.take() {
            Some(waker) if waker.will_wake(context.waker()) => waker,
            _ => context.waker().clone(),
        };
        self.shared.waker.set(Some(waker));
        Poll::Pending
    }
}

impl Drop for Settlement {
    fn drop(&mut self) {
        drop(self.shared.waker.take());
        if !self.shared.settled.get() {
            // One of them is going to be called if the promise ever settles.
            for callback in self.callbacks.take().into_iter().flatten() {
                callback.into_js_value();
            }
        }
    }
}

impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settlement")
            .field("settled", &self.shared.settled.get())
            .finish_non_exhaustive()
    }
}
