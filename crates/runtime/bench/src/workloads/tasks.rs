//! Spawning, giving way, waking, aborting.

use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::rc::Rc;

use crate::executors::wakeline::{Quiet, Recording};
use crate::executors::{Abort, Executor, Spawner, floor};
use crate::harness::{Cost, Stopwatch, Subject, Workload};
use crate::meeting::{Countdown, Table, WakeItself};
use crate::subjects;

#[cfg(feature = "peers")]
use crate::executors::peers::{
    AsyncExecutor, AsyncExecutorStatic, Compio, LocalPool, Monoio, Tokio,
};

const SIZES: &[usize] = &[1_000, 100_000, 1_000_000];

/// Everybody who runs tasks.
macro_rules! everybody {
    ($function:ident) => {{
        let mut all = subjects![$function; Quiet => "wakeline"];
        #[cfg(feature = "peers")]
        all.extend(subjects![$function;
            Tokio => "tokio LocalSet",
            LocalPool => "futures LocalPool",
            AsyncExecutor => "async-executor Local",
            AsyncExecutorStatic => "async-executor StaticLocal",
            Compio => "compio-executor",
            Monoio => "monoio",
        ]);
        all.extend(subjects![$function; Recording => "wakeline, recording"]);
        all
    }};
}

pub(super) fn workloads() -> Vec<Workload> {
    let mut spawn_all = everybody!(spawn);
    spawn_all.push(Subject {
        name: "floor: boxed futures in a queue",
        run: spawn_floor,
    });
    let mut one = everybody!(yield_one);
    one.push(Subject {
        name: "wakeline, its own yield_now",
        run: yield_own_one,
    });
    one.push(Subject {
        name: "floor: boxed futures in a queue",
        run: yield_floor_one,
    });
    let mut many = everybody!(yield_many);
    many.push(Subject {
        name: "wakeline, its own yield_now",
        run: yield_own_many,
    });
    many.push(Subject {
        name: "floor: boxed futures in a queue",
        run: yield_floor_many,
    });
    let mut abort_all = subjects![abort; Quiet => "wakeline"];
    #[cfg(feature = "peers")]
    abort_all.extend(subjects![abort;
        Tokio => "tokio LocalSet",
        LocalPool => "futures LocalPool",
        AsyncExecutor => "async-executor Local",
        AsyncExecutorStatic => "async-executor StaticLocal",
        Compio => "compio-executor",
    ]);
    abort_all.extend(subjects![abort; Recording => "wakeline, recording"]);
    vec![
        Workload {
            name: "spawn and finish",
            operation: "task",
            sizes: SIZES,
            subjects: spawn_all,
        },
        Workload {
            name: "spawn and join",
            operation: "task",
            sizes: SIZES,
            subjects: everybody!(spawn_and_join),
        },
        Workload {
            name: "yield, one task",
            operation: "yield",
            sizes: &[100_000],
            subjects: one,
        },
        // The size is the number of tasks.
        Workload {
            name: "yield, tasks",
            operation: "yield",
            sizes: SIZES,
            subjects: many,
        },
        Workload {
            name: "wake, two tasks in turns",
            operation: "hop",
            sizes: &[100_000],
            subjects: everybody!(ping_pong),
        },
        Workload {
            name: "abort",
            operation: "task",
            sizes: SIZES,
            subjects: abort_all,
        },
    ]
}

fn spawn<E: Executor>(size: usize, passes: usize) -> Cost {
    E::run(|spawner| async move {
        let countdown = Countdown::default();
        let mut last = None;
        for _ in 0..passes {
            countdown.reset(size);
            let watch = Stopwatch::start();
            for _ in 0..size {
                let countdown = countdown.clone();
                spawner.spawn_detached(async move { countdown.report() });
            }
            countdown.wait().await;
            last = Some(watch.stop(size));
        }
        last.expect("at least one pass")
    })
}

fn spawn_floor(size: usize, passes: usize) -> Cost {
    let countdown = Countdown::default();
    let mut last = None;
    for _ in 0..passes {
        countdown.reset(size);
        let watch = Stopwatch::start();
        let mut queue: VecDeque<Pin<Box<dyn Future<Output = ()>>>> = VecDeque::with_capacity(size);
        for _ in 0..size {
            let countdown = countdown.clone();
            queue.push_back(Box::pin(async move { countdown.report() }));
        }
        floor::run(queue);
        last = Some(watch.stop(size));
    }
    last.expect("at least one pass")
}

fn spawn_and_join<E: Executor>(size: usize, passes: usize) -> Cost {
    E::run(|spawner| async move {
        let mut last = None;
        for _ in 0..passes {
            let mut handles = Vec::with_capacity(size);
            let watch = Stopwatch::start();
            for number in 0..size {
                handles.push(spawner.spawn(async move {
                    black_box(number);
                }));
            }
            for handle in handles {
                handle.await;
            }
            last = Some(watch.stop(size));
        }
        last.expect("at least one pass")
    })
}

/// How often each of so many tasks gives way in a pass.
fn turns(tasks: usize) -> usize {
    (100_000 / tasks).max(10)
}

/// So many tasks that give way so often in each pass. They are spawned once for all passes, so
/// that the passes are nothing but yields.
fn give_way<E: Executor, Y: Future<Output = ()> + 'static>(
    tasks: usize,
    turns: usize,
    passes: usize,
    once: impl Fn() -> Y + Copy + 'static,
) -> Cost {
    E::run(move |spawner| async move {
        let countdown = Countdown::new(tasks);
        for _ in 0..tasks {
            let countdown = countdown.clone();
            spawner.spawn_detached(async move {
                for _ in 0..turns * passes {
                    once().await;
                }
                countdown.report();
            });
        }
        let watch = Stopwatch::start();
        countdown.wait().await;
        watch.stop(tasks * turns * passes)
    })
}

fn yield_one<E: Executor>(size: usize, passes: usize) -> Cost {
    give_way::<E, _>(1, size, passes, WakeItself::default)
}

fn yield_many<E: Executor>(size: usize, passes: usize) -> Cost {
    give_way::<E, _>(size, turns(size), passes, WakeItself::default)
}

fn yield_own_one(size: usize, passes: usize) -> Cost {
    give_way::<Quiet, _>(1, size, passes, wakeline::task::yield_now)
}

fn yield_own_many(size: usize, passes: usize) -> Cost {
    give_way::<Quiet, _>(size, turns(size), passes, wakeline::task::yield_now)
}

fn yield_floor_one(size: usize, passes: usize) -> Cost {
    yield_floor(1, size, passes)
}

fn yield_floor_many(size: usize, passes: usize) -> Cost {
    yield_floor(size, turns(size), passes)
}

fn yield_floor(tasks: usize, turns: usize, passes: usize) -> Cost {
    let countdown = Countdown::new(tasks);
    let mut queue: VecDeque<Pin<Box<dyn Future<Output = ()>>>> = VecDeque::new();
    for _ in 0..tasks {
        let countdown = countdown.clone();
        queue.push_back(Box::pin(async move {
            for _ in 0..turns * passes {
                WakeItself::default().await;
            }
            countdown.report();
        }));
    }
    let watch = Stopwatch::start();
    floor::run(queue);
    watch.stop(tasks * turns * passes)
}

fn ping_pong<E: Executor>(size: usize, passes: usize) -> Cost {
    E::run(move |spawner| async move {
        let mut last = None;
        for _ in 0..passes {
            let countdown = Countdown::new(2);
            let table = Rc::new(Table::default());
            for side in 0..2 {
                let (table, countdown) = (Rc::clone(&table), countdown.clone());
                spawner.spawn_detached(async move {
                    table.play(side, size / 2).await;
                    countdown.report();
                });
            }
            let watch = Stopwatch::start();
            countdown.wait().await;
            last = Some(watch.stop(size));
        }
        last.expect("at least one pass")
    })
}

/// So many tasks that wait for ever are ended from outside; over when every future is dropped.
fn abort<E: Abort>(size: usize, passes: usize) -> Cost {
    E::run(move |spawner| async move {
        let mut last = None;
        for _ in 0..passes {
            let (parked, gone) = (Countdown::new(size), Countdown::new(size));
            let mut handles = Vec::with_capacity(size);
            for _ in 0..size {
                let (parked, guard) = (parked.clone(), gone.guard());
                handles.push(spawner.spawn(async move {
                    let _guard = guard;
                    parked.report();
                    std::future::pending::<()>().await;
                }));
            }
            parked.wait().await;
            let watch = Stopwatch::start();
            for handle in handles {
                E::abort(handle);
            }
            gone.wait().await;
            last = Some(watch.stop(size));
        }
        last.expect("at least one pass")
    })
}
