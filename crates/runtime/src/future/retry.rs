//! Again until it works.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Backoff, Delays};
use crate::log::TimerPurpose;
use crate::record::Site;
use crate::time::{Sleep, deadline, now};

/// Makes an attempt, and another after a pause as long as attempts fail.
///
/// Gives up, with the last attempt's error, when the plan has no further pause, when the error is
/// not [worth](Retry::when) another attempt, or when the pause would last until the
/// [deadline](crate::time::deadline) around this or longer: nothing could come of it. Without a
/// limit in the plan, and without a deadline, it never gives up.
///
/// Attempts follow one another; each is made by calling `attempt` anew, with its number, from 1.
/// The pauses are recorded as sleeps.
///
/// # Errors
/// That of the last attempt.
///
/// # Cancel safety
/// Dropping the future drops the attempt under way, or the pause.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// use std::time::Duration;
/// use wakeline::future::{Backoff, retry};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let plan = Backoff::exponential(Duration::from_secs(1)).attempts(5);
///     let attempt = |number| async move {
///         if number < 3 { Err("not yet") } else { Ok(number) }
///     };
///     assert_eq!(retry(&plan, attempt).await, Ok(3));
///     assert_eq!(wakeline::time::now().as_nanos(), 3_000_000_000); // paused for 1 s and 2 s
/// });
/// ```
#[track_caller]
pub fn retry<A, F, T, E>(plan: &Backoff, mut attempt: A) -> Retry<A, F, E>
where
    A: FnMut(u32) -> F,
    F: Future<Output = Result<T, E>>,
{
    let first = attempt(1);
    Retry {
        attempt,
        number: 1,
        is_worth: None,
        delays: plan.delays(),
        site: Site::caller(),
        state: State::Attempt { future: first },
    }
}

/// Whether an error deserves another attempt.
type IsWorth<E> = Box<dyn Fn(&E) -> bool>;

pin_project! {
    /// The future of [`retry`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Retry<A, F, E> {
        attempt: A,
        number: u32,
        is_worth: Option<IsWorth<E>>,
        delays: Delays,
        site: Site,
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Attempt { #[pin] future: F },
        Pause { sleep: Sleep },
    }
}

impl<A, F, E> Retry<A, F, E> {
    /// Makes another attempt only after errors for which this is true.
    pub fn when(mut self, is_worth: impl Fn(&E) -> bool + 'static) -> Self {
        self.is_worth = Some(Box::new(is_worth));
        self
    }
}

impl<A, F, T, E> Future for Retry<A, F, E>
where
    A: FnMut(u32) -> F,
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Attempt { future } => {
                    let error = match std::task::ready!(future.poll(cx)) {
                        Ok(value) => return Poll::Ready(Ok(value)),
                        Err(error) => error,
                    };
                    let is_worth = this.is_worth.as_ref();
                    if is_worth.is_some_and(|is_worth| !is_worth(&error)) {
                        return Poll::Ready(Err(error));
                    }
                    let Some(pause) = this.delays.next() else {
                        return Poll::Ready(Err(error));
                    };
                    let next = now() + pause;
                    if deadline().is_some_and(|deadline| next >= deadline) {
                        return Poll::Ready(Err(error));
                    }
                    let sleep = Sleep::new(next, TimerPurpose::Sleep, *this.site);
                    this.state.set(State::Pause { sleep });
                }
                StateProjection::Pause { sleep } => {
                    std::task::ready!(Pin::new(sleep).poll(cx));
                    *this.number = this.number.saturating_add(1);
                    let future = (this.attempt)(*this.number);
                    this.state.set(State::Attempt { future });
                }
            }
        }
    }
}

impl<A, F, E> fmt::Debug for Retry<A, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("attempt", &self.number)
            .finish_non_exhaustive()
    }
}
