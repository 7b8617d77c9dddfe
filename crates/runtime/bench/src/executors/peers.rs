//! Everybody else.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use futures_util::future::RemoteHandle;
use futures_util::task::LocalSpawnExt;

use super::{Abort, Executor, Spawner};

// ===== tokio: current-thread runtime with a LocalSet =====

pub struct Tokio;

#[derive(Clone)]
pub struct TokioLocal;

/// A current-thread runtime whose clock is paused.
#[must_use]
pub fn tokio_paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without input and output")
}

impl Executor for Tokio {
    type Spawner = TokioLocal;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(TokioLocal) -> F) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime without input and output");
        let set = tokio::task::LocalSet::new();
        let main = main(TokioLocal);
        // As a task of the set: the future of `block_on` itself is not in its queue.
        set.block_on(&runtime, async {
            tokio::task::spawn_local(main).await.expect("main")
        })
    }
}

impl Spawner for TokioLocal {
    type Handle = tokio::task::JoinHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        tokio::task::spawn_local(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        drop(tokio::task::spawn_local(future));
    }
}

impl Abort for Tokio {
    fn abort(handle: tokio::task::JoinHandle<()>) {
        handle.abort();
    }
}

// ===== futures: LocalPool =====

pub struct LocalPool;

impl Executor for LocalPool {
    type Spawner = futures_executor::LocalSpawner;

    fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Self::Spawner) -> F,
    ) -> T {
        let mut pool = futures_executor::LocalPool::new();
        let main = main(pool.spawner());
        pool.run_until(main)
    }
}

impl Spawner for futures_executor::LocalSpawner {
    type Handle = RemoteHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        self.spawn_local_with_handle(future)
            .expect("the pool lives")
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.spawn_local(future).expect("the pool lives");
    }
}

impl Abort for LocalPool {
    fn abort(handle: RemoteHandle<()>) {
        drop(handle);
    }
}

// ===== async-executor =====

pub struct AsyncExecutor;

type SharedLocal = Rc<async_executor::LocalExecutor<'static>>;

impl Executor for AsyncExecutor {
    type Spawner = SharedLocal;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(SharedLocal) -> F) -> T {
        let executor = SharedLocal::default();
        let main = main(Rc::clone(&executor));
        futures_lite::future::block_on(executor.run(main))
    }
}

impl Spawner for SharedLocal {
    type Handle = async_executor::Task<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        async_executor::LocalExecutor::spawn(self, future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        async_executor::LocalExecutor::spawn(self, future).detach();
    }
}

impl Abort for AsyncExecutor {
    fn abort(handle: async_executor::Task<()>) {
        drop(handle);
    }
}

// ===== async-executor, leaked =====

pub struct AsyncExecutorStatic;

#[derive(Clone, Copy)]
pub struct Leaked(&'static async_executor::StaticLocalExecutor);

impl Executor for AsyncExecutorStatic {
    type Spawner = Leaked;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(Leaked) -> F) -> T {
        thread_local! {
            // One for all rounds: it can never be freed.
            static EXECUTOR: Leaked = Leaked(async_executor::LocalExecutor::new().leak());
        }
        let executor = EXECUTOR.with(|executor| *executor);
        futures_lite::future::block_on(executor.0.run(main(executor)))
    }
}

impl Spawner for Leaked {
    type Handle = async_executor::Task<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        self.0.spawn(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.0.spawn(future).detach();
    }
}

impl Abort for AsyncExecutorStatic {
    fn abort(handle: async_executor::Task<()>) {
        drop(handle);
    }
}

// ===== compio-executor =====

pub struct Compio;

type SharedCompio = Rc<compio_executor::Executor>;

impl Executor for Compio {
    type Spawner = SharedCompio;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(SharedCompio) -> F) -> T {
        let executor = Rc::new(compio_executor::Executor::new());
        let main = main(Rc::clone(&executor));
        let output = Rc::new(Cell::new(None));
        let handle = executor.spawn({
            let output = Rc::clone(&output);
            async move { output.set(Some(main.await)) }
        });
        while !handle.is_finished() {
            executor.tick();
        }
        output.take().expect("main")
    }
}

impl Spawner for SharedCompio {
    type Handle = compio_executor::JoinHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        compio_executor::Executor::spawn(self, future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        compio_executor::Executor::spawn(self, future).detach();
    }
}

impl Abort for Compio {
    fn abort(handle: compio_executor::JoinHandle<()>) {
        drop(handle);
    }
}

// ===== monoio =====

pub struct Monoio;

#[derive(Clone)]
pub struct MonoioLocal;

impl Executor for Monoio {
    type Spawner = MonoioLocal;

    fn run<T: 'static, F: Future<Output = T> + 'static>(main: impl FnOnce(MonoioLocal) -> F) -> T {
        let mut runtime = monoio::RuntimeBuilder::<monoio::LegacyDriver>::new()
            .build()
            .expect("a runtime with epoll");
        // As a task: the root future that wakes itself would never let another run.
        let main = main(MonoioLocal);
        runtime.block_on(async { monoio::spawn(main).await })
    }
}

impl Spawner for MonoioLocal {
    type Handle = monoio::task::JoinHandle<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        monoio::spawn(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        drop(monoio::spawn(future));
    }
}
