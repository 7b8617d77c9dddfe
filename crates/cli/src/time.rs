//! Times of a run, for programs and for people.

use serde_json::Number;

const NS_PER_MS: u64 = 1_000_000;

/// Nanoseconds as milliseconds, for JSON: a whole number where it is one, and otherwise the
/// shortest fraction that is exact.
pub(crate) fn milliseconds(ns: u64) -> Number {
    if ns.is_multiple_of(NS_PER_MS) {
        return (ns / NS_PER_MS).into();
    }
    // Both fit a double exactly for the first hundred days, so the quotient is the double that is
    // nearest to the true value, and its shortest decimal form is that value.
    let ms = ns as f64 / NS_PER_MS as f64;
    Number::from_f64(ms).unwrap_or_else(|| (ns / NS_PER_MS).into())
}

/// Nanoseconds as milliseconds, for people: to the microsecond.
pub(crate) fn readable(ns: u64) -> String {
    if ns.is_multiple_of(NS_PER_MS) {
        return (ns / NS_PER_MS).to_string();
    }
    let us = ns / 1000;
    format!("{}.{:03}", us / 1000, us % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_no_digits_that_mean_nothing() {
        for (ns, text) in [
            (0, "0"),
            (2_000_000_000, "2000"),
            (1, "1e-6"),
            (100_000, "0.1"),
            (1_234_567, "1.234567"),
            (300_100_000, "300.1"),
            (86_400_000_000_001, "86400000.000001"),
            (u64::MAX / NS_PER_MS * NS_PER_MS, "18446744073709"),
        ] {
            assert_eq!(milliseconds(ns).to_string(), text);
        }
    }

    #[test]
    fn people_read_whole_milliseconds_or_microseconds() {
        for (ns, text) in [
            (0, "0"),
            (3_000_000, "3"),
            (1_234_567, "1.234"),
            (999, "0.000"),
        ] {
            assert_eq!(readable(ns), text);
        }
    }
}
