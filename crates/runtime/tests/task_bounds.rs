//! What may not leave its thread does not compile if it could.

use std::future::Future;

use wakeline::sync::{broadcast, mpmc, mpsc, oneshot, watch};
use wakeline::{cancel, sync, task, time};

/// Fails to compile, because the method is ambiguous, if the type is `Send`, or if it is `Sync`.
macro_rules! stays_on_its_thread {
    ($($type:ty),* $(,)?) => {$(
        const _: fn() = || {
            trait NotSend<Marker> {
                fn check() {}
            }
            struct IfSend;
            impl<T: ?Sized> NotSend<()> for T {}
            impl<T: ?Sized + Send> NotSend<IfSend> for T {}
            let _ = <$type as NotSend<_>>::check;

            trait NotSync<Marker> {
                fn check() {}
            }
            struct IfSync;
            impl<T: ?Sized> NotSync<()> for T {}
            impl<T: ?Sized + Sync> NotSync<IfSync> for T {}
            let _ = <$type as NotSync<_>>::check;
        };
    )*};
}

// Runtimes and tasks.
stays_on_its_thread!(
    wakeline::Runtime,
    wakeline::OutsideGuard,
    wakeline::JoinHandle<()>,
    task::AbortHandle,
    task::AbortOnDrop<()>,
    task::Callback,
    task::JoinSet<()>,
    task::TaskGroup<String>,
    task::TaskHandle,
    cancel::Canceller,
);

// Both ends of every channel.
stays_on_its_thread!(
    broadcast::Receiver<u8>,
    broadcast::Sender<u8>,
    mpmc::Receiver<u8>,
    mpmc::Sender<u8>,
    mpsc::Permit<'static, u8>,
    mpsc::Receiver<u8>,
    mpsc::Sender<u8>,
    mpsc::UnboundedSender<u8>,
    oneshot::Receiver<u8>,
    oneshot::Sender<u8>,
    watch::Receiver<u8>,
    watch::Sender<u8>,
);

// Locks, what they guard with, and the futures that wait for them.
stays_on_its_thread!(
    sync::Lock<'static, u8>,
    sync::Mutex<u8>,
    sync::MutexGuard<'static, u8>,
    sync::Notified<'static>,
    sync::Notify,
    sync::OwnedMutexGuard<u8>,
    sync::OwnedPermit,
    sync::Permit<'static>,
    sync::ReadGuard<'static, u8>,
    sync::RwLock<u8>,
    sync::Semaphore,
    sync::WriteGuard<'static, u8>,
    time::Interval,
    time::Sleep,
);

/// What is awaited by hand, or kept in a struct, need not be pinned.
#[test]
fn futures_that_hold_places_by_index_are_unpin() {
    fn is_unpin<F: Future + Unpin>(_: &F) {}
    let runtime = wakeline::Builder::new().build();
    runtime.block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        is_unpin(&sender.send(1));
        is_unpin(&receiver.recv());
        is_unpin(&sync::Mutex::new(0).lock());
        is_unpin(&sync::Semaphore::new(1).acquire());
        is_unpin(&time::sleep(std::time::Duration::ZERO));
        let task = wakeline::spawn(async {});
        is_unpin(&task);
        task.await.unwrap();
    });
}

/// An error of a join crosses threads, as the panic in it may.
#[test]
fn errors_and_payloads_are_send() {
    fn is_send<T: Send>() {}
    is_send::<task::JoinError>();
    is_send::<mpsc::SendError<u8>>();
    is_send::<oneshot::RecvError>();
    is_send::<time::Elapsed>();
    is_send::<wakeline::Stalled>();
}
