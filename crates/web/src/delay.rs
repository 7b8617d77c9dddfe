//! A delay that is no timer of the run.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::JsValue;

use crate::callback::Callback;
use crate::globals::{clear_timeout, set_timeout};

/// Waits by the browser's `setTimeout`.
///
/// It is for asking again after something that the browser does not announce. A program's own
/// delays are timers of the runtime, which stand in its log; this one does not.
#[derive(Debug)]
pub(crate) struct Delay {
    shared: Rc<Shared>,
    callback: Callback,
    id: JsValue,
}

#[derive(Default)]
struct Shared {
    waker: Cell<Option<Waker>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Delay {
    pub(crate) fn milliseconds(milliseconds: u32) -> Self {
        let shared = Rc::new(Shared::default());
        let fired = shared.clone();
        let callback = Callback::new(move || {
            if let Some(waker) = fired.waker.take() {
                waker.wake();
            }
        });
        let id = set_timeout(callback.lend(), f64::from(milliseconds));
        Self {
            shared,
            callback,
            id,
        }
    }
}

impl Future for Delay {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.callback.is_awaited() {
            return Poll::Ready(());
        }
        self.shared.waker.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Delay {
    fn drop(&mut self) {
        if self.callback.is_awaited() {
            clear_timeout(&self.id);
            self.callback.recall();
        }
    }
}
