//! Turns: the poll of a task, the end of one, and timers that fire.

use super::{Core, NOBODY};
use crate::log::{Cause, Kind, PollResult};
use crate::task::{Current, TaskEnd, TaskRef, waker};

impl Core {
    /// A task that has just left the ready queue is about to be polled.
    #[inline]
    pub(in crate::runtime) fn begin_turn(&self, task: &TaskRef) {
        self.current.set(task.identity());
        if self.is_recording() {
            self.record_poll_begun(task.id());
        }
    }

    /// It was polled: sees to its end, if that was it. True if the run loop has to stop.
    ///
    /// A task that waits stays the current one until the next is polled or the run loop
    /// [leaves](Self::leave_turn) its turns: no code of the program runs in between.
    #[inline]
    pub(in crate::runtime) fn end_turn(&self, task: Current, result: PollResult) -> bool {
        self.counters.polls.count();
        if result != PollResult::Pending {
            return self.end_with_turn(task, result);
        }
        self.flags.follows_polls() && self.follow_poll(task)
    }

    /// A task was polled that waits.
    #[inline(never)]
    fn follow_poll(&self, task: Current) -> bool {
        if self.is_recording() {
            self.record_poll_ended(task.id(), PollResult::Pending);
        }
        self.leave_turn();
        self.flags.stops()
    }

    /// That poll was a task's last.
    #[inline(never)]
    fn end_with_turn(&self, task: Current, result: PollResult) -> bool {
        if self.is_recording() {
            self.record_poll_ended(task.id(), result);
        }
        let plain = self.flags.ends_plainly() && result != PollResult::Panicked;
        if plain {
            if result == PollResult::Ready {
                self.counters.completed.count();
            } else {
                self.counters.cancelled.count();
                task.note_end(TaskEnd::Cancelled);
            }
            self.end_plainly(&task);
        } else {
            self.end(&task, result);
        }
        self.leave_turn();
        self.flags.stops()
    }

    /// No task is being polled any more.
    #[inline]
    pub(in crate::runtime) fn leave_turn(&self) {
        self.current.set(NOBODY);
    }

    /// As [`leave`](Self::leave), of a task that has nothing besides its future and did not fail.
    #[inline]
    fn end_plainly(&self, task: &TaskRef) {
        let registered = self.registry.borrow_mut().remove(task.slot());
        if let Some(joiner) = task.mark_done() {
            waker::call(joiner);
        }
        drop(registered);
    }

    /// A task's future is gone: tells the log, the registry and whoever awaits it.
    #[cold]
    #[inline(never)]
    fn end(&self, task: &TaskRef, result: PollResult) {
        let id = task.id();
        self.requests.forget(id);
        let failure = self.failure.take();
        let gave_up = self.gave_up.get() == id;
        let (kind, end) = match (result, &failure) {
            (PollResult::Ready, None) if !gave_up => {
                self.counters.completed.count();
                (Kind::TaskCompleted, TaskEnd::Completed)
            }
            (PollResult::Dropped, _) | (PollResult::Ready, None) => {
                self.counters.cancelled.count();
                (Kind::TaskCancelled, TaskEnd::Cancelled)
            }
            _ => {
                self.counters.failed.count();
                (Kind::TaskFailed, TaskEnd::Failed)
            }
        };
        if self.is_recording() {
            let message = match kind {
                Kind::TaskFailed => self.intern(failure.as_deref().unwrap_or_default()),
                _ => 0,
            };
            self.append(kind, 0, None, id, 0, u64::from(message));
        }
        drop(failure);
        self.leave(task, end);
        if gave_up {
            self.gave_up.set(0);
        }
        if self.has_nothing_besides() {
            self.flags.put_besides(false);
        }
    }

    /// A task's future is gone because nobody is going to poll it again.
    pub(super) fn drop_task(&self, task: &TaskRef) {
        self.counters.dropped.count();
        self.record_plain(Kind::TaskDropped, 0, task.id(), 0, 0);
        self.requests.forget(task.id());
        self.leave(task, TaskEnd::Dropped);
    }

    /// Marks a task done, and tells whoever awaits it.
    fn leave(&self, task: &TaskRef, end: TaskEnd) {
        task.note_end(end);
        let watchers = self.attached.detach(task.id());
        self.choosing.forget(task);
        let registered = self.registry.borrow_mut().remove(task.slot());
        let joiner = task.mark_done();
        task.check_error_is_seen();
        if let Some(joiner) = joiner {
            // Ours are ignored once the runtime has ended; another runtime's task must learn of
            // it.
            waker::call(joiner);
        }
        if let Some(watchers) = watchers {
            watchers.tell(task);
        }
        drop(registered);
    }

    /// Fires every timer that is due; true if there was one.
    pub(crate) fn fire_due(&self) -> bool {
        let mut any = false;
        loop {
            let due = self.timers.borrow_mut().pop_due(self.now.get());
            let Some(timer) = due else { return any };
            any = true;
            self.record_plain(Kind::TimerFired, 0, timer.task, timer.id, timer.deadline);
            self.with_cause(Cause::Timer, timer.id, || waker::call(timer.waker));
        }
    }

    /// The earliest deadline in nanoseconds. Under a real clock it may be a moment before that,
    /// at which to ask again, if the exact one takes long to find.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.timers.borrow_mut().next_deadline(self.is_virtual())
    }
}
