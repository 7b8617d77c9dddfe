//! Work that would hold the thread, on a thread of its own (native code only).

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::JoinError;
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::runtime::{Core, OutsideGuard, with_core};

/// Runs `work` on a new thread, so that this one stays free, and gives its output.
///
/// While it runs, an idle runtime is not stalled, and a virtual clock stands still: how long the
/// work takes is not part of a virtual run, but *when* it ends among ready tasks is up to the
/// machine. In a browser there are no threads; see `wakeline-web` for workers.
///
/// # Cancel safety
/// A thread cannot be interrupted: dropping the future forgets the output, and the work goes on.
///
/// # Errors
/// If the work panics.
///
/// # Panics
/// Outside of a runtime; if the system has no further thread.
///
/// ```
/// let runtime = wakeline::Builder::new().build();
/// let sum = runtime.block_on(async {
///     wakeline::task::spawn_blocking(|| (1..=1000_u64).sum::<u64>()).await.unwrap()
/// });
/// assert_eq!(sum, 500_500);
/// ```
#[track_caller]
pub fn spawn_blocking<F, T>(work: F) -> Blocking<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let site = Site::caller();
    let core = with_core("spawn_blocking", Rc::clone);
    let shared = Arc::new(Mutex::new(Shared {
        output: None,
        waker: None,
    }));
    let theirs = Arc::clone(&shared);
    let run = move || {
        let output = catch_unwind(AssertUnwindSafe(work));
        let waker = {
            let mut shared = lock(&theirs);
            shared.output = Some(output);
            shared.waker.take()
        };
        // The waker is called when nothing is locked: it may be anybody's.
        if let Some(waker) = waker {
            waker.wake();
        }
    };
    let started = std::thread::Builder::new()
        .name("wakeline blocking".to_owned())
        .spawn(run);
    started.expect("the system has a thread for the work");
    let outside = Some(OutsideGuard::new(&core));
    Blocking {
        shared,
        core,
        outside,
        wait: Wait::default(),
        site,
    }
}

struct Shared<T> {
    output: Option<Result<T, Box<dyn Any + Send>>>,
    waker: Option<Waker>,
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The future of [`spawn_blocking`].
#[must_use = "the work runs by itself, but nobody learns how it ended"]
pub struct Blocking<T> {
    shared: Arc<Mutex<Shared<T>>>,
    core: Rc<Core>,
    outside: Option<OutsideGuard>,
    wait: Wait,
    site: Site,
}

impl<T> Future for Blocking<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let waker = cx.waker().clone();
        let (output, old) = {
            let mut shared = lock(&this.shared);
            match shared.output.take() {
                Some(output) => (Some(output), Some(waker)),
                None => (None, shared.waker.replace(waker)),
            }
        };
        drop(old);
        let Some(output) = output else {
            this.wait
                .begin(&this.core, Reason::Outside, 0, 0, this.site);
            return Poll::Pending;
        };
        this.wait.end(&this.core, Reason::Outside, 0);
        this.outside = None;
        Poll::Ready(output.map_err(JoinError::panic))
    }
}

impl<T> Unpin for Blocking<T> {}

impl<T> Drop for Blocking<T> {
    fn drop(&mut self) {
        self.wait.end(&self.core, Reason::Outside, 0);
    }
}

impl<T> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}
