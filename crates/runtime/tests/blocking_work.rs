//! Work on other threads.

mod support;

use support::{lines, ms, runtime};
use wakeline::Clock;
use wakeline::spawn;
use wakeline::task::spawn_blocking;
use wakeline::time::sleep;

#[test]
fn heavy_work_leaves_the_thread_free() {
    let runtime = wakeline::Builder::new().clock(Clock::real()).build();
    runtime.block_on(async {
        let (go, may_go) = std::sync::mpsc::channel::<()>();
        // The work waits for what only another task can give: it would be stuck on our thread.
        let work = spawn_blocking(move || may_go.recv().is_ok());
        drop(spawn(async move { go.send(()).unwrap() }));
        assert!(work.await.unwrap());
    });
}

#[test]
fn a_panic_of_the_work_is_an_error() {
    runtime().block_on(async {
        let error = spawn_blocking(|| panic!("in the work")).await.unwrap_err();
        assert_eq!(error.panic_message(), Some("in the work"));
    });
}

#[test]
fn a_virtual_clock_stands_still_while_the_work_goes_on() {
    let runtime = runtime();
    runtime.block_on(async {
        let sleeper = spawn(async {
            sleep(ms(5)).await;
            wakeline::println!("slept");
        });
        assert_eq!(spawn_blocking(|| 7).await.unwrap(), 7);
        assert_eq!(wakeline::time::now().as_nanos(), 0);
        sleeper.await.unwrap();
    });
    assert_eq!(lines(&runtime), [(5, "slept".to_owned())]);
}

#[test]
fn work_that_nobody_awaits_any_more_harms_nobody() {
    let (done, is_done) = std::sync::mpsc::channel();
    let runtime = runtime();
    runtime.block_on(async {
        drop(spawn_blocking(move || done.send(()).unwrap()));
    });
    drop(runtime);
    is_done.recv().unwrap();
}
