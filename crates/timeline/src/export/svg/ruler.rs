//! The marks of the ruler.

use crate::{Axis, Viewport, duration};

/// The least distance of two marks in pixels.
const SPACING: f64 = 110.0;
/// Never more than these, whatever the view.
const MOST: u32 = 200;

/// Positions at round numbers, each with what it says.
pub(super) fn marks(view: &Viewport) -> Vec<(f64, String)> {
    let scale = view.scale();
    if scale <= 0.0 || !scale.is_finite() {
        return Vec::new();
    }
    let step = round(SPACING / scale).max(1.0);
    let first = (view.start.max(0.0) / step).ceil();
    (0..MOST)
        .map(|number| (first + f64::from(number)) * step)
        .take_while(|at| *at <= view.end)
        .map(|at| {
            // Casts from floating point saturate.
            let label = match view.axis {
                Axis::Time => duration::short(at as u64),
                _ => (at as u64).to_string(),
            };
            (at, label)
        })
        .collect()
}

/// The next of 1, 2, 5, 10, 20, 50 and so on.
fn round(least: f64) -> f64 {
    let mut power = 1.0;
    while power < 1e18 {
        for step in [1.0, 2.0, 5.0] {
            if step * power >= least {
                return step * power;
            }
        }
        power *= 10.0;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_round_numbers() {
        let view = Viewport {
            axis: Axis::Time,
            start: 0.0,
            end: 2e9,
            pixels: 1000,
        };
        let labels: Vec<String> = marks(&view).into_iter().map(|mark| mark.1).collect();
        assert_eq!(labels, ["0 s", "500 ms", "1 s", "1.5 s", "2 s"]);
    }

    #[test]
    fn a_view_without_extent_has_no_marks() {
        let view = Viewport {
            axis: Axis::Step,
            start: 5.0,
            end: 5.0,
            pixels: 1000,
        };
        assert_eq!(marks(&view), []);
    }
}
