//! Time in which nothing happens, cut out.
//!
//! Where the executor is idle for far longer than a stretch of this run is as a rule, the middle
//! of that time is left out: what remains on either side is still longer than the usual, and a
//! picture can show that something is missing.

use wakeline::log::Columns;

use crate::lanes::{Look, Slices};

/// Stretches this many times as long as half of all stretches at most are not shortened.
const LONG: u64 = 8;

/// One piece that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// Where it begins, in nanoseconds since the run began.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// Where it stands on the axis without what is left out.
    pub at: u64,
}

/// Everything that is left out, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaks {
    all: Vec<Break>,
}

impl Breaks {
    /// The breaks of a run, from the lane of its executor.
    pub(crate) fn of(executor: &Slices, columns: &Columns) -> Self {
        let mut counts = [0_usize; 65];
        for (_, from, to) in executor.stretches(columns) {
            let length = to - from;
            counts[(u64::BITS - length.leading_zeros()) as usize] += 1;
        }
        // Under a virtual clock most stretches have no length: they are no measure.
        let half = (counts[1..].iter().sum::<usize>()).div_ceil(2);
        let mut seen = 0;
        let bits = (1..65_u32).find(|&bits| {
            seen += counts[bits as usize];
            seen >= half
        });
        // No stretch of the shorter half is longer than this.
        let usual = 1_u64.checked_shl(bits.unwrap_or(64)).unwrap_or(u64::MAX);
        let kept = usual.saturating_mul(LONG / 2);
        let mut all = Vec::new();
        let mut removed = 0;
        for (look, from, to) in executor.stretches(columns) {
            if look == Look::Idle && to - from > kept.saturating_mul(2) {
                let (from, to) = (from + kept / 2, to - kept / 2);
                let at = from - removed;
                all.push(Break { from, to, at });
                removed += to - from;
            }
        }
        Self { all }
    }

    /// The breaks, in order.
    #[must_use]
    pub fn all(&self) -> &[Break] {
        &self.all
    }

    /// The break that a time lies in, its ends not included.
    #[must_use]
    pub fn over(&self, time: u64) -> Option<&Break> {
        let after = self.all.partition_point(|other| other.from < time);
        let before = self.all[..after].last()?;
        (time < before.to).then_some(before)
    }

    /// Those between these times, in order.
    #[cfg(test)]
    pub(crate) fn from_times(times: &[(u64, u64)]) -> Self {
        let mut removed = 0;
        let all = times.iter().map(|&(from, to)| {
            let at = from - removed;
            removed += to - from;
            Break { from, to, at }
        });
        Self { all: all.collect() }
    }

    /// Where a time stands when everything else is left out.
    #[must_use]
    pub fn shorten(&self, time: u64) -> u64 {
        let after = self.all.partition_point(|other| other.from <= time);
        match self.all[..after].last() {
            Some(last) => last.at + time.saturating_sub(last.to),
            None => time,
        }
    }

    /// The first time that stands at a place: where a break stands, that is its beginning.
    #[must_use]
    pub fn first_at(&self, place: u64) -> u64 {
        let after = self.all.partition_point(|other| other.at < place);
        self.beyond(after, place)
    }

    /// The last time that stands at a place: where a break stands, that is its end.
    #[must_use]
    pub fn last_at(&self, place: u64) -> u64 {
        let after = self.all.partition_point(|other| other.at <= place);
        self.beyond(after, place)
    }

    /// The time at a place that stands behind the first `breaks` breaks.
    fn beyond(&self, breaks: usize, place: u64) -> u64 {
        match self.all[..breaks].last() {
            Some(last) => last.to.saturating_add(place - last.at),
            None => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stands_at_one_place_and_the_rest_keeps_its_distances() {
        let breaks = Breaks {
            all: vec![
                Break {
                    from: 100,
                    to: 1100,
                    at: 100,
                },
                Break {
                    from: 1500,
                    to: 9500,
                    at: 500,
                },
            ],
        };
        let places = [0, 100, 600, 1100, 1200, 1500, 9000, 9500, 9600];
        let shortened = places.map(|time| breaks.shorten(time));
        assert_eq!(shortened, [0, 100, 100, 100, 200, 500, 500, 500, 600]);
        for (place, first, last) in [
            (50, 50, 50),
            (100, 100, 1100),
            (200, 1200, 1200),
            (600, 9600, 9600),
        ] {
            assert_eq!(breaks.first_at(place), first);
            assert_eq!(breaks.last_at(place), last);
        }
    }
}
