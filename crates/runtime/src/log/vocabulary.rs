//! The small codes that events carry in `flags`, each with its name.

/// Declares an enum whose variants have stable codes and names.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $text:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant = $code,)+ }

        impl $name {
            /// Every variant, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The variant with this code, `None` if no version of the log known here has it.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The stable code, as it stands in a log.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The name in the JSON form and in the phrase table.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}
pub(super) use codes;

codes! {
    /// What made a task ready. In [`TaskReady`](super::Kind::TaskReady) and
    /// [`WakeCoalesced`](super::Kind::WakeCoalesced).
    Cause {
        /// It was just spawned. `object` is the parent task.
        Spawned = 0, "spawned";
        /// Another task woke it, or it woke itself. `object` is the waking task.
        Task = 1, "task";
        /// A timer fired. `object` is the timer.
        Timer = 2, "timer";
        /// Something outside of the runtime woke it: a network answer, a callback of the browser.
        Outside = 3, "outside";
        /// It yielded. `object` is the task itself.
        Yielded = 4, "yielded";
        /// It was aborted. `object` is the aborting task, 0 if that was outside of any task.
        Abort = 5, "abort";
        /// A waker was called on another thread.
        Thread = 6, "thread";
        /// It was asked to cancel what it does. `object` is the task that asked, 0 if that was
        /// outside of any task.
        Cancel = 7, "cancel";
    }
}

codes! {
    /// What a task waits for. In [`WaitBegun`](super::Kind::WaitBegun) and
    /// [`WaitEnded`](super::Kind::WaitEnded).
    Reason {
        /// Something the runtime knows nothing of.
        Other = 0, "other";
        /// A timer. `object` is the timer.
        Timer = 1, "timer";
        /// Room in a channel. `object` is the channel.
        ChannelSend = 2, "channel-send";
        /// A message. `object` is the channel.
        ChannelReceive = 3, "channel-receive";
        /// A mutex. `object` is the resource.
        Lock = 4, "lock";
        /// Permits of a semaphore. `object` is the resource.
        Semaphore = 5, "semaphore";
        /// A notification. `object` is the resource.
        Event = 6, "event";
        /// The end of a task. `object` is that task.
        Join = 7, "join";
        /// An answer from the network. `object` is the connection.
        Network = 8, "network";
        /// Another source outside of the runtime. `object` is the resource, 0 if it has none.
        Outside = 9, "outside";
        /// The last unit of a work queue to be done. `object` is the queue.
        QueueJoin = 10, "queue-join";
        /// Somebody to complete a promise. `object` is the promise.
        Promise = 20, "promise";
        /// A condition to be notified. `object` is the condition variable.
        Condition = 21, "condition";
        /// The end of any task of a set. `object` is the one of them that was spawned first.
        JoinAny = 30, "join-any";
        /// The other side of a channel to close it. `object` is the channel.
        Closed = 31, "closed";
    }
}

codes! {
    /// What a resource is. In [`ResourceCreated`](super::Kind::ResourceCreated).
    ResourceKind {
        /// A channel with many senders whose messages go to one receiver each.
        Channel = 1, "channel";
        /// A channel for one message.
        Oneshot = 2, "oneshot";
        /// A mutex.
        Mutex = 3, "mutex";
        /// A semaphore. The capacity is the number of permits.
        Semaphore = 4, "semaphore";
        /// A notification.
        Notify = 5, "notify";
        /// A network request or socket.
        Connection = 6, "connection";
        /// A work queue with `task_done` and `join`.
        Queue = 7, "queue";
        /// A read-write lock. The capacity is the greatest number of readers.
        RwLock = 8, "rw-lock";
        /// A flag that many can wait for.
        Event = 9, "event";
        /// A condition variable.
        Condvar = 10, "condvar";
        /// A meeting point. The capacity is the number of tasks that must come.
        Barrier = 11, "barrier";
        /// A channel whose every receiver gets every message.
        Broadcast = 12, "broadcast";
        /// A channel that keeps the last value only.
        Watch = 13, "watch";
        /// A cell that is filled once.
        OnceCell = 14, "once-cell";
        /// A request to cancel, for a tree of tasks.
        CancellationToken = 15, "cancellation-token";
        /// A future that somebody completes by hand.
        Promise = 16, "promise";
        /// A stream of bytes. Its messages are the pieces in which it was written.
        Pipe = 17, "pipe";
        /// A channel without room: a message is sent and received in one.
        Rendezvous = 18, "rendezvous";
        /// Work that is done outside of the runtime, such as by a thread or a file system.
        Work = 19, "work";
    }
}

codes! {
    /// What a timer is for. In [`TimerArmed`](super::Kind::TimerArmed).
    TimerPurpose {
        /// A deliberate sleep: never a delay.
        Sleep = 0, "sleep";
        /// A limit on something else.
        Timeout = 1, "timeout";
        /// A tick of an interval.
        Interval = 2, "interval";
        /// The moment of a callback.
        Callback = 3, "callback";
        /// The arrival of something on a simulated network.
        Arrival = 4, "arrival";
    }
}

codes! {
    /// How a poll ended. In [`PollEnded`](super::Kind::PollEnded).
    PollResult {
        /// The future is not finished.
        Pending = 0, "pending";
        /// The future returned.
        Ready = 1, "ready";
        /// The future panicked.
        Panicked = 2, "panicked";
        /// The future was dropped instead of polled, because the task was aborted.
        Dropped = 3, "dropped";
    }
}

codes! {
    /// How a run ended. In [`RunEnded`](super::Kind::RunEnded).
    Outcome {
        /// The main task returned.
        Completed = 0, "completed";
        /// The main task panicked or returned an error.
        Failed = 1, "failed";
        /// Tasks remain, and nothing can ever wake one.
        Deadlock = 2, "deadlock";
        /// Somebody asked for it.
        Stopped = 3, "stopped";
        /// The log reached its limit of events.
        Limit = 4, "limit";
    }
}

codes! {
    /// How important a line of the program's output is. In [`Line`](super::Kind::Line).
    LineLevel {
        /// What the program prints.
        Output = 0, "output";
        /// What the program prints about trouble.
        Error = 1, "error";
    }
}

codes! {
    /// Where a network request or socket stands. In [`NetworkPhase`](super::Kind::NetworkPhase).
    NetworkPhase {
        /// The request is on its way, or the socket is connecting.
        Sent = 0, "sent";
        /// The socket is open.
        Open = 1, "open";
        /// Status and headers are here. The upper half of `value` is the status code.
        Headers = 2, "headers";
        /// The body is complete. The upper half of `value` is its length in bytes.
        Body = 3, "body";
        /// The socket is closing.
        Closing = 4, "closing";
        /// Something was done to a simulated network; the text says what.
        Fault = 5, "fault";
    }
}

codes! {
    /// The direction and form of a message. In [`NetworkMessage`](super::Kind::NetworkMessage).
    MessageDirection {
        /// Text from us.
        SentText = 0, "sent-text";
        /// Bytes from us.
        SentBytes = 1, "sent-bytes";
        /// Text to us.
        ReceivedText = 2, "received-text";
        /// Bytes to us.
        ReceivedBytes = 3, "received-bytes";
    }
}

codes! {
    /// What was noticed. In [`Finding`](super::Kind::Finding), whose `subject` is a task and whose
    /// `value` is the sequence number of the event that is the evidence, unless it is said
    /// otherwise here.
    FindingKind {
        /// The task can never go on. `object`: the task whose turn it would be to let it go on,
        /// if the two are part of a circle. `value`: the event that began the wait, 0 if the
        /// runtime knows of none.
        Deadlock = 1, "deadlock";
        /// A poll was too long. `object`: how many events it recorded. `value`: how long it was
        /// in nanoseconds.
        LongPoll = 2, "long-poll";
        /// A future was made by the task and dropped before its first poll, with nothing between
        /// the two: it has done nothing. Noticed of sleeps and of messages that are to be sent.
        /// `object`: the resource that it was for, 0 if none. `value`: 0. `location`: where it
        /// was made.
        FutureNeverPolled = 3, "future-never-polled";
        /// The task's future was dropped before its first poll because the run ended.
        /// `value`: the event that created it.
        TaskNeverPolled = 4, "task-never-polled";
        /// The task failed, and nobody can ask for its error any more. `value`: the event that
        /// says so.
        ErrorNeverSeen = 5, "error-never-seen";
        /// The task held a lock while it waited for something else. `object`: the lock.
        /// `value`: the event that acquired it. `location`: where. Noticed once for each place.
        GuardAcrossAwait = 6, "guard-across-await";
        /// The task waits for a notification that was given before it came, to nobody; or, with
        /// `subject` 0, one was given to nobody. `object`: the resource. `value`: the
        /// notification. `location`: where that was given.
        LostNotification = 7, "lost-notification";
        /// The task was handed what one of its futures waits for, ran, and did not poll that
        /// future. `object`: the resource. `value`: the hand-over.
        GrantedNotTaken = 8, "granted-not-taken";
        /// The run did not come to a choice as it was recorded. `subject`: 0. `object`: how many
        /// tasks were ready. `value`: low half the number of the choice, from 0; high half how
        /// many were ready when it was recorded.
        Diverged = 9, "diverged";
    }
}

codes! {
    /// How important what the program says through the `tracing` crate is. In
    /// [`Message`](super::Kind::Message) and [`SpanCreated`](super::Kind::SpanCreated).
    TraceLevel {
        /// Something failed.
        Error = 1, "error";
        /// Something may be wrong.
        Warn = 2, "warn";
        /// Something worth knowing.
        Info = 3, "info";
        /// For whoever looks for a mistake.
        Debug = 4, "debug";
        /// For whoever looks at everything.
        Trace = 5, "trace";
    }
}

codes! {
    /// What is known of the time whose events were let go. In [`Carried`](super::Kind::Carried).
    /// A *wait* is named by the event that began it.
    Carried {
        /// `value`: how many polls had begun.
        Polls = 1, "polls";
        /// `value`: how many resources are left out.
        Resources = 2, "resources";
        /// `value`: how many tasks that are left out had returned.
        Completed = 4, "completed";
        /// `value`: how many tasks that are left out had failed.
        Failed = 5, "failed";
        /// `value`: how many tasks that are left out had been cancelled.
        Cancelled = 6, "cancelled";
        /// `value`: how many tasks that are left out had been dropped.
        Dropped = 7, "dropped";
        /// `subject`: task. `object`: how many of its polls had begun. `value`: low half the
        /// event since which it neither ran nor was ready; high half its priority. `location`:
        /// where it last gave way or began to wait.
        Task = 10, "task";
        /// `subject`: task, whose last turn was the one in which it is dropped, as somebody asked.
        Dropping = 11, "dropping";
        /// `subject`: task, whose last poll was over.
        Ending = 12, "ending";
        /// `subject`: task. `value`: a wait that stood in no line any more.
        OutOfLine = 13, "out-of-line";
        /// `subject`: task. `object`: what the timer was [for](super::TimerPurpose) that it waited
        /// for. `value`: the wait.
        Purpose = 14, "purpose";
        /// `subject`: task. `value`: the event since which it did what it was doing, where that is
        /// not the one that began its poll, put it into the queue, or ended its last poll.
        Since = 15, "since";
        /// `subject`: task. `object`: resource. `value`: how many permits it held.
        Permits = 20, "permits";
        /// `subject`: task. `object`: resource. `value`: how many of these had been handed to it
        /// while it waited.
        Handed = 21, "handed";
        /// `object`: resource. `value`: how many messages had gone in.
        Sent = 22, "sent";
        /// `object`: resource. `value`: how many messages had been taken out.
        Received = 23, "received";
        /// `object`: resource. `value`: how many units of work were not done.
        Units = 24, "units";
        /// `object`: resource, for which a notification was stored, or which was set.
        Notified = 25, "notified";
        /// `object`: connection. `value`: its last [phase](super::NetworkPhase).
        Phase = 30, "phase";
        /// `object`: connection. `value`: the status code of the answer.
        Status = 31, "status";
        /// `object`: connection. `value`: the length of the body.
        Body = 32, "body";
        /// `object`: connection. `value`: how many messages had been sent over it.
        MessagesSent = 33, "messages-sent";
        /// `object`: connection. `value`: how many messages had been received over it.
        MessagesReceived = 34, "messages-received";
    }
}
