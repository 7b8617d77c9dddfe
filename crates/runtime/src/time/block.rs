//! Holding the thread.

use std::time::Duration;

use crate::runtime::with_core;

/// Holds the only thread for so long, as a heavy computation would: nothing else runs, no timer
/// fires, no limit applies. To wait, use [`sleep`](super::sleep); this is for showing what
/// blocking does.
///
/// Under a virtual clock the clock moves on; under a real one the thread is busy.
///
/// # Panics
/// Outside of a runtime.
pub fn block(duration: Duration) {
    with_core("time::block", |core| {
        core.refresh();
        let end = core.now() + duration;
        if core.is_virtual() {
            core.advance_to(end.as_nanos());
        } else {
            while core.now() < end {
                std::hint::spin_loop();
                core.refresh();
            }
        }
    });
}
