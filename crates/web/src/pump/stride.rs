//! How many polls go between two readings of the clock.
//!
//! Reading the clock costs about as much as several polls of a small task, so it is not read
//! after each. But a stride chosen once is wrong for most programs: polls differ by four orders of
//! magnitude. So the stride follows what the last one took.

/// A number of polls that takes about an eighth of the budget, as far as experience goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stride {
    polls: u32,
}

impl Stride {
    /// The beginning: nothing is known of the program.
    pub(crate) const FIRST: Self = Self { polls: 8 };

    /// A bound on how long a program whose polls suddenly become slow holds the thread. At the
    /// cheapest polls that a browser runs, reading the clock once in so many is about one per
    /// cent.
    const MOST: u32 = 1024;

    pub(crate) fn polls(self) -> u32 {
        self.polls
    }

    /// The stride to use after one of this length took so many milliseconds of a budget.
    #[must_use]
    pub(crate) fn after(self, took_ms: f64, budget_ms: f64) -> Self {
        let goal = budget_ms / 8.0;
        let polls = if took_ms > goal {
            // The conversion saturates, so whatever the clock says the result is in range.
            (f64::from(self.polls) * goal / took_ms) as u32
        } else if took_ms < goal / 2.0 {
            self.polls * 2
        } else {
            self.polls
        };
        Self {
            polls: polls.clamp(1, Self::MOST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: f64 = 4.0;

    /// Where the stride settles when every poll takes this long.
    fn settled(poll_ms: f64) -> u32 {
        let mut stride = Stride::FIRST;
        for _ in 0..64 {
            stride = stride.after(poll_ms * f64::from(stride.polls()), BUDGET);
        }
        stride.polls()
    }

    #[test]
    fn fast_polls_go_in_long_strides() {
        assert_eq!(settled(0.000_05), Stride::MOST);
    }

    #[test]
    fn a_stride_of_any_polls_fits_the_budget_or_is_one_poll() {
        for poll_ms in [0.001, 0.01, 0.1, 0.4, 1.0, 5.0, 1000.0] {
            let polls = settled(poll_ms);
            let takes = poll_ms * f64::from(polls);
            assert!(
                polls == 1 || takes <= BUDGET / 4.0,
                "{polls} of {poll_ms} ms"
            );
        }
    }

    #[test]
    fn one_slow_stride_is_enough_to_shorten_the_next() {
        let long = Stride {
            polls: Stride::MOST,
        };
        assert_eq!(long.after(1024.0, BUDGET).polls(), 1);
    }

    #[test]
    fn a_clock_that_stands_still_or_lies_does_no_harm() {
        let mut stride = Stride::FIRST;
        for took in [0.0, -5.0, f64::NAN, f64::INFINITY, f64::MAX] {
            stride = stride.after(took, BUDGET);
            assert!((1..=Stride::MOST).contains(&stride.polls()), "{took}");
        }
    }
}
