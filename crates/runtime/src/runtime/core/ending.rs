//! The end of a run: every task that is left is dropped, and the log is closed.

use super::Core;
use crate::log::{Kind, Outcome};
use crate::task::TaskRef;

impl Core {
    /// Ends a task whose future lives elsewhere and is not going to be polled again.
    pub(in crate::runtime) fn abandon(&self, task: &TaskRef) {
        task.drop_future();
        self.drop_task(task);
    }

    /// The runtime was dropped inside of one of its own tasks and ends after this poll.
    pub(in crate::runtime) fn is_ending(&self) -> bool {
        self.flags.is_ending()
    }

    /// Closes the run. The first time counts.
    ///
    /// # Panics
    /// Inside of a task of the same runtime.
    pub(in crate::runtime) fn finish(&self, outcome: Outcome, reason: &str) {
        assert!(
            !self.flags.is_running(),
            "`finish` was called inside of a task of the same runtime"
        );
        if self.finished.replace(true) {
            return;
        }
        if outcome == Outcome::Deadlock && !self.stall_told.get() {
            let stalled = self.stalled();
            self.tell_stalled(&stalled);
        }
        self.tell_never_polled();
        self.record_beyond_limit();
        self.shut_down();
        let reason = self.intern(reason);
        self.record_plain(Kind::RunEnded, outcome.code(), 0, 0, u64::from(reason));
        self.flags.stop_recording();
    }

    /// Drops the future of every task, then everything that refers to one.
    pub(in crate::runtime) fn shut_down(&self) {
        if self.flags.is_running() {
            // Inside of a poll of one of the tasks: the run loop does it afterwards.
            self.flags.set_ending();
            return;
        }
        if !self.flags.close() {
            return;
        }
        let mut slot = 0;
        loop {
            let task = self.registry.borrow().next_from(slot);
            let Some(task) = task else { break };
            slot = task.slot() as usize + 1;
            self.current.set(task.identity());
            task.drop_future();
            self.drop_task(&task);
        }
        self.leave_turn();
        while let Some(task) = self.queue.pop() {
            drop(task.take_turn());
        }
        drop(self.choosing.take_all());
        let timers = self.timers.take();
        drop(timers);
        #[cfg(not(target_arch = "wasm32"))]
        {
            self.inbox.close();
            drop(self.inbox.take());
        }
    }
}
