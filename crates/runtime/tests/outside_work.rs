//! Work that is done elsewhere, in the log and in the run.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use wakeline::log::{Event, Kind, Reason, ResourceKind};
use wakeline::outside::Work;
use wakeline::time::{now, sleep};
use wakeline::{Builder, Progress, Runtime};

fn events(runtime: &Runtime, kind: Kind) -> Vec<Event> {
    let log = runtime.log();
    let all = log.columns.iter_from(0);
    all.filter(|event| event.kind == kind).collect()
}

#[test]
fn a_run_that_waits_for_work_is_no_deadlock_and_its_clock_stands_still() {
    let runtime = Builder::new().build();
    let done = Rc::new(Cell::new(false));
    let asked = done.clone();
    let waker = Rc::new(Cell::new(None));
    let kept = waker.clone();
    let task = runtime.spawn(async move {
        let work = Work::begin("a sum");
        let pending = std::future::poll_fn(|cx| {
            if asked.get() {
                return Poll::Ready(42);
            }
            kept.set(Some(cx.waker().clone()));
            Poll::Pending
        });
        let sum = work.wait(pending).await;
        (sum, now())
    });
    // Another task's timer must not be reached while the work is under way.
    drop(runtime.spawn(async { sleep(Duration::from_secs(1)).await }));
    while runtime.run_for(1) == Progress::Ready {}
    assert!(matches!(runtime.run_for(1), Progress::Waiting { .. }));
    assert!(!task.is_finished());

    done.set(true);
    waker.take().expect("it waits").wake();
    let (sum, at) = runtime.block_on(task).expect("it returns");
    assert_eq!((sum, at.as_nanos()), (42, 0));
}

#[test]
fn its_story_is_in_the_log() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let work = Work::begin("a sum");
        let mut polls = 0;
        let twice = std::future::poll_fn(|cx| {
            polls += 1;
            work.progress(f64::from(polls) * 50.0);
            cx.waker().wake_by_ref();
            match polls {
                2 => Poll::Ready(()),
                _ => Poll::Pending,
            }
        });
        work.wait(twice).await;
    });
    let created = &events(&runtime, Kind::ResourceCreated)[0];
    assert_eq!(created.flags, ResourceKind::Work.code());
    assert_eq!(runtime.log().text(created.low()), "a sum");
    for kind in [Kind::WaitBegun, Kind::WaitEnded] {
        let waits = events(&runtime, kind);
        assert_eq!(waits.len(), 1);
        let wait = &waits[0];
        let expected = (Reason::Outside.code(), created.subject);
        assert_eq!((wait.flags, wait.object), expected);
    }
    let metrics = events(&runtime, Kind::Metric);
    let percent: Vec<f64> = metrics.iter().map(|e| f64::from_bits(e.value)).collect();
    assert_eq!(percent, [50.0, 100.0]);
    assert_eq!(runtime.log().text(metrics[0].object), "a sum");
    assert_eq!(events(&runtime, Kind::ResourceClosed).len(), 1);
}

#[test]
fn a_wait_that_is_dropped_ends_in_the_log_and_is_expected_no_more() {
    let runtime = Builder::new().build();
    let task = runtime.spawn(async {
        let work = Work::begin("for ever");
        work.wait(std::future::pending::<()>()).await;
    });
    while runtime.run_for(1) == Progress::Ready {}
    assert!(matches!(runtime.run_for(1), Progress::Waiting { .. }));
    task.abort();
    while runtime.run_for(1) == Progress::Ready {}
    assert_eq!(events(&runtime, Kind::WaitEnded).len(), 1);
    assert_eq!(events(&runtime, Kind::ResourceClosed).len(), 1);
    assert_eq!(runtime.run_for(1), Progress::Done);
}
