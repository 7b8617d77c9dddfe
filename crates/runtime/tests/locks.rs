//! Mutexes, semaphores and notifications.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use proptest::prelude::*;
use support::{ByHand, events, lines, ms, runtime};
use wakeline::log::Kind;
use wakeline::spawn;
use wakeline::sync::{Mutex, Notify, Semaphore, TryAcquireError};
use wakeline::time::{sleep, timeout};

#[test]
fn a_mutex_keeps_others_out_across_an_await_and_serves_in_order() {
    let runtime = runtime();
    runtime.block_on(async {
        let counter = Rc::new(Mutex::named("counter", 0));
        let tasks: Vec<_> = (0..3)
            .map(|number| {
                let counter = Rc::clone(&counter);
                spawn(async move {
                    let mut guard = counter.lock().await;
                    let before = *guard;
                    sleep(ms(10)).await;
                    *guard = before + 1;
                    wakeline::println!("{number}");
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*counter.lock().await, 3);
        assert_eq!(wakeline::time::now().as_nanos(), 30_000_000);
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    assert_eq!(order, ["0", "1", "2"]);
    assert_eq!(events(&runtime, Kind::HandedOver).len(), 2);
    assert_eq!(
        events(&runtime, Kind::Acquired).len(),
        events(&runtime, Kind::Released).len()
    );
}

#[test]
fn a_newcomer_does_not_overtake_the_line() {
    runtime().block_on(async {
        let lock = Rc::new(Mutex::new(()));
        let guard = lock.lock().await;
        let (a, b) = (Rc::clone(&lock), Rc::clone(&lock));
        let mut first = ByHand::new(async move { drop(a.lock().await) });
        assert!(first.poll().is_pending());
        drop(guard);
        assert!(first.is_woken());
        assert!(
            b.try_lock().is_err(),
            "the lock belongs to the first in line"
        );
        assert!(first.poll().is_ready());
        assert!(b.try_lock().is_ok());
    });
}

#[test]
fn a_turn_that_came_to_a_dropped_waiter_goes_to_the_next() {
    runtime().block_on(async {
        let lock = Rc::new(Mutex::new(()));
        let guard = lock.lock().await;
        let (a, b) = (Rc::clone(&lock), Rc::clone(&lock));
        let mut first = ByHand::new(async move { drop(a.lock().await) });
        let mut second = ByHand::new(async move { drop(b.lock().await) });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        drop(guard);
        drop(first);
        assert!(second.is_woken());
        assert!(second.poll().is_ready());
        assert!(!lock.is_locked());
    });
}

#[test]
fn a_task_that_panics_while_it_holds_a_lock_releases_it() {
    runtime().block_on(async {
        let lock = Rc::new(Mutex::new(1));
        let task = spawn({
            let lock = Rc::clone(&lock);
            async move {
                let mut guard = lock.lock().await;
                *guard = 2;
                panic!("with the lock held");
            }
        });
        assert!(task.await.is_err());
        assert_eq!(*lock.lock().await, 2);
    });
}

#[test]
fn a_semaphore_lets_so_many_in() {
    let runtime = runtime();
    runtime.block_on(async {
        let semaphore = Rc::new(Semaphore::named("permits", 3));
        let (inside, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (semaphore, inside, most) =
                    (Rc::clone(&semaphore), Rc::clone(&inside), Rc::clone(&most));
                spawn(async move {
                    let _permit = semaphore.acquire().await.unwrap();
                    inside.set(inside.get() + 1);
                    most.set(most.get().max(inside.get()));
                    sleep(ms(2000)).await;
                    inside.set(inside.get() - 1);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(most.get(), 3);
        assert_eq!(wakeline::time::now().as_nanos(), 8_000_000_000);
    });
}

#[test]
fn a_large_request_is_not_starved_by_small_ones() {
    runtime().block_on(async {
        let semaphore = Rc::new(Semaphore::new(2));
        let one = semaphore.acquire().await.unwrap();
        let mut both = ByHand::new({
            let semaphore = Rc::clone(&semaphore);
            async move { semaphore.acquire_many(2).await.unwrap().count() }
        });
        assert!(both.poll().is_pending());
        assert_eq!(
            semaphore.try_acquire().unwrap_err(),
            TryAcquireError::NoPermits
        );
        drop(one);
        assert_eq!(both.poll(), Poll::Ready(2));
        assert_eq!(semaphore.available_permits(), 2);
    });
}

#[test]
fn a_large_request_that_is_dropped_gives_back_what_it_had_collected() {
    runtime().block_on(async {
        let semaphore = Rc::new(Semaphore::new(3));
        let held = semaphore.acquire_many(2).await.unwrap();
        let (a, b) = (Rc::clone(&semaphore), Rc::clone(&semaphore));
        let mut large = ByHand::new(async move { a.acquire_many(3).await.unwrap().count() });
        let mut small = ByHand::new(async move { b.acquire().await.unwrap().count() });
        assert!(large.poll().is_pending() && small.poll().is_pending());
        drop(large);
        assert!(small.is_woken());
        assert_eq!(small.poll(), Poll::Ready(1));
        drop(held);
        assert_eq!(semaphore.available_permits(), 3);
    });
}

#[test]
fn a_closed_semaphore_turns_everybody_away() {
    runtime().block_on(async {
        let semaphore = Rc::new(Semaphore::new(1));
        let permit = semaphore.acquire().await.unwrap();
        let waiting = spawn({
            let semaphore = Rc::clone(&semaphore);
            async move { semaphore.acquire().await.is_err() }
        });
        sleep(ms(1)).await;
        semaphore.close();
        assert!(waiting.await.unwrap());
        assert!(semaphore.acquire().await.is_err());
        drop(permit);
        assert_eq!(
            semaphore.try_acquire().unwrap_err(),
            TryAcquireError::Closed
        );
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn forgotten_permits_are_gone_and_added_ones_serve_the_line() {
    runtime().block_on(async {
        let semaphore = Rc::new(Semaphore::new(1));
        semaphore.acquire().await.unwrap().forget();
        assert_eq!(semaphore.available_permits(), 0);
        let waiting = spawn({
            let semaphore = Rc::clone(&semaphore);
            async move { drop(semaphore.acquire().await.unwrap()) }
        });
        sleep(ms(1)).await;
        semaphore.add_permits(2);
        waiting.await.unwrap();
        assert_eq!(semaphore.available_permits(), 2);
    });
}

#[test]
fn a_notification_to_one_is_kept_and_only_one_is() {
    let runtime = runtime();
    runtime.block_on(async {
        let notify = Notify::named("bell");
        notify.notify_one();
        notify.notify_one();
        notify.notified().await;
        assert!(timeout(ms(1), notify.notified()).await.is_err());
    });
}

#[test]
fn a_notification_to_all_reaches_those_who_wait_and_is_lost_on_others() {
    let runtime = runtime();
    runtime.block_on(async {
        let notify = Rc::new(Notify::new());
        notify.notify_waiters();
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let notify = Rc::clone(&notify);
                spawn(async move { notify.notified().await })
            })
            .collect();
        sleep(ms(1)).await;
        // Made before the notification, polled after it: it was among them.
        let early = notify.notified();
        notify.notify_waiters();
        early.await;
        for waiter in waiters {
            waiter.await.unwrap();
        }
        assert!(timeout(ms(1), notify.notified()).await.is_err());
    });
    let told: Vec<(u8, u64)> = events(&runtime, Kind::Notified)
        .into_iter()
        .map(|e| (e.flags, e.value))
        .collect();
    assert_eq!(told, [(1, 0), (0, 3)]);
}

#[test]
fn a_notification_that_came_to_a_dropped_waiter_goes_to_the_next() {
    runtime().block_on(async {
        let notify = Rc::new(Notify::new());
        let (a, b) = (Rc::clone(&notify), Rc::clone(&notify));
        let mut first = ByHand::new(async move { a.notified().await });
        let mut second = ByHand::new(async move { b.notified().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        notify.notify_one();
        assert!(first.is_woken() && !second.is_woken());
        drop(first);
        assert!(second.is_woken() && second.poll().is_ready());
    });
}

/// How many permits are out, counted back also when a task is aborted.
struct Out {
    all: Rc<Cell<usize>>,
    count: usize,
}

impl Out {
    fn new(all: &Rc<Cell<usize>>, count: usize) -> Self {
        all.set(all.get() + count);
        Self {
            all: Rc::clone(all),
            count,
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        self.all.set(self.all.get() - self.count);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 128 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Permits are neither lost nor made, and never more are out than there are, whoever gives
    /// up at whatever moment.
    #[test]
    fn permits_are_conserved(seed in any::<u64>(), permits in 1_usize..5, tasks in 1_usize..8) {
        let runtime = wakeline::Builder::new().seed(seed).policy(wakeline::Policy::Random).build();
        runtime.block_on(async {
            let semaphore = Rc::new(Semaphore::new(permits));
            let out = Rc::new(Cell::new(0_usize));
            let tasks: Vec<_> = (0..tasks)
                .map(|_| {
                    let (semaphore, out) = (Rc::clone(&semaphore), Rc::clone(&out));
                    spawn(async move {
                        for _ in 0..10 {
                            let count = wakeline::random::range(1..=permits as u64) as usize;
                            let patience = ms(wakeline::random::range(0..=3));
                            let acquire = semaphore.acquire_many(count);
                            if let Ok(Ok(permit)) = timeout(patience, acquire).await {
                                let _permit = permit;
                                let _out = Out::new(&out, count);
                                assert!(out.get() <= permits);
                                sleep(ms(wakeline::random::range(0..=2))).await;
                            }
                        }
                    })
                })
                .collect();
            // Some are dropped wherever they are.
            for (number, task) in tasks.into_iter().enumerate() {
                if number % 3 == 2 {
                    sleep(ms(1)).await;
                    task.abort();
                    let _ = task.await;
                } else {
                    task.await.unwrap();
                }
            }
            assert_eq!((semaphore.available_permits(), out.get()), (permits, 0));
        });
    }
}

#[test]
fn many_permits_are_taken_at_once_or_not_at_all_and_may_outlive_the_borrow() {
    runtime().block_on(async {
        let semaphore = Rc::new(Semaphore::new(3));
        let two = semaphore.try_acquire_many(2).unwrap();
        assert_eq!(two.count(), 2);
        let refused = semaphore.try_acquire_many(2).err();
        assert_eq!(refused, Some(TryAcquireError::NoPermits));
        assert_eq!(semaphore.available_permits(), 1);
        let three = spawn(semaphore.acquire_many_owned(3));
        sleep(ms(1)).await;
        // It has collected the one that was free, and a newcomer gets none.
        assert!(semaphore.try_acquire().is_err());
        drop(two);
        let three = three.await.unwrap().unwrap();
        assert_eq!((three.count(), semaphore.available_permits()), (3, 0));
        drop(three);
        assert_eq!(semaphore.available_permits(), 3);
        semaphore.close();
        let closed = semaphore.try_acquire_many(1).err();
        assert_eq!(closed, Some(TryAcquireError::Closed));
        assert!(semaphore.acquire_many_owned(2).await.is_err());
    });
}
