//! How long waits take.

use std::collections::BTreeMap;

use wakeline::log::{Event, Reason};

/// How long waits were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// A length in nanoseconds, and how many waits were no longer and longer than the one before:
    /// 1, 2 and 5 of each power of ten, from the first that is not empty to the last.
    pub buckets: Vec<(u64, u64)>,
    /// Half of all waits were no longer.
    pub p50: u64,
    /// 95 in a hundred were no longer.
    pub p95: u64,
    /// 99 in a hundred were no longer.
    pub p99: u64,
    /// The longest.
    pub max: u64,
}

/// Task, code of the reason, and what is waited for.
pub(super) type Key = (u32, u8, u32);

/// Waits from their beginning to their end.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    /// Those that go on, and since when; several for the same in the order of their beginning.
    open: BTreeMap<Key, Vec<u64>>,
    /// How long those over took, sleep left out.
    lengths: Vec<u64>,
}

impl Waits {
    pub(super) fn begin(&mut self, key: Key, time: u64) {
        self.open.entry(key).or_default().push(time);
    }

    /// How long the wait took that ends; `None` if none had begun.
    pub(super) fn end(&mut self, event: &Event) -> Option<u64> {
        let open = self.open.get_mut(&key(event))?;
        let since = open.remove(0);
        if open.is_empty() {
            self.open.remove(&key(event));
        }
        let waited = event.time.saturating_sub(since);
        if event.flags != Reason::Timer.code() {
            self.lengths.push(waited);
        }
        Some(waited)
    }

    /// Ends what goes on: task, resource and how long it took, of those at resources.
    pub(super) fn rest(&mut self, end: u64) -> Vec<(u32, u32, u64)> {
        let mut rest = Vec::new();
        for ((task, reason, object), open) in std::mem::take(&mut self.open) {
            for since in open {
                let waited = end.saturating_sub(since);
                if reason != Reason::Timer.code() {
                    self.lengths.push(waited);
                }
                if is_resource(reason) {
                    rest.push((task, object, waited));
                }
            }
        }
        rest
    }

    /// Whether what is waited for is a resource.
    pub(super) fn is_at_resource(event: &Event) -> bool {
        is_resource(event.flags)
    }

    pub(super) fn distribution(mut self) -> Distribution {
        self.lengths.sort_unstable();
        let lengths = &self.lengths;
        let Some(&max) = lengths.last() else {
            return Distribution::default();
        };
        let quantile = |hundredths: usize| {
            let rank = (lengths.len() * hundredths).div_ceil(100);
            lengths[rank.max(1) - 1]
        };
        let mut buckets = Vec::new();
        let mut counted = 0;
        for limit in limits() {
            let below = lengths.partition_point(|length| *length <= limit);
            if below > counted || !buckets.is_empty() {
                buckets.push((limit, (below - counted) as u64));
            }
            counted = below;
            if counted == lengths.len() {
                break;
            }
        }
        Distribution {
            buckets,
            p50: quantile(50),
            p95: quantile(95),
            p99: quantile(99),
            max,
        }
    }
}

/// 0, then 1, 2 and 5 of each power of ten, and the greatest number.
fn limits() -> impl Iterator<Item = u64> {
    let powers = (0..19).map(|power| 10_u64.pow(power));
    let steps = powers.flat_map(|power| [1, 2, 5].map(|step| power.saturating_mul(step)));
    std::iter::once(0).chain(steps).chain([u64::MAX])
}

pub(super) fn key(event: &Event) -> Key {
    (event.subject, event.flags, event.object)
}

fn is_resource(reason: u8) -> bool {
    !matches!(
        Reason::from_code(reason),
        Some(Reason::Timer | Reason::Join | Reason::JoinAny | Reason::Other) | None
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_fall_into_steps_of_one_two_and_five() {
        let waits = Waits {
            lengths: vec![3, 10, 11, 4_000, 0],
            ..Waits::default()
        };
        let found = waits.distribution();
        assert_eq!(found.buckets[0], (0, 1));
        let full: Vec<(u64, u64)> = found
            .buckets
            .iter()
            .copied()
            .filter(|bucket| bucket.1 > 0)
            .collect();
        assert_eq!(full, [(0, 1), (5, 1), (10, 1), (20, 1), (5_000, 1)]);
        assert_eq!((found.p50, found.p95, found.max), (10, 4_000, 4_000));
    }

    #[test]
    fn no_waits_have_no_distribution() {
        assert_eq!(Waits::default().distribution(), Distribution::default());
    }
}
