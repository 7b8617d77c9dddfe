//! Read-write locks, barriers, cancellation tokens and sets of tasks.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use support::{ByHand, Drops, lines, ms, runtime};
use wakeline::spawn;
use wakeline::sync::{Barrier, CancellationToken, RwLock};
use wakeline::task::JoinSet;
use wakeline::time::{now, sleep, timeout};

#[test]
fn readers_share_and_a_writer_is_alone() {
    runtime().block_on(async {
        let lock = Rc::new(RwLock::named("table", 0));
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let lock = Rc::clone(&lock);
                spawn(async move {
                    let guard = lock.read().await;
                    sleep(ms(10)).await;
                    *guard
                })
            })
            .collect();
        sleep(ms(1)).await;
        *lock.write().await = 5;
        assert_eq!(
            now().as_nanos(),
            10_000_000,
            "after all readers, who read at once"
        );
        for reader in readers {
            assert_eq!(reader.await.unwrap(), 0);
        }
        assert_eq!(*lock.try_read().unwrap(), 5);
    });
}

#[test]
fn a_waiting_writer_keeps_later_readers_out() {
    runtime().block_on(async {
        let lock = Rc::new(RwLock::new(()));
        let reading = lock.read().await;
        let (a, b) = (Rc::clone(&lock), Rc::clone(&lock));
        let mut writer = ByHand::new(async move { drop(a.write().await) });
        let mut reader = ByHand::new(async move { drop(b.read().await) });
        assert!(writer.poll().is_pending());
        assert!(reader.poll().is_pending());
        assert!(lock.try_read().is_err());
        drop(reading);
        assert!(writer.is_woken() && !reader.is_woken());
        assert!(writer.poll().is_ready());
        assert!(reader.is_woken() && reader.poll().is_ready());
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn a_writer_that_gives_up_lets_the_readers_behind_it_in() {
    runtime().block_on(async {
        let lock = Rc::new(RwLock::new(()));
        let reading = lock.read().await;
        let (a, b) = (Rc::clone(&lock), Rc::clone(&lock));
        let mut writer = ByHand::new(async move { drop(a.write().await) });
        let mut reader = ByHand::new(async move { drop(b.read().await) });
        assert!(writer.poll().is_pending() && reader.poll().is_pending());
        drop(writer);
        assert!(reader.is_woken() && reader.poll().is_ready());
        drop(reading);
    });
}

#[test]
fn a_barrier_opens_when_the_last_has_come_again_and_again() {
    let runtime = runtime();
    runtime.block_on(async {
        let barrier = Rc::new(Barrier::named("phase", 3));
        let leaders = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (1..=3)
            .map(|number| {
                let (barrier, leaders) = (Rc::clone(&barrier), Rc::clone(&leaders));
                spawn(async move {
                    for _ in 0..2 {
                        sleep(ms(number * 10)).await;
                        if barrier.wait().await.is_leader() {
                            leaders.set(leaders.get() + 1);
                        }
                        wakeline::println!("{number}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(leaders.get(), 2);
    });
    let times: Vec<u64> = lines(&runtime).into_iter().map(|(time, _)| time).collect();
    assert_eq!(times, [30, 30, 30, 60, 60, 60]);
}

#[test]
fn who_gives_up_at_a_barrier_has_not_come() {
    runtime().block_on(async {
        let barrier = Rc::new(Barrier::new(2));
        assert!(timeout(ms(1), barrier.wait()).await.is_err());
        let mut late = ByHand::new({
            let barrier = Rc::clone(&barrier);
            async move { barrier.wait().await.is_leader() }
        });
        assert!(
            late.poll().is_pending(),
            "the one who gave up does not count"
        );
        assert!(barrier.wait().await.is_leader());
        assert_eq!(late.poll(), std::task::Poll::Ready(false));
    });
}

#[test]
fn a_token_cancels_everything_below_it_and_nothing_above() {
    runtime().block_on(async {
        let root = CancellationToken::named("root");
        let (left, right) = (root.child(), root.child());
        let leaf = left.child();
        left.cancel();
        assert!(left.is_cancelled() && leaf.is_cancelled());
        assert!(!root.is_cancelled() && !right.is_cancelled());
        assert!(left.child().is_cancelled(), "born cancelled");
        let waiting = spawn({
            let right = right.clone();
            async move { right.cancelled().await }
        });
        sleep(ms(1)).await;
        root.cancel();
        waiting.await.unwrap();
    });
}

#[test]
fn a_tree_of_tokens_may_be_very_deep() {
    let depth = if cfg!(miri) { 50 } else { 100_000 };
    runtime().block_on(async {
        let root = CancellationToken::new();
        let mut all = vec![root.clone()];
        for _ in 0..depth {
            all.push(all[all.len() - 1].child());
        }
        root.cancel();
        assert!(all.iter().all(CancellationToken::is_cancelled));
    });
}

#[test]
fn work_under_a_token_ends_with_it() {
    runtime().block_on(async {
        let token = CancellationToken::new();
        assert_eq!(token.run_until_cancelled(async { 3 }).await, Some(3));
        let drops = Drops::default();
        let work = spawn({
            let (token, guard) = (token.clone(), drops.guard());
            async move {
                token
                    .run_until_cancelled(async move {
                        let _guard = guard;
                        sleep(ms(1000)).await;
                    })
                    .await
            }
        });
        sleep(ms(5)).await;
        token.cancel();
        assert_eq!(work.await.unwrap(), None);
        assert_eq!((drops.count(), now().as_nanos()), (1, 5_000_000));
    });
}

#[test]
fn a_set_gives_outputs_in_the_order_of_the_ends_failures_included() {
    runtime().block_on(async {
        let mut set = JoinSet::new();
        for number in [3_u64, 1, 2] {
            set.spawn_named(format!("member {number}"), async move {
                sleep(ms(number * 10)).await;
                assert_ne!(number, 2, "two fails");
                number
            });
        }
        assert_eq!(set.len(), 3);
        assert_eq!(set.join_next().await.unwrap().unwrap(), 1);
        assert!(set.join_next().await.unwrap().unwrap_err().is_panic());
        assert_eq!(set.join_next().await.unwrap().unwrap(), 3);
        assert!(set.join_next().await.is_none());
        assert!(set.is_empty());
    });
}

#[test]
fn a_set_takes_its_tasks_with_it() {
    runtime().block_on(async {
        let drops = Drops::default();
        let mut set = JoinSet::new();
        for _ in 0..3 {
            let guard = drops.guard();
            set.spawn(async move {
                let _guard = guard;
                std::future::pending::<()>().await;
            });
        }
        sleep(ms(1)).await;
        drop(set);
        sleep(ms(1)).await;
        assert_eq!(drops.count(), 3);
    });
}

#[test]
fn a_set_can_be_shut_down_or_left_to_itself() {
    let runtime = runtime();
    runtime.block_on(async {
        let mut set = JoinSet::new();
        set.spawn(sleep(ms(100)));
        set.spawn(async { sleep(ms(0)).await });
        set.shutdown().await;
        assert!(set.is_empty());
        set.spawn(async {
            sleep(ms(5)).await;
            wakeline::println!("alive");
        });
        set.detach_all();
        drop(set);
        sleep(ms(10)).await;
    });
    assert_eq!(lines(&runtime).len(), 1);
}

#[test]
fn giving_up_a_wait_for_a_set_loses_no_output() {
    runtime().block_on(async {
        let mut set = JoinSet::new();
        for number in 0..10_u64 {
            set.spawn(async move {
                sleep(ms(number * 3)).await;
                number
            });
        }
        let mut seen = Vec::new();
        while !set.is_empty() {
            if let Ok(Some(output)) = timeout(ms(2), set.join_next()).await {
                seen.push(output.unwrap());
            }
        }
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
    });
}
