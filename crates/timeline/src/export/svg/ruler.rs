//! The marks of the ruler.

use crate::{Axis, Breaks, Viewport, duration};

/// The least distance of two marks in pixels.
const SPACING: f64 = 110.0;
/// Never more than these, whatever the view.
const MOST: usize = 200;

/// Positions at round numbers, each with what it says. Where time is left out they are those of
/// the clock, at the places that the times have.
pub(super) fn marks(view: &Viewport, breaks: &Breaks) -> Vec<(f64, String)> {
    let scale = view.scale();
    if scale <= 0.0 || !scale.is_finite() {
        return Vec::new();
    }
    let step = round(SPACING / scale).max(1.0);
    if view.axis == Axis::Active {
        return on_the_clock(view, breaks, step);
    }
    let first = (view.start.max(0.0) / step).ceil();
    (0..MOST)
        .map(|number| (first + number as f64) * step)
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

/// The first round time after each break, and those that follow it at a distance.
fn on_the_clock(view: &Viewport, breaks: &Breaks, step: f64) -> Vec<(f64, String)> {
    // Casts from floating point saturate.
    let (first, last, step) = (view.start as u64, view.end as u64, step as u64);
    let mut marks: Vec<(f64, String)> = Vec::new();
    let mut from = breaks.first_at(first);
    while marks.len() < MOST {
        let Some(time) = from.checked_next_multiple_of(step) else {
            break;
        };
        // In a break there is nothing to mark: the next mark is behind it.
        if let Some(hidden) = breaks.over(time) {
            from = hidden.to;
            continue;
        }
        let place = breaks.shorten(time);
        if place > last {
            break;
        }
        let near = marks.last().map_or(f64::NEG_INFINITY, |mark| mark.0);
        if place as f64 - near >= step as f64 * 0.8 {
            marks.push((place as f64, duration::short(time)));
        }
        let Some(next) = time.checked_add(1) else {
            break;
        };
        from = next;
    }
    marks
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
        let labels: Vec<String> = marks(&view, &Breaks::default())
            .into_iter()
            .map(|mark| mark.1)
            .collect();
        assert_eq!(labels, ["0 s", "500 ms", "1 s", "1.5 s", "2 s"]);
    }

    #[test]
    fn where_time_is_left_out_the_clock_is_marked() {
        let breaks = Breaks::from_times(&[(150_000_000, 59_950_000_000)]);
        let view = Viewport {
            axis: Axis::Active,
            start: 0.0,
            end: 600e6,
            pixels: 600,
        };
        let marks = marks(&view, &breaks);
        let labels: Vec<&str> = marks.iter().map(|mark| &*mark.1).collect();
        assert_eq!(labels, ["0 s", "60 s", "60.2 s", "60.4 s"]);
        // A minute stands 50 ms behind the break, and the break where it begins.
        let places: Vec<f64> = marks.iter().map(|mark| mark.0).collect();
        assert_eq!(places, [0.0, 200e6, 400e6, 600e6]);
    }

    #[test]
    fn a_view_without_extent_has_no_marks() {
        let view = Viewport {
            axis: Axis::Step,
            start: 5.0,
            end: 5.0,
            pixels: 1000,
        };
        assert_eq!(marks(&view, &Breaks::default()), []);
    }
}
