//! The real clock of a browser.
//!
//! `performance.now()` runs evenly whatever happens to the date, in a page as in a worker. Its
//! resolution is coarse on purpose (100 µs in Chromium, 5 µs when the page is isolated from
//! other origins), so equal readings are common and no order follows from them.

use std::cell::Cell;
use std::rc::Rc;

use crate::globals::performance_now;

/// Nanoseconds in a millisecond.
const NS_PER_MS: f64 = 1e6;

/// A clock that reads 0 now: nanoseconds since this call, never less than it has read before.
///
/// It is what `wakeline::Clock::Real` takes.
///
/// # Panics
/// Natively.
#[must_use]
pub fn start() -> Rc<dyn Fn() -> u64> {
    let (origin, last) = (performance_now(), Cell::new(0));
    Rc::new(move || {
        // A float converts by saturation, so a reading before the origin is 0.
        let reading = ((performance_now() - origin) * NS_PER_MS).round() as u64;
        last.set(reading.max(last.get()));
        last.get()
    })
}
