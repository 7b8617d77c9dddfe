//! The way back from the end of a run covers all of it, and names what decided when it ended.

mod support;

use std::time::Duration;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::Policy;
use wakeline::log::{Kind, Log, Reason};
use wakeline::sync::{Mutex, mpsc};
use wakeline::time::{block, sleep};
use wakeline_timeline::critical_path::{CriticalPath, PathReason, PathSegment};

/// What is true of every path: no gap, no overlap, from the beginning to the end.
fn is_whole(log: &Log, segments: &[PathSegment]) -> Result<(), TestCaseError> {
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
        prop_assert!(log.is_empty());
        return Ok(());
    };
    let end = log.columns.time(usize::MAX);
    prop_assert_eq!((first.from, first.first), (0, 0));
    prop_assert_eq!((last.to, last.last as usize), (end, log.len() - 1));
    for pair in segments.windows(2) {
        prop_assert_eq!(pair[0].to, pair[1].from);
        prop_assert_eq!(pair[0].last, pair[1].first);
    }
    for segment in segments {
        prop_assert!(segment.from <= segment.to && segment.first <= segment.last);
    }
    let all: u64 = segments
        .iter()
        .map(|segment| segment.to - segment.from)
        .sum();
    prop_assert_eq!(all, end);
    Ok(())
}

/// What is true of the path of a log that the runtime wrote.
fn is_sound(log: &Log) -> Result<(), TestCaseError> {
    let path = CriticalPath::of(log);
    is_whole(log, &path.segments)?;
    let all: u64 = path.totals().iter().map(|total| total.time).sum();
    prop_assert_eq!(all, path.end);
    for segment in &path.segments {
        let at = |event: u32| log.columns.get(event as usize).unwrap();
        match segment.reason {
            PathReason::Running => {
                let begun = at(segment.first);
                prop_assert_eq!((begun.kind, begun.subject), (Kind::PollBegun, segment.task));
            }
            PathReason::Ready => {
                prop_assert_eq!(at(segment.first).kind, Kind::TaskReady);
                prop_assert_eq!(at(segment.last).kind, Kind::PollBegun);
                prop_assert_eq!(at(segment.first).subject, segment.task);
            }
            PathReason::Waiting(Reason::Timer) => {
                let armed = at(segment.first);
                prop_assert_eq!(armed.kind, Kind::TimerArmed);
                prop_assert!(armed.value <= segment.to, "it cannot fire before its time");
            }
            PathReason::Waiting(_) => {}
        }
    }
    for most in [1, 2, 7, 50] {
        let condensed = path.condensed(most);
        prop_assert!(condensed.len() <= most.max(1) || condensed == path.segments);
        is_whole_in_time(&condensed, path.end)?;
    }
    Ok(())
}

fn is_whole_in_time(segments: &[PathSegment], end: u64) -> Result<(), TestCaseError> {
    for pair in segments.windows(2) {
        prop_assert_eq!((pair[0].to, pair[0].last), (pair[1].from, pair[1].first));
    }
    let all: u64 = segments
        .iter()
        .map(|segment| segment.to - segment.from)
        .sum();
    prop_assert_eq!(all, end);
    Ok(())
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn the_path_of_a_program_has_no_gap((seed, random, deeds) in programs()) {
        is_sound(&perform(seed, random, deeds).0)?;
    }

    #[test]
    fn the_path_of_nonsense_has_no_gap(log in nonsense(400)) {
        is_whole(&log, &CriticalPath::of(&log).segments)?;
    }
}

fn time_of(path: &CriticalPath, reason: PathReason) -> Duration {
    let totals = path.totals();
    let total = totals.iter().find(|total| total.reason == reason);
    Duration::from_nanos(total.map_or(0, |total| total.time))
}

const TIMER: PathReason = PathReason::Waiting(Reason::Timer);

/// The tasks on the path that took time, in order, by their ids.
fn tasks(path: &CriticalPath) -> Vec<u32> {
    let mut tasks: Vec<u32> = path
        .segments
        .iter()
        .filter(|segment| segment.to > segment.from)
        .map(|segment| segment.task)
        .collect();
    tasks.dedup();
    tasks
}

#[test]
fn of_two_tasks_the_slower_one_decides() {
    let log = record(0, Policy::Fifo, async {
        let quick = wakeline::spawn(sleep(ms(10)));
        let slow = wakeline::spawn(sleep(ms(30)));
        quick.await.unwrap();
        slow.await.unwrap();
    });
    let path = CriticalPath::of(&log);
    assert_eq!(path.end, 30_000_000);
    assert_eq!(tasks(&path), [3], "main is 1, the quick one 2");
    assert_eq!(time_of(&path, TIMER), ms(30));
}

#[test]
fn the_path_goes_through_whoever_held_the_lock() {
    let log = record(0, Policy::Fifo, async {
        let lock = std::rc::Rc::new(Mutex::new(()));
        let work = |time: u64| {
            let lock = std::rc::Rc::clone(&lock);
            async move {
                let _guard = lock.lock().await;
                sleep(ms(time)).await;
            }
        };
        let first = wakeline::spawn(work(5));
        let second = wakeline::spawn(work(7));
        first.await.unwrap();
        second.await.unwrap();
    });
    let path = CriticalPath::of(&log);
    assert_eq!(tasks(&path), [2, 3]);
    assert_eq!(time_of(&path, TIMER), ms(12));
}

#[test]
fn a_task_that_keeps_the_thread_is_running_and_the_others_are_ready() {
    let log = record(0, Policy::Fifo, async {
        let (sender, mut receiver) = mpsc::channel::<u32>(1);
        let producer = wakeline::spawn(async move {
            block(ms(20));
            sender.send(1).await.unwrap();
            // The receiver is ready from here on, and cannot run.
            block(ms(4));
        });
        assert_eq!(receiver.recv().await, Some(1));
        producer.await.unwrap();
    });
    let path = CriticalPath::of(&log);
    assert_eq!(path.end, 24_000_000);
    let running = time_of(&path, PathReason::Running);
    let ready = time_of(&path, PathReason::Ready);
    assert_eq!(running + ready, ms(24));
    assert!(running >= ms(20), "{running:?}");
}

#[test]
fn a_run_that_nothing_happened_in_has_a_path_all_the_same() {
    let log = record(0, Policy::Fifo, async {});
    let path = CriticalPath::of(&log);
    assert_eq!(path.end, 0);
    assert!(path.totals().is_empty());
}
