//! Spawning.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::JoinHandle;
use crate::record::Site;
use crate::runtime::{spawn_on, spawn_with, with_core};

/// Starts a task on the current runtime. It is polled for the first time at its turn, not here.
///
/// # Panics
/// Outside of a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    // Taken here: a closure does not know who called the function around it.
    let site = Site::caller();
    with_core("spawn", |core| spawn_on(core, None, future, site))
}

/// Starts a task with a name, which the log and everything drawn from it shows.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     wakeline::spawn_named("greeter", async { wakeline::println!("hello") }).await.unwrap();
/// });
/// ```
#[track_caller]
pub fn spawn_named<F>(name: impl AsRef<str>, future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    let site = Site::caller();
    with_core("spawn", |core| {
        spawn_on(core, Some(name.as_ref()), future, site)
    })
}

/// Settings for one task.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    name: Option<String>,
    priority: i32,
}

impl Builder {
    /// No settings: as [`spawn`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the task a name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the task a priority other than 0. Greater goes first, under
    /// [`Policy::Priority`](crate::Policy::Priority) only; see
    /// [`JoinHandle::set_priority`].
    ///
    /// ```
    /// use wakeline::{Builder, Policy, task};
    ///
    /// let runtime = Builder::new().policy(Policy::Priority).build();
    /// runtime.block_on(async {
    ///     let usual = wakeline::spawn(async { wakeline::println!("second") });
    ///     let urgent = task::Builder::new().priority(1).spawn(async { wakeline::println!("first") });
    ///     assert_eq!(urgent.priority(), 1);
    ///     urgent.await.unwrap();
    ///     usual.await.unwrap();
    /// });
    /// ```
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Starts the task.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        let site = Site::caller();
        with_core("spawn", |core| {
            spawn_with(core, self.name.as_deref(), self.priority, future, site)
        })
    }

    /// Starts a task that may fail: an `Err` is recorded as the task's failure, with the error's
    /// text. The handle yields it as `Ok(Err(error))`, like any other output.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn_fallible<F, T, E>(self, future: F) -> JoinHandle<Result<T, E>>
    where
        F: Future<Output = Result<T, E>> + 'static,
        T: 'static,
        E: Display + 'static,
    {
        let site = Site::caller();
        let future = Fallible {
            future: Box::pin(future),
        };
        with_core("spawn", |core| {
            spawn_with(core, self.name.as_deref(), self.priority, future, site)
        })
    }
}

/// Notes an error with the executor before the task ends.
struct Fallible<F> {
    future: Pin<Box<F>>,
}

impl<F, T, E> Future for Fallible<F>
where
    F: Future<Output = Result<T, E>>,
    E: Display,
{
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.future.as_mut().poll(cx);
        if let Poll::Ready(Err(error)) = &polled {
            with_core("fail", |core| core.note_failure(error.to_string()));
        }
        polled
    }
}
