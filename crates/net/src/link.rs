//! The way from one host to another.

use std::cell::Cell;
use std::time::Duration;

use wakeline::random::Random;
use wakeline::time::Instant;

use crate::conditions::Conditions;

/// The most pieces in a row that a loss can take: beyond that the next one gets through, so that a
/// loss of everything is a very slow line and not one that a program can wait on for ever.
const LONGEST_STREAK: u32 = 16;

/// One direction between two hosts, shared by all connections between them.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) from: Box<str>,
    pub(crate) to: Box<str>,
    pub(crate) conditions: Cell<Conditions>,
    /// Nothing gets through; what is sent is sent again after the repair.
    pub(crate) cut: Cell<bool>,
    /// Nothing gets through for now; everything arrives with the release.
    pub(crate) held: Cell<bool>,
    /// When the last piece will have left the sender.
    busy_until: Cell<Instant>,
    /// How many connections have gone this way, for the labels of their random streams.
    pub(crate) connections: Cell<u32>,
}

impl Link {
    pub(crate) fn new(from: &str, to: &str, conditions: Conditions) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            conditions: Cell::new(conditions),
            cut: Cell::new(false),
            held: Cell::new(false),
            busy_until: Cell::default(),
            connections: Cell::new(0),
        }
    }

    /// Whether nothing arrives at present.
    pub(crate) fn is_blocked(&self) -> bool {
        self.cut.get() || self.held.get()
    }

    /// When a piece of so many bytes that is sent at this moment arrives.
    pub(crate) fn arrival(&self, sent: Instant, bytes: usize, random: &mut Random) -> Instant {
        let conditions = self.conditions.get();
        let begins = sent.max(self.busy_until.get());
        let left = begins + time_on_line(&conditions, bytes);
        self.busy_until.set(left);
        let mut stall = Duration::ZERO;
        let mut pause = conditions.retransmit;
        if conditions.loss > 0.0 {
            for _ in 0..LONGEST_STREAK {
                if !random.chance(conditions.loss) {
                    break;
                }
                stall += pause;
                pause = pause.saturating_mul(2);
            }
        }
        left + stall + self.travel(random)
    }

    /// How long a piece travels that has left the sender.
    pub(crate) fn travel(&self, random: &mut Random) -> Duration {
        let conditions = self.conditions.get();
        let jitter = u64::try_from(conditions.jitter.as_nanos()).unwrap_or(u64::MAX);
        let jitter = if jitter == 0 {
            0
        } else {
            random.range(0..=jitter)
        };
        conditions.latency + Duration::from_nanos(jitter)
    }

    /// The first moment, not before `earliest`, at which a piece that was first sent at `sent` is
    /// sent again.
    pub(crate) fn next_try(&self, sent: Instant, earliest: Instant) -> Instant {
        let mut pause = self
            .conditions
            .get()
            .retransmit
            .max(Duration::from_micros(1));
        let mut next = sent + pause;
        while next < earliest {
            pause = pause.saturating_mul(2);
            next += pause;
        }
        next
    }
}

/// How long so many bytes take to leave the sender.
fn time_on_line(conditions: &Conditions, bytes: usize) -> Duration {
    match conditions.bandwidth {
        None => Duration::ZERO,
        Some(bandwidth) => {
            let nanos = bytes as u128 * 1_000_000_000 / u128::from(bandwidth.max(1));
            Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
        }
    }
}
