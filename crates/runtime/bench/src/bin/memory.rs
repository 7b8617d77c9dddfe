//! Bytes of heap for each task that waits: asked of the allocator, and counted there.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};

use wakeline_bench::executors::wakeline::Quiet;
use wakeline_bench::executors::{Executor, Spawner};
use wakeline_bench::meeting::Countdown;

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn main() {
    println!("bytes of heap for each of so many parked tasks, beyond its future");
    println!("  {:<34} {:>9} {:>9}", "", "1000", "100000");
    print::<Quiet>("wakeline");
    #[cfg(feature = "peers")]
    {
        use wakeline_bench::executors::peers;
        print::<peers::Tokio>("tokio LocalSet");
        print::<peers::LocalPool>("futures LocalPool");
        print::<peers::AsyncExecutor>("async-executor Local");
        print::<peers::AsyncExecutorStatic>("async-executor StaticLocal");
        print::<peers::Compio>("compio-executor");
        print::<peers::Monoio>("monoio");
    }
}

fn print<E: Executor>(name: &str) {
    println!(
        "  {name:<34} {:>9.1} {:>9.1}",
        parked::<E>(1_000),
        parked::<E>(100_000)
    );
}

/// What so many detached tasks hold that were polled once and wait.
///
/// Each has left its waker with somebody, as a task that waits for something has: monoio frees a
/// task that nobody can wake. The wakers lie in memory that was there before.
fn parked<E: Executor>(tasks: usize) -> f64 {
    E::run(move |spawner| async move {
        let parked = Countdown::new(tasks);
        let ended = Countdown::new(tasks);
        let wakers = Rc::new(RefCell::new(Vec::with_capacity(tasks)));
        let before = LIVE.load(Ordering::Relaxed);
        let mut size = 0;
        for _ in 0..tasks {
            let (parked, wakers, end) = (parked.clone(), Rc::clone(&wakers), ended.guard());
            let future = async move {
                let _end = end;
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
        let after = LIVE.load(Ordering::Relaxed);
        // They are still there: every one of them can be woken, and ends.
        let woken = std::mem::take(&mut *wakers.borrow_mut());
        assert_eq!(woken.len(), tasks);
        woken.into_iter().for_each(Waker::wake);
        ended.wait().await;
        (after - before) as f64 / tasks as f64 - size as f64
    })
}
