//! Time, virtual and real.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use support::{events, lines, ms, runtime};
use wakeline::log::Kind;
use wakeline::time::{Instant, MissedTicks, block, interval, now, sleep, sleep_until, timeout};
use wakeline::{Clock, Progress, spawn};

#[test]
fn virtual_time_jumps_from_deadline_to_deadline() {
    let runtime = runtime();
    runtime.block_on(async {
        let slow = spawn(async {
            sleep(ms(3000)).await;
            wakeline::println!("slow");
        });
        sleep(ms(1000)).await;
        wakeline::println!("quick");
        slow.await.unwrap();
    });
    assert_eq!(
        lines(&runtime),
        [(1000, "quick".to_owned()), (3000, "slow".to_owned())]
    );
    assert_eq!(events(&runtime, Kind::ClockAdvanced).len(), 2);
}

#[test]
fn equal_deadlines_fire_in_the_order_of_arming_whatever_their_nanoseconds() {
    let runtime = runtime();
    runtime.block_on(async {
        let sleeps = [1_900_000, 1_100_000, 1_500_000, 1_100_000];
        let tasks: Vec<_> = (0..)
            .zip(sleeps)
            .map(|(number, nanos)| {
                spawn(async move {
                    sleep_until(Instant::from_nanos(nanos)).await;
                    wakeline::println!("{number}");
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    assert_eq!(order, ["1", "3", "2", "0"]);
}

#[test]
fn a_sleep_of_nothing_gives_way_once() {
    let runtime = runtime();
    runtime.block_on(async {
        let other = spawn(async { wakeline::println!("other") });
        sleep(ms(0)).await;
        wakeline::println!("main");
        other.await.unwrap();
        assert_eq!(now().as_nanos(), 0);
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    assert_eq!(order, ["other", "main"]);
}

#[test]
fn a_value_at_the_very_deadline_wins() {
    runtime().block_on(async {
        assert!(timeout(ms(10), sleep(ms(10))).await.is_ok());
        assert!(timeout(ms(10), sleep(ms(11))).await.is_err());
        assert_eq!(timeout(ms(0), async { 3 }).await, Ok(3));
        assert!(timeout(ms(0), std::future::pending::<()>()).await.is_err());
    });
}

#[test]
fn a_limit_that_was_not_needed_leaves_no_timer() {
    let runtime = runtime();
    runtime.block_on(async {
        for _ in 0..100 {
            timeout(ms(1000), sleep(ms(1))).await.unwrap();
        }
    });
    assert_eq!(events(&runtime, Kind::TimerCancelled).len(), 100);
    assert_eq!(runtime.now().as_nanos(), 100_000_000);
}

#[test]
fn an_interval_keeps_its_beat() {
    runtime().block_on(async {
        let mut ticks = interval(ms(10));
        assert_eq!(ticks.tick().await.as_nanos(), 0);
        assert_eq!(ticks.tick().await.as_nanos(), 10_000_000);
        sleep(ms(35)).await; // now 45: the ticks of 20, 30 and 40 are missed
        assert_eq!(ticks.tick().await.as_nanos(), 20_000_000);
        assert_eq!(ticks.tick().await.as_nanos(), 30_000_000);
        assert_eq!(ticks.tick().await.as_nanos(), 40_000_000);
        assert_eq!(now().as_nanos(), 45_000_000);
        assert_eq!(ticks.tick().await.as_nanos(), 50_000_000);
    });
}

#[test]
fn missed_ticks_are_delayed_or_skipped_on_request() {
    async fn after_a_gap(missed: MissedTicks) -> Vec<u64> {
        let start = now();
        let mut ticks = interval(ms(10));
        ticks.set_missed_ticks(missed);
        ticks.tick().await;
        sleep(ms(25)).await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            ticks.tick().await;
            seen.push((now() - start).as_millis() as u64);
        }
        seen
    }
    runtime().block_on(async {
        assert_eq!(after_a_gap(MissedTicks::Burst).await, [25, 25, 30]);
        assert_eq!(after_a_gap(MissedTicks::Delay).await, [25, 35, 45]);
        assert_eq!(after_a_gap(MissedTicks::Skip).await, [25, 30, 40]);
    });
}

#[test]
fn blocking_holds_the_thread_and_every_limit() {
    let runtime = runtime();
    runtime.block_on(async {
        let heartbeat = spawn(async {
            sleep(ms(10)).await;
            wakeline::println!("beat");
        });
        let blocked = timeout(ms(5), async { block(ms(100)) }).await;
        assert!(blocked.is_ok(), "one poll cannot be interrupted");
        heartbeat.await.unwrap();
    });
    // The heartbeat was spawned but had not armed its timer: it counts from its first poll.
    assert_eq!(lines(&runtime), [(110, "beat".to_owned())]);
}

#[test]
fn durations_without_end_saturate() {
    let runtime = runtime();
    runtime.block_on(async {
        let forever = spawn(sleep(std::time::Duration::MAX));
        sleep(ms(1)).await;
        assert!(!forever.is_finished());
    });
}

#[test]
fn a_hundred_thousand_timers_fire_once_each_in_order() {
    let count = if cfg!(miri) { 50 } else { 100_000 };
    let runtime = wakeline::Builder::new().record(false).build();
    runtime.block_on(async {
        let last = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..count)
            .map(|number| {
                let last = Rc::clone(&last);
                spawn(async move {
                    let due = u64::from((number as u32).wrapping_mul(2_654_435_761) % 1000 + 1);
                    sleep(ms(due)).await;
                    assert!(last.replace(due) <= due);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(
        runtime.now().as_nanos(),
        1_000_000_000.min(runtime.now().as_nanos())
    );
}

/// A real clock under the test's control.
fn by_hand() -> (wakeline::Runtime, Rc<Cell<u64>>) {
    let time = Rc::new(Cell::new(0));
    let read = {
        let time = Rc::clone(&time);
        Rc::new(move || time.get())
    };
    (
        wakeline::Builder::new().clock(Clock::Real(read)).build(),
        time,
    )
}

#[test]
fn under_a_real_clock_the_driver_is_told_when_to_come_back() {
    let (runtime, time) = by_hand();
    let task = runtime.spawn(async { sleep(ms(10)).await });
    let due = Instant::from_nanos(10_000_000);
    assert_eq!(runtime.run_for(100), Progress::Waiting { until: Some(due) });
    time.set(9_999_999);
    assert_eq!(runtime.run_for(100), Progress::Waiting { until: Some(due) });
    time.set(10_000_000);
    assert_eq!(runtime.run_for(100), Progress::Done);
    assert!(task.is_finished());
}

#[test]
fn a_wake_from_outside_is_recorded_at_the_time_at_which_it_came() {
    let (runtime, time) = by_hand();
    let (sender, receiver) = wakeline::sync::oneshot::channel();
    let task = runtime.spawn(receiver);
    assert!(matches!(
        runtime.run_for(100),
        Progress::Stalled | Progress::Waiting { .. }
    ));
    time.set(7_000_000);
    sender.send(()).unwrap();
    time.set(8_000_000);
    let _ = runtime.run_for(100);
    assert!(task.is_finished());
    let ready: Vec<u64> = events(&runtime, Kind::TaskReady)
        .iter()
        .map(|event| event.time)
        .collect();
    assert_eq!(ready, [0, 7_000_000]);
    let polls: Vec<u64> = events(&runtime, Kind::PollBegun)
        .iter()
        .map(|event| event.time)
        .collect();
    assert_eq!(polls, [0, 8_000_000]);
}

#[test]
fn due_timers_fire_between_the_polls_of_a_busy_task() {
    let (runtime, time) = by_hand();
    let sleeper = runtime.spawn(async { sleep(ms(1)).await });
    let polls = Rc::new(Cell::new(0));
    runtime.spawn({
        let polls = Rc::clone(&polls);
        async move {
            loop {
                polls.set(polls.get() + 1);
                wakeline::task::yield_now().await;
            }
        }
    });
    let _ = runtime.run_for(10);
    time.set(2_000_000);
    let before = polls.get();
    while !sleeper.is_finished() {
        assert_eq!(runtime.run_for(10), Progress::Ready);
        assert!(
            polls.get() - before < 200,
            "the busy task starves the timers"
        );
    }
}

#[test]
fn a_real_clock_that_runs_backwards_stands_still() {
    let (runtime, time) = by_hand();
    time.set(5);
    runtime.spawn(async {});
    let _ = runtime.run_for(1);
    assert_eq!(runtime.now().as_nanos(), 5);
    time.set(1);
    let _ = runtime.run_for(1);
    assert_eq!(runtime.now().as_nanos(), 5);
}

#[test]
fn a_real_sleep_takes_at_least_its_time() {
    let runtime = wakeline::Builder::new().clock(Clock::real()).build();
    let slept = runtime.block_on(async {
        let before = now();
        sleep(ms(3)).await;
        now() - before
    });
    assert!(slept >= ms(3));
}
