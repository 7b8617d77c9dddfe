//! Powers.

use std::f64::consts::LN_10;

/// A positive number to any power, exact to about fourteen digits: enough for what is seen. The
/// exact function is as large as the drawing of a lane; these two are needed anyway.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    (base.log10() * exponent * LN_10).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_exact_function() {
        for (base, exponent) in [
            (0.21, 2.4),
            (1e9, 0.37),
            (1e-9, 0.99),
            (7.0, -1.5),
            (2.0, 0.0),
        ] {
            let (near, exact) = (power(base, exponent), base.powf(exponent));
            assert!(
                (near / exact - 1.0).abs() < 1e-13,
                "{base} {exponent}: {near} {exact}"
            );
        }
    }
}
