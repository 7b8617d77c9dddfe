//! The scale of a slider that stands under a number.
//!
//! A slider has a thousand places. Small ranges are spread evenly over them; in large ones the
//! small numbers, which matter most, get more room than the large.

/// The number of places on a slider.
pub const PLACES: u32 = 1000;

/// Ranges up to this size are spread evenly.
const EVEN: f64 = 200.0;

/// A range of numbers on a slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    min: f64,
    max: f64,
    step: f64,
}

impl Scale {
    /// The scale of the numbers from `min` to `max` in steps of `step`.
    #[must_use]
    pub fn new(min: f64, max: f64, step: f64) -> Self {
        Self { min, max, step }
    }

    /// Where a number stands.
    #[must_use]
    pub fn place(&self, number: f64) -> u32 {
        let extent = self.max - self.min;
        if extent <= 0.0 {
            return 0;
        }
        let wanted = ((number - self.min) / extent).clamp(0.0, 1.0);
        // The place is searched for rather than computed: a root would need tables.
        let (mut low, mut high) = (0, PLACES);
        while low < high {
            let middle = (low + high) / 2;
            let (here, next) = (self.share(middle), self.share(middle + 1));
            if (here + next) / 2.0 < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The number at a place: a round one where places are closer than numbers are.
    #[must_use]
    pub fn number(&self, place: u32) -> f64 {
        let number = self.min + (self.max - self.min) * self.share(place.min(PLACES));
        let grain = self.grain(number);
        let rounded = (number / grain).round() * grain;
        rounded.max(self.min).min(self.max)
    }

    fn is_even(&self) -> bool {
        self.max - self.min <= EVEN * self.step
    }

    /// The share of the range that lies before a place: in a large range it grows by the third
    /// power, so that the small numbers get the room.
    fn share(&self, place: u32) -> f64 {
        let share = f64::from(place) / f64::from(PLACES);
        if self.is_even() {
            share
        } else {
            share * share * share
        }
    }

    /// What a number is rounded to: the step, or in a large range two digits.
    fn grain(&self, number: f64) -> f64 {
        let mut grain = self.step;
        while !self.is_even() && grain * 100.0 <= number.abs() {
            grain *= 10.0;
        }
        grain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_reached() {
        for (min, max, step) in [(1.0, 9.0, 1.0), (0.0, 60_000.0, 1.0), (0.0, 1.0, 0.05)] {
            let scale = Scale::new(min, max, step);
            assert_eq!(scale.number(0), min);
            assert_eq!(scale.number(PLACES), max);
            assert_eq!(scale.place(min), 0);
            assert_eq!(scale.place(max), PLACES);
        }
    }

    #[test]
    fn every_number_of_a_small_range_has_a_place() {
        let scale = Scale::new(1.0, 100.0, 1.0);
        for number in 1..=100 {
            let number = f64::from(number);
            assert_eq!(scale.number(scale.place(number)), number);
        }
    }

    #[test]
    fn numbers_of_a_large_range_are_round_and_never_go_back() {
        let scale = Scale::new(0.0, 60_000.0, 1.0);
        let mut before = -1.0;
        for place in 0..=PLACES {
            let number = scale.number(place);
            assert!(number >= before, "{number} after {before}");
            assert_eq!(number.fract(), 0.0);
            before = number;
        }
        let near = scale.number(scale.place(1_000.0));
        assert!((980.0..=1_020.0).contains(&near), "{near}");
    }

    #[test]
    fn a_range_of_one_number_has_one_place() {
        let scale = Scale::new(3.0, 3.0, 1.0);
        assert_eq!((scale.place(3.0), scale.number(500)), (0, 3.0));
    }
}
