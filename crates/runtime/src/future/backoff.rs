//! How long to pause between attempts.

use std::time::Duration;

use crate::random::{self, Random};

/// A plan of pauses between attempts.
///
/// ```
/// use std::time::Duration;
/// use wakeline::future::Backoff;
///
/// let second = Duration::from_secs(1);
/// let pauses = Backoff::exponential(second).cap(second * 5).attempts(6).delays();
/// assert_eq!(pauses.collect::<Vec<_>>(), [1, 2, 4, 5, 5].map(|n| second * n));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    base: Duration,
    factor: f64,
    cap: Duration,
    jitter: f64,
    attempts: Option<u32>,
    label: Option<String>,
}

impl Backoff {
    /// The same pause every time.
    #[must_use]
    pub fn fixed(pause: Duration) -> Self {
        Self {
            base: pause,
            factor: 1.0,
            cap: Duration::MAX,
            jitter: 0.0,
            attempts: None,
            label: None,
        }
    }

    /// Each pause is twice as long as the one before, or by another [`factor`](Self::factor).
    #[must_use]
    pub fn exponential(first: Duration) -> Self {
        Self::fixed(first).factor(2.0)
    }

    /// By what each pause is longer than the one before.
    ///
    /// # Panics
    /// If the factor is not finite, or is below 1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        assert!(
            factor.is_finite() && factor >= 1.0,
            "a backoff's factor must be 1 or more, not {factor}"
        );
        self.factor = factor;
        self
    }

    /// No pause is longer than that, whatever the jitter.
    #[must_use]
    pub fn cap(mut self, longest: Duration) -> Self {
        self.cap = longest;
        self
    }

    /// Each pause is made longer or shorter at random, by up to this part of it: 0.5 gives from
    /// half to one and a half. So that many who fail together do not try again together.
    ///
    /// # Panics
    /// If the part is not from 0 to 1.
    #[must_use]
    pub fn jitter(mut self, part: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&part),
            "a backoff's jitter must be from 0 to 1, not {part}"
        );
        self.jitter = part;
        self
    }

    /// Gives up after so many attempts. Without this there is no end.
    ///
    /// # Panics
    /// If that is 0.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        assert!(attempts > 0, "there is at least one attempt");
        self.attempts = Some(attempts);
        self
    }

    /// Draws the jitter from the [stream](random::stream) of this label, so that it does not
    /// depend on who else draws. Without a label it comes from the run's one stream. Two who use
    /// the same label have the same jitter.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The pauses, one fewer than there are attempts.
    ///
    /// # Panics
    /// Outside of a runtime, if there is a label; the iterator, if there is jitter.
    #[must_use]
    pub fn delays(&self) -> Delays {
        Delays {
            next: self.base,
            left: self.attempts.map(|attempts| attempts - 1),
            random: self.label.as_deref().map(random::stream),
            backoff: self.clone(),
        }
    }
}

/// The pauses of a [`Backoff`].
#[derive(Clone, Debug)]
pub struct Delays {
    backoff: Backoff,
    /// Without jitter.
    next: Duration,
    left: Option<u32>,
    random: Option<Random>,
}

impl Iterator for Delays {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(1)?;
        }
        let Backoff {
            factor,
            cap,
            jitter,
            ..
        } = self.backoff;
        let plain = self.next.min(cap);
        self.next = times(plain, factor).min(cap);
        if jitter == 0.0 {
            return Some(plain);
        }
        let drawn = match &mut self.random {
            Some(random) => random.float(),
            None => random::float(),
        };
        Some(times(plain, 1.0 + jitter * (2.0 * drawn - 1.0)).min(cap))
    }
}

/// Saturates: the longest duration there is, is long enough.
fn times(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}
