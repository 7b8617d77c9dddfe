//! What everybody does, in so many passes, of which the sum is taken: a browser's clock is coarse.
//! The time is taken within the executor's main task, so that making an executor and throwing it
//! away are no part of it.

use crate::executors::{Executor, Spawner};
use crate::meeting::{Countdown, Turns};
use crate::milliseconds;

pub(crate) async fn spawn_and_finish<E: Executor>(tasks: usize, passes: usize) -> f64 {
    E::run(move |spawner| async move {
        let start = milliseconds();
        for _ in 0..passes {
            let all = Countdown::new(tasks);
            for _ in 0..tasks {
                let all = all.clone();
                spawner.spawn_detached(async move { all.report() });
            }
            all.wait().await;
        }
        milliseconds() - start
    })
    .await
}

pub(crate) async fn spawn_and_join<E: Executor>(tasks: usize, passes: usize) -> f64 {
    E::run(move |spawner| async move {
        let start = milliseconds();
        for _ in 0..passes {
            let handles: Vec<_> = (0..tasks).map(|_| spawner.spawn(async {})).collect();
            for handle in handles {
                handle.await;
            }
        }
        milliseconds() - start
    })
    .await
}

/// Each of so many tasks gives way so many times.
pub(crate) async fn yields<E: Executor>(tasks: usize, times: usize) -> f64 {
    E::run(move |spawner| async move {
        let start = milliseconds();
        let all = Countdown::new(tasks);
        for _ in 0..tasks {
            let all = all.clone();
            spawner.spawn_detached(async move {
                for _ in 0..times {
                    E::Spawner::yield_now().await;
                }
                all.report();
            });
        }
        all.wait().await;
        milliseconds() - start
    })
    .await
}

/// Two tasks wake each other, so many times in all.
pub(crate) async fn ping_pong<E: Executor>(wakes: usize) -> f64 {
    E::run(move |spawner| async move {
        let start = milliseconds();
        let (turns, all) = (Turns::new(), Countdown::new(2));
        for player in 0..2 {
            let (turns, all) = (turns.clone(), all.clone());
            spawner.spawn_detached(async move {
                for _ in 0..wakes / 2 {
                    turns.mine(player).await;
                    turns.pass();
                }
                all.report();
            });
        }
        all.wait().await;
        milliseconds() - start
    })
    .await
}
