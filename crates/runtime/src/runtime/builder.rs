//! Building a runtime.

use std::time::Duration;

use super::diagnosis::LONGEST_POLL;
use super::{Clock, Core, Policy, Runtime};

/// The number of events at which a run ends by itself, unless another is set: 1,000,000, which
/// take 28 MB.
pub(crate) const DEFAULT_EVENT_LIMIT: u32 = 1_000_000;

/// Settings of a [`Runtime`]. Without any: virtual clock, first-in-first-out, seed 0, recording.
#[derive(Clone, Debug)]
pub struct Builder {
    pub(super) clock: Clock,
    pub(super) policy: Policy,
    pub(super) seed: u64,
    pub(super) record: bool,
    pub(super) event_limit: u32,
    pub(super) longest_poll: Duration,
    pub(super) meta: String,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            clock: Clock::Virtual,
            policy: Policy::Fifo,
            seed: 0,
            record: true,
            event_limit: DEFAULT_EVENT_LIMIT,
            longest_poll: LONGEST_POLL,
            meta: String::new(),
        }
    }
}

impl Builder {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whose time.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Which of the ready tasks is polled next.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The seed of everything random: the policy and [`crate::random`].
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether events are recorded. Without the `trace` feature none ever are.
    #[must_use]
    pub fn record(mut self, record: bool) -> Self {
        self.record = record;
        self
    }

    /// How many events the log may have before the run ends with [`Progress::Limit`]. Whatever
    /// the poll under way then still records is dropped; what the end of the run takes is not.
    ///
    /// [`Progress::Limit`]: super::Progress::Limit
    #[must_use]
    pub fn event_limit(mut self, events: u32) -> Self {
        self.event_limit = events;
        self
    }

    /// How long a poll may be on the run's clock before it is [noticed](crate::log::FindingKind):
    /// a sixtieth of a second unless set. Under a virtual clock a poll is as long as the program
    /// [says](crate::time::block).
    #[must_use]
    pub fn longest_poll(mut self, length: Duration) -> Self {
        self.longest_poll = length;
        self
    }

    /// What the log says about the run: a JSON object, or nothing.
    #[must_use]
    pub fn meta(mut self, json: String) -> Self {
        self.meta = json;
        self
    }

    /// Makes the runtime.
    #[must_use]
    pub fn build(self) -> Runtime {
        Runtime::from_core(Core::new(self))
    }
}
