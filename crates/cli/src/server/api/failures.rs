//! Failures that can be planned on.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::server::input::Figures;
use crate::server::refusal::Refusal;

/// Fails with status 503 in `rate` per cent of all cases. Whether the case `n` fails depends on
/// `seed` and `n` alone, so a client that asks again with the next `n` sees the same sequence
/// every time.
pub(super) async fn fail(figures: Figures) -> Result<Response, Refusal> {
    let rate = figures.number("rate", 50, 0..=100)?;
    let seed = figures.number("seed", 0, 0..=u64::MAX)?;
    let n = figures.number("n", 0, 0..=u64::MAX)?;
    let failed = draw(seed, n) < rate;
    let status = if failed {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let body = json!({ "n": n, "failed": failed });
    Ok((status, Json(body)).into_response())
}

/// A number from 0 to 99 for the case `n` under `seed`: two rounds of SplitMix64's mixing
/// function, one for each argument, so that neighbours have nothing to do with each other.
fn draw(seed: u64, n: u64) -> u64 {
    mix(mix(seed).wrapping_add(n)) % 100
}

fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_as_frequent_as_asked_under_every_seed() {
        for seed in [0, 1, 7, u64::MAX] {
            let failed = (0..10_000).filter(|n| draw(seed, *n) < 30).count();
            assert!((2_800..=3_200).contains(&failed), "seed {seed}: {failed}");
        }
    }

    #[test]
    fn seeds_differ() {
        let sequence = |seed| (0..64).map(move |n| draw(seed, n)).collect::<Vec<_>>();
        assert_ne!(sequence(1), sequence(2));
        assert_eq!(sequence(1), sequence(1));
    }
}
