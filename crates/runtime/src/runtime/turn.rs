//! Driving in turns, as an event loop does.

use super::drive::{Running, idle, stop, turn, unusual_turn};
use super::{Progress, Runtime, enter};

impl Runtime {
    /// Runs one turn: timers that are due fire, then every task that is ready at that moment is
    /// polled once, in the order of the scheduling policy. What becomes ready meanwhile waits for
    /// the next turn. When nothing is ready and no timer is due, a virtual clock moves on first.
    ///
    /// [`run_for`](Self::run_for) under a virtual clock lets timers fire only when nothing is
    /// ready, and so does `block_on`; the difference is seen when a task
    /// [blocks](crate::time::block) past a deadline while others are ready, and by timers of no
    /// length. Event loops of browsers and of other languages go in turns.
    ///
    /// [`Progress::Ready`] means that a turn was run and says nothing of the next. Called while
    /// the runtime already runs, it does nothing and says the same.
    ///
    /// ```
    /// use wakeline::Progress;
    ///
    /// let runtime = wakeline::Builder::new().build();
    /// let task = runtime.spawn(async { wakeline::task::yield_now().await });
    /// assert_eq!(runtime.run_turn(), Progress::Ready);
    /// assert!(!task.is_finished());
    /// assert_eq!(runtime.run_turn(), Progress::Ready);
    /// assert!(task.is_finished());
    /// assert_eq!(runtime.run_turn(), Progress::Done);
    /// ```
    pub fn run_turn(&self) -> Progress {
        let core = self.core();
        if core.is_running() {
            return Progress::Ready;
        }
        core.set_running(true);
        let _running = Running(core);
        enter(core, || {
            core.take_deliveries();
            if core.is_full() {
                return Progress::Limit;
            }
            core.refresh();
            core.fire_due();
            if core.ready() == 0
                && let Some(progress) = idle(core)
            {
                return progress;
            }
            for left in (1..=core.ready()).rev() {
                let Some(ready) = core.dequeue_first(left) else {
                    break;
                };
                let stops = match ready.take_turn() {
                    Ok(task) => turn(core, task),
                    Err(turn) => unusual_turn(core, turn),
                };
                if stops {
                    return stop(core);
                }
            }
            Progress::Ready
        })
    }
}
