//! Primitives need a waker and no particular executor.

mod support;

use std::rc::Rc;
use std::task::Poll;

use futures_util::{AsyncReadExt, AsyncWriteExt, SinkExt, StreamExt, future};
use support::ByHand;
use wakeline::stream::{generator, merge};
use wakeline::sync::queue::Queue;
use wakeline::sync::{Barrier, Mutex, Notify, OnceCell, Semaphore};
use wakeline::sync::{broadcast, mpmc, mpsc, oneshot, pipe, rendezvous, watch};

/// The smallest executor there is: polls again whenever it was woken.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = ByHand::new(future);
    loop {
        match future.poll() {
            Poll::Ready(output) => return output,
            Poll::Pending => assert!(future.is_woken(), "nobody is going to wake it"),
        }
    }
}

#[test]
fn channels_work_on_another_executor() {
    block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let send = async {
            for number in 0..3 {
                sender.send(number).await.unwrap();
            }
            drop(sender);
        };
        let receive = async {
            let mut all = Vec::new();
            while let Some(number) = receiver.recv().await {
                all.push(number);
            }
            all
        };
        assert_eq!(future::join(send, receive).await.1, [0, 1, 2]);

        let (mut sender, receiver) = mpmc::channel(1);
        let send = async move {
            for number in 0..3 {
                SinkExt::send(&mut sender, number).await.unwrap();
            }
        };
        assert_eq!(
            future::join(send, receiver.collect::<Vec<_>>()).await.1,
            [0, 1, 2]
        );

        let (sender, receiver) = rendezvous::channel();
        let both = future::join(sender.send(7), receiver.recv()).await;
        assert_eq!(both, (Ok(()), Some(7)));

        let (sender, receiver) = oneshot::channel();
        sender.send(5).unwrap();
        assert_eq!(receiver.await, Ok(5));

        let (sender, mut receiver) = broadcast::channel(2);
        sender.send(1).unwrap();
        assert_eq!(receiver.recv().await, Ok(1));

        let (sender, mut receiver) = watch::channel(0);
        sender.send(1).unwrap();
        receiver.changed().await.unwrap();
        assert_eq!(receiver.get(), 1);

        let (mut writer, mut reader) = pipe::pipe(2);
        let mut text = String::new();
        let write = async move { writer.write_all(b"longer than two").await.unwrap() };
        future::join(write, reader.read_to_string(&mut text))
            .await
            .1
            .unwrap();
        assert_eq!(text, "longer than two");

        let queue = Queue::bounded(1);
        let (_, got) = future::join(queue.put(3), queue.get()).await;
        assert_eq!(got, Some(3));
        queue.task_done();
        queue.join().await;
    });
}

#[test]
fn locks_signals_and_streams_work_on_another_executor() {
    block_on(async {
        let lock = Mutex::new(0);
        let add = || async { *lock.lock().await += 1 };
        future::join_all((0..5).map(|_| add())).await;
        assert_eq!(*lock.lock().await, 5);

        let semaphore = Semaphore::new(2);
        drop(semaphore.acquire_many(2).await.unwrap());

        let notify = Notify::new();
        future::join(notify.notified(), async { notify.notify_one() }).await;

        let cell = OnceCell::new();
        let both = future::join(cell.get_or_init(async || 1), cell.get_or_init(async || 2));
        assert_eq!(both.await, (&1, &1));

        let barrier = Barrier::new(2);
        future::join(barrier.wait(), barrier.wait()).await;

        let numbers = |from: u32| {
            generator(move |emitter| async move {
                for number in from..from + 2 {
                    emitter.emit(number).await;
                }
            })
        };
        let merged: Vec<_> = merge([numbers(0), numbers(10)]).collect().await;
        assert_eq!(merged, [(0, 0), (1, 10), (0, 1), (1, 11)]);
    });
}

#[test]
fn what_was_made_outside_serves_a_runtime_afterwards() {
    let (sender, receiver) = rendezvous::channel();
    let mut early = ByHand::new(async move { receiver.recv().await });
    assert!(early.poll().is_pending());
    let cell = Rc::new(OnceCell::named("made outside"));
    let runtime = support::runtime();
    runtime.block_on(async {
        let offered = wakeline::spawn(async move { sender.send(1).await });
        wakeline::task::yield_now().await;
        assert_eq!(early.poll(), Poll::Ready(Some(1)));
        offered.await.unwrap().unwrap();
        assert_eq!(*cell.get_or_init(async || 2).await, 2);
    });
    let log = runtime.log();
    let created = support::events(&runtime, wakeline::log::Kind::ResourceCreated);
    let names: Vec<&str> = created.iter().map(|event| log.text(event.low())).collect();
    assert!(names.contains(&"made outside"), "{names:?}");
}
