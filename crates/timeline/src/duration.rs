//! Spans of time as people read them.

/// Units from the greatest, with their length in nanoseconds.
const UNITS: [(&str, u64); 3] = [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)];

/// Nanoseconds as a number with the unit that fits, rounded to at most three decimals, none of
/// them an idle zero. The units are written the same in every language.
///
/// ```
/// use wakeline_timeline::duration::short;
///
/// assert_eq!(short(1_500_000_000), "1.5 s");
/// assert_eq!(short(20_000_000), "20 ms");
/// assert_eq!(short(1_234_567), "1.235 ms");
/// ```
#[must_use]
pub fn short(nanoseconds: u64) -> String {
    if nanoseconds == 0 {
        return "0 s".to_owned();
    }
    if nanoseconds < 1_000 {
        return format!("{nanoseconds} ns");
    }
    let mut text = String::new();
    for (name, unit) in UNITS.into_iter().rev() {
        let thousandths = rounded(nanoseconds, unit / 1_000);
        text = decimal(thousandths, name);
        // What rounds up to a whole greater unit is written in that unit.
        if thousandths < 1_000_000 {
            break;
        }
    }
    text
}

/// Nanoseconds with every digit that they have, in the unit that fits.
///
/// ```
/// assert_eq!(wakeline_timeline::duration::exact(1_000_000_001), "1.000000001 s");
/// ```
#[must_use]
pub fn exact(nanoseconds: u64) -> String {
    let Some((name, unit)) = UNITS.into_iter().find(|(_, unit)| nanoseconds >= *unit) else {
        return short(nanoseconds);
    };
    let digits = unit.ilog10() as usize;
    let fraction = format!("{:0digits$}", nanoseconds % unit);
    join(nanoseconds / unit, &fraction, name)
}

fn rounded(value: u64, unit: u64) -> u64 {
    value / unit + u64::from(value % unit >= unit.div_ceil(2))
}

fn decimal(thousandths: u64, unit: &str) -> String {
    join(
        thousandths / 1_000,
        &format!("{:03}", thousandths % 1_000),
        unit,
    )
}

fn join(whole: u64, fraction: &str, unit: &str) -> String {
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} {unit}"),
        fraction => format!("{whole}.{fraction} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_the_size_and_no_digit_is_idle() {
        let cases = [
            (0, "0 s"),
            (1, "1 ns"),
            (999, "999 ns"),
            (1_000, "1 µs"),
            (1_234, "1.234 µs"),
            (999_999, "999.999 µs"),
            (999_999_499, "999.999 ms"),
            (999_999_500, "1 s"),
            (1_000_000, "1 ms"),
            (16_666_667, "16.667 ms"),
            (61_050_000_000, "61.05 s"),
            (u64::MAX, "18446744073.71 s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(short(nanoseconds), text, "{nanoseconds}");
        }
    }

    #[test]
    fn exact_text_keeps_every_nanosecond() {
        let cases = [
            (0, "0 s"),
            (999, "999 ns"),
            (1_001, "1.001 µs"),
            (1_000_001, "1.000001 ms"),
            (2_500_000_000, "2.5 s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(exact(nanoseconds), text, "{nanoseconds}");
        }
    }
}
