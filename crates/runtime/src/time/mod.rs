//! Time: sleep, tick, and set limits, on the run's clock.
//!
//! Under a virtual clock time stands still while any task is ready and jumps to the next deadline
//! when none is. Timers with the same deadline fire in the order in which they were armed.
//! Deadlines are exact to the nanosecond: nothing is rounded.

mod block;
mod by_hand;
mod deadline;
mod instant;
mod interval;
mod sleep;
mod timeout;

pub use block::block;
pub use by_hand::{Advance, advance, is_paused, pause, resume};
pub use deadline::{Deadline, deadline, deadline_after, deadline_at, remaining};
pub use instant::Instant;
pub use interval::{Interval, MissedTicks, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
pub use timeout::{Elapsed, Timeout, timeout, timeout_at};

/// The time on the current run's clock.
///
/// # Panics
/// Outside of a runtime.
#[must_use]
pub fn now() -> Instant {
    crate::runtime::with_core("time::now", |core| core.now())
}
