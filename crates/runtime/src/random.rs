//! Random numbers from the run's seed alone.
//!
//! The generator is xoshiro256++ by David Blackman and Sebastiano Vigna, seeded through
//! SplitMix64. It is our own ten lines because a dependency may change its stream from one
//! version to the next, and with it every recorded run.
//!
//! A task that draws from the run's one stream gets numbers that depend on when it is scheduled.
//! Where that would surprise, give each task a [`stream`] of its own.

use std::ops::RangeInclusive;

use crate::runtime::with_core;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream that this seed and label stand for.
    #[must_use]
    pub fn labelled(seed: u64, label: &str) -> Self {
        // FNV-1a of the label, mixed with the seed by SplitMix64.
        let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut mixer = SplitMix64(seed);
        let mut mixer = SplitMix64(mixer.next() ^ hash);
        Self {
            state: std::array::from_fn(|_| mixer.next()),
        }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A whole number below `bound`, each as likely as any other.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below 0");
        // Multiply and shift (Lemire 2019), with the few biased draws thrown away.
        loop {
            let wide = u128::from(self.bits()) * u128::from(bound);
            let low = wide as u64;
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return (wide >> 64) as u64;
            }
        }
    }

    /// A whole number in the range, each as likely as any other.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn range(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        assert!(low <= high, "the range {low}..={high} is empty");
        match (high - low).checked_add(1) {
            Some(width) => low + self.below(width),
            None => self.bits(),
        }
    }

    /// A number from 0 to 1, 1 excluded.
    pub fn float(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability: never for 0 and less, always for 1 and more.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.float() < probability
    }
}

struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A stream that depends on the run's seed and this label, and on nothing else: two calls with
/// the same label give the same numbers.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// let runtime = wakeline::Builder::new().seed(7).build();
/// runtime.block_on(async {
///     let mut dice = wakeline::random::stream("player 1");
///     assert!((1..=6).contains(&dice.range(1..=6)));
/// });
/// ```
#[must_use]
pub fn stream(label: &str) -> Random {
    with_core("random::stream", |core| Random::labelled(core.seed, label))
}

/// A whole number in the range, from the run's one stream.
///
/// # Panics
/// Outside of a runtime, or if the range is empty.
#[must_use]
pub fn range(range: RangeInclusive<u64>) -> u64 {
    with_core("random::range", |core| {
        core.random.borrow_mut().range(range)
    })
}

/// A number from 0 to 1, 1 excluded, from the run's one stream.
///
/// # Panics
/// Outside of a runtime.
#[must_use]
pub fn float() -> f64 {
    with_core("random::float", |core| core.random.borrow_mut().float())
}

/// True with this probability, from the run's one stream.
///
/// # Panics
/// Outside of a runtime.
#[must_use]
pub fn chance(probability: f64) -> bool {
    with_core("random::chance", |core| {
        core.random.borrow_mut().chance(probability)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_never_changes_from_version_to_version() {
        let mut random = Random::labelled(0, "");
        let drawn: Vec<u64> = (0..3).map(|_| random.below(1_000_000)).collect();
        let mut again = Random::labelled(0, "");
        assert_eq!(
            drawn,
            (0..3).map(|_| again.below(1_000_000)).collect::<Vec<_>>()
        );
        assert_ne!(drawn, {
            let mut other = Random::labelled(0, "a");
            (0..3).map(|_| other.below(1_000_000)).collect::<Vec<_>>()
        });
    }

    #[test]
    fn every_number_of_a_small_range_comes_up_about_equally_often() {
        let mut random = Random::labelled(1, "dice");
        let mut counts = [0_u32; 6];
        for _ in 0..6000 {
            counts[random.below(6) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_ends_of_a_range_belong_to_it() {
        let mut random = Random::labelled(2, "");
        let drawn: Vec<u64> = (0..100).map(|_| random.range(3..=4)).collect();
        assert!(drawn.contains(&3) && drawn.contains(&4));
        assert_eq!(random.range(9..=9), 9);
        let _ = random.range(0..=u64::MAX);
    }
}
