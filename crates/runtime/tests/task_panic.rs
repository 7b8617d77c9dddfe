//! Panics stay with the task that panicked.

mod support;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use support::{Drops, events, ms, runtime};
use wakeline::log::Kind;
use wakeline::spawn;
use wakeline::time::sleep;

#[test]
fn a_panic_of_a_poll_is_reported_at_the_join_and_nowhere_else() {
    let runtime = runtime();
    let drops = Drops::default();
    runtime.block_on(async {
        let guard = drops.guard();
        let task = spawn(async move {
            let _guard = guard;
            sleep(ms(1)).await;
            panic!("number {}", 7);
        });
        let neighbour = spawn(async {
            sleep(ms(2)).await;
            "unharmed"
        });
        let error = task.await.map(|()| unreachable!()).unwrap_err();
        assert_eq!(error.panic_message(), Some("number 7"));
        assert_eq!(error.to_string(), "the task panicked: number 7");
        assert_eq!(drops.count(), 1);
        assert_eq!(neighbour.await.unwrap(), "unharmed");
    });
    let failed = events(&runtime, Kind::TaskFailed);
    assert_eq!(runtime.log().text(failed[0].low()), "number 7");
}

/// A future whose drop panics.
struct Bomb {
    ready: bool,
}

impl Future for Bomb {
    type Output = &'static str;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<&'static str> {
        if self.ready {
            Poll::Ready("never seen")
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in the drop");
    }
}

#[test]
fn a_panic_of_the_future_s_drop_is_the_task_s_failure() {
    runtime().block_on(async {
        let task = spawn(Bomb { ready: true });
        assert_eq!(task.await.unwrap_err().panic_message(), Some("in the drop"));
        let task = spawn(Bomb { ready: false });
        sleep(ms(1)).await;
        task.abort();
        assert_eq!(task.await.unwrap_err().panic_message(), Some("in the drop"));
    });
}

#[test]
fn a_panic_of_an_unwanted_output_s_drop_harms_nobody() {
    struct Output;
    impl Drop for Output {
        fn drop(&mut self) {
            panic!("in the output's drop");
        }
    }
    let runtime = runtime();
    runtime.block_on(async {
        drop(spawn(async { Output }));
        sleep(ms(1)).await;
        wakeline::println!("alive");
    });
    assert_eq!(support::lines(&runtime).len(), 1);
}

#[test]
fn a_panic_of_the_root_future_leaves_the_runtime_usable() {
    let runtime = runtime();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            spawn(async { wakeline::println!("spawned before the panic") });
            panic!("root");
        })
    }));
    assert!(panicked.is_err());
    runtime.block_on(async { sleep(ms(1)).await });
    assert_eq!(support::lines(&runtime).len(), 1);
}

#[test]
fn a_payload_can_be_taken_and_thrown_on() {
    runtime().block_on(async {
        let error = spawn(async { std::panic::panic_any(5_u8) })
            .await
            .unwrap_err();
        let payload = error.try_into_panic().unwrap();
        assert_eq!(payload.downcast_ref::<u8>(), Some(&5));
    });
}
