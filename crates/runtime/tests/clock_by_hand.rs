//! A virtual clock that is moved by hand, and deadlines that know of each other.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;
use support::{Drops, events, lines, ms, runtime};
use wakeline::log::Kind;
use wakeline::task::yield_now;
use wakeline::time::{
    MissedTicks, advance, deadline, deadline_after, interval, is_paused, now, pause, remaining,
    resume, sleep, timeout,
};
use wakeline::{Clock, Progress, spawn};

#[test]
fn a_paused_clock_moves_by_hand_alone() {
    let runtime = runtime();
    runtime.block_on(async {
        pause();
        assert!(is_paused());
        let task = spawn(async { sleep(ms(10)).await });
        for _ in 0..5 {
            yield_now().await;
        }
        assert_eq!(now().as_nanos(), 0);
        advance(ms(9)).await;
        assert!(!task.is_finished());
        assert_eq!(now().as_nanos(), 9_000_000);
        advance(ms(1)).await;
        assert!(task.is_finished());
        resume();
        assert!(!is_paused());
        sleep(ms(5)).await;
        assert_eq!(now().as_nanos(), 15_000_000);
    });
}

#[test]
fn everything_on_the_way_happens_at_its_own_time_and_in_order() {
    let runtime = runtime();
    runtime.block_on(async {
        pause();
        let ticking = spawn(async {
            let mut ticks = interval(ms(10));
            loop {
                ticks.tick().await;
                wakeline::println!("tick");
                // Something that takes several turns is done before time goes on.
                yield_now().await;
                sleep(ms(3)).await;
                wakeline::println!("after");
            }
        });
        advance(ms(25)).await;
        ticking.abort();
    });
    let times: Vec<u64> = lines(&runtime).into_iter().map(|(time, _)| time).collect();
    assert_eq!(times, [0, 3, 10, 13, 20, 23]);
}

#[test]
fn to_wait_for_a_clock_that_nobody_moves_is_reported() {
    let runtime = runtime();
    let stalled = runtime
        .try_block_on(async {
            pause();
            sleep(ms(1)).await;
        })
        .unwrap_err();
    assert_eq!(stalled.tasks().len(), 1);
    assert!(stalled.to_string().contains("timer"), "{stalled}");
}

#[test]
fn from_outside_the_clock_is_moved_and_what_is_due_is_run() {
    let runtime = runtime();
    runtime.pause();
    let task = runtime.spawn(async {
        sleep(ms(10)).await;
        wakeline::println!("first");
        sleep(ms(10)).await;
        wakeline::println!("second");
    });
    assert_eq!(runtime.run_for(100), Progress::Waiting { until: None });
    runtime.advance(ms(15));
    assert_eq!(runtime.now().as_nanos(), 15_000_000);
    assert!(!task.is_finished());
    runtime.advance(ms(5));
    assert!(task.is_finished());
    let expected = [(10, "first".to_owned()), (20, "second".to_owned())];
    assert_eq!(lines(&runtime), expected);
    // Without anybody alive time passes all the same.
    runtime.advance(ms(5));
    assert_eq!(runtime.now().as_nanos(), 25_000_000);
    assert_eq!(events(&runtime, Kind::ClockAdvanced).len(), 4);
}

#[test]
fn moving_the_clock_can_be_given_up() {
    let runtime = runtime();
    runtime.block_on(async {
        pause();
        let mover = spawn(async { advance(ms(100)).await });
        let other = spawn(async { sleep(ms(10)).await });
        yield_now().await;
        yield_now().await;
        mover.abort();
        yield_now().await;
        let stopped = now();
        assert!(stopped.as_nanos() < 100_000_000);
        advance(ms(100)).await;
        assert!(other.is_finished());
    });
}

#[test]
#[should_panic(expected = "two tasks move the clock at the same time")]
fn two_who_move_the_clock_are_told() {
    runtime().block_on(async {
        let busy = spawn(async {
            loop {
                yield_now().await;
            }
        });
        let other = spawn(async { advance(ms(1)).await });
        yield_now().await;
        advance(ms(1)).await;
        drop((busy, other));
    });
}

#[test]
#[should_panic(expected = "a real clock cannot be paused or moved")]
fn a_real_clock_cannot_be_paused() {
    let runtime = wakeline::Builder::new().clock(Clock::real()).build();
    runtime.pause();
}

#[test]
fn missed_ticks_are_made_up_for_as_asked() {
    for (missed, expected) in [
        (MissedTicks::Burst, vec![0, 35, 35, 35, 40, 50]),
        (MissedTicks::Delay, vec![0, 35, 45, 55, 65, 75]),
        (MissedTicks::Skip, vec![0, 35, 40, 50, 60, 70]),
    ] {
        let runtime = runtime();
        let times = runtime.block_on(async {
            pause();
            let times = Rc::new(RefCell::new(Vec::new()));
            let ticking = spawn({
                let times = Rc::clone(&times);
                async move {
                    let mut ticks = interval(ms(10));
                    ticks.set_missed_ticks(missed);
                    for tick in 0..6 {
                        ticks.tick().await;
                        times.borrow_mut().push(now().as_nanos() / 1_000_000);
                        if tick == 0 {
                            sleep(ms(35)).await;
                        }
                    }
                }
            });
            advance(ms(100)).await;
            ticking.await.unwrap();
            times.take()
        });
        assert_eq!(times, expected, "{missed:?}");
    }
}

#[test]
fn of_nested_deadlines_the_earlier_wins() {
    let runtime = runtime();
    runtime.block_on(async {
        // The inner one: what is around it goes on.
        let outer = deadline_after(ms(100), async {
            let inner = deadline_after(ms(10), async {
                assert_eq!(remaining(), Some(ms(10)));
                sleep(ms(50)).await;
            });
            assert!(inner.await.is_err());
            assert_eq!(remaining(), Some(ms(90)));
            now().as_nanos()
        });
        assert_eq!(outer.await, Ok(10_000_000));

        // The outer one, also for what has a later deadline of its own.
        let drops = Drops::default();
        let armed = events(&runtime, Kind::TimerArmed).len();
        let outer = deadline_after(ms(10), async {
            let guard = drops.guard();
            let inner = deadline_after(ms(100), async move {
                let _guard = guard;
                assert_eq!(remaining(), Some(ms(10)));
                std::future::pending::<()>().await;
            });
            assert!(inner.await.is_err(), "never comes to this");
        });
        assert!(outer.await.is_err());
        assert_eq!(drops.count(), 1);
        assert_eq!(deadline(), None);
        // One timer: the inner scope needs none.
        assert_eq!(events(&runtime, Kind::TimerArmed).len(), armed + 1);
    });
}

#[test]
fn a_deadline_is_seen_by_what_it_can_drop_and_by_nobody_else() {
    runtime().block_on(async {
        let inside = deadline_after(ms(10), async {
            let other = spawn(async { deadline() });
            sleep(ms(1)).await;
            assert_eq!(other.await.unwrap(), None);
            deadline().unwrap().as_nanos()
        });
        let beside = async {
            yield_now().await;
            assert_eq!(deadline(), None);
        };
        let (inside, ()) = futures_util::future::join(inside, beside).await;
        assert_eq!(inside, Ok(10_000_000));
        // A value at the very moment wins, as with a timeout.
        assert!(deadline_after(ms(10), sleep(ms(10))).await.is_ok());
        assert!(
            deadline_after(ms(0), std::future::pending::<()>())
                .await
                .is_err()
        );
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 64 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// However the way is cut into steps, what happens on it happens at the same times.
    #[test]
    fn the_steps_by_which_time_moves_make_no_difference(
        sleeps in proptest::collection::vec((1_u64..50, 1_u64..50), 1..8),
        steps in proptest::collection::vec(1_u64..40, 0..10),
    ) {
        let run = |steps: &[u64]| {
            let runtime = runtime();
            runtime.pause();
            for (number, (first, second)) in sleeps.iter().copied().enumerate() {
                drop(runtime.spawn(async move {
                    sleep(ms(first)).await;
                    wakeline::println!("{number} first");
                    let _ = timeout(ms(second), sleep(ms(first + 10))).await;
                    wakeline::println!("{number} second");
                }));
            }
            for step in steps {
                runtime.advance(ms(*step));
            }
            runtime.advance(ms(1000));
            assert!(runtime.tasks().is_empty());
            lines(&runtime)
        };
        prop_assert_eq!(run(&steps), run(&[]));
    }

    /// Any nesting of deadlines ends at the earliest, and the scope that reports it is the
    /// outermost of those with the earliest deadline.
    #[test]
    fn any_nesting_of_deadlines_ends_at_the_earliest(limits in proptest::collection::vec(1_u64..20, 1..6)) {
        fn nest(limits: &[u64], level: usize) -> std::pin::Pin<Box<dyn Future<Output = usize> + '_>> {
            Box::pin(async move {
                match limits.split_first() {
                    None => std::future::pending().await,
                    Some((limit, rest)) => {
                        match deadline_after(ms(*limit), nest(rest, level + 1)).await {
                            Ok(reported) => reported,
                            Err(_) => level,
                        }
                    }
                }
            })
        }
        let runtime = runtime();
        let reported = runtime.block_on(nest(&limits, 0));
        let earliest = *limits.iter().min().unwrap();
        prop_assert_eq!(runtime.now().as_nanos(), earliest * 1_000_000);
        prop_assert_eq!(reported, limits.iter().position(|limit| *limit == earliest).unwrap());
    }
}
