//! Channels. All of them on Wakeline, so that only the channel differs.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures_intrusive::channel as intrusive;
use wakeline::sync;

use crate::executors::wakeline::runtime;
use crate::harness::{Cost, Stopwatch, Subject, Workload};
use crate::subjects;

/// A channel with room for so many messages.
trait Bounded: 'static {
    type Sender: Clone + 'static;
    type Receiver: 'static;
    fn channel(capacity: usize) -> (Self::Sender, Self::Receiver);
    async fn send(sender: &mut Self::Sender, message: u64);
    async fn receive(receiver: &mut Self::Receiver) -> Option<u64>;
}

macro_rules! bounded {
    ($name:ident, $sender:ty, $receiver:ty, $channel:expr, $send:ident, $receive:ident $(, $found:ident)?) => {
        struct $name;
        impl Bounded for $name {
            type Sender = $sender;
            type Receiver = $receiver;
            fn channel(capacity: usize) -> (Self::Sender, Self::Receiver) {
                $channel(capacity)
            }
            #[inline]
            async fn send(sender: &mut Self::Sender, message: u64) {
                let _ = sender.$send(message).await;
            }
            #[inline]
            async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
                receiver.$receive().await$(.$found())?
            }
        }
    };
}

bounded!(
    Ours,
    sync::mpsc::Sender<u64>,
    sync::mpsc::Receiver<u64>,
    sync::mpsc::channel,
    send,
    recv
);
bounded!(
    Tokio,
    tokio::sync::mpsc::Sender<u64>,
    tokio::sync::mpsc::Receiver<u64>,
    tokio::sync::mpsc::channel,
    send,
    recv
);
bounded!(
    AsyncChannel,
    async_channel::Sender<u64>,
    async_channel::Receiver<u64>,
    async_channel::bounded,
    send,
    recv,
    ok
);
bounded!(
    Flume,
    flume::Sender<u64>,
    flume::Receiver<u64>,
    flume::bounded,
    send_async,
    recv_async,
    ok
);
bounded!(
    Kanal,
    kanal::AsyncSender<u64>,
    kanal::AsyncReceiver<u64>,
    kanal::bounded_async,
    send,
    recv,
    ok
);
bounded!(
    LocalSync,
    local_sync::mpsc::bounded::Tx<u64>,
    local_sync::mpsc::bounded::Rx<u64>,
    local_sync::mpsc::bounded::channel,
    send,
    recv
);
bounded!(
    AsyncUnsync,
    async_unsync::bounded::Sender<u64>,
    async_unsync::bounded::Receiver<u64>,
    |capacity| async_unsync::bounded::channel(capacity).into_split(),
    send,
    recv
);

struct FuturesChannel;
impl Bounded for FuturesChannel {
    type Sender = futures_channel::mpsc::Sender<u64>;
    type Receiver = futures_channel::mpsc::Receiver<u64>;
    fn channel(capacity: usize) -> (Self::Sender, Self::Receiver) {
        futures_channel::mpsc::channel(capacity - 1)
    }
    async fn send(sender: &mut Self::Sender, message: u64) {
        let _ = futures_util::SinkExt::send(sender, message).await;
    }
    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        futures_util::StreamExt::next(receiver).await
    }
}

/// futures-intrusive has one object for both ends, and its capacity is part of its type.
struct Intrusive<const CAPACITY: usize>;
type IntrusiveChannel<const CAPACITY: usize> = Rc<intrusive::LocalChannel<u64, [u64; CAPACITY]>>;

macro_rules! intrusive {
    ($($capacity:literal)*) => {$(
        impl Bounded for Intrusive<$capacity> {
            type Sender = IntrusiveChannel<$capacity>;
            type Receiver = IntrusiveChannel<$capacity>;
            fn channel(_: usize) -> (Self::Sender, Self::Receiver) {
                let channel = Rc::new(intrusive::LocalChannel::new());
                (Rc::clone(&channel), channel)
            }
            #[inline]
            async fn send(sender: &mut Self::Sender, message: u64) {
                let _ = sender.send(message).await;
            }
            #[inline]
            async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
                receiver.receive().await
            }
        }
    )*};
}

intrusive!(1 16 1024);

const MESSAGES: &[usize] = &[1_000, 100_000, 1_000_000];

macro_rules! everybody {
    ($function:ident, $capacity:literal) => {
        subjects![$function;
            Ours => "wakeline",
            AsyncUnsync => "async-unsync",
            LocalSync => "local-sync",
            Intrusive<$capacity> => "futures-intrusive local",
            Tokio => "tokio",
            FuturesChannel => "futures-channel",
            AsyncChannel => "async-channel",
            Flume => "flume",
            Kanal => "kanal",
        ]
    };
}

pub(super) fn workloads() -> Vec<Workload> {
    let bounded = |name, subjects| Workload {
        name,
        operation: "message",
        sizes: MESSAGES,
        subjects,
    };
    vec![
        bounded("channel of 1, one producer", everybody!(one_by_one, 1)),
        bounded("channel of 1, eight producers", everybody!(one_by_eight, 1)),
        bounded(
            "channel of 16, one producer",
            everybody!(sixteen_by_one, 16),
        ),
        bounded(
            "channel of 16, eight producers",
            everybody!(sixteen_by_eight, 16),
        ),
        bounded(
            "channel of 1024, one producer",
            everybody!(many_by_one, 1024),
        ),
        bounded(
            "channel of 1024, eight producers",
            everybody!(many_by_eight, 1024),
        ),
        bounded(
            "unbounded channel, 100 at a time",
            vec![
                Subject {
                    name: "wakeline",
                    run: unbounded_ours,
                },
                Subject {
                    name: "async-unsync",
                    run: unbounded_async_unsync,
                },
                Subject {
                    name: "local-channel",
                    run: unbounded_local_channel,
                },
                Subject {
                    name: "local-sync",
                    run: unbounded_local_sync,
                },
                Subject {
                    name: "unsend",
                    run: unbounded_unsend,
                },
                Subject {
                    name: "tokio",
                    run: unbounded_tokio,
                },
            ],
        ),
        Workload {
            name: "oneshot, sent first",
            operation: "message",
            sizes: &[1_000, 100_000],
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: oneshot_ours,
                },
                Subject {
                    name: "async-unsync",
                    run: oneshot_async_unsync,
                },
                Subject {
                    name: "local-sync",
                    run: oneshot_local_sync,
                },
                Subject {
                    name: "futures-intrusive local",
                    run: oneshot_intrusive,
                },
                Subject {
                    name: "tokio",
                    run: oneshot_tokio,
                },
                Subject {
                    name: "futures-channel",
                    run: oneshot_futures,
                },
            ],
        },
        Workload {
            name: "oneshot, awaited first",
            operation: "message",
            sizes: &[1_000, 100_000],
            subjects: vec![
                Subject {
                    name: "wakeline",
                    run: awaited_ours,
                },
                Subject {
                    name: "async-unsync",
                    run: awaited_async_unsync,
                },
                Subject {
                    name: "local-sync",
                    run: awaited_local_sync,
                },
                Subject {
                    name: "futures-intrusive local",
                    run: awaited_intrusive,
                },
                Subject {
                    name: "tokio",
                    run: awaited_tokio,
                },
                Subject {
                    name: "futures-channel",
                    run: awaited_futures,
                },
            ],
        },
    ]
}

fn one_by_one<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(1, 1, messages, passes)
}

fn one_by_eight<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(1, 8, messages, passes)
}

fn sixteen_by_one<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(16, 1, messages, passes)
}

fn sixteen_by_eight<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(16, 8, messages, passes)
}

fn many_by_one<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(1024, 1, messages, passes)
}

fn many_by_eight<C: Bounded>(messages: usize, passes: usize) -> Cost {
    through::<C>(1024, 8, messages, passes)
}

/// Producers as tasks, the consumer awaits the last message.
fn through<C: Bounded>(capacity: usize, producers: usize, messages: usize, passes: usize) -> Cost {
    let each = messages / producers;
    runtime(false).block_on(async move {
        let mut last = None;
        for _ in 0..passes {
            let (sender, mut receiver) = C::channel(capacity);
            for _ in 0..producers {
                let mut sender = sender.clone();
                drop(wakeline::spawn(async move {
                    for number in 0..each as u64 {
                        C::send(&mut sender, number).await;
                    }
                }));
            }
            drop(sender);
            let consumer = wakeline::spawn(async move {
                let watch = Stopwatch::start();
                let mut received = 0;
                while received < producers * each {
                    C::receive(&mut receiver)
                        .await
                        .expect("every message arrives");
                    received += 1;
                }
                watch.stop(received)
            });
            last = Some(consumer.await.expect("the consumer"));
        }
        last.expect("at least one pass")
    })
}

/// Sends a hundred, receives a hundred, in one task.
macro_rules! unbounded {
    ($function:ident, $channel:expr, |$receiver:ident| $receive:expr) => {
        fn $function(messages: usize, passes: usize) -> Cost {
            runtime(false).block_on(async move {
                let mut last = None;
                for _ in 0..passes {
                    #[allow(unused_mut)]
                    let (sender, mut $receiver) = $channel;
                    let watch = Stopwatch::start();
                    for _ in 0..messages / 100 {
                        for number in 0..100_u64 {
                            let _ = sender.send(number);
                        }
                        for _ in 0..100 {
                            assert!($receive);
                        }
                    }
                    last = Some(watch.stop(messages));
                }
                last.expect("at least one pass")
            })
        }
    };
}

unbounded!(
    unbounded_ours,
    sync::mpsc::unbounded_channel(),
    |receiver| receiver.recv().await.is_some()
);
unbounded!(
    unbounded_async_unsync,
    async_unsync::unbounded::channel().into_split(),
    |receiver| receiver.recv().await.is_some()
);
unbounded!(
    unbounded_local_channel,
    local_channel::mpsc::channel(),
    |receiver| receiver.recv().await.is_some()
);
unbounded!(
    unbounded_local_sync,
    local_sync::mpsc::unbounded::channel(),
    |receiver| receiver.recv().await.is_some()
);
unbounded!(unbounded_unsend, unsend::channel::channel(), |receiver| {
    receiver.recv().await.is_ok()
});
unbounded!(
    unbounded_tokio,
    tokio::sync::mpsc::unbounded_channel(),
    |receiver| receiver.recv().await.is_some()
);

/// Makes a channel, sends, receives.
macro_rules! oneshot {
    ($first:ident, $awaited:ident, $channel:expr, |$sender:ident, $receiver:ident| $receive:expr) => {
        fn $first(size: usize, passes: usize) -> Cost {
            runtime(false).block_on(async move {
                let mut last = None;
                for _ in 0..passes {
                    let watch = Stopwatch::start();
                    for number in 0..size as u64 {
                        let ($sender, $receiver) = $channel;
                        let _ = $sender.send(number);
                        assert!($receive.await == Some(number));
                    }
                    last = Some(watch.stop(size));
                }
                last.expect("at least one pass")
            })
        }

        /// The receiver is polled before anything is sent, and woken.
        fn $awaited(size: usize, passes: usize) -> Cost {
            runtime(false).block_on(async move {
                let mut last = None;
                for _ in 0..passes {
                    let watch = Stopwatch::start();
                    for number in 0..size as u64 {
                        let ($sender, $receiver) = $channel;
                        let receive = std::pin::pin!($receive);
                        let (mut receive, mut sender): (Pin<&mut _>, _) = (receive, Some($sender));
                        let got = poll_fn(|cx| {
                            let polled = receive.as_mut().poll(cx);
                            if let Some($sender) = sender.take() {
                                assert!(polled.is_pending());
                                let _ = $sender.send(number);
                                return Poll::Pending;
                            }
                            polled
                        });
                        assert!(got.await == Some(number));
                    }
                    last = Some(watch.stop(size));
                }
                last.expect("at least one pass")
            })
        }
    };
}

oneshot!(
    oneshot_ours,
    awaited_ours,
    sync::oneshot::channel(),
    |sender, receiver| async { receiver.await.ok() }
);
oneshot!(
    oneshot_tokio,
    awaited_tokio,
    tokio::sync::oneshot::channel(),
    |sender, receiver| async { receiver.await.ok() }
);
oneshot!(
    oneshot_futures,
    awaited_futures,
    futures_channel::oneshot::channel(),
    |sender, receiver| async { receiver.await.ok() }
);
oneshot!(
    oneshot_async_unsync,
    awaited_async_unsync,
    async_unsync::oneshot::channel().into_split(),
    |sender, receiver| async { receiver.await.ok() }
);
oneshot!(
    oneshot_local_sync,
    awaited_local_sync,
    local_sync::oneshot::channel(),
    |sender, receiver| async { receiver.await.ok() }
);
/// The channel is one value; shared by a counted pointer, as two ends would be.
mod in_place {
    use super::*;

    pub(super) fn pair() -> (Both, Both) {
        let channel = Rc::new(intrusive::LocalOneshotChannel::new());
        (Both(Rc::clone(&channel)), Both(channel))
    }

    pub(super) struct Both(Rc<intrusive::LocalOneshotChannel<u64>>);

    impl Both {
        pub(super) fn send(self, message: u64) -> Result<(), ()> {
            self.0.send(message).map_err(|_| ())
        }

        pub(super) async fn receive(self) -> Option<u64> {
            self.0.receive().await
        }
    }
}
oneshot!(
    oneshot_intrusive,
    awaited_intrusive,
    in_place::pair(),
    |sender, receiver| receiver.receive()
);
