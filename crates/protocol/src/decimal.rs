//! Numbers as people type and read them.
//!
//! The standard library reads and writes any number to its last bit and carries the tables that
//! this takes: a twentieth of what a visitor loads, for digits that nobody types. Here a number
//! of up to fifteen digits is read and written exactly, and a longer one to within a few units in
//! the last place, by the same operations everywhere.

/// The greatest power of ten that is exact.
const EXACT_POWER: i32 = 22;

/// Digits beyond these are counted and not read.
const DIGITS: u32 = 19;

/// The most places after the point that are written.
const MOST_PLACES: usize = 15;

/// The greatest number that is written as it is.
const GREATEST: f64 = 1e18;

/// Reads a decimal number with an optional sign, fraction and exponent, such as `-12.5` or
/// `1e3`. `None` if it is none, or too great to be finite.
///
/// ```
/// use wakeline_protocol::decimal::read;
///
/// assert_eq!(read("-12.5"), Some(-12.5));
/// assert_eq!(read("1e3"), Some(1000.0));
/// assert_eq!(read("1e999"), None);
/// assert_eq!(read("12 ms"), None);
/// ```
#[must_use]
pub fn read(text: &str) -> Option<f64> {
    let (negative, unsigned) = sign(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, read_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut mantissa = 0u64;
    let mut digits = 0;
    let mut power = exponent;
    for (part, shift) in [(whole, 0), (fraction, -1)] {
        for byte in part.bytes() {
            let digit = char::from(byte).to_digit(10)?;
            // Zeros in front say nothing.
            if digits > 0 || digit > 0 {
                digits += 1;
            }
            if digits <= DIGITS {
                mantissa = mantissa * 10 + u64::from(digit);
                power += shift;
            } else {
                power += shift + 1;
            }
        }
    }
    let size = scaled(mantissa as f64, power);
    let number = if negative { -size } else { size };
    number.is_finite().then_some(number)
}

/// Writes a number in as few digits as it takes to read it again, without an exponent. What lies
/// beyond ±10¹⁸ is written as that, and what is no number as 0.
///
/// ```
/// use wakeline_protocol::decimal::write;
///
/// assert_eq!(write(-12.5), "-12.5");
/// assert_eq!(write(1000.0), "1000");
/// ```
#[must_use]
pub fn write(number: f64) -> String {
    let digits = (0..MOST_PLACES).map(|places| fixed(number, places));
    let mut exact = digits.filter(|text| read(text) == Some(number));
    exact.next().unwrap_or_else(|| fixed(number, MOST_PLACES))
}

/// Writes a number with so many places after the point, at most fifteen, rounding to the nearest.
/// What lies beyond ±10¹⁸ is written as that, and what is no number as 0. There is no minus zero.
///
/// ```
/// use wakeline_protocol::decimal::fixed;
///
/// assert_eq!(fixed(2.0 / 3.0, 3), "0.667");
/// assert_eq!(fixed(-0.4, 0), "0");
/// ```
#[must_use]
pub fn fixed(number: f64, places: usize) -> String {
    let places = places.min(MOST_PLACES);
    let size = if number.is_nan() { 0.0 } else { number.abs() };
    let size = size.min(GREATEST);
    let parts = (0..places).fold(1.0, |parts, _| parts * 10.0);
    let mut whole = size.trunc();
    let mut fraction = ((size - whole) * parts).round();
    if fraction == parts {
        whole += 1.0;
        fraction = 0.0;
    }
    // Exact: both are whole, and less than 2^63.
    let (whole, fraction) = (whole as u64, fraction as u64);
    let minus = if number < 0.0 && (whole, fraction) != (0, 0) {
        "-"
    } else {
        ""
    };
    match places {
        0 => format!("{minus}{whole}"),
        _ => format!("{minus}{whole}.{fraction:0places$}"),
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// An exponent; one beyond all numbers counts as one that is just beyond.
fn read_exponent(text: &str) -> Option<i32> {
    const BEYOND: i32 = 10_000;
    let (negative, digits) = sign(text);
    if digits.is_empty() {
        return None;
    }
    let mut size = 0i32;
    for byte in digits.bytes() {
        let digit = char::from(byte).to_digit(10)?;
        size = (size * 10 + digit as i32).min(BEYOND);
    }
    Some(if negative { -size } else { size })
}

/// `mantissa` times ten to the power, exact as long as both are.
fn scaled(mantissa: f64, mut power: i32) -> f64 {
    let mut number = mantissa;
    while power != 0 && number != 0.0 && number.is_finite() {
        let step = power.clamp(-EXACT_POWER, EXACT_POWER);
        let factor = (0..step.abs()).fold(1.0, |factor, _| factor * 10.0);
        if step > 0 {
            number *= factor;
        } else {
            number /= factor;
        }
        power -= step;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_as_the_standard_library_reads_it() {
        let typed = [
            "0",
            "-0",
            "1",
            "+1",
            "007",
            "12.5",
            ".5",
            "5.",
            "0.1",
            "0.05",
            "-273.15",
            "1e3",
            "1E-3",
            "1.25e+2",
            "999999999999999",
            "0.000001",
            "3.141592653589793",
            "1e22",
            "123456789012345e-7",
            "0e999999999999",
        ];
        for text in typed {
            let expected: f64 = text.parse().unwrap();
            let read = read(text).unwrap();
            assert_eq!(read.to_bits(), expected.to_bits(), "{text}");
        }
    }

    #[test]
    fn long_numbers_are_read_closely() {
        let typed = [
            "123456789012345678901234567890",
            "0.1234567890123456789012345678901234567890",
            "1.7976931348623157e308",
            "4.9e-300",
            "18446744073709551616",
        ];
        for text in typed {
            let expected: f64 = text.parse().unwrap();
            let read = read(text).unwrap();
            assert!(
                ((read - expected) / expected).abs() < 1e-14,
                "{text}: {read}"
            );
        }
        assert_eq!(read("1e-99999"), Some(0.0));
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        let typed = [
            "", "-", "+", ".", "e", "e5", "1e", "1e+", "--1", "1-", "1.2.3", "1,5", "0x10", "inf",
            "NaN", "½", "1 ", " 1", "1e400", "-1e99999", "١",
        ];
        for text in typed {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let numbers = [
            0.0,
            1.0,
            -1.0,
            0.1,
            0.05,
            12.5,
            -273.15,
            100.0,
            1e15,
            123_456.789_012,
            0.000_001,
            9_007_199_254_740_991.0,
        ];
        for number in numbers {
            let text = write(number);
            assert_eq!(read(&text), Some(number), "{text}");
            assert_eq!(text, number.to_string());
        }
        let third = 1.0 / 3.0;
        assert!((read(&write(third)).unwrap() - third).abs() < 1e-15);
    }

    #[test]
    fn numbers_are_rounded_to_the_nearest() {
        for (number, places, expected) in [
            (0.0, 0, "0"),
            (0.5, 0, "1"),
            (1.25, 1, "1.3"),
            (0.999_6, 3, "1.000"),
            (-0.000_4, 3, "0.000"),
            (-2.5, 2, "-2.50"),
            (1e300, 1, "1000000000000000000.0"),
            (f64::NAN, 2, "0.00"),
            (f64::NEG_INFINITY, 0, "-1000000000000000000"),
        ] {
            assert_eq!(fixed(number, places), expected, "{number}");
        }
    }

    #[test]
    fn every_short_decimal_is_exact() {
        for number in 0..20_000u32 {
            let text = format!("{}.{:03}", number / 1000, number % 1000);
            assert_eq!(read(&text), text.parse().ok(), "{text}");
            assert_eq!(fixed(read(&text).unwrap(), 3), text);
        }
    }
}
