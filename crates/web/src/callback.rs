//! A function that the browser calls, and who frees it.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A Rust function that JavaScript calls at most once each time it is [lent](Callback::lend).
///
/// Freeing a closure that the browser still holds makes the later call throw, and a promise's
/// callback cannot be taken back. So the drop looks: what nobody is going to call is freed at
/// once, and what may still be called is handed to JavaScript, whose garbage collector frees it
/// after the call.
///
/// It is a `Fn`, never a `FnMut`: a browser may call it while it runs (microtasks inside of a
/// modal function), and that must not be an error here.
pub(crate) struct Callback {
    closure: Option<Closure<dyn Fn()>>,
    awaited: Rc<Cell<bool>>,
}

impl Callback {
    pub(crate) fn new(call: impl Fn() + 'static) -> Self {
        let awaited = Rc::new(Cell::new(false));
        let expected = awaited.clone();
        let closure = Closure::own_aborting(move || {
            expected.set(false);
            call();
        });
        Self {
            closure: Some(closure),
            awaited,
        }
    }

    /// The function, for somebody who is going to call it once.
    pub(crate) fn lend(&self) -> &Function {
        self.awaited.set(true);
        self.function()
    }

    /// The function, for a handler that is detached before this is dropped.
    pub(crate) fn function(&self) -> &Function {
        match &self.closure {
            Some(closure) => closure.as_ref().unchecked_ref(),
            None => unreachable!("only the drop takes the closure"),
        }
    }

    /// Whether it was lent and has not been called since.
    pub(crate) fn is_awaited(&self) -> bool {
        self.awaited.get()
    }

    /// Says that whoever it was lent to is not going to call it any more.
    pub(crate) fn recall(&self) {
        self.awaited.set(false);
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        if let Some(closure) = self.closure.take()
            && self.awaited.get()
        {
            closure.into_js_value();
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("awaited", &self.awaited.get())
            .finish_non_exhaustive()
    }
}
