//! Figures equal what is counted from the log by hand.

mod support;

use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::{Cause, Event, Kind, Log, Reason};
use wakeline::sync::{Mutex, mpsc};
use wakeline::time::{block, sleep};
use wakeline::{Policy, spawn, spawn_named};
use wakeline_timeline::compare::Comparison;
use wakeline_timeline::metrics::{Metrics, POINTS, SeriesKind, Unit};
use wakeline_timeline::{LaneKey, Look, Model};

fn count(log: &Log, wanted: impl Fn(&Event) -> bool) -> u64 {
    log.columns
        .iter_from(0)
        .filter(|event| wanted(event))
        .count() as u64
}

fn is_wake(event: &Event) -> bool {
    matches!(event.kind, Kind::TaskReady | Kind::WakeCoalesced)
        && event.flags != Cause::Spawned.code()
}

/// The lengths of all waits but sleeps, counted by searching for the end of each.
fn waits(log: &Log) -> Vec<(Event, u64)> {
    let events: Vec<Event> = log.columns.iter_from(0).collect();
    let end = events.last().map_or(0, |event| event.time);
    let mut taken = vec![false; events.len()];
    let mut found = Vec::new();
    for (at, begun) in events.iter().enumerate() {
        if begun.kind != Kind::WaitBegun {
            continue;
        }
        let what = |event: &Event| (event.subject, event.flags, event.object);
        let ended = (at..events.len()).find(|&later| {
            let event = &events[later];
            event.kind == Kind::WaitEnded && what(event) == what(begun) && !taken[later]
        });
        if let Some(ended) = ended {
            taken[ended] = true;
        }
        let until = ended.map_or(end, |ended| events[ended].time);
        found.push((*begun, until - begun.time));
    }
    found
}

fn totals_are_counts(log: &Log) -> Result<(), TestCaseError> {
    let metrics = Metrics::of(log);
    let totals = &metrics.totals;
    prop_assert_eq!(totals.events, log.len() as u64);
    prop_assert_eq!(totals.end_ns, log.columns.time(usize::MAX));
    prop_assert_eq!(
        totals.polls,
        count(log, |event| event.kind == Kind::PollBegun)
    );
    prop_assert_eq!(
        totals.tasks,
        count(log, |event| event.kind == Kind::TaskCreated)
    );
    prop_assert_eq!(
        totals.failed,
        count(log, |event| event.kind == Kind::TaskFailed)
    );
    prop_assert_eq!(totals.wakes, count(log, is_wake));
    prop_assert_eq!(
        totals.messages,
        count(log, |event| event.kind == Kind::Received)
    );
    let sum = |of: fn(&wakeline_timeline::metrics::TaskFigures) -> u64| -> u64 {
        metrics.tasks.iter().map(of).sum()
    };
    prop_assert_eq!(sum(|task| task.wakes), totals.wakes);
    prop_assert_eq!(sum(|task| task.spurious), totals.spurious);
    prop_assert_eq!(sum(|task| task.waiting_ns), totals.waiting_ns);
    prop_assert!(totals.spurious <= totals.polls);
    Ok(())
}

fn tasks_are_as_their_lanes(log: &Log) -> Result<(), TestCaseError> {
    let metrics = Metrics::of(log);
    let model = Model::from_log(log.clone());
    for task in &metrics.tasks {
        let summary = model.task_summary(task.task).unwrap();
        prop_assert_eq!(task.polls, u64::from(summary.polls));
        prop_assert_eq!(task.running_ns, summary.running(), "task {}", task.task);
        prop_assert_eq!(task.ready_ns, summary.ready(), "task {}", task.task);
        let parts = task.running_ns + task.ready_ns + task.waiting_ns + task.sleeping_ns;
        prop_assert_eq!(parts, summary.lived, "task {}", task.task);
        let slices = model.lanes().slices(LaneKey::Task(task.task)).unwrap();
        let longest = (0..slices.len())
            .filter_map(|index| model.slice(LaneKey::Task(task.task), index))
            .filter(|slice| slice.look.is_wait())
            .filter(|slice| !matches!(slice.look, Look::Sleep | Look::Interval))
            .map(|slice| slice.duration())
            .max();
        prop_assert!(task.longest_wait_ns >= longest.unwrap_or(0));
        prop_assert!(task.longest_wait_ns <= task.waiting_ns);
    }
    Ok(())
}

fn waits_are_as_searched(log: &Log) -> Result<(), TestCaseError> {
    let metrics = Metrics::of(log);
    let all = waits(log);
    let timer = Reason::Timer.code();
    let mut lengths: Vec<u64> = all
        .iter()
        .filter(|(begun, _)| begun.flags != timer)
        .map(|(_, length)| *length)
        .collect();
    lengths.sort_unstable();
    let counted: u64 = metrics.waiting.buckets.iter().map(|bucket| bucket.1).sum();
    prop_assert_eq!(counted, lengths.len() as u64);
    prop_assert_eq!(metrics.waiting.max, lengths.last().copied().unwrap_or(0));
    if !lengths.is_empty() {
        let half = lengths[lengths.len().div_ceil(2) - 1];
        prop_assert_eq!(metrics.waiting.p50, half);
    }
    let tasks = [
        timer,
        Reason::Join.code(),
        Reason::JoinAny.code(),
        Reason::Other.code(),
    ];
    let mut by_resource: BTreeMap<u32, (u64, u64, u64)> = BTreeMap::new();
    for (begun, length) in all
        .iter()
        .filter(|(begun, _)| !tasks.contains(&begun.flags))
    {
        let row = by_resource.entry(begun.object).or_default();
        *row = (row.0 + 1, row.1 + length, row.2.max(*length));
    }
    for resource in &metrics.resources {
        let (waits, waited, longest) = by_resource.remove(&resource.resource).unwrap_or_default();
        prop_assert_eq!(resource.waits, waits);
        prop_assert_eq!(resource.waited_ns, waited);
        prop_assert_eq!(resource.longest_wait_ns, longest);
    }
    prop_assert!(by_resource.is_empty(), "{:?}", by_resource);
    Ok(())
}

fn series_are_bounded(log: &Log) -> Result<(), TestCaseError> {
    for series in Metrics::of(log).series {
        prop_assert!(series.points.len() <= POINTS, "{}", series.points.len());
        prop_assert!(series.points.is_sorted_by_key(|point| point.0));
        let max = series.points.iter().map(|point| point.1).max().unwrap_or(0);
        prop_assert_eq!(max, series.max);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn figures_of_a_program_are_counts((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        totals_are_counts(&log)?;
        tasks_are_as_their_lanes(&log)?;
        waits_are_as_searched(&log)?;
        series_are_bounded(&log)?;
    }

    #[test]
    fn nonsense_has_figures_too(log in nonsense(400)) {
        series_are_bounded(&log)?;
        let comparison = Comparison::of(&log, &log);
        prop_assert!(comparison.rows.iter().all(|row| row.difference() == 0));
    }
}

#[test]
fn a_small_run_in_figures() {
    let log = record(0, Policy::Fifo, async {
        let lock = Rc::new(Mutex::named("ledger", ()));
        let (sender, mut receiver) = mpsc::Builder::<u32>::new("parcels").bounded(2);
        let tasks = [10, 20].map(|time| {
            let (lock, sender) = (Rc::clone(&lock), sender.clone());
            spawn(async move {
                let guard = lock.lock().await;
                sleep(ms(time)).await;
                drop(guard);
                block(ms(1));
                sender.send(1).await.unwrap();
            })
        });
        drop(sender);
        while receiver.recv().await.is_some() {}
        for task in tasks {
            task.await.unwrap();
        }
    });
    let metrics = Metrics::of(&log);
    let second = &metrics.tasks[2];
    assert_eq!(second.running_ns, 1_000_000);
    assert_eq!(second.sleeping_ns, 20_000_000);
    // While the first one slept; that one ran on for a millisecond after it had let go.
    assert_eq!(
        (second.waiting_ns, second.ready_ns),
        (10_000_000, 1_000_000)
    );
    assert_eq!(second.longest_wait_ns, 10_000_000);
    let ledger = &metrics.resources[0];
    assert_eq!((ledger.waits, ledger.waited_ns), (1, 11_000_000));
    assert_eq!((ledger.operations, ledger.max_occupancy), (2, 1));
    let parcels = &metrics.resources[1];
    assert_eq!((parcels.operations, parcels.max_occupancy), (4, 1));
    let totals = &metrics.totals;
    assert_eq!((totals.messages, totals.unit), (2, Unit::Messages));
    assert_eq!(totals.end_ns, 32_000_000);
    assert_eq!(totals.throughput_thousandths, 62_500, "2 in 32 ms");
    let kinds: Vec<SeriesKind> = metrics.series.iter().map(|series| series.kind).collect();
    assert!(kinds.contains(&SeriesKind::Occupancy(1)) && kinds.contains(&SeriesKind::Occupancy(2)));
}

#[test]
fn two_runs_stand_side_by_side_by_the_names_of_their_tasks() {
    let run = |time: u64, extra: bool| {
        record(0, Policy::Fifo, async move {
            let mut tasks = vec![
                spawn_named("worker", sleep(ms(time))),
                spawn_named("worker", sleep(ms(2 * time))),
            ];
            if extra {
                tasks.push(spawn_named("helper", sleep(ms(1))));
            }
            for task in tasks {
                task.await.unwrap();
            }
        })
    };
    let comparison = Comparison::of(&run(10, false), &run(5, true));
    let row = |name| comparison.rows.iter().find(|row| row.name == name).unwrap();
    assert_eq!(row("end_ns").difference(), -10_000_000);
    assert_eq!(row("tasks").difference(), 1);
    let pairs: Vec<(&str, u32, u32)> = comparison
        .tasks
        .iter()
        .map(|pair| (&*pair.name, pair.kept, pair.current))
        .collect();
    assert_eq!(
        pairs,
        [
            ("main", 1, 1),
            ("worker", 2, 2),
            ("worker", 3, 3),
            ("helper", 0, 4)
        ]
    );
    assert_eq!(comparison.tasks[2].kept_end, Some(20_000_000));
    assert_eq!(comparison.tasks[2].current_end, Some(10_000_000));
}
