//! Driving a run on this thread.

use std::rc::Rc;
use std::time::{Duration, Instant};

use wakeline_demos::{Progress, RealClock, Run};

use crate::background::Background;

/// Polls between two looks at interrupts and new lines.
const POLLS: u32 = 4096;

/// The machine's monotonic clock, beginning now.
pub(super) fn machine_clock() -> RealClock {
    let begun = Instant::now();
    Rc::new(move || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// Runs until it is over or somebody asks for an end. `look` is called every so often, and last
/// when nothing more will happen.
pub(super) fn drive(
    run: &mut Run,
    clock: &RealClock,
    background: &Background,
    mut look: impl FnMut(&Run),
) {
    loop {
        let progress = run.step(POLLS);
        if background.interrupted() {
            run.stop();
        }
        look(run);
        match progress {
            _ if background.interrupted() => return,
            Progress::Ended => return,
            Progress::Ready => {}
            // Whoever wakes a task from another thread unparks this one, and so does an
            // interrupt; one that came in the meantime is not lost.
            Progress::Waiting { until: None } => std::thread::park(),
            Progress::Waiting { until: Some(until) } => {
                let left = until.saturating_sub(clock());
                std::thread::park_timeout(Duration::from_nanos(left));
            }
        }
    }
}
