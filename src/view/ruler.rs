//! The marks of the ruler: where they stand and what they say.
//!
//! Marks stand at round numbers, as close together as their labels allow. Far inside of a run a
//! label would need more digits than anybody reads; then the ruler names one round *base* and the
//! marks count from it.

use wakeline_protocol::decimal;

use wakeline_timeline::Break;

use super::viewport::Viewport;

/// A unit of time on the ruler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

impl Unit {
    /// The largest unit that is not longer than `nanoseconds`.
    fn fitting(nanoseconds: f64) -> Self {
        match nanoseconds {
            n if n >= 1e9 => Self::Seconds,
            n if n >= 1e6 => Self::Milliseconds,
            n if n >= 1e3 => Self::Microseconds,
            _ => Self::Nanoseconds,
        }
    }

    fn nanoseconds(self) -> f64 {
        match self {
            Self::Nanoseconds => 1.0,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Seconds => 1e9,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
        }
    }
}

/// One mark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Where, on the axis.
    pub(crate) at: f64,
    /// What it says; empty for a mark between two labelled ones.
    pub(crate) label: String,
}

/// The marks of a viewport.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ruler {
    /// What the labels are counted from, already written out; `None` if that is the beginning of
    /// the run.
    pub(crate) base: Option<String>,
    /// The marks from left to right.
    pub(crate) marks: Vec<Mark>,
}

/// Digits after which labels count from a base.
const MOST_DIGITS: i32 = 6;

/// Never more marks than this, whatever the arguments.
const MOST_MARKS: f64 = 2000.0;

/// The marks of a time axis (nanoseconds) that is `width` pixels wide, labels at least `spacing`
/// pixels apart.
pub(crate) fn time_ruler(view: Viewport, width: f64, spacing: f64) -> Ruler {
    let step = time_step(view, width, spacing);
    let largest = view.end.abs().max(step);
    // Digits between the largest label and the step, if both are written in full.
    let digits = (largest.log10().floor() - step.log10().floor()) as i32;
    let base = if digits > MOST_DIGITS {
        let coarse = round_step(view.span() * 10.0).max(step);
        ((view.start / coarse).floor() * coarse).max(0.0)
    } else {
        0.0
    };
    Ruler {
        base: (base > 0.0).then(|| exact_time(base)),
        marks: time_marks(view, width, spacing, base),
    }
}

/// The marks of a piece of time, counted from `base`.
fn time_marks(view: Viewport, width: f64, spacing: f64, base: f64) -> Vec<Mark> {
    let step = time_step(view, width, spacing);
    let unit = Unit::fitting((view.end - base).max(step));
    let decimals = decimals_for(step, unit);
    marks(view, step, |at| {
        let text = with_decimals((at - base) / unit.nanoseconds(), decimals);
        let sign = if base > 0.0 { "+" } else { "" };
        format!("{sign}{text} {}", unit.symbol())
    })
}

/// The distance between two labels, in nanoseconds.
fn time_step(view: Viewport, width: f64, spacing: f64) -> f64 {
    round_step(view.span() * spacing / width.max(1.0)).max(1.0)
}

/// The marks of a time axis of which pieces are left out. Positions are those of the axis, labels
/// say the time.
pub(crate) fn broken_ruler(view: Viewport, width: f64, spacing: f64, breaks: &[Break]) -> Ruler {
    let first = breaks.partition_point(|one| (one.at as f64) < view.start);
    let mut removed = match first.checked_sub(1) {
        Some(before) => (breaks[before].to - breaks[before].at) as f64,
        None => 0.0,
    };
    let mut found: Vec<Mark> = Vec::new();
    let mut start = view.start;
    let mut last_label = f64::NEG_INFINITY;
    for one in breaks[first..]
        .iter()
        .take(MOST_PIECES)
        .map(Some)
        .chain([None])
    {
        let end = one.map_or(view.end, |one| (one.at as f64).min(view.end));
        if end > start {
            let piece = Viewport {
                start: start + removed,
                end: end + removed,
            };
            let share = (end - start) / view.span();
            let marks = time_marks(piece, width * share, spacing, 0.0);
            for mut mark in marks {
                mark.at -= removed;
                // A label close behind a break would run into the one before it.
                if !mark.label.is_empty() {
                    let x = view.to_screen(mark.at, width);
                    if x - last_label < spacing {
                        mark.label.clear();
                    } else {
                        last_label = x;
                    }
                }
                found.push(mark);
            }
        }
        let Some(one) = one.filter(|one| (one.at as f64) < view.end) else {
            break;
        };
        (start, removed) = (one.at as f64, (one.to - one.at) as f64);
    }
    Ruler {
        base: None,
        marks: found,
    }
}

/// Pieces that get marks of their own; more than that cannot be told apart.
const MOST_PIECES: usize = 200;

/// The marks of a step axis (events) that is `width` pixels wide, labels at least `spacing`
/// pixels apart.
pub(crate) fn step_ruler(view: Viewport, width: f64, spacing: f64) -> Ruler {
    let step = round_step(view.span() * spacing / width.max(1.0)).max(1.0);
    Ruler {
        base: None,
        marks: marks(view, step, |at| grouped(&decimal::fixed(at, 0))),
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 … (and 0.5, 0.2 …) that is not smaller than `least`.
fn round_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10f64.powi(least.log10().floor() as i32);
    // 1.0000001: what is a round number but for rounding errors stays one.
    let times = least / power / 1.000_000_1;
    let factor = match times {
        t if t <= 1.0 => 1.0,
        t if t <= 2.0 => 2.0,
        t if t <= 5.0 => 5.0,
        _ => 10.0,
    };
    power * factor
}

fn decimals_for(step: f64, unit: Unit) -> usize {
    let exponent = (step / unit.nanoseconds()).log10();
    (-(exponent + 1e-9).floor()).max(0.0) as usize
}

fn marks(view: Viewport, step: f64, label: impl Fn(f64) -> String) -> Vec<Mark> {
    // Marks without a label halve or fifth the distance, whichever gives round numbers.
    let leading = (step / 10f64.powi((step.log10() + 1e-9).floor() as i32)).round();
    let parts = if leading == 2.0 { 2.0 } else { 5.0 };
    let small = if step / parts >= 1.0 {
        step / parts
    } else {
        step
    };
    let per_label = (step / small).round();
    // Adding zero turns the minus zero that rounding up can give into zero.
    let first = (view.start.max(0.0) / small - 1e-9).ceil() + 0.0;
    let last = (view.end / small + 1e-9).floor();
    if last - first > MOST_MARKS {
        return Vec::new();
    }
    let mut marks = Vec::new();
    let mut number = first;
    while number <= last {
        let at = number * small;
        let labelled = number % per_label == 0.0;
        marks.push(Mark {
            at,
            label: if labelled { label(at) } else { String::new() },
        });
        number += 1.0;
    }
    marks
}

/// A time in full, in the unit that suits it: `1.250 s`, `12.5 ms`, `740 ns`, `0 s`. Nothing is
/// rounded away; zeros at the end are dropped, in steps of three digits for seconds.
pub(crate) fn exact_time(nanoseconds: f64) -> String {
    let nanoseconds = nanoseconds.max(0.0).round();
    if nanoseconds == 0.0 {
        return "0 s".to_owned();
    }
    let unit = Unit::fitting(nanoseconds);
    let most = (unit.nanoseconds().log10()).round() as usize;
    let text = decimal::fixed(nanoseconds / unit.nanoseconds(), most);
    let text = match text.split_once('.') {
        Some((whole, fraction)) => {
            let kept = fraction.trim_end_matches('0').len();
            // Seconds keep groups of three, so that a running clock does not jump about.
            let kept = if unit == Unit::Seconds {
                kept.div_ceil(3).max(1) * 3
            } else {
                kept
            };
            match kept {
                0 => whole.to_owned(),
                _ => format!("{whole}.{}", &fraction[..kept]),
            }
        }
        None => text,
    };
    format!("{} {}", grouped(&text), unit.symbol())
}

fn with_decimals(value: f64, decimals: usize) -> String {
    grouped(&decimal::fixed(value, decimals))
}

/// Groups the digits before and after the point in threes, by thin spaces, when there are more
/// than four.
pub(crate) fn grouped(number: &str) -> String {
    const THIN_SPACE: char = '\u{2009}';
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut out = String::with_capacity(number.len() + 8);
    let digits = whole.chars().filter(char::is_ascii_digit).count();
    let mut left = digits;
    for c in whole.chars() {
        out.push(c);
        if c.is_ascii_digit() {
            left -= 1;
            if digits > 4 && left > 0 && left % 3 == 0 {
                out.push(THIN_SPACE);
            }
        }
    }
    if !fraction.is_empty() {
        out.push('.');
        for (place, c) in fraction.chars().enumerate() {
            if fraction.len() > 4 && place > 0 && place % 3 == 0 {
                out.push(THIN_SPACE);
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ruler: &Ruler) -> Vec<&str> {
        ruler
            .marks
            .iter()
            .map(|mark| &*mark.label)
            .filter(|label| !label.is_empty())
            .collect()
    }

    fn view(start: f64, end: f64) -> Viewport {
        Viewport { start, end }
    }

    #[test]
    fn labels_are_round_and_in_the_unit_of_the_view() {
        let ruler = time_ruler(view(-1e7, 3.06e9), 700.0, 100.0);
        assert_eq!(
            labels(&ruler),
            [
                "0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"
            ]
        );
        let ruler = time_ruler(view(0.0, 4e5), 500.0, 100.0);
        assert_eq!(
            labels(&ruler),
            ["0 µs", "100 µs", "200 µs", "300 µs", "400 µs"]
        );
        assert_eq!(ruler.base, None);
    }

    #[test]
    fn marks_never_stand_closer_than_asked_and_never_leave_the_view() {
        for span in [1.0, 3.0, 17.0, 999.0, 12_345.0, 6e7, 1.7e9, 9e12] {
            let v = view(span * 3.3, span * 4.3);
            let ruler = time_ruler(v, 900.0, 80.0);
            let at: Vec<f64> = ruler
                .marks
                .iter()
                .filter(|mark| !mark.label.is_empty())
                .map(|mark| v.to_screen(mark.at, 900.0))
                .collect();
            assert!(ruler.marks.iter().all(|mark| v.contains(mark.at)), "{span}");
            for pair in at.windows(2) {
                assert!(pair[1] - pair[0] >= 79.9, "{span}: {pair:?}");
            }
        }
    }

    #[test]
    fn deep_inside_of_a_run_labels_count_from_a_base() {
        let start = 12.0 * 1e9 + 345_678_900.0;
        let ruler = time_ruler(view(start, start + 400.0), 400.0, 100.0);
        assert_eq!(ruler.base.as_deref(), Some("12.345\u{2009}675 s"));
        assert_eq!(labels(&ruler)[0], "+3.9 µs");
        let later: Vec<_> = ruler.marks.windows(2).map(|m| m[1].at - m[0].at).collect();
        assert!(later.iter().all(|&distance| distance > 0.0));
    }

    #[test]
    fn beyond_a_break_the_labels_go_on_with_the_time() {
        let breaks = [Break {
            from: 1_000_000_000,
            to: 3_601_000_000_000,
            at: 1_000_000_000,
        }];
        let ruler = broken_ruler(view(0.0, 2e9), 800.0, 90.0, &breaks);
        assert_eq!(
            labels(&ruler),
            ["0.0 s", "0.5 s", "1.0 s", "3601.5 s", "3602.0 s"]
        );
        let places: Vec<f64> = ruler.marks.iter().map(|mark| mark.at).collect();
        assert!(places.is_sorted() && places.iter().all(|at| (0.0..=2e9).contains(at)));
        let whole = time_ruler(view(0.0, 2e9), 800.0, 90.0);
        assert_eq!(broken_ruler(view(0.0, 2e9), 800.0, 90.0, &[]), whole);
    }

    #[test]
    fn steps_are_whole_numbers() {
        let ruler = step_ruler(view(0.0, 4.0), 1000.0, 50.0);
        assert_eq!(labels(&ruler), ["0", "1", "2", "3", "4"]);
        let ruler = step_ruler(view(0.0, 45_000.0), 1000.0, 200.0);
        assert_eq!(
            labels(&ruler),
            [
                "0",
                "10\u{2009}000",
                "20\u{2009}000",
                "30\u{2009}000",
                "40\u{2009}000"
            ]
        );
    }

    #[test]
    fn a_time_in_full_loses_nothing() {
        for (nanoseconds, text) in [
            (0.0, "0 s"),
            (1.0, "1 ns"),
            (740.0, "740 ns"),
            (12_500_000.0, "12.5 ms"),
            (3_000_000.0, "3 ms"),
            (1_250_000_000.0, "1.250 s"),
            (2e9, "2.000 s"),
            (1_000_000_001.0, "1.000\u{2009}000\u{2009}001 s"),
        ] {
            assert_eq!(exact_time(nanoseconds), text);
        }
    }

    #[test]
    fn the_marks_of_nonsense_are_few() {
        let ruler = time_ruler(view(0.0, 1e18), 1e9, 0.001);
        assert!(ruler.marks.len() < 3000);
    }
}
