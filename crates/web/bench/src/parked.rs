//! What a task that waits takes of the module's memory.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use crate::executors::{Executor, Spawner};
use crate::meeting::Countdown;

/// Bytes for each task.
pub(crate) struct Parked {
    /// By how much the memory grew.
    pub(crate) growth: f64,
    /// The size of the future, which is part of that.
    pub(crate) future: f64,
}

const PAGE: usize = 65_536;

/// Bytes of the module's memory. It never shrinks.
fn memory() -> usize {
    core::arch::wasm32::memory_size::<0>() * PAGE
}

/// Parks so many detached tasks, each of which was polled once and has left its waker with
/// somebody, as a task that waits for something has. The wakers lie in memory that was there
/// before, and what the allocator still had is used up before.
pub(crate) async fn measure<E: Executor>(tasks: usize) -> Parked {
    E::run(move |spawner| async move {
        let parked = Countdown::new(tasks);
        let wakers = Rc::new(RefCell::new(Vec::with_capacity(tasks)));
        let filled = fill_up();
        let before = memory();
        let mut size = 0;
        for _ in 0..tasks {
            let (parked, wakers) = (parked.clone(), Rc::clone(&wakers));
            let future = async move {
                let mut waited = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut waited, true) {
                        return Poll::Ready(());
                    }
                    wakers.borrow_mut().push(cx.waker().clone());
                    parked.report();
                    Poll::Pending
                })
                .await;
            };
            size = size_of_val(&future);
            spawner.spawn_detached(future);
        }
        parked.wait().await;
        let growth = memory() - before;
        drop(filled);
        // Nobody is left waiting when the executor ends.
        for waker in wakers.take() {
            waker.wake();
        }
        Parked {
            growth: growth as f64 / tasks as f64,
            future: size as f64,
        }
    })
    .await
}

/// Takes what the allocator has left, so that all that follows makes the memory grow.
fn fill_up() -> Vec<Box<[u8; 16]>> {
    let (begun, mut filled) = (memory(), Vec::new());
    while memory() == begun {
        filled.push(Box::new([1; 16]));
    }
    filled
}
