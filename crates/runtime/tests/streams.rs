//! Generators, merging, chunks, throttling, buffers; heavy work in pieces.

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use futures_util::{Stream, StreamExt, stream};
use proptest::prelude::*;
use support::{ByHand, Drops, events, ms, runtime};
use wakeline::Clock;
use wakeline::log::{Kind, Reason, TimerPurpose};
use wakeline::spawn;
use wakeline::stream::{buffer, buffer_named, chunks, generator, merge, throttle};
use wakeline::sync::mpsc;
use wakeline::task::{Budget, for_each_within, yield_now};
use wakeline::time::{interval, now, sleep, timeout};

fn millis() -> u64 {
    now().as_nanos() / 1_000_000
}

/// A stream whose items come at these times.
fn at(times: Vec<u64>) -> impl Stream<Item = u64> {
    generator(move |emitter| async move {
        for time in times {
            sleep(ms(time).saturating_sub(ms(millis()))).await;
            emitter.emit(time).await;
        }
    })
}

#[test]
fn a_generator_is_never_ahead_of_its_consumer() {
    let runtime = runtime();
    runtime.block_on(async {
        let made = Rc::new(RefCell::new(Vec::new()));
        let note = Rc::clone(&made);
        let mut numbers = pin!(generator(move |emitter| async move {
            for number in 0..3 {
                sleep(ms(10)).await;
                note.borrow_mut().push(number);
                emitter.emit(number).await;
            }
            note.borrow_mut().push(99);
        }));
        assert!(made.borrow().is_empty());
        assert_eq!(numbers.next().await, Some(0));
        sleep(ms(100)).await;
        assert_eq!(*made.borrow(), [0]);
        assert_eq!(numbers.next().await, Some(1));
        assert_eq!(millis(), 120);
        assert_eq!(numbers.next().await, Some(2));
        assert_eq!(*made.borrow(), [0, 1, 2]);
        assert_eq!(numbers.next().await, None);
        assert_eq!(numbers.next().await, None);
        assert_eq!(*made.borrow(), [0, 1, 2, 99]);
    });
}

#[test]
fn a_generator_that_emits_without_waiting_goes_on_at_the_next_poll() {
    runtime().block_on(async {
        let numbers = generator(|emitter| async move {
            for number in 0..1000 {
                emitter.emit(number).await;
            }
        });
        let all: Vec<_> = numbers.collect().await;
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
    });
}

#[test]
fn dropping_a_generator_drops_its_function_where_it_waits() {
    let runtime = runtime();
    runtime.block_on(async {
        let drops = Drops::default();
        let start = || {
            let guard = drops.guard();
            generator(|emitter| async move {
                let _guard = guard;
                emitter.emit(1).await;
                sleep(ms(100)).await;
                emitter.emit(2).await;
            })
        };
        drop(start());
        let mut emitted = Box::pin(start());
        assert_eq!(emitted.next().await, Some(1));
        drop(emitted);
        let mut waiting = Box::pin(start());
        assert_eq!(waiting.next().await, Some(1));
        // A wait that is dropped loses nothing.
        assert!(timeout(ms(50), waiting.next()).await.is_err());
        assert_eq!(waiting.next().await, Some(2));
        drop(waiting);
        assert_eq!(drops.count(), 3);
        assert_eq!(millis(), 100);
    });
}

#[test]
#[should_panic(expected = "before the one before it was taken")]
fn two_values_at_once_are_refused() {
    runtime().block_on(async {
        let mut numbers = pin!(generator(|emitter| async move {
            futures_util::future::join(emitter.emit(1), emitter.emit(2)).await;
        }));
        numbers.next().await;
    });
}

#[test]
fn of_merged_streams_none_keeps_the_others_out() {
    runtime().block_on(async {
        let endless = |number: u32| stream::repeat(number).boxed_local();
        let few = stream::iter([7, 7]).boxed_local();
        let merged = merge([endless(0), few, endless(2)]);
        let first: Vec<usize> = merged.take(9).map(|(from, _)| from).collect().await;
        assert_eq!(first, [0, 1, 2, 0, 1, 2, 0, 2, 0]);

        let merged = merge([at(vec![5, 30]), at(vec![10, 20, 30])]);
        let timed: Vec<_> = merged.map(|item| (item, millis())).collect().await;
        let expected = [
            ((0, 5), 5),
            ((1, 10), 10),
            ((1, 20), 20),
            ((0, 30), 30),
            ((1, 30), 30),
        ];
        assert_eq!(timed, expected);
        assert_eq!(merge(Vec::<stream::Empty<()>>::new()).count().await, 0);
    });
}

#[test]
fn a_merge_whose_stream_panics_or_is_dropped_leaves_no_wait_behind() {
    let runtime = runtime();
    runtime.block_on(async {
        let (sender, receiver) = mpsc::channel::<u8>(1);
        let (other, second) = mpsc::channel::<u8>(1);
        let mut merged = merge([receiver, second]);
        assert!(timeout(ms(5), merged.next()).await.is_err());
        other.send(1).await.unwrap();
        assert_eq!(merged.next().await, Some((1, 1)));
        drop(merged);
        assert!(sender.is_closed() && other.is_closed());
    });
    let count = |kind| events(&runtime, kind).len();
    assert_eq!(count(Kind::WaitBegun), count(Kind::WaitEnded));
}

#[test]
fn a_chunk_is_full_by_size_or_by_time() {
    let runtime = runtime();
    runtime.block_on(async {
        // Three at once; two and then a pause; one at the very end of its time; the rest.
        let items = at(vec![0, 0, 0, 10, 12, 40, 50, 70]);
        let chunks = chunks(items, 3, ms(10));
        let timed: Vec<_> = chunks.map(|chunk| (chunk, millis())).collect().await;
        let expected = [
            (vec![0, 0, 0], 0),
            (vec![10, 12], 20),
            (vec![40, 50], 50),
            (vec![70], 70),
        ];
        assert_eq!(timed, expected);
    });
    let armed = events(&runtime, Kind::TimerArmed);
    let lingering = armed
        .iter()
        .filter(|event| event.flags == TimerPurpose::Timeout.code());
    // One for each chunk for which the stream had to be waited for; the last ends with the stream
    // at once.
    assert_eq!(lingering.count(), 3);
    let count = |kind| events(&runtime, kind).len();
    assert_eq!(
        armed.len(),
        count(Kind::TimerFired) + count(Kind::TimerCancelled)
    );
}

#[test]
fn what_a_chunk_has_collected_survives_a_dropped_wait() {
    runtime().block_on(async {
        let mut chunks = pin!(chunks(at(vec![0, 10, 20]), 3, ms(1000)));
        assert!(timeout(ms(15), chunks.next()).await.is_err());
        assert_eq!(chunks.next().await, Some(vec![0, 10, 20]));
        assert_eq!(chunks.next().await, None);
    });
}

#[test]
fn a_throttled_stream_keeps_its_distance_and_slows_its_source_down() {
    let runtime = runtime();
    runtime.block_on(async {
        let made = Rc::new(RefCell::new(Vec::new()));
        let note = Rc::clone(&made);
        let source = generator(|emitter| async move {
            for pause in [0, 0, 0, 25, 3] {
                sleep(ms(pause)).await;
                note.borrow_mut().push(millis());
                emitter.emit(()).await;
            }
        });
        let times: Vec<u64> = throttle(source, ms(10)).map(|()| millis()).collect().await;
        assert_eq!(times, [0, 10, 20, 55, 68]);
        assert_eq!(
            *made.borrow(),
            times,
            "the source is not polled before its time"
        );
        let unhindered = throttle(stream::iter(0..5), ms(0));
        assert_eq!(unhindered.count().await, 5);
    });
    let purposes = events(&runtime, Kind::TimerArmed);
    let paused = purposes
        .iter()
        .filter(|event| event.flags == TimerPurpose::Interval.code());
    assert_eq!(paused.count(), 5);
}

#[test]
fn a_buffered_source_runs_ahead_so_far_and_no_further() {
    let runtime = runtime();
    runtime.block_on(async {
        let made = Rc::new(RefCell::new(Vec::new()));
        let note = Rc::clone(&made);
        let source = generator(|emitter| async move {
            for number in 0..6 {
                sleep(ms(1)).await;
                note.borrow_mut().push(number);
                emitter.emit(number).await;
            }
        });
        let mut items = buffer_named("ahead", source, 2);
        sleep(ms(50)).await;
        assert_eq!(*made.borrow(), [0, 1], "what was made has a place");
        assert_eq!(items.len(), 2);
        assert_eq!(items.next().await, Some(0));
        sleep(ms(50)).await;
        assert_eq!(*made.borrow(), [0, 1, 2]);
        let rest: Vec<_> = items.collect().await;
        assert_eq!(rest, [1, 2, 3, 4, 5]);
    });
    let log = runtime.log();
    let created = events(&runtime, Kind::ResourceCreated);
    assert_eq!(log.text(created[0].low()), "ahead");
    let waited = events(&runtime, Kind::WaitBegun)
        .into_iter()
        .filter(|event| event.flags == Reason::ChannelSend.code())
        .count();
    assert!(waited >= 1, "the source waits for room");
}

#[test]
fn dropping_a_buffer_drops_its_source_and_a_panic_ends_it() {
    runtime().block_on(async {
        let drops = Drops::default();
        let guard = drops.guard();
        let items = buffer(
            generator(|emitter| async move {
                let _guard = guard;
                for number in 0.. {
                    emitter.emit(number).await;
                }
            }),
            3,
        );
        yield_now().await;
        assert_eq!(items.len(), 3);
        drop(items);
        yield_now().await;
        assert_eq!(drops.count(), 1);

        let breaks = stream::iter(0..5).map(|n| match n {
            3 => panic!("in the source"),
            n => n,
        });
        let got: Vec<_> = buffer(breaks, 1).collect().await;
        assert_eq!(got, [0, 1, 2]);
    });
}

#[test]
fn an_interval_and_a_receiver_are_streams() {
    runtime().block_on(async {
        let ticks: Vec<u64> = interval(ms(10))
            .take(3)
            .map(|tick| tick.as_nanos() / 1_000_000)
            .collect()
            .await;
        assert_eq!(ticks, [0, 10, 20]);
    });
}

#[test]
fn heavy_work_gives_way_when_its_time_is_spent() {
    let run = || {
        let runtime = runtime();
        let turns = runtime.block_on(async {
            let beats = spawn(async {
                let mut beats = Vec::new();
                for _ in 0..4 {
                    beats.push(millis());
                    yield_now().await;
                }
                beats
            });
            let mut budget = Budget::new(ms(5));
            for piece in 0..10 {
                budget.spend(ms(1 + piece % 2)).await;
            }
            (beats.await.unwrap(), budget.turns(), millis())
        });
        (turns, events(&runtime, Kind::Yielded).len())
    };
    let (seen, _) = run();
    // Pieces of 1, 2, 1, 2, … ms: 6 ms are over the limit of 5 after the fourth.
    assert_eq!(seen, (vec![6, 12, 15, 15], 3, 15));
    assert_eq!(run(), run());
}

#[test]
fn a_number_of_pieces_is_a_limit_too_and_on_a_real_clock_the_cost_means_nothing() {
    runtime().block_on(async {
        let mut budget = Budget::new(ms(1000)).pieces(3);
        for _ in 0..7 {
            budget.step().await;
        }
        assert_eq!(budget.turns(), 3);
        assert_eq!(millis(), 0, "no time passes by itself");
        let mut sum = 0;
        for_each_within(ms(4), 1..=1000, |number| sum += number).await;
        assert_eq!(sum, 500_500);
    });
    // A clock that stands still, so that the test does not depend on how quick the machine is.
    let standing = Clock::Real(Rc::new(|| 0));
    wakeline::Builder::new()
        .clock(standing)
        .build()
        .block_on(async {
            let mut budget = Budget::new(ms(1));
            for _ in 0..100 {
                budget.spend(ms(10)).await;
            }
            assert_eq!(budget.turns(), 1);
        });
}

#[test]
fn work_in_pieces_can_be_given_up_between_them() {
    runtime().block_on(async {
        let done = Rc::new(RefCell::new(0));
        let count = Rc::clone(&done);
        let mut work = ByHand::new(for_each_within(ms(1), 0..1000, move |_| {
            *count.borrow_mut() += 1;
        }));
        assert_eq!(work.poll(), Poll::Pending);
        assert!(work.is_woken());
        drop(work);
        assert_eq!(*done.borrow(), 100);
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 128 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever the times: the chunks in a row are the items, none is empty or too large, and
    /// none keeps an item longer than it may.
    #[test]
    fn chunks_lose_nothing_and_keep_to_size_and_time(
        mut times in proptest::collection::vec(0_u64..100, 0..40),
        size in 1_usize..6,
        linger in 0_u64..30,
    ) {
        times.sort_unstable();
        let chunks: Vec<(Vec<u64>, u64)> = runtime().block_on(
            chunks(at(times.clone()), size, ms(linger))
                .map(|chunk| (chunk, millis()))
                .collect(),
        );
        let items: Vec<u64> = chunks.iter().flat_map(|(chunk, _)| chunk).copied().collect();
        prop_assert_eq!(items, times);
        for (chunk, given) in chunks {
            prop_assert!(!chunk.is_empty() && chunk.len() <= size);
            prop_assert!(given <= chunk[0] + linger);
        }
    }

    /// Every item of every stream, each stream in its own order; and while several have items,
    /// none gives two before another has given one.
    #[test]
    fn merging_loses_nothing_and_is_fair(lengths in proptest::collection::vec(0_usize..10, 0..6)) {
        let merged: Vec<(usize, usize)> = runtime()
            .block_on(merge(lengths.iter().map(|length| stream::iter(0..*length))).collect());
        let mut left: Vec<VecDeque<usize>> =
            lengths.iter().map(|length| (0..*length).collect()).collect();
        let mut last: Vec<usize> = vec![0; lengths.len()];
        for (turn, (from, item)) in (1..).zip(merged) {
            prop_assert_eq!(left[from].pop_front(), Some(item));
            last[from] = turn;
            for (other, items) in left.iter().enumerate() {
                prop_assert!(items.is_empty() || turn - last[other] <= lengths.len());
            }
        }
        prop_assert!(left.iter().all(VecDeque::is_empty));
    }
}
