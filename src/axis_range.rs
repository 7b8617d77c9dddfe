//! The part of the axis that a reader looks at.

use std::fmt;
use std::str::FromStr;

/// From one position on the axis to another: nanoseconds on the axes of time, events on the
/// others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisRange {
    /// What stands at the left edge.
    pub start: u64,
    /// What stands at the right edge. Always greater than `start`.
    pub end: u64,
}

/// As it stands in a link: `1000-2500`.
impl fmt::Display for AxisRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

/// Text that is no part of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAxisRange;

impl FromStr for AxisRange {
    type Err = NoAxisRange;

    fn from_str(text: &str) -> Result<Self, NoAxisRange> {
        let (start, end) = text.split_once('-').ok_or(NoAxisRange)?;
        let range = Self {
            start: start.parse().map_err(|_| NoAxisRange)?,
            end: end.parse().map_err(|_| NoAxisRange)?,
        };
        // Only the one spelling that `Display` writes: a link has one form.
        if range.start < range.end && range.to_string() == text {
            Ok(range)
        } else {
            Err(NoAxisRange)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_survives_its_text_and_other_text_is_none() {
        let range = AxisRange {
            start: 0,
            end: u64::MAX,
        };
        assert_eq!(range.to_string().parse(), Ok(range));
        for text in [
            "",
            "-",
            "3",
            "3-",
            "-3",
            "3-3",
            "4-3",
            "03-4",
            "+3-4",
            "3-4-5",
            "0-99999999999999999999",
        ] {
            assert_eq!(text.parse::<AxisRange>(), Err(NoAxisRange), "{text:?}");
        }
    }
}
