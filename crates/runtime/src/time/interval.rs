//! Ticking.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::sleep::Sleep;
use super::{Instant, now};
use crate::log::TimerPurpose;
use crate::record::Site;

/// What an [`Interval`] does about ticks that nobody took in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedTicks {
    /// Gives them at once, one after the other, until it has caught up.
    #[default]
    Burst,
    /// Counts the period from the late tick on.
    Delay,
    /// Leaves them out and stays on the original beat.
    Skip,
}

/// Ticks now and then once every period.
///
/// # Panics
/// If the period is zero; outside of a runtime.
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    Interval::new(now(), period, Site::caller())
}

/// Ticks at `start` and then once every period.
///
/// # Panics
/// If the period is zero.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    Interval::new(start, period, Site::caller())
}

/// A steady beat. Also a `Stream` that never ends.
#[derive(Debug)]
pub struct Interval {
    period: Duration,
    missed: MissedTicks,
    sleep: Sleep,
}

impl Interval {
    #[track_caller]
    fn new(start: Instant, period: Duration, site: Site) -> Self {
        assert!(
            !period.is_zero(),
            "the period of an interval must not be zero"
        );
        let sleep = Sleep::new(start, TimerPurpose::Interval, site);
        Self {
            period,
            missed: MissedTicks::Burst,
            sleep,
        }
    }

    /// What to do about ticks that nobody took in time.
    pub fn set_missed_ticks(&mut self, missed: MissedTicks) {
        self.missed = missed;
    }

    /// Waits for the next tick and gives the moment for which it was due.
    ///
    /// # Cancel safety
    /// Yes. A tick that was not given is given to the next call.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// As [`tick`](Self::tick), for implementations of futures.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let due = self.sleep.deadline();
        if Pin::new(&mut self.sleep).poll(cx).is_pending() {
            return Poll::Pending;
        }
        let now = now();
        let next = due + self.period;
        let next = match self.missed {
            _ if now < next => next,
            MissedTicks::Burst => next,
            MissedTicks::Delay => now + self.period,
            MissedTicks::Skip => {
                let period = u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX);
                let late = now.as_nanos() - due.as_nanos();
                Instant::from_nanos(now.as_nanos().saturating_add(period - late % period))
            }
        };
        self.sleep.reset(next);
        Poll::Ready(due)
    }
}

impl Stream for Interval {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.poll_tick(cx).map(Some)
    }
}
