//! Lists of events that are far longer than a screen is wide.

use std::ops::Range;

/// Visits things that stand one after the other: of those nearer to each other than `apart`, in
/// CSS pixels, only the first. `x` says where one stands and never falls from one to the next. The
/// cost depends on what is visited, not on how many there are.
pub(crate) fn thinned(
    mut all: Range<usize>,
    apart: f64,
    x: &dyn Fn(usize) -> f64,
    visit: &mut dyn FnMut(usize, f64),
) {
    while all.start < all.end {
        let at = x(all.start);
        visit(all.start, at);
        all.start = first_at(all.start + 1..all.end, at + apart, x);
    }
}

/// The first of those that stand at `limit` or to the right of it; the end if there is none.
/// Looked for from the left in ever longer strides: mostly it is near.
pub(crate) fn first_at(all: Range<usize>, limit: f64, x: &dyn Fn(usize) -> f64) -> usize {
    let (mut low, mut stride) = (all.start, 1);
    let mut high = all.end;
    while low < high {
        let probe = (low + stride - 1).min(high - 1);
        if x(probe) >= limit {
            high = probe;
            break;
        }
        low = probe + 1;
        stride *= 2;
    }
    while low < high {
        let middle = usize::midpoint(low, high);
        if x(middle) < limit {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_those_that_are_too_near_is_visited() {
        let places = [0.0, 0.5, 1.0, 4.0, 4.0, 9.0, 9.9, 10.0];
        let mut seen = Vec::new();
        thinned(0..8, 1.0, &|i| places[i], &mut |i, at| seen.push((i, at)));
        assert_eq!(seen, [(0, 0.0), (2, 1.0), (3, 4.0), (5, 9.0), (7, 10.0)]);
    }

    #[test]
    fn searching_in_strides_finds_what_looking_at_all_finds() {
        let places: Vec<f64> = (0..300).map(|i| f64::from(i * i / 7)).collect();
        let x = |i: usize| places[i];
        for from in [0, 1, 17, 299, 300] {
            for limit in [-1.0, 0.0, 3.0, 100.0, 5000.5, 1e9] {
                let found = first_at(from..300, limit, &x);
                let expected = (from..300).find(|&i| x(i) >= limit).unwrap_or(300);
                assert_eq!(found, expected, "{from} {limit}");
            }
        }
    }

    #[test]
    fn a_million_things_cost_what_is_visited() {
        use std::cell::Cell;
        let asked = Cell::new(0_u32);
        let x = |i: usize| {
            asked.set(asked.get() + 1);
            i as f64 / 1000.0
        };
        let mut visited = 0;
        thinned(0..1_000_000, 2.0, &x, &mut |_, _| visited += 1);
        assert_eq!(visited, 500);
        assert!(asked.get() < 500 * 40, "{}", asked.get());
    }
}
