//! The others.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_channel::oneshot;

use super::{Executor, Spawner};

/// tokio's current-thread runtime with a `LocalSet`.
pub(crate) struct Tokio;

#[derive(Clone)]
pub(crate) struct TokioLocal;

impl Executor for Tokio {
    type Spawner = TokioLocal;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(TokioLocal) -> F + 'static,
    ) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("nothing of the system is asked for");
        let tasks = tokio::task::LocalSet::new();
        tasks.block_on(&runtime, async { main(TokioLocal).await })
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

    fn yield_now() -> impl Future<Output = ()> + 'static {
        tokio::task::yield_now()
    }
}

/// async-executor's `LocalExecutor`.
pub(crate) struct AsyncExecutor;

#[derive(Clone)]
pub(crate) struct Local(Rc<async_executor::LocalExecutor<'static>>);

impl Executor for AsyncExecutor {
    type Spawner = Local;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Local) -> F + 'static,
    ) -> T {
        let local = Local(Rc::default());
        let main = main(local.clone());
        // Something is always ready, so that nothing has to park.
        futures_lite::future::block_on(local.0.run(main))
    }
}

impl Spawner for Local {
    type Handle = async_executor::Task<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        self.0.spawn(future)
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.0.spawn(future).detach();
    }

    fn yield_now() -> impl Future<Output = ()> + 'static {
        futures_lite::future::yield_now()
    }
}

/// wasm-bindgen-futures' `spawn_local`, which runs its tasks in microtasks. It has no handles; who
/// needs an end is told by a channel.
pub(crate) struct SpawnLocal;

#[derive(Clone)]
pub(crate) struct Microtasks;

impl Executor for SpawnLocal {
    type Spawner = Microtasks;

    async fn run<T: 'static, F: Future<Output = T> + 'static>(
        main: impl FnOnce(Microtasks) -> F + 'static,
    ) -> T {
        // This future is itself one of its tasks.
        main(Microtasks).await
    }
}

impl Spawner for Microtasks {
    type Handle = oneshot::Receiver<()>;

    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Self::Handle {
        let (sender, receiver) = oneshot::channel();
        wasm_bindgen_futures::spawn_local(async move {
            future.await;
            // Who spawned it may be gone.
            let _ = sender.send(());
        });
        receiver
    }

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(future);
    }

    fn yield_now() -> impl Future<Output = ()> + 'static {
        SelfWake { woken: false }
    }
}

/// Gives way by waking its own task: it has no function for that.
struct SelfWake {
    woken: bool,
}

impl Future for SelfWake {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.woken, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
