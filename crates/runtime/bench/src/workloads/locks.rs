//! Locks and permits. All of them on Wakeline, so that only the lock differs.

use std::future::Future;
use std::rc::Rc;

use futures_intrusive::sync::{LocalMutex, LocalSemaphore};
use wakeline::sync;

use crate::executors::wakeline::runtime;
use crate::harness::{Cost, Stopwatch, Workload};
use crate::meeting::{Countdown, WakeItself};
use crate::subjects;

/// Something that one task at a time may hold.
trait Exclusive: 'static {
    type Guard<'a>
    where
        Self: 'a;
    fn new() -> Self;
    fn acquire(&self) -> impl Future<Output = Self::Guard<'_>>;
}

impl Exclusive for sync::Mutex<u64> {
    type Guard<'a> = sync::MutexGuard<'a, u64>;
    fn new() -> Self {
        Self::new(0)
    }
    fn acquire(&self) -> impl Future<Output = Self::Guard<'_>> {
        self.lock()
    }
}

impl Exclusive for tokio::sync::Mutex<u64> {
    type Guard<'a> = tokio::sync::MutexGuard<'a, u64>;
    fn new() -> Self {
        Self::new(0)
    }
    fn acquire(&self) -> impl Future<Output = Self::Guard<'_>> {
        self.lock()
    }
}

impl Exclusive for LocalMutex<u64> {
    type Guard<'a> = futures_intrusive::sync::LocalMutexGuard<'a, u64>;
    fn new() -> Self {
        Self::new(0, true)
    }
    fn acquire(&self) -> impl Future<Output = Self::Guard<'_>> {
        self.lock()
    }
}

impl Exclusive for sync::Semaphore {
    type Guard<'a> = sync::Permit<'a>;
    fn new() -> Self {
        Self::new(1)
    }
    async fn acquire(&self) -> Self::Guard<'_> {
        self.acquire().await.expect("never closed")
    }
}

impl Exclusive for tokio::sync::Semaphore {
    type Guard<'a> = tokio::sync::SemaphorePermit<'a>;
    fn new() -> Self {
        Self::new(1)
    }
    async fn acquire(&self) -> Self::Guard<'_> {
        self.acquire().await.expect("never closed")
    }
}

impl Exclusive for local_sync::semaphore::Semaphore {
    type Guard<'a> = local_sync::semaphore::SemaphorePermit<'a>;
    fn new() -> Self {
        Self::new(1)
    }
    async fn acquire(&self) -> Self::Guard<'_> {
        self.acquire().await.expect("never closed")
    }
}

impl Exclusive for async_unsync::semaphore::Semaphore {
    type Guard<'a> = async_unsync::semaphore::Permit<'a>;
    fn new() -> Self {
        Self::new(1)
    }
    async fn acquire(&self) -> Self::Guard<'_> {
        self.acquire().await.expect("never closed")
    }
}

impl Exclusive for LocalSemaphore {
    type Guard<'a> = futures_intrusive::sync::LocalSemaphoreReleaser<'a>;
    fn new() -> Self {
        Self::new(true, 1)
    }
    fn acquire(&self) -> impl Future<Output = Self::Guard<'_>> {
        self.acquire(1)
    }
}

macro_rules! mutexes {
    ($function:ident) => {
        subjects![$function;
            sync::Mutex<u64> => "wakeline",
            LocalMutex<u64> => "futures-intrusive local",
            tokio::sync::Mutex<u64> => "tokio",
        ]
    };
}

macro_rules! semaphores {
    ($function:ident) => {
        subjects![$function;
            sync::Semaphore => "wakeline",
            LocalSemaphore => "futures-intrusive local",
            async_unsync::semaphore::Semaphore => "async-unsync",
            local_sync::semaphore::Semaphore => "local-sync",
            tokio::sync::Semaphore => "tokio",
        ]
    };
}

pub(super) fn workloads() -> Vec<Workload> {
    let free = |name, subjects| Workload {
        name,
        operation: "turn",
        sizes: &[100_000],
        subjects,
    };
    let contended = |name, subjects| Workload {
        name,
        operation: "turn",
        // The size is the number of tasks.
        sizes: &[8, 1_000, 100_000],
        subjects,
    };
    vec![
        free("mutex, free", mutexes!(alone)),
        contended("mutex, tasks in line", mutexes!(in_line)),
        free("semaphore, free", semaphores!(alone)),
        contended("semaphore, tasks in line", semaphores!(in_line)),
    ]
}

/// One task, and nobody in its way.
fn alone<L: Exclusive>(size: usize, passes: usize) -> Cost {
    runtime(false).block_on(async {
        let lock = L::new();
        let mut last = None;
        for _ in 0..passes {
            let watch = Stopwatch::start();
            for _ in 0..size {
                drop(std::hint::black_box(&lock).acquire().await);
            }
            last = Some(watch.stop(size));
        }
        last.expect("at least one pass")
    })
}

/// Every task gives way while it holds the lock, so that everybody else waits in line.
fn in_line<L: Exclusive>(tasks: usize, passes: usize) -> Cost {
    let turns = (100_000 / tasks).max(10);
    runtime(false).block_on(async {
        let mut last = None;
        for _ in 0..passes {
            let lock = Rc::new(L::new());
            let countdown = Countdown::new(tasks);
            for _ in 0..tasks {
                let (lock, countdown) = (Rc::clone(&lock), countdown.clone());
                drop(wakeline::spawn(async move {
                    for _ in 0..turns {
                        let held = lock.acquire().await;
                        WakeItself::default().await;
                        drop(held);
                    }
                    countdown.report();
                }));
            }
            let watch = Stopwatch::start();
            countdown.wait().await;
            last = Some(watch.stop(tasks * turns));
        }
        last.expect("at least one pass")
    })
}
