//! Polling by hand, counting drops, and reading the log.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use wakeline::Runtime;
use wakeline::log::{Event, Kind};

/// A runtime with all defaults.
pub fn runtime() -> Runtime {
    wakeline::Builder::new().build()
}

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A future that is polled by hand with a waker that counts.
pub struct ByHand<F> {
    future: Pin<Box<F>>,
    wakes: Arc<Wakes>,
    seen: usize,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<F: Future> ByHand<F> {
    pub fn new(future: F) -> Self {
        Self {
            future: Box::pin(future),
            wakes: Arc::default(),
            seen: 0,
        }
    }

    pub fn poll(&mut self) -> Poll<F::Output> {
        self.seen = self.wakes.0.load(Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Whether it was woken since the last poll.
    pub fn is_woken(&self) -> bool {
        self.wakes.0.load(Ordering::SeqCst) > self.seen
    }
}

/// Counts how often it and its clones are dropped.
#[derive(Clone, Default)]
pub struct Drops(Rc<Cell<usize>>);

impl Drops {
    pub fn count(&self) -> usize {
        self.0.get()
    }

    /// Something whose drop is counted.
    pub fn guard(&self) -> DropGuard {
        DropGuard(self.clone())
    }
}

pub struct DropGuard(Drops);

impl Drop for DropGuard {
    fn drop(&mut self) {
        self.0.0.set(self.0.0.get() + 1);
    }
}

/// All events of one kind.
pub fn events(runtime: &Runtime, kind: Kind) -> Vec<Event> {
    runtime
        .log()
        .columns
        .iter_from(0)
        .filter(|event| event.kind == kind)
        .collect()
}

/// The lines that the program printed, with their times in milliseconds.
pub fn lines(runtime: &Runtime) -> Vec<(u64, String)> {
    let log = runtime.log();
    log.columns
        .iter_from(0)
        .filter(|event| event.kind == Kind::Line)
        .map(|event| (event.time / 1_000_000, log.text(event.low()).to_owned()))
        .collect()
}
