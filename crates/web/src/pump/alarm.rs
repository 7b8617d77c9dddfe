//! The one timer of the browser that stands for all timers of a runtime.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

use crate::callback::Callback;
use crate::globals::{clear_timeout, set_timeout};

/// The longest delay that browsers take; more overflows to none at all. A later deadline is
/// reached in several steps.
const LONGEST_MS: f64 = 2_147_483_647.0;

/// At most one outstanding `setTimeout`.
#[derive(Debug)]
pub(super) struct Alarm {
    callback: Callback,
    armed: RefCell<Option<Armed>>,
}

#[derive(Debug)]
struct Armed {
    id: JsValue,
    until: f64,
}

impl Alarm {
    pub(super) fn new(ring: impl Fn() + 'static) -> Self {
        Self {
            callback: Callback::new(ring),
            armed: RefCell::new(None),
        }
    }

    /// Rings at `until` or before; both times in milliseconds, as `performance.now()` tells them.
    ///
    /// An alarm that is set for an earlier time stays: it costs one look at the runtime, which
    /// is less than a timer cancelled and set again. Whoever is rung too early sets it again.
    pub(super) fn set(&self, now: f64, until: f64) {
        let mut armed = self.armed.borrow_mut();
        if self.callback.is_awaited() {
            if armed.as_ref().is_some_and(|armed| armed.until <= until) {
                return;
            }
            cancel(&mut armed, &self.callback);
        }
        *armed = Some(Armed {
            id: set_timeout(self.callback.lend(), delay(until - now)),
            until,
        });
    }

    /// Does not ring any more.
    pub(super) fn cancel(&self) {
        cancel(&mut self.armed.borrow_mut(), &self.callback);
    }
}

fn cancel(armed: &mut Option<Armed>, callback: &Callback) {
    if let Some(armed) = armed.take()
        && callback.is_awaited()
    {
        clear_timeout(&armed.id);
        callback.recall();
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// What to ask a browser for, to wait so many milliseconds. Browsers cut the fraction off, which
/// would ring just too early, and then again and again.
fn delay(milliseconds: f64) -> f64 {
    milliseconds.ceil().clamp(0.0, LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_never_ends_before_its_time_unless_it_is_too_long_for_a_browser() {
        for (milliseconds, expected) in [
            (-3.0, 0.0),
            (0.0, 0.0),
            (0.001, 1.0),
            (1.0, 1.0),
            (1.000_001, 2.0),
            (1e300, LONGEST_MS),
            (f64::INFINITY, LONGEST_MS),
        ] {
            assert_eq!(delay(milliseconds), expected, "{milliseconds} ms");
        }
    }
}
