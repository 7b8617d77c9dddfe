//! What a program shares between its tasks.

/// The kinds of objects, with their settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Lock,
    Event,
    Condition,
    Semaphore {
        value: usize,
    },
    BoundedSemaphore {
        value: usize,
    },
    /// `None` for unbounded.
    Queue {
        room: Option<usize>,
    },
    PriorityQueue {
        room: Option<usize>,
    },
    LifoQueue {
        room: Option<usize>,
    },
    Future,
}

impl ObjectKind {
    /// Whether it can be acquired and released.
    pub(super) fn is_lock(self) -> bool {
        matches!(
            self,
            Self::Lock | Self::Condition | Self::Semaphore { .. } | Self::BoundedSemaphore { .. }
        )
    }

    pub(super) fn is_queue(self) -> bool {
        matches!(
            self,
            Self::Queue { .. } | Self::PriorityQueue { .. } | Self::LifoQueue { .. }
        )
    }

    /// Whether one can wait for it.
    pub(super) fn is_waited_for(self) -> bool {
        matches!(self, Self::Event | Self::Condition)
    }
}
