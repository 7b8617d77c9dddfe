//! Gather, wait, as completed, retry; and the combinators of `futures-util` beside them.

mod support;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;

use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, future as theirs, pin_mut};
use proptest::prelude::*;
use support::{ByHand, Drops, events, ms, runtime};
use wakeline::future::{Backoff, Until, as_completed, gather, retry, try_gather, wait};
use wakeline::log::{Event, Kind, Reason};
use wakeline::sync::{Mutex, mpsc};
use wakeline::task::{Builder, JoinHandle, TaskEnd, yield_now};
use wakeline::time::{deadline_after, now, sleep, timeout};
use wakeline::{Runtime, spawn, spawn_named};

fn after(milliseconds: u64) -> JoinHandle<u64> {
    spawn(async move {
        sleep(ms(milliseconds)).await;
        milliseconds
    })
}

/// Every wait that was begun has ended, whatever was dropped on the way.
fn assert_waits_are_even(runtime: &Runtime) {
    let mut open: Vec<(u32, u8, u32)> = Vec::new();
    for event in runtime.log().columns.iter_from(0) {
        let what = (event.subject, event.flags, event.object);
        match event.kind {
            Kind::WaitBegun => {
                assert!(!open.contains(&what), "begun twice: {what:?}");
                open.push(what);
            }
            Kind::WaitEnded => {
                let at = open.iter().position(|other| *other == what);
                open.swap_remove(at.expect("ended without having begun"));
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "never ended: {open:?}");
}

#[test]
fn outputs_come_in_the_order_of_the_tasks_with_the_errors_beside_them() {
    let runtime = runtime();
    runtime.block_on(async {
        let panics = spawn(async {
            sleep(ms(1)).await;
            if now().as_nanos() > 0 {
                panic!("boom");
            }
            0
        });
        let aborted = after(100);
        aborted.abort();
        let outputs = gather([after(30), panics, after(10), aborted]).await;
        assert_eq!(now().as_nanos(), 30_000_000);
        assert_eq!(*outputs[0].as_ref().unwrap(), 30);
        assert!(outputs[1].as_ref().unwrap_err().is_panic());
        assert_eq!(*outputs[2].as_ref().unwrap(), 10);
        assert!(outputs[3].as_ref().unwrap_err().is_cancelled());
        assert!(gather(Vec::<JoinHandle<()>>::new()).await.is_empty());
    });
    assert_waits_are_even(&runtime);
}

#[test]
fn the_first_error_aborts_the_others_and_waits_until_they_are_gone() {
    let runtime = runtime();
    runtime.block_on(async {
        let drops = Drops::default();
        let worker = |milliseconds, result: Result<u32, &'static str>| {
            let guard = drops.guard();
            spawn(async move {
                let _guard = guard;
                sleep(ms(milliseconds)).await;
                result
            })
        };
        let tasks = [
            worker(5, Ok(1)),
            worker(20, Err("late")),
            worker(10, Err("first")),
            worker(30, Ok(4)),
        ];
        let error = try_gather(tasks).await.unwrap_err();
        assert_eq!((error.number(), error.error()), (2, Some(&"first")));
        assert_eq!(drops.count(), 4);
        assert_eq!(now().as_nanos(), 10_000_000);

        let tasks = [worker(2, Ok(1)), worker(1, Ok(2))];
        assert_eq!(try_gather(tasks).await.unwrap(), [1, 2]);

        let cancelled = worker(100, Ok(1));
        cancelled.abort();
        let error = try_gather([cancelled, worker(1, Ok(2))]).await.unwrap_err();
        assert!(error.into_error().unwrap_err().is_cancelled());
    });
    assert_waits_are_even(&runtime);
}

#[test]
fn what_is_dropped_aborts_what_is_left_at_any_point() {
    for limit in [0, 5, 15] {
        let runtime = runtime();
        runtime.block_on(async {
            let ends: Rc<RefCell<Vec<TaskEnd>>> = Rc::default();
            let start = || {
                let tasks = [10, 20].map(after);
                for task in &tasks {
                    let ends = Rc::clone(&ends);
                    task.on_end(move |_, end| ends.borrow_mut().push(end));
                }
                tasks
            };
            let begin = now();
            assert!(timeout(ms(limit), gather(start())).await.is_err());
            assert!(
                timeout(ms(limit), async { as_completed(start()).count().await })
                    .await
                    .is_err()
            );
            let fallible = start().map(|task| spawn(task.abort_on_drop()));
            assert!(timeout(ms(limit), try_gather(fallible)).await.is_err());
            sleep(ms(1)).await;
            assert!(now() - begin < ms(3 * limit + 2));
            let ended_before = usize::from(limit > 10) * 3;
            let ends = ends.borrow();
            let completed = ends.iter().filter(|end| **end == TaskEnd::Completed);
            assert_eq!(completed.count(), ended_before, "limit {limit}");
        });
        assert_waits_are_even(&runtime);
    }
}

#[test]
fn a_wait_is_over_at_the_first_end_the_first_failure_all_ends_or_the_deadline() {
    let runtime = runtime();
    runtime.block_on(async {
        let fails = |milliseconds| {
            Builder::new().spawn_fallible(async move {
                sleep(ms(milliseconds)).await;
                Err::<u64, _>("no luck")
            })
        };
        let returns = |milliseconds| {
            Builder::new().spawn_fallible(async move {
                sleep(ms(milliseconds)).await;
                Ok::<u64, &str>(milliseconds)
            })
        };
        let tasks = [returns(10), fails(20), returns(30), returns(30)];
        let first = wait(&tasks, Until::FirstEnd).await;
        assert_eq!((first.ended, first.left), (vec![0], vec![1, 2, 3]));
        // What has ended before counts: it does not wait.
        assert_eq!(wait(&tasks, Until::FirstEnd).await.ended, [0]);
        assert_eq!(now().as_nanos(), 10_000_000);

        let limited = wait(&tasks, Until::FirstFailure).limit(ms(5)).await;
        assert!(!limited.is_over);
        assert_eq!(limited.ended, [0]);
        let failed = wait(&tasks, Until::FirstFailure).limit(ms(5)).await;
        assert!(failed.is_over, "an end at the very deadline counts");
        assert_eq!(failed.ended, [0, 1]);

        // One that was cancelled has not failed.
        tasks[2].abort();
        let others = [&tasks[0], &tasks[2], &tasks[3]];
        let all = wait(others, Until::FirstFailure).await;
        assert!(all.is_over);
        assert_eq!(all.ended, [0, 1, 2]);
        assert_eq!(now().as_nanos(), 30_000_000);
        assert!(wait(&tasks, Until::AllEnded).await.left.is_empty());
        // The outputs are where they were.
        let outputs = gather(tasks).await;
        assert_eq!(outputs[3].as_ref().unwrap(), &Ok(30));
        assert!(
            wait(&Vec::<JoinHandle<()>>::new(), Until::FirstEnd)
                .await
                .is_over
        );
    });
    assert_waits_are_even(&runtime);
}

#[test]
fn outputs_come_as_they_end_and_a_dropped_wait_loses_none() {
    let runtime = runtime();
    runtime.block_on(async {
        let mut ends = as_completed([after(30), after(10), after(20), after(10)]);
        let mut order = Vec::new();
        assert_eq!(ends.len(), 4);
        loop {
            match timeout(ms(4), ends.next()).await {
                Ok(Some((number, output))) => order.push((number, output.unwrap())),
                Ok(None) => break,
                Err(_) => {}
            }
        }
        assert_eq!(order, [(1, 10), (3, 10), (2, 20), (0, 30)]);
        assert!(ends.is_empty());
    });
    assert_waits_are_even(&runtime);
}

#[test]
fn the_owner_waits_for_each_that_is_left_also_after_it_moved_to_another_task() {
    let runtime = runtime();
    runtime.block_on(async {
        let mut gathering = Box::pin(gather([after(10), after(20)]));
        let mut first = ByHand::new(theirs::poll_fn(|cx| {
            Poll::Ready(std::future::Future::poll(gathering.as_mut(), cx).is_pending())
        }));
        assert_eq!(first.poll(), Poll::Ready(true));
        drop(first);
        let moved = spawn_named("mover", async move {
            gathering.await.into_iter().flatten().sum::<u64>()
        });
        assert_eq!(moved.await.unwrap(), 30);
    });
    assert_waits_are_even(&runtime);
    let joins: Vec<(u32, u32)> = events(&runtime, Kind::WaitBegun)
        .into_iter()
        .filter(|event| event.flags == Reason::Join.code())
        .map(|event| (event.subject, event.object))
        .collect();
    // Task 1 for both, then for the mover, and the mover for both.
    assert_eq!(joins, [(1, 2), (1, 3), (1, 4), (4, 2), (4, 3)]);
}

#[test]
fn pauses_grow_to_the_cap_and_the_last_error_is_returned() {
    let runtime = runtime();
    runtime.block_on(async {
        let plan = Backoff::exponential(ms(10)).cap(ms(30)).attempts(5);
        let times = RefCell::new(Vec::new());
        let attempt = |number| {
            times.borrow_mut().push(now().as_nanos() / 1_000_000);
            async move { Err::<(), _>(number) }
        };
        assert_eq!(retry(&plan, attempt).await, Err(5));
        assert_eq!(*times.borrow(), [0, 10, 30, 60, 90]);

        let begin = now();
        let fixed = Backoff::fixed(ms(7)).attempts(3);
        let attempt = |number| async move { if number < 3 { Err(number) } else { Ok(number) } };
        assert_eq!(retry(&fixed, attempt).await, Ok(3));
        assert_eq!(now() - begin, ms(14));
    });
}

#[test]
fn some_errors_and_some_deadlines_are_not_worth_another_attempt() {
    let runtime = runtime();
    runtime.block_on(async {
        let forever = Backoff::fixed(ms(10));
        let attempts = Cell::new(0);
        let attempt = |number| {
            attempts.set(number);
            async move {
                if number < 3 {
                    Err("passing")
                } else {
                    Err("lasting")
                }
            }
        };
        let worth_it = |error: &&str| *error == "passing";
        assert_eq!(
            retry::<_, _, (), _>(&forever, attempt).when(worth_it).await,
            Err("lasting")
        );
        assert_eq!(attempts.get(), 3);

        // A pause that the deadline would cut short is not begun: the error comes at once.
        let hopeless = |number| async move { Err::<(), _>(number) };
        for limit in [25, 30] {
            let begin = now();
            let limited = deadline_after(ms(limit), retry(&forever, hopeless)).await;
            assert_eq!(limited, Ok(Err(3)), "a limit of {limit} ms");
            assert_eq!(now() - begin, ms(20));
        }
    });
}

#[test]
fn an_attempt_or_a_pause_that_is_dropped_leaves_nothing_behind() {
    let runtime = runtime();
    runtime.block_on(async {
        let drops = Drops::default();
        for limit in [5, 15] {
            let plan = Backoff::fixed(ms(10));
            let attempt = |_| {
                let guard = drops.guard();
                async move {
                    let _guard = guard;
                    sleep(ms(10)).await;
                    Err::<(), _>("no luck")
                }
            };
            assert!(timeout(ms(limit), retry(&plan, attempt)).await.is_err());
        }
        assert_eq!(drops.count(), 2);
    });
    let count = |kind| events(&runtime, kind).len();
    assert_eq!(
        count(Kind::TimerArmed),
        count(Kind::TimerFired) + count(Kind::TimerCancelled)
    );
    assert_waits_are_even(&runtime);
}

#[test]
fn jitter_comes_from_the_seed_and_from_nothing_else() {
    let delays = |seed, label: Option<&str>, disturb: bool| {
        let runtime = wakeline::Builder::new().seed(seed).build();
        runtime.block_on(async {
            if disturb {
                let _ = wakeline::random::float();
            }
            let mut plan = Backoff::exponential(ms(100)).jitter(0.5).attempts(6);
            if let Some(label) = label {
                plan = plan.label(label);
            }
            plan.delays().collect::<Vec<_>>()
        })
    };
    assert_eq!(delays(1, None, false), delays(1, None, false));
    assert_ne!(delays(1, None, false), delays(2, None, false));
    assert_ne!(delays(1, None, false), delays(1, None, true));
    assert_eq!(delays(1, Some("a"), false), delays(1, Some("a"), true));
    assert_ne!(delays(1, Some("a"), false), delays(1, Some("b"), false));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// No pause is longer than the cap, none is further from the plan than the jitter allows, and
    /// there is one fewer than attempts.
    #[test]
    fn pauses_stay_within_the_plan(
        base in 0_u64..10_000,
        factor in 1.0_f64..4.0,
        cap in 0_u64..100_000,
        jitter in 0.0_f64..=1.0,
        attempts in 1_u32..50,
        seed: u64,
    ) {
        let runtime = wakeline::Builder::new().seed(seed).build();
        let delays: Vec<_> = runtime.enter(|| {
            let plan = Backoff::exponential(ms(base)).factor(factor).cap(ms(cap));
            plan.jitter(jitter).attempts(attempts).label("plan").delays().collect()
        });
        prop_assert_eq!(delays.len(), attempts as usize - 1);
        let mut plain = (base as f64).min(cap as f64);
        for delay in delays {
            let delay = delay.as_secs_f64() * 1000.0;
            prop_assert!(delay <= cap as f64 + 1e-3);
            let (low, high) = (plain * (1.0 - jitter), plain * (1.0 + jitter));
            prop_assert!(delay >= low - 1e-3 && delay <= high + 1e-3, "{delay} of {low}..{high}");
            plain = (plain * factor).min(cap as f64);
        }
    }

    /// Ends in any order, also several at once: every output is given once, in the order of the
    /// ends, and gathering gives the same in the order of the tasks.
    #[test]
    fn every_output_is_given_once(lengths in proptest::collection::vec(0_u64..20, 0..30)) {
        let runtime = runtime();
        let (by_end, by_task) = runtime.block_on(async {
            let start = || lengths.iter().map(|length| after(*length)).collect::<Vec<_>>();
            let by_end: Vec<_> = as_completed(start())
                .map(|(number, output)| (number, output.unwrap()))
                .collect()
                .await;
            let by_task: Vec<_> = gather(start()).await.into_iter().flatten().collect();
            (by_end, by_task)
        });
        prop_assert_eq!(&by_task, &lengths);
        let mut expected: Vec<_> = lengths.iter().copied().enumerate().collect();
        expected.sort_by_key(|(number, length)| (*length, *number));
        prop_assert_eq!(by_end, expected);
        assert_waits_are_even(&runtime);
    }
}

// ===== the combinators of `futures-util` =====

/// What the log says of waits: when, of which task, for what, and whether begun.
fn waits(runtime: &Runtime) -> Vec<(u64, u32, Reason, bool)> {
    let log = runtime.log();
    let is_wait = |event: &Event| matches!(event.kind, Kind::WaitBegun | Kind::WaitEnded);
    log.columns
        .iter_from(0)
        .filter(is_wait)
        .map(|event| {
            let reason = Reason::from_code(event.flags).unwrap();
            let begun = event.kind == Kind::WaitBegun;
            (event.time / 1_000_000, event.subject, reason, begun)
        })
        .collect()
}

#[test]
fn joined_futures_wait_side_by_side_in_the_log() {
    let runtime = runtime();
    runtime.block_on(async {
        let lock = Mutex::new(());
        let (sender, mut receiver) = mpsc::channel::<u8>(1);
        let guard = lock.lock().await;
        theirs::join3(
            async {
                sleep(ms(10)).await;
                drop(guard);
                sender.send(1).await.unwrap();
            },
            async { drop(lock.lock().await) },
            async { receiver.recv().await },
        )
        .await;
    });
    assert_waits_are_even(&runtime);
    use Reason::{ChannelReceive, Lock, Timer};
    let expected = [
        (0, 1, Timer, true),
        (0, 1, Lock, true),
        (0, 1, ChannelReceive, true),
        (10, 1, Timer, false),
        (10, 1, Lock, false),
        (10, 1, ChannelReceive, false),
    ];
    assert_eq!(waits(&runtime), expected);
}

#[test]
fn losers_of_a_selection_end_their_waits_and_pass_on_what_they_were_promised() {
    let runtime = runtime();
    runtime.block_on(async {
        let lock = Rc::new(Mutex::named("lock", ()));
        let held = lock.lock().await;
        let other = spawn({
            let lock = Rc::clone(&lock);
            async move {
                sleep(ms(1)).await;
                drop(lock.lock().await);
                now().as_nanos()
            }
        });
        {
            let (waiting, limit) = (lock.lock(), sleep(ms(10)));
            pin_mut!(waiting, limit);
            // Both are ready at the same moment: the lock is handed over, and dropped.
            let release = async {
                sleep(ms(10)).await;
                drop(held);
            };
            pin_mut!(release);
            futures_util::select_biased! {
                () = futures_util::FutureExt::fuse(&mut release) => {}
                _ = futures_util::FutureExt::fuse(waiting) => unreachable!("it is held"),
                () = futures_util::FutureExt::fuse(limit) => {}
            }
        }
        assert_eq!(other.await.unwrap(), 10_000_000);
    });
    assert_waits_are_even(&runtime);
}

#[test]
fn a_run_with_their_combinators_is_the_same_every_time() {
    let run = || {
        let runtime = wakeline::Builder::new().seed(3).build();
        runtime.block_on(async {
            let mut unordered: FuturesUnordered<_> = (0..40_u64)
                .map(|number| async move {
                    sleep(ms(number * 7 % 10)).await;
                    number
                })
                .collect();
            let mut order = Vec::new();
            while let Some(number) = unordered.next().await {
                order.push(number);
            }
            let all = theirs::join_all((0..50).map(|n| async move {
                yield_now().await;
                n
            }));
            assert_eq!(all.await, (0..50).collect::<Vec<_>>());
            let tasks: Vec<_> = (1..4).map(|n| after(n * 10)).collect();
            let (first, at, rest) = theirs::select_all(tasks).await;
            assert_eq!((first.unwrap(), at), (10, 0));
            let rest: Vec<u64> = theirs::join_all(rest).await.into_iter().flatten().collect();
            assert_eq!(rest, [30, 20]);
            let failed = theirs::try_join(
                async {
                    sleep(ms(5)).await;
                    Err::<(), _>("left")
                },
                async {
                    sleep(ms(500)).await;
                    Ok(())
                },
            );
            assert_eq!(failed.await, Err("left"));
            order
        })
    };
    let (once, again) = (run(), run());
    assert_eq!(once, again);

    let log = |_| {
        let runtime = runtime();
        runtime.block_on(async {
            let tasks: FuturesUnordered<_> = (0..40_u64).map(|n| after(n * 7 % 10)).collect();
            let _: Vec<_> = tasks.collect().await;
        });
        runtime.finish(wakeline::log::Outcome::Completed, "");
        assert_waits_are_even(&runtime);
        let log = runtime.log();
        log.columns.iter_from(0).collect::<Vec<_>>()
    };
    assert_eq!(log(1), log(2));
}
