//! A stream from a function.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

/// A stream of what an async function emits, without macros. The function runs only while
/// somebody polls the stream, and gets no further than the next value: it is never ahead of its
/// consumer. When it returns, the stream ends.
///
/// A value is emitted by awaiting [`Emitter::emit`]. The function may wait for anything else in
/// between; that is a wait of the task that consumes the stream.
///
/// # Cancel safety
/// Dropping a wait for the next value loses nothing. Dropping the stream drops the function where
/// it waits.
///
/// ```
/// use futures_util::StreamExt;
/// use wakeline::stream::generator;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let fibonacci = generator(|emitter| async move {
///         let (mut this, mut next) = (0_u64, 1);
///         loop {
///             emitter.emit(this).await;
///             (this, next) = (next, this + next);
///         }
///     });
///     let first: Vec<u64> = fibonacci.take(8).collect().await;
///     assert_eq!(first, [0, 1, 1, 2, 3, 5, 8, 13]);
/// });
/// ```
pub fn generator<T, F: Future<Output = ()>>(
    function: impl FnOnce(Emitter<T>) -> F,
) -> Generator<T, F> {
    let emitted: Rc<RefCell<Option<T>>> = Rc::default();
    let emitter = Emitter {
        emitted: Rc::clone(&emitted),
    };
    Generator {
        emitted,
        function: Some(function(emitter)),
    }
}

/// With what a [`generator`] gives its values.
pub struct Emitter<T> {
    emitted: Rc<RefCell<Option<T>>>,
}

impl<T> Emitter<T> {
    /// Gives a value to whoever consumes the stream; ready when the next one is wanted.
    ///
    /// Only the generator's own function can await this: in another task it is never ready.
    ///
    /// # Panics
    /// When polled while another value of the same generator has not been taken: one at a time.
    ///
    /// # Cancel safety
    /// A value that was not given is dropped with the future. One that was is in the stream.
    pub fn emit(&self, value: T) -> Emit<'_, T> {
        Emit {
            emitter: self,
            value: Some(value),
        }
    }
}

impl<T> fmt::Debug for Emitter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emitter")
    }
}

/// The future of [`Emitter::emit`].
#[must_use = "futures do nothing unless awaited"]
pub struct Emit<'a, T> {
    emitter: &'a Emitter<T>,
    /// Until the first poll.
    value: Option<T>,
}

impl<T> Unpin for Emit<'_, T> {}

impl<T> Future for Emit<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut emitted = this.emitter.emitted.borrow_mut();
        match this.value.take() {
            Some(value) => {
                assert!(
                    emitted.is_none(),
                    "a generator emitted a value before the one before it was taken"
                );
                *emitted = Some(value);
                // The generator sees the value and does not wait for a wake.
                Poll::Pending
            }
            None if emitted.is_some() => Poll::Pending,
            None => Poll::Ready(()),
        }
    }
}

impl<T> fmt::Debug for Emit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emit")
    }
}

pin_project! {
    /// The stream of [`generator`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Generator<T, F> {
        emitted: Rc<RefCell<Option<T>>>,
        // Gone when it has returned.
        #[pin]
        function: Option<F>,
    }
}

impl<T, F: Future<Output = ()>> Stream for Generator<T, F> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut this = self.project();
        let Some(function) = this.function.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let polled = function.poll(cx);
        if polled.is_ready() {
            this.function.set(None);
        }
        let emitted = this.emitted.borrow_mut().take();
        match (emitted, polled) {
            (Some(value), _) => Poll::Ready(Some(value)),
            (None, Poll::Ready(())) => Poll::Ready(None),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}

impl<T, F> fmt::Debug for Generator<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator")
            .field("is_over", &self.function.is_none())
            .finish_non_exhaustive()
    }
}
