//! How much may be done from microtasks before the event loop must have its turn.
//!
//! A microtask is the cheapest way back into the runtime, and the most selfish: as long as one
//! follows another, the page neither paints nor hears. One slice ends by its budget, but a
//! program that waits for one resolved promise after another begins a new slice in a new
//! microtask each time. So what microtasks use adds up, and when it is used up, the next way back
//! is through the event loop, which renews it.

use std::cell::Cell;

/// What is left for microtasks until the event loop has had a turn.
#[derive(Debug)]
pub(crate) struct Credit {
    budget_ms: f64,
    milliseconds: Cell<f64>,
    slices: Cell<u32>,
}

impl Credit {
    /// Also counted, because time between the slices of a chain of promises is not seen here.
    const SLICES: u32 = 64;

    /// A full credit. A slice may use `budget_ms`, and so may a chain of microtasks.
    pub(crate) fn new(budget_ms: f64) -> Self {
        Self {
            budget_ms,
            milliseconds: Cell::new(budget_ms),
            slices: Cell::new(Self::SLICES),
        }
    }

    /// The event loop has had a turn.
    pub(crate) fn renew(&self) {
        self.milliseconds.set(self.budget_ms);
        self.slices.set(Self::SLICES);
    }

    /// A slice has used so much time.
    pub(crate) fn spend(&self, milliseconds: f64) {
        self.milliseconds
            .set(self.milliseconds.get() - milliseconds);
        self.slices.set(self.slices.get().saturating_sub(1));
    }

    /// Whether a further slice may come from a microtask.
    pub(crate) fn is_left(&self) -> bool {
        self.milliseconds.get() > 0.0 && self.slices.get() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_short_slices_use_it_up_like_one_long_slice() {
        let credit = Credit::new(4.0);
        for _ in 0..3 {
            credit.spend(1.0);
            assert!(credit.is_left());
        }
        credit.spend(1.0);
        assert!(!credit.is_left());
        credit.renew();
        assert!(credit.is_left());
    }

    #[test]
    fn slices_too_short_to_measure_use_it_up_too() {
        let credit = Credit::new(4.0);
        let slices = (0..)
            .take_while(|_| {
                credit.spend(0.0);
                credit.is_left()
            })
            .take(1000)
            .count();
        assert_eq!(slices, Credit::SLICES as usize - 1);
    }
}
