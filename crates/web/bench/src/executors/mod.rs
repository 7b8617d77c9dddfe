//! The executors under one face.

mod peers;
mod wakeline;

pub(crate) use peers::{AsyncExecutor, SpawnLocal, Tokio};
pub(crate) use wakeline::{Pumped, Recording, Virtual};

/// A single-threaded executor.
pub(crate) trait Executor: 'static {
    type Spawner: Spawner;

    /// Makes a new executor, runs `main` on it and whatever that spawns, and throws it away. The
    /// future is for the browser's own event loop; some are done at their first poll.
    fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Self::Spawner) -> F + 'static,
    ) -> impl Future<Output = T>;
}

/// Spawns on an executor.
pub(crate) trait Spawner: Clone + 'static {
    /// Awaited for the end of the task.
    type Handle: Future + 'static;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle;
    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static);

    /// Gives way to other tasks, in the executor's own way where it has one.
    fn yield_now() -> impl Future<Output = ()> + 'static;
}
