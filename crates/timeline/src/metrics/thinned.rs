//! A number over time in a bounded number of points.

use super::{Series, SeriesKind};

/// The most points of a series.
pub const POINTS: usize = 600;
/// Stretches of equal length, of each of which the least, the greatest and the last value are
/// kept.
const STRETCHES: usize = POINTS / 3;

/// What a number did in a stretch of time.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    place: u32,
    least: (u64, u64),
    greatest: (u64, u64),
    last: (u64, u64),
}

/// The changes of a number: all of them while they are few, what matters of them otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Thinned {
    begin: u64,
    end: u64,
    /// Several changes at one time are one.
    points: Vec<(u64, u64)>,
    stretches: Vec<Stretch>,
    last: Option<u64>,
    changes: u64,
    max: u64,
}

impl Thinned {
    /// Of a log that begins and ends then.
    pub(super) fn new(begin: u64, end: u64) -> Self {
        Self {
            begin,
            end,
            ..Self::default()
        }
    }

    /// The number has this value from now on.
    pub(super) fn push(&mut self, time: u64, value: u64) {
        if self.last == Some(value) {
            return;
        }
        self.last = Some(value);
        self.changes += 1;
        self.max = self.max.max(value);
        if self.stretches.is_empty() {
            if self.points.len() < POINTS {
                self.points.push((time, value));
                return;
            }
            for (time, value) in std::mem::take(&mut self.points) {
                self.thin(time, value);
            }
        }
        self.thin(time, value);
    }

    fn thin(&mut self, time: u64, value: u64) {
        let length = u128::from(self.end.saturating_sub(self.begin).max(1));
        let place = u128::from(time.saturating_sub(self.begin)) * STRETCHES as u128 / length;
        // At the very end there is one stretch too many.
        let place = (place as u32).min(STRETCHES as u32 - 1);
        let point = (time, value);
        match self.stretches.last_mut() {
            Some(stretch) if stretch.place == place => {
                if value < stretch.least.1 {
                    stretch.least = point;
                }
                if value > stretch.greatest.1 {
                    stretch.greatest = point;
                }
                stretch.last = point;
            }
            _ => self.stretches.push(Stretch {
                place,
                least: point,
                greatest: point,
                last: point,
            }),
        }
    }

    pub(super) fn max(&self) -> u64 {
        self.max
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn into_series(self, kind: SeriesKind) -> Series {
        let mut points = self.points;
        for stretch in &self.stretches {
            let mut three = [stretch.least, stretch.greatest, stretch.last];
            // The last one stays last, also of several at one time.
            three[..2].sort_unstable_by_key(|point| point.0);
            for point in three {
                if points.last() != Some(&point) {
                    points.push(point);
                }
            }
        }
        Series {
            kind,
            points,
            max: self.max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(changes: &[(u64, u64)], end: u64) -> Series {
        let mut thinned = Thinned::new(0, end);
        for &(time, value) in changes {
            thinned.push(time, value);
        }
        thinned.into_series(SeriesKind::ReadyQueue)
    }

    #[test]
    fn few_changes_are_all_there() {
        let changes = [(0, 1), (5, 1), (7, 3), (7, 0)];
        assert_eq!(series(&changes, 10).points, [(0, 1), (7, 3), (7, 0)]);
    }

    #[test]
    fn of_many_changes_no_peak_is_lost() {
        let mut changes: Vec<(u64, u64)> = (0..100_000).map(|t| (t, t % 7 + 2)).collect();
        changes[54_321].1 = 1_000;
        changes[77_777].1 = 0;
        let series = series(&changes, 99_999);
        assert!(series.points.len() <= POINTS, "{}", series.points.len());
        assert!(series.points.contains(&(54_321, 1_000)));
        assert!(series.points.contains(&(77_777, 0)));
        assert!(series.points.is_sorted_by_key(|point| point.0));
        assert_eq!(series.points.last(), changes.last());
        assert_eq!(series.max, 1_000);
    }

    #[test]
    fn a_run_without_time_has_points_too() {
        let changes: Vec<(u64, u64)> = (0..5_000).map(|n| (0, n)).collect();
        let series = series(&changes, 0);
        assert_eq!(series.points.last(), Some(&(0, 4_999)));
    }
}
