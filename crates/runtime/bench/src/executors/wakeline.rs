//! Wakeline under its virtual clock.

use std::future::Future;

use super::{Abort, Executor, Spawner};

/// The log compiled in, and off. (Or compiled out, without the feature.)
pub struct Quiet;

/// The log compiled in, and on.
pub struct Recording;

/// A runtime with the log on or off, and room for every event.
#[must_use]
pub fn runtime(record: bool) -> wakeline::Runtime {
    wakeline::Builder::new()
        .record(record)
        .event_limit(u32::MAX)
        .build()
}

#[derive(Clone)]
pub struct Current;

impl Executor for Quiet {
    type Spawner = Current;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(Current) -> F) -> T {
        runtime(false).block_on(main(Current))
    }
}

impl Executor for Recording {
    type Spawner = Current;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(Current) -> F) -> T {
        runtime(true).block_on(main(Current))
    }
}

impl Spawner for Current {
    type Handle = wakeline::JoinHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        wakeline::spawn(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        drop(wakeline::spawn(future));
    }
}

impl Abort for Quiet {
    fn abort(handle: wakeline::JoinHandle<()>) {
        handle.abort();
    }
}

impl Abort for Recording {
    fn abort(handle: wakeline::JoinHandle<()>) {
        handle.abort();
    }
}
