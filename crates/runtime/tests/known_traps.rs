//! Traps into which executors have fallen, one test each.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::stream::{FuturesUnordered, StreamExt};
use support::{events, ms, runtime};
use wakeline::log::Kind;
use wakeline::sync::{Notify, Semaphore, mpsc};
use wakeline::task::yield_now;
use wakeline::time::sleep;

/// Waits for ever and puts its waker there.
fn leaves_its_waker(place: &Rc<RefCell<Option<Waker>>>) -> impl Future<Output = ()> + 'static {
    let place = Rc::clone(place);
    poll_fn(move |cx| {
        *place.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    })
}

#[test]
fn a_stale_waker_does_not_wake_the_next_task_in_the_same_place() {
    let runtime = runtime();
    let stale = Rc::new(RefCell::new(None));
    runtime.block_on(async {
        let first = wakeline::spawn(leaves_its_waker(&stale));
        yield_now().await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let polls = Rc::new(Cell::new(0));
        // The same slot of the registry; and more tasks than there are free blocks.
        let next: Vec<_> = (0..4)
            .map(|_| {
                let polls = Rc::clone(&polls);
                wakeline::spawn(poll_fn(move |_| {
                    polls.set(polls.get() + 1);
                    Poll::<()>::Pending
                }))
            })
            .collect();
        yield_now().await;
        assert_eq!(polls.get(), 4);
        stale.take().unwrap().wake();
        yield_now().await;
        assert_eq!(polls.get(), 4);
        next.iter().for_each(wakeline::JoinHandle::abort);
    });
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_stale_waker_on_another_thread_does_not_wake_the_next_task_in_the_same_place() {
    let runtime = runtime();
    let stale = Rc::new(RefCell::new(None));
    runtime.block_on(async {
        let first = wakeline::spawn(leaves_its_waker(&stale));
        yield_now().await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let polls = Rc::new(Cell::new(0));
        let next = wakeline::spawn({
            let polls = Rc::clone(&polls);
            poll_fn(move |_| {
                polls.set(polls.get() + 1);
                Poll::<()>::Pending
            })
        });
        yield_now().await;
        let stale: Waker = stale.take().unwrap();
        std::thread::spawn(move || stale.wake()).join().unwrap();
        yield_now().await;
        yield_now().await;
        assert_eq!(polls.get(), 1);
        next.abort();
    });
}

#[test]
fn a_task_may_have_a_great_many_wakers() {
    let runtime = runtime();
    let place = Rc::new(RefCell::new(None));
    runtime.block_on(async {
        let task = wakeline::spawn(leaves_its_waker(&place));
        yield_now().await;
        let one: Waker = place.take().unwrap();
        // Some executors count them in 15 bits.
        let count = if cfg!(miri) { 300 } else { 70_000 };
        let wakers: Vec<Waker> = (0..count).map(|_| one.clone()).collect();
        task.abort();
        drop(one);
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(wakers.iter().all(|waker| waker.will_wake(&wakers[0])));
        wakers.into_iter().for_each(Waker::wake);
    });
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn wakes_from_another_thread_never_wait_for_the_runtime() {
    let runtime = runtime();
    let place = Rc::new(RefCell::new(None));
    let (wakes, polls) = (if cfg!(miri) { 50 } else { 5_000 }, Rc::new(Cell::new(0)));
    runtime.block_on(async {
        let task = wakeline::spawn({
            let (place, polls) = (Rc::clone(&place), Rc::clone(&polls));
            poll_fn(move |cx| {
                polls.set(polls.get() + 1);
                *place.borrow_mut() = Some(cx.waker().clone());
                Poll::<()>::Pending
            })
        });
        yield_now().await;
        let waker: Waker = place.take().unwrap();
        // Nothing is taken from the inbox meanwhile: this thread waits for the other.
        std::thread::spawn(move || (0..wakes).for_each(|_| waker.wake_by_ref()))
            .join()
            .unwrap();
        yield_now().await;
        yield_now().await;
        assert_eq!(polls.get(), 2);
        task.abort();
    });
}

#[test]
fn wakers_that_are_called_while_the_runtime_ends_find_it_whole() {
    /// Wakes everybody it knows of when it is dropped.
    struct WakesAll(Rc<RefCell<Vec<Waker>>>);
    impl Drop for WakesAll {
        fn drop(&mut self) {
            let wakers = self.0.borrow().clone();
            wakers.into_iter().for_each(Waker::wake);
        }
    }
    let runtime = runtime();
    let wakers = Rc::new(RefCell::new(Vec::new()));
    for _ in 0..3 {
        let all = WakesAll(Rc::clone(&wakers));
        drop(runtime.spawn(async move {
            poll_fn(|cx| {
                all.0.borrow_mut().push(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
        }));
    }
    let _ = runtime.run_for(10);
    assert_eq!(wakers.borrow().len(), 3);
    drop(runtime);
    wakers.take().into_iter().for_each(Waker::wake);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_runtime_may_end_while_its_thread_does() {
    thread_local! {
        static LAST: RefCell<Option<(wakeline::Runtime, Waker)>> = const { RefCell::new(None) };
    }
    std::thread::spawn(|| {
        let runtime = runtime();
        let place = Rc::new(RefCell::new(None));
        drop(runtime.spawn(leaves_its_waker(&place)));
        drop(runtime.spawn(async {
            sleep(ms(1_000_000)).await;
        }));
        let _ = runtime.run_for(2);
        let waker = place.take().unwrap();
        LAST.with(|last| *last.borrow_mut() = Some((runtime, waker)));
        // The destructor of LAST drops both after this.
    })
    .join()
    .unwrap();
}

#[test]
fn a_root_future_that_wakes_itself_lets_others_run() {
    let runtime = runtime();
    let done = Rc::new(Cell::new(false));
    let turns = runtime.block_on(async {
        drop(wakeline::spawn({
            let done = Rc::clone(&done);
            async move { done.set(true) }
        }));
        let mut turns = 0;
        poll_fn(|cx| {
            if done.get() {
                return Poll::Ready(());
            }
            turns += 1;
            assert!(turns < 100, "nobody else had a turn");
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        turns
    });
    assert_eq!(turns, 1);
}

#[test]
fn tasks_run_in_the_order_of_their_wakes() {
    let runtime = runtime();
    let (notify, order) = (Rc::new(Notify::new()), Rc::new(RefCell::new(Vec::new())));
    runtime.block_on(async {
        for number in 0..5 {
            let (notify, order) = (Rc::clone(&notify), Rc::clone(&order));
            drop(wakeline::spawn(async move {
                notify.notified().await;
                order.borrow_mut().push(number);
            }));
        }
        yield_now().await;
        notify.notify_waiters();
        yield_now().await;
    });
    assert_eq!(*order.borrow(), [0, 1, 2, 3, 4]);
}

#[test]
fn sleeps_end_in_the_order_of_their_deadlines_below_a_millisecond_too() {
    let runtime = runtime();
    let order = Rc::new(RefCell::new(Vec::new()));
    runtime.block_on(async {
        for micros in [1_900, 1_100, 1_500] {
            let order = Rc::clone(&order);
            drop(wakeline::spawn(async move {
                sleep(std::time::Duration::from_micros(micros)).await;
                order.borrow_mut().push(micros);
            }));
        }
        sleep(ms(3)).await;
    });
    assert_eq!(*order.borrow(), [1_100, 1_500, 1_900]);
}

#[test]
fn polling_a_sleep_again_and_again_arms_one_timer() {
    let runtime = runtime();
    runtime.block_on(async {
        let mut sleep = pin!(sleep(ms(5)));
        for _ in 0..10 {
            poll_fn(|cx| {
                assert!(sleep.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            yield_now().await;
        }
        sleep.await;
        assert_eq!(wakeline::time::now().as_nanos(), 5_000_000);
    });
    if cfg!(feature = "trace") {
        assert_eq!(events(&runtime, Kind::TimerArmed).len(), 1);
    }
}

#[test]
fn time_does_not_move_because_something_was_polled() {
    let runtime = runtime();
    runtime.block_on(async {
        for _ in 0..1_000 {
            yield_now().await;
        }
        assert_eq!(wakeline::time::now().as_nanos(), 0);
    });
}

/// A foreign waker whose every function uses what it is registered with.
struct Reentrant {
    semaphore: usize,
    calls: AtomicUsize,
}

thread_local! {
    static SEMAPHORES: RefCell<Vec<Rc<Semaphore>>> = const { RefCell::new(Vec::new()) };
}

impl Reentrant {
    fn enter(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let semaphore = SEMAPHORES.with(|all| all.borrow()[self.semaphore].clone());
        // Each of these borrows what the semaphore guards its state with.
        assert!(semaphore.available_permits() <= 2);
        drop(semaphore.try_acquire());
        drop(semaphore.acquire());
    }
}

impl Wake for Reentrant {
    fn wake(self: Arc<Self>) {
        self.enter();
    }
}

impl Drop for Reentrant {
    fn drop(&mut self) {
        self.enter();
    }
}

#[test]
fn a_foreign_waker_may_use_the_lock_that_calls_or_drops_it() {
    let semaphore = Rc::new(Semaphore::new(1));
    let number = SEMAPHORES.with(|all| {
        all.borrow_mut().push(Rc::clone(&semaphore));
        all.borrow().len() - 1
    });
    let reentrant = || {
        Arc::new(Reentrant {
            semaphore: number,
            calls: AtomicUsize::new(0),
        })
    };
    let runtime = runtime();
    runtime.enter(|| {
        let held = semaphore.try_acquire().unwrap();
        let mut waits = Box::pin(semaphore.acquire());
        let (first, second) = (reentrant(), reentrant());
        for waker in [&first, &second] {
            // The second replaces the first, which is dropped there if nobody else has it.
            let waker = Waker::from(Arc::clone(waker));
            let polled = waits.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        drop(first);
        assert_eq!(Arc::strong_count(&second), 2);
        // Wakes the second while the permit goes over.
        drop(held);
        assert_eq!(second.calls.load(Ordering::SeqCst), 1);
        let mut cx = Context::from_waker(Waker::noop());
        let Poll::Ready(Ok(permit)) = waits.as_mut().poll(&mut cx) else {
            panic!("the permit was handed over");
        };
        drop(permit);
        assert_eq!(semaphore.available_permits(), 1);
        // A waiter that leaves drops its waker.
        let held = semaphore.try_acquire().unwrap();
        let mut leaves = Box::pin(semaphore.acquire());
        let waker = Waker::from(reentrant());
        assert!(
            leaves
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        drop(waker);
        drop(leaves);
        drop(held);
    });
}

#[test]
fn a_waiter_that_comes_back_during_a_notification_is_not_released_by_it() {
    let runtime = runtime();
    let notify = Rc::new(Notify::new());
    let count = Rc::new(Cell::new(0));
    runtime.block_on(async {
        for _ in 0..3 {
            let (notify, count) = (Rc::clone(&notify), Rc::clone(&count));
            drop(wakeline::spawn(async move {
                loop {
                    notify.notified().await;
                    count.set(count.get() + 1);
                }
            }));
        }
        yield_now().await;
        notify.notify_waiters();
        for _ in 0..5 {
            yield_now().await;
        }
    });
    assert_eq!(count.get(), 3);
}

#[test]
fn combinators_with_wakers_of_their_own_lose_no_wake_and_starve_nobody() {
    let runtime = runtime();
    let sum = runtime.block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut all: FuturesUnordered<_> = (0..20_u64)
            .map(|number| {
                let sender = sender.clone();
                async move {
                    sleep(ms(number % 3)).await;
                    sender.send(number).await.unwrap();
                }
            })
            .collect();
        drop(sender);
        let sum = Rc::new(Cell::new(0));
        let receiving = wakeline::spawn({
            let sum = Rc::clone(&sum);
            async move {
                while let Some(number) = receiver.recv().await {
                    sum.set(sum.get() + number);
                }
            }
        });
        while all.next().await.is_some() {}
        drop(all);
        receiving.await.unwrap();
        sum.get()
    });
    assert_eq!(sum, 190);
}

/// Aborting only marks: not even the aborting task's own data is touched before the turn.
#[test]
fn an_abort_drops_nothing_before_the_turn_of_the_task() {
    struct Sets(Rc<Cell<bool>>);
    impl Drop for Sets {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    struct Holds(#[allow(dead_code, reason = "held to be dropped")] Sets);
    impl Future for Holds {
        type Output = ();
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }
    }
    let runtime = runtime();
    let dropped = Rc::new(Cell::new(false));
    runtime.block_on(async {
        let task = wakeline::spawn(Holds(Sets(Rc::clone(&dropped))));
        yield_now().await;
        task.abort();
        assert!(!dropped.get());
        yield_now().await;
        assert!(dropped.get());
    });
}
