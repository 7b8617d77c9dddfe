//! The kinds of events, and what the fields of each mean.

use super::vocabulary::codes;

codes! {
    /// What an event says happened.
    ///
    /// Each description names the event's fields; a field that is not named is 0. *text* is an
    /// index into the log's strings, *task* and *resource* are ids, counted from 1 in the order
    /// of creation, each in a space of its own; *timer* ids count armings. "by" is the task that
    /// was being polled, 0 outside of any poll.
    ///
    /// A kind never changes its meaning. New kinds get new codes.
    Kind {
        /// The run begins. `value`: the seed.
        RunBegun = 1, "run-begun";
        /// The run ended. `flags`: [`Outcome`](super::Outcome). `value`: text of the reason.
        RunEnded = 2, "run-ended";
        /// Nothing was ready and the virtual clock jumped. `time` is the new time, `value` the
        /// old one.
        ClockAdvanced = 3, "clock-advanced";

        /// A task exists. `subject`: task. `object`: its parent, 0 for none. `value`: text of
        /// the name, 0 for none. `location`: where it was spawned.
        TaskCreated = 10, "task-created";
        /// A task has another name. `subject`: task. `value`: text.
        TaskNamed = 11, "task-named";
        /// A task entered the ready queue. `subject`: task. `flags`: [`Cause`](super::Cause),
        /// which says what `object` is. `value`: how many tasks stood before it in the queue.
        TaskReady = 12, "task-ready";
        /// A wake found its task in the ready queue already. `subject`: task.
        /// `flags`, `object`: as for `TaskReady`.
        WakeCoalesced = 13, "wake-coalesced";
        /// The executor took one of several ready tasks. Only when the scheduling policy is not
        /// first-in-first-out. `subject`: the task. `object`: the number of ready tasks.
        /// `value`: its place among them, from 0, in the order in which they became ready.
        ChoiceMade = 14, "choice-made";
        /// The executor began to poll. `subject`: task, which thereby left the ready queue.
        PollBegun = 15, "poll-begun";
        /// The poll ended. `subject`: task. `flags`: [`PollResult`](super::PollResult).
        PollEnded = 16, "poll-ended";
        /// The task gave way on purpose. `subject`: task. `location`: where.
        Yielded = 17, "yielded";
        /// The task returned. `subject`: task.
        TaskCompleted = 18, "task-completed";
        /// The task panicked or returned an error. `subject`: task. `value`: text of the message.
        TaskFailed = 19, "task-failed";
        /// Somebody asked for the task's end. `subject`: task. `object`: by. `location`: where.
        /// `flags`: 0 an abort; 1 a request that the task answers itself, see
        /// [`cancel`](crate::cancel); 2 such a request that it passed on to what it awaits.
        CancelRequested = 20, "cancel-requested";
        /// The task's future was dropped because of such a request, or it returned
        /// [`Cancelled`](crate::cancel::Cancelled). `subject`: task.
        TaskCancelled = 21, "task-cancelled";
        /// The task's future was dropped because the runtime ended. `subject`: task.
        TaskDropped = 22, "task-dropped";

        /// A task has another priority than 0, or than before. `subject`: task. `object`: by.
        /// `value`: the priority, a signed number of 32 bits. `location`: where.
        PriorityChanged = 26, "priority-changed";

        /// A resource exists. `subject`: resource. `object`: by. `flags`:
        /// [`ResourceKind`](super::ResourceKind). `value`: low half text of the name, 0 for
        /// none; high half the capacity in messages or permits, `u32::MAX` for unbounded, 0
        /// where the kind has none. `location`: where.
        ResourceCreated = 30, "resource-created";
        /// A resource has another name. `subject`: resource. `value`: text.
        ResourceNamed = 31, "resource-named";
        /// A resource was closed: no further message or permit. `subject`: resource.
        /// `object`: by.
        ResourceClosed = 32, "resource-closed";
        /// A task began to wait. `subject`: task. `flags`: [`Reason`](super::Reason), which says
        /// what `object` is. `value`: how many stand before it in the same line.
        /// `location`: where. A task can wait for several things at once.
        WaitBegun = 33, "wait-begun";
        /// A wait is over: what it was for has come, or the future that waited was dropped.
        /// `subject`: task. `flags`, `object`: as for `WaitBegun`.
        WaitEnded = 34, "wait-ended";
        /// A task holds permits (a mutex has one). `subject`: task. `object`: resource.
        /// `value`: how many. `location`: where. Follows a `HandedOver` when it had to wait.
        Acquired = 35, "acquired";
        /// Permits came back. `subject`: the task that held them. `object`: resource.
        /// `value`: how many.
        Released = 36, "released";
        /// Permits went straight to the first in line. `subject`: the task that gets them, which
        /// has yet to be polled. `object`: resource. `value`: how many.
        HandedOver = 37, "handed-over";
        /// A message went into a channel. `subject`: the task that sent it. `object`: resource.
        /// `value`: low half text that describes the message, 0 if undescribed; high half the
        /// number of messages inside after it.
        Sent = 38, "sent";
        /// A message left a channel. `subject`: the task that received it. `object`: resource.
        /// `value`: as for `Sent`.
        Received = 39, "received";
        /// Messages were dropped unread when a channel's receiver went. `subject`: resource.
        /// `object`: by. `value`: how many.
        Discarded = 40, "discarded";
        /// A notification was given. `subject`: by. `object`: resource. `value`: how many
        /// waiters it released; 0 means that it was stored (a permit for the next waiter)
        /// or, with `flags` 1, that it was lost.
        Notified = 41, "notified";
        /// One unit of a work queue is done. `subject`: by. `object`: resource. `value`: how
        /// many units remain.
        UnitDone = 42, "unit-done";

        /// There are more permits of a semaphore, or fewer. `subject`: by. `object`: resource.
        /// `value`: how many there are now, held or not. `location`: where.
        CapacityChanged = 46, "capacity-changed";
        /// A flag that was set is so no more. `subject`: by. `object`: resource. `value`: how many
        /// waits it let go on while it was set; with 0 it was set for nobody. `location`: where.
        Cleared = 47, "cleared";

        /// A timer runs. `subject`: task. `object`: timer. `flags`:
        /// [`TimerPurpose`](super::TimerPurpose). `value`: the deadline in nanoseconds since the
        /// run began. `location`: where.
        TimerArmed = 50, "timer-armed";
        /// A timer reached its deadline. `subject`: task. `object`: timer. `value`: the deadline.
        TimerFired = 51, "timer-fired";
        /// A timer was dropped before its deadline. `subject`: task. `object`: timer.
        /// `value`: the deadline.
        TimerCancelled = 52, "timer-cancelled";

        /// A request or socket begins. `subject`: task. `object`: the connection, a resource.
        /// `value`: text: method and address.
        NetworkBegun = 60, "network-begun";
        /// A request or socket moved on. `subject`: task. `object`: connection. `flags`:
        /// [`NetworkPhase`](super::NetworkPhase). `value`: low half text, 0 for none; high half
        /// a number, see there.
        NetworkPhase = 61, "network-phase";
        /// A message crossed a socket. `subject`: task. `object`: connection. `flags`:
        /// [`MessageDirection`](super::MessageDirection). `value`: low half text of (the
        /// beginning of) the message; high half its length in bytes.
        NetworkMessage = 62, "network-message";
        /// A request or socket is over. `subject`: task. `object`: connection. `flags`: 0 well,
        /// 1 with an error, 2 aborted by us. `value`: text of the reason.
        NetworkEnded = 63, "network-ended";

        /// The program printed a line. `subject`: task. `flags`:
        /// [`LineLevel`](super::LineLevel). `value`: text. `location`: where.
        Line = 70, "line";
        /// The program entered a span. `subject`: task. `object`: the span, 0 if it has no
        /// number. `value`: text of its name.
        SpanEntered = 71, "span-entered";
        /// The program left a span. `subject`, `object`, `value`: as for `SpanEntered`.
        SpanExited = 72, "span-exited";
        /// The program measured something. `subject`: task. `object`: text of the metric's name.
        /// `value`: the bits of an IEEE 754 double.
        Metric = 73, "metric";
        /// The program made a span, through the `tracing` crate. `subject`: task. `object`: the
        /// span, numbered from 1. `flags`: [`TraceLevel`](super::TraceLevel). `value`: low half
        /// text of its name, high half text of its target. `location`: where. The fields follow.
        SpanCreated = 74, "span-created";
        /// A field has a value. `subject`: task. `object`: the span that it belongs to, 0 if it
        /// belongs to the last `Message`. `value`: low half text of its name, high half text of
        /// the value.
        Field = 75, "field";
        /// Nobody refers to a span any more. `subject`: task. `object`: the span.
        SpanClosed = 76, "span-closed";
        /// The program says something through the `tracing` crate. `subject`: task. `object`: the
        /// innermost span that the task is in, 0 if none. `flags`:
        /// [`TraceLevel`](super::TraceLevel). `value`: low half text, high half text of the
        /// target. `location`: where. The fields follow.
        Message = 77, "message";

        /// The runtime noticed something that is likely to be a mistake. `flags`:
        /// [`FindingKind`](super::FindingKind), which says what the other fields are.
        Finding = 80, "finding";

        /// Something that was so when events were let go, and that does not follow from those that
        /// are kept; see [`Past`](super::Past). `flags`: [`Carried`](super::Carried), which says
        /// what the other fields are. Not in the log of a runtime.
        Carried = 90, "carried";
    }
}
