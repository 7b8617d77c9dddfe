//! Limits that those inside know of.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::sleep::Sleep;
use super::{Elapsed, Instant, now};
use crate::log::TimerPurpose;
use crate::record::Site;
use crate::task::{Local, Scope};

/// The deadline of the innermost scope. Not inherited: a task that is spawned inside is not
/// dropped at the deadline, so it does not apply to it.
static DEADLINE: Local<Instant> = Local::new();

/// Gives a future so much time, and drops it when that is over, as [`timeout`](super::timeout).
/// Unlike there, what runs inside can ask how much time is [left](remaining), and scopes know of
/// each other: of nested ones the earliest deadline counts, for all that is inside. A scope whose
/// deadline is not before that of the one around it sets no timer of its own; it is dropped with
/// the other.
///
/// If the future is ready at the very moment of the deadline, its value wins.
///
/// # Errors
/// [`Elapsed`] if the time of this scope was over before the future was ready.
///
/// # Cancel safety
/// As that of the future.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// use std::time::Duration;
/// use wakeline::time::{deadline_after, remaining, sleep};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let second = Duration::from_secs(1);
///     let result = deadline_after(second, async {
///         assert_eq!(remaining(), Some(second));
///         // Longer than what is left: the outer deadline counts.
///         deadline_after(second * 60, async {
///             assert_eq!(remaining(), Some(second));
///             sleep(second * 30).await;
///         })
///         .await
///     });
///     assert!(result.await.is_err());
///     assert_eq!(remaining(), None);
/// });
/// ```
#[track_caller]
pub fn deadline_after<F: Future>(limit: Duration, future: F) -> Deadline<F> {
    Deadline::new(now() + limit, future, Site::caller())
}

/// As [`deadline_after`], with the moment itself.
///
/// # Errors
/// As [`deadline_after`].
#[track_caller]
pub fn deadline_at<F: Future>(deadline: Instant, future: F) -> Deadline<F> {
    Deadline::new(deadline, future, Site::caller())
}

/// The moment at which what runs now is dropped: the earliest deadline of the scopes around it,
/// `None` if there is none.
#[must_use]
pub fn deadline() -> Option<Instant> {
    DEADLINE.get().map(|deadline| *deadline)
}

/// How much time is left until the [`deadline`], zero if it has passed.
#[must_use]
pub fn remaining() -> Option<Duration> {
    deadline().map(|deadline| deadline - now())
}

pin_project! {
    /// The future of [`deadline_after`] and [`deadline_at`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Deadline<F> {
        #[pin]
        state: State<F>,
        deadline: Instant,
        site: Site,
        // `None` if the scope around this one ends first.
        limit: Option<Sleep>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        // What is around it is known at the first poll.
        New { future: Option<F> },
        Entered { #[pin] future: Scope<Instant, F> },
    }
}

impl<F> Deadline<F> {
    fn new(deadline: Instant, future: F, site: Site) -> Self {
        Self {
            state: State::New {
                future: Some(future),
            },
            deadline,
            site,
            limit: None,
        }
    }
}

impl<F: Future> Future for Deadline<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let StateProjection::New { future } = this.state.as_mut().project()
            && let Some(future) = future.take()
        {
            let around = deadline();
            let mut earliest = *this.deadline;
            match around {
                Some(around) if around <= earliest => earliest = around,
                _ => {
                    let limit = Sleep::new(earliest, TimerPurpose::Timeout, *this.site);
                    *this.limit = Some(limit);
                }
            }
            let future = DEADLINE.scope(earliest, future);
            this.state.set(State::Entered { future });
        }
        if let StateProjection::Entered { future } = this.state.project()
            && let Poll::Ready(value) = future.poll(cx)
        {
            return Poll::Ready(Ok(value));
        }
        match this.limit {
            Some(limit) => Pin::new(limit).poll(cx).map(|()| Err(Elapsed::new())),
            None => Poll::Pending,
        }
    }
}

impl<F> fmt::Debug for Deadline<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
