//! Sleeping: armed and fired, armed and cancelled.
//!
//! Against tokio's paused clock. Deadlines are whole milliseconds, because tokio rounds others up.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::executors::wakeline::runtime;
use crate::harness::{Cost, Stopwatch, Subject, Workload};

const SIZES: &[usize] = &[1_000, 100_000, 1_000_000];

pub(super) fn workloads() -> Vec<Workload> {
    vec![
        Workload {
            name: "timer armed and fired",
            operation: "timer",
            sizes: SIZES,
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: fire_wakeline,
                },
                #[cfg(feature = "peers")]
                Subject {
                    name: "tokio, paused clock",
                    run: fire_tokio,
                },
            ],
        },
        Workload {
            name: "timer armed and cancelled",
            operation: "timer",
            sizes: SIZES,
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: cancel_wakeline,
                },
                #[cfg(feature = "peers")]
                Subject {
                    name: "tokio, paused clock",
                    run: cancel_tokio,
                },
            ],
        },
        // The size is the number of the others.
        Workload {
            name: "timer armed and cancelled among others",
            operation: "timer",
            sizes: SIZES,
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: among_wakeline,
                },
                #[cfg(feature = "peers")]
                Subject {
                    name: "tokio, paused clock",
                    run: among_tokio,
                },
            ],
        },
        Workload {
            name: "sleep after sleep, one task",
            operation: "sleep",
            sizes: &[10_000],
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: steps_wakeline,
                },
                #[cfg(feature = "peers")]
                Subject {
                    name: "tokio, paused clock",
                    run: steps_tokio,
                },
            ],
        },
    ]
}

/// Delays that are spread over a minute in an order of their own.
fn delays(count: usize) -> impl Iterator<Item = Duration> {
    (0..count as u64).map(|number| Duration::from_millis(1 + number * 48_271 % 59_999))
}

/// Arms all and waits for all, in one task: no cost but that of timers, wakes and one poll for
/// every wake.
async fn fire<S: Future>(count: usize, passes: usize, sleep: impl Fn(Duration) -> S) -> Cost {
    let mut last = None;
    for _ in 0..passes {
        let mut sleeps: Vec<_> = delays(count).map(|delay| Box::pin(sleep(delay))).collect();
        let watch = Stopwatch::start();
        std::future::poll_fn(|cx| {
            for sleep in &mut sleeps {
                let polled = sleep.as_mut().poll(cx);
                debug_assert!(polled.is_pending());
            }
            Poll::Ready(())
        })
        .await;
        // The last deadline: at that moment every other has passed.
        sleep(Duration::from_secs(60)).await;
        last = Some(watch.stop(count));
        std::hint::black_box(&sleeps);
    }
    last.expect("at least one pass")
}

fn cancel<S: Future>(count: usize, passes: usize, sleep: impl Fn(Duration) -> S) -> Cost {
    let mut last = None;
    for _ in 0..passes {
        let mut cx = Context::from_waker(Waker::noop());
        let mut sleeps: Vec<_> = delays(count).map(|delay| Box::pin(sleep(delay))).collect();
        let watch = Stopwatch::start();
        for sleep in &mut sleeps {
            let polled = sleep.as_mut().poll(&mut cx);
            debug_assert!(polled.is_pending());
        }
        drop(sleeps);
        last = Some(watch.stop(count));
    }
    last.expect("at least one pass")
}

/// One limit after another that is never reached, while so many others run.
fn among<S: Future>(others: usize, passes: usize, sleep: impl Fn(Duration) -> S) -> Cost {
    const LIMITS: usize = 100_000;
    let mut cx = Context::from_waker(Waker::noop());
    let mut kept: Vec<_> = delays(others).map(|delay| Box::pin(sleep(delay))).collect();
    for sleep in &mut kept {
        let polled = sleep.as_mut().poll(&mut cx);
        debug_assert!(polled.is_pending());
    }
    let watch = Stopwatch::start();
    for _ in 0..passes {
        for delay in delays(LIMITS) {
            let mut limit = pin!(sleep(delay));
            let polled = limit.as_mut().poll(&mut cx);
            debug_assert!(polled.is_pending());
        }
    }
    let cost = watch.stop(passes * LIMITS);
    drop(kept);
    cost
}

fn among_wakeline(size: usize, passes: usize) -> Cost {
    runtime(false).block_on(async { among(size, passes, wakeline::time::sleep) })
}

#[cfg(feature = "peers")]
fn among_tokio(size: usize, passes: usize) -> Cost {
    crate::executors::peers::tokio_paused()
        .block_on(async { among(size, passes, tokio::time::sleep) })
}

fn fire_wakeline(size: usize, passes: usize) -> Cost {
    runtime(false).block_on(fire(size, passes, wakeline::time::sleep))
}

fn cancel_wakeline(size: usize, passes: usize) -> Cost {
    runtime(false).block_on(async { cancel(size, passes, wakeline::time::sleep) })
}

fn steps_wakeline(size: usize, passes: usize) -> Cost {
    runtime(false).block_on(steps(size, passes, wakeline::time::sleep))
}

/// One sleep after another: each a timer, a jump of the clock, a wake and a poll.
async fn steps<S: Future>(count: usize, passes: usize, sleep: impl Fn(Duration) -> S) -> Cost {
    let mut last = None;
    for _ in 0..passes {
        let watch = Stopwatch::start();
        for _ in 0..count {
            pin!(sleep(Duration::from_millis(1))).await;
        }
        last = Some(watch.stop(count));
    }
    last.expect("at least one pass")
}

#[cfg(feature = "peers")]
fn fire_tokio(size: usize, passes: usize) -> Cost {
    crate::executors::peers::tokio_paused().block_on(fire(size, passes, tokio::time::sleep))
}

#[cfg(feature = "peers")]
fn cancel_tokio(size: usize, passes: usize) -> Cost {
    crate::executors::peers::tokio_paused()
        .block_on(async { cancel(size, passes, tokio::time::sleep) })
}

#[cfg(feature = "peers")]
fn steps_tokio(size: usize, passes: usize) -> Cost {
    crate::executors::peers::tokio_paused().block_on(steps(size, passes, tokio::time::sleep))
}
