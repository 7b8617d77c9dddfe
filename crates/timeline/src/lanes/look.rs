//! What a slice looks like: its kind, and sets of kinds.

use wakeline::log::{Reason, TimerPurpose};

/// What a slice of a lane shows, the less important first: where many fall into one pixel, the
/// greatest is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Look {
    /// Nothing: the executor is idle, the lock is free.
    Idle = 0,
    /// A deliberate sleep: never a delay.
    Sleep = 1,
    /// Waits for a tick of an interval.
    Interval = 2,
    /// Waits for the end of another task, or of all work in a queue.
    Join = 3,
    /// Waits for a notification.
    Event = 4,
    /// Waits for a message.
    Receive = 5,
    /// Waits for room in a channel.
    Send = 6,
    /// Waits for permits.
    Semaphore = 7,
    /// Waits for a lock.
    Lock = 8,
    /// Waits for the network.
    Network = 9,
    /// Waits for another source outside of the runtime.
    Outside = 10,
    /// Waits for something the runtime knows nothing of.
    Other = 11,
    /// Was woken and stands in the ready queue.
    Ready = 12,
    /// Holds the lock (on the lane of a lock).
    Held = 13,
    /// Runs.
    Poll = 14,
    /// Stands in the ready queue to be cancelled.
    Cancelling = 15,
    /// The poll in which the future was dropped because of a request.
    Cancelled = 16,
    /// A poll longer than [`OVERLONG`]: nothing else ran, and a page could not paint.
    LongPoll = 17,
    /// The poll in which the task panicked or returned an error.
    Failed = 18,
}

/// A poll longer than this, in nanoseconds, holds up everything else: one frame at 60 a second.
pub const OVERLONG: u64 = 16_666_667;

impl Look {
    /// Every kind, the least important first.
    pub const ALL: [Self; 19] = [
        Self::Idle,
        Self::Sleep,
        Self::Interval,
        Self::Join,
        Self::Event,
        Self::Receive,
        Self::Send,
        Self::Semaphore,
        Self::Lock,
        Self::Network,
        Self::Outside,
        Self::Other,
        Self::Ready,
        Self::Held,
        Self::Poll,
        Self::Cancelling,
        Self::Cancelled,
        Self::LongPoll,
        Self::Failed,
    ];

    /// A number from 0 to 18, for tables by kind.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name in the phrase table, after `look.`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Sleep => "sleep",
            Self::Interval => "interval",
            Self::Join => "join",
            Self::Event => "event",
            Self::Receive => "receive",
            Self::Send => "send",
            Self::Semaphore => "semaphore",
            Self::Lock => "lock",
            Self::Network => "network",
            Self::Outside => "outside",
            Self::Other => "other",
            Self::Ready => "ready",
            Self::Held => "held",
            Self::Poll => "poll",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::LongPoll => "long-poll",
            Self::Failed => "failed",
        }
    }

    /// Whether the task runs.
    #[must_use]
    pub const fn is_poll(self) -> bool {
        matches!(
            self,
            Self::Poll | Self::Cancelled | Self::LongPoll | Self::Failed
        )
    }

    /// Whether the task waits for something, a sleep included.
    #[must_use]
    pub const fn is_wait(self) -> bool {
        matches!(
            self,
            Self::Sleep
                | Self::Interval
                | Self::Join
                | Self::Event
                | Self::Receive
                | Self::Send
                | Self::Semaphore
                | Self::Lock
                | Self::Network
                | Self::Outside
                | Self::Other
        )
    }

    /// How a wait for this reason looks. A timer that is a limit on something else counts as
    /// that sleep which it is while nothing else is waited for.
    #[must_use]
    pub fn of_wait(reason: Reason, purpose: Option<TimerPurpose>) -> Self {
        match reason {
            Reason::Timer => match purpose {
                Some(TimerPurpose::Interval) => Self::Interval,
                _ => Self::Sleep,
            },
            Reason::ChannelSend => Self::Send,
            Reason::ChannelReceive => Self::Receive,
            Reason::Lock => Self::Lock,
            Reason::Semaphore => Self::Semaphore,
            Reason::Event | Reason::Condition | Reason::Promise | Reason::Closed => Self::Event,
            Reason::Join | Reason::JoinAny | Reason::QueueJoin => Self::Join,
            Reason::Network => Self::Network,
            Reason::Outside => Self::Outside,
            _ => Self::Other,
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Looks(u32);

impl Looks {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self((1 << Look::ALL.len()) - 1);

    /// The set of one kind.
    #[must_use]
    pub const fn only(look: Look) -> Self {
        Self(1 << look as u8)
    }

    /// The kinds in either set.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The kinds in both sets: what a filter leaves.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether a kind is in the set.
    #[must_use]
    pub const fn contains(self, look: Look) -> bool {
        self.0 & 1 << look as u8 != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The most important kind.
    #[must_use]
    pub fn top(self) -> Option<Look> {
        let index = 31_u32.checked_sub(self.0.leading_zeros())?;
        Look::ALL.get(index as usize).copied()
    }

    /// The kinds, the least important first.
    pub fn iter(self) -> impl Iterator<Item = Look> {
        Look::ALL
            .into_iter()
            .filter(move |look| self.contains(*look))
    }
}

impl FromIterator<Look> for Looks {
    fn from_iter<I: IntoIterator<Item = Look>>(looks: I) -> Self {
        looks
            .into_iter()
            .fold(Self::NONE, |set, look| set.with(Self::only(look)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_in_the_order_of_their_importance() {
        for (index, look) in Look::ALL.into_iter().enumerate() {
            assert_eq!(look.index(), index);
            assert_eq!(Looks::only(look).top(), Some(look));
        }
        assert_eq!(Looks::NONE.top(), None);
        assert_eq!(Looks::ALL.top(), Some(Look::Failed));
        assert_eq!(Looks::ALL.iter().count(), 19);
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let set: Looks = [Look::Sleep, Look::Poll].into_iter().collect();
        assert!(set.contains(Look::Sleep) && set.contains(Look::Poll));
        assert!(!set.contains(Look::Ready));
        assert_eq!(
            set.within(Looks::only(Look::Sleep)).top(),
            Some(Look::Sleep)
        );
        assert!(set.within(Looks::only(Look::Lock)).is_empty());
    }
}
