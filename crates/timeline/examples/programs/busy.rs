//! A real program of any size, for measuring what its log costs.

use std::rc::Rc;
use std::time::Duration;

use wakeline::log::{Log, Outcome};
use wakeline::sync::{Mutex, mpsc};
use wakeline::{Builder, Progress};

/// The log of a program with so many tasks that runs until it has so many events.
pub(crate) fn program(events: u32, tasks: u32) -> Log {
    let runtime = Builder::new().event_limit(events).build();
    let lock = Rc::new(Mutex::new(()));
    runtime.spawn_named("main", async move {
        for number in 0..u64::from(tasks) / 2 {
            let (sender, mut receiver) = mpsc::channel(2);
            let lock = Rc::clone(&lock);
            wakeline::spawn(async move {
                for turn in 0_u64.. {
                    if sender.send(turn).await.is_err() {
                        return;
                    }
                    if turn % 16 == number % 16 {
                        wakeline::time::sleep(Duration::from_micros(50 + number % 97)).await;
                    }
                }
            });
            wakeline::spawn(async move {
                while let Some(turn) = receiver.recv().await {
                    if turn % 64 == number % 64 {
                        let _guard = lock.lock().await;
                        wakeline::time::sleep(Duration::from_micros(1 + number % 7)).await;
                    }
                }
            });
        }
        std::future::pending::<()>().await;
    });
    while runtime.run_for(10_000) == Progress::Ready {}
    runtime.finish(Outcome::Limit, "");
    runtime.log().clone()
}
