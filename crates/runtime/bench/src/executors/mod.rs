//! The executors under one face.

use std::future::Future;

pub mod floor;
#[cfg(feature = "peers")]
pub mod peers;
pub mod wakeline;

/// A single-threaded executor.
pub trait Executor: 'static {
    type Spawner: Spawner;

    /// Makes a new executor, runs `main` on it and whatever that spawns, and throws it away.
    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(Self::Spawner) -> F)
    -> T;
}

/// Spawns on an executor.
pub trait Spawner: Clone + 'static {
    /// Awaited for the end of the task.
    type Handle: Future + 'static;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle;
    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static);
}

/// An executor that can end a task from outside of it.
pub trait Abort: Executor {
    fn abort(handle: <Self::Spawner as Spawner>::Handle);
}
