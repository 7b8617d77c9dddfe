//! Channels and queues.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Poll;

use proptest::prelude::*;
use support::{ByHand, Drops, events, lines, ms, runtime};
use wakeline::log::{Kind, Reason};
use wakeline::spawn;
use wakeline::sync::mpsc::{self, SendError, TryRecvError, TrySendError};
use wakeline::sync::oneshot;
use wakeline::sync::queue::{Builder, Queue, TryGetError};
use wakeline::time::{sleep, timeout};

#[test]
fn a_sender_waits_for_room_and_messages_keep_their_order() {
    let runtime = runtime();
    runtime.block_on(async {
        let (sender, mut receiver) = mpsc::Builder::new("numbers").bounded(2);
        spawn(async move {
            for number in 0..5 {
                sender.send(number).await.unwrap();
                wakeline::println!("sent {number}");
            }
        });
        sleep(ms(10)).await;
        for expected in 0..5 {
            assert_eq!(receiver.recv().await, Some(expected));
        }
        assert_eq!(receiver.recv().await, None);
    });
    let times: Vec<u64> = lines(&runtime).into_iter().map(|(time, _)| time).collect();
    assert_eq!(times, [0, 0, 10, 10, 10]);
    let occupancy: Vec<u32> = events(&runtime, Kind::Sent)
        .into_iter()
        .map(|event| event.high())
        .collect();
    assert!(occupancy.iter().all(|inside| *inside <= 2), "{occupancy:?}");
}

#[test]
fn waiting_senders_are_served_in_order_and_newcomers_do_not_overtake() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send(0).unwrap();
        for number in 1..=3 {
            let sender = sender.clone();
            spawn(async move { sender.send(number).await.unwrap() });
        }
        sleep(ms(1)).await;
        assert_eq!(receiver.recv().await, Some(0));
        // The room now belongs to the first in line, although its task has not run yet.
        assert_eq!(sender.try_send(99), Err(TrySendError::Full(99)));
        for expected in 1..=3 {
            assert_eq!(receiver.recv().await, Some(expected));
        }
    });
}

#[test]
fn the_description_of_a_message_and_the_place_in_line_are_in_the_log() {
    let runtime = runtime();
    runtime.block_on(async {
        let (sender, mut receiver) = mpsc::Builder::new("letters")
            .describe(|c: &char| format!("letter {c}"))
            .bounded(1);
        for letter in ['a', 'b', 'c'] {
            let sender = sender.clone();
            spawn(async move { sender.send(letter).await.unwrap() });
        }
        sleep(ms(1)).await;
        for _ in 0..3 {
            receiver.recv().await.unwrap();
        }
    });
    let log = runtime.log();
    let sent: Vec<String> = log
        .columns
        .iter_from(0)
        .filter(|event| event.kind == Kind::Sent)
        .map(|event| log.text(event.low()).to_owned())
        .collect();
    assert_eq!(sent, ["letter a", "letter b", "letter c"]);
    let places: Vec<u64> = log
        .columns
        .iter_from(0)
        .filter(|e| e.kind == Kind::WaitBegun && e.flags == Reason::ChannelSend.code())
        .map(|event| event.value)
        .collect();
    assert_eq!(places, [0, 1]);
}

#[test]
fn a_receiver_that_goes_gives_every_sender_its_message_back() {
    let runtime = runtime();
    let drops = Drops::default();
    runtime.block_on(async {
        let (sender, receiver) = mpsc::channel(1);
        sender.send(drops.guard()).await.unwrap();
        let waiting = {
            let (sender, guard) = (sender.clone(), drops.guard());
            spawn(async move { sender.send(guard).await.is_err() })
        };
        sleep(ms(1)).await;
        drop(receiver);
        assert_eq!(drops.count(), 1, "what was inside");
        assert!(waiting.await.unwrap());
        assert!(sender.is_closed());
        sender.closed().await;
        assert!(sender.send(drops.guard()).await.is_err());
    });
    assert_eq!(drops.count(), 3);
    assert_eq!(events(&runtime, Kind::Discarded)[0].value, 1);
}

#[test]
fn a_closed_channel_gives_what_is_inside_and_what_was_reserved() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::channel(2);
        sender.send(1).await.unwrap();
        let permit = sender.reserve().await.unwrap();
        receiver.close();
        assert_eq!(sender.send(9).await, Err(SendError(9)));
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(
            receiver.try_recv(),
            Err(TryRecvError::Empty),
            "a permit is out"
        );
        permit.send(2);
        assert_eq!(receiver.recv().await, Some(2));
        assert_eq!(receiver.recv().await, None);
    });
}

#[test]
fn the_last_reservation_given_back_after_the_close_wakes_the_receiver() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::channel::<u8>(1);
        let permit = sender.reserve().await.unwrap();
        receiver.close();
        let mut receive = ByHand::new(async move { receiver.recv().await });
        assert!(receive.poll().is_pending());
        drop(permit);
        assert!(receive.is_woken());
        assert_eq!(receive.poll(), Poll::Ready(None));
    });
}

#[test]
fn room_that_was_handed_to_a_dropped_sender_goes_to_the_next() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send(0).unwrap();
        let (first, second) = (sender.clone(), sender.clone());
        let mut first = Box::new(ByHand::new(async move { first.send(1).await }));
        let mut second = ByHand::new(async move { second.send(2).await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        assert_eq!(receiver.recv().await, Some(0));
        assert!(first.is_woken() && !second.is_woken());
        drop(first);
        assert!(second.is_woken());
        assert_eq!(second.poll(), Poll::Ready(Ok(())));
        assert_eq!(receiver.recv().await, Some(2));
    });
}

#[test]
fn a_limit_on_a_receive_loses_no_message() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        spawn(async move {
            for number in 0..20 {
                sleep(ms(7)).await;
                sender.send(number).unwrap();
            }
        });
        let mut seen = Vec::new();
        while seen.len() < 20 {
            if let Ok(Some(number)) = timeout(ms(5), receiver.recv()).await {
                seen.push(number);
            }
        }
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
    });
}

#[test]
fn a_receiver_is_a_stream() {
    use futures_util::StreamExt;
    runtime().block_on(async {
        let (sender, receiver) = mpsc::channel(1);
        spawn(async move {
            for number in 0..4 {
                sender.send(number).await.unwrap();
            }
        });
        let doubled: Vec<i32> = receiver.map(|n| n * 2).collect().await;
        assert_eq!(doubled, [0, 2, 4, 6]);
    });
}

#[test]
fn one_shot_delivers_or_says_that_it_never_will() {
    let runtime = runtime();
    runtime.block_on(async {
        let (sender, receiver) = oneshot::named("answer");
        spawn(async move {
            sleep(ms(3)).await;
            sender.send(42).unwrap();
        });
        assert_eq!(receiver.await, Ok(42));

        let (sender, receiver) = oneshot::channel::<u8>();
        drop(sender);
        assert!(receiver.await.is_err());

        let (sender, receiver) = oneshot::channel();
        drop(receiver);
        assert!(sender.is_closed());
        assert_eq!(sender.send(1), Err(1));

        let (sender, mut receiver) = oneshot::channel();
        sender.send(1).unwrap();
        receiver.close();
        assert_eq!(
            receiver.await,
            Ok(1),
            "what was sent before the close arrives"
        );
    });
    assert_eq!(
        events(&runtime, Kind::WaitBegun).len(),
        2,
        "a sleep and a receive"
    );
}

#[test]
fn a_queue_counts_work_until_it_is_done() {
    let runtime = runtime();
    runtime.block_on(async {
        let queue = Builder::new("jobs")
            .describe(|job: &u32| format!("job {job}"))
            .bounded(2);
        let done = Rc::new(RefCell::new(Vec::new()));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (queue, done) = (queue.clone(), Rc::clone(&done));
                spawn(async move {
                    while let Some(job) = queue.get().await {
                        sleep(ms(10)).await;
                        done.borrow_mut().push(job);
                        queue.task_done();
                    }
                })
            })
            .collect();
        for job in 0..6 {
            queue.put(job).await.unwrap();
        }
        queue.join().await;
        assert_eq!(*done.borrow(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(wakeline::time::now().as_nanos(), 30_000_000);
        queue.close();
        for worker in workers {
            worker.await.unwrap();
        }
        assert!(queue.put(9).await.is_err());
        assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    });
    let remaining: Vec<u64> = events(&runtime, Kind::UnitDone)
        .into_iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(remaining.last(), Some(&0));
}

#[test]
fn taking_from_a_queue_is_first_come_first_served() {
    let runtime = runtime();
    runtime.block_on(async {
        let queue = Queue::unbounded();
        for name in ["a", "b", "c"] {
            let queue = queue.clone();
            spawn(async move {
                let item: u32 = queue.get().await.unwrap();
                wakeline::println!("{name}{item}");
            });
        }
        sleep(ms(1)).await;
        for item in 0..3 {
            queue.put(item).await.unwrap();
        }
        // The items belong to those who wait.
        assert_eq!(queue.try_get(), Err(TryGetError::Empty));
        sleep(ms(1)).await;
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    assert_eq!(order, ["a0", "b1", "c2"]);
}

#[test]
#[should_panic(expected = "more often than items were put")]
fn done_is_said_at_most_once_an_item() {
    runtime().block_on(async { Queue::<u8>::unbounded().task_done() });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 128 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever is dropped at whatever moment, every message that a sender knows to be sent is
    /// received once, and those of one sender in order.
    #[test]
    fn no_message_is_lost_or_doubled(
        seed in any::<u64>(),
        capacity in 1_usize..4,
        senders in 1_usize..5,
        impatience in 1_u64..6,
    ) {
        let runtime = wakeline::Builder::new().seed(seed).policy(wakeline::Policy::Random).build();
        let (sent, received) = runtime.block_on(async {
            let (sender, mut receiver) = mpsc::channel::<(usize, u32)>(capacity);
            let sent = Rc::new(RefCell::new(Vec::new()));
            for who in 0..senders {
                let (sender, sent) = (sender.clone(), Rc::clone(&sent));
                spawn(async move {
                    for number in 0..8 {
                        let limit = ms(wakeline::random::range(0..=impatience));
                        if let Ok(Ok(())) = timeout(limit, sender.send((who, number))).await {
                            sent.borrow_mut().push((who, number));
                        }
                    }
                });
            }
            drop(sender);
            let mut received = Vec::new();
            loop {
                let limit = ms(wakeline::random::range(0..=3));
                match timeout(limit, receiver.recv()).await {
                    Ok(Some(message)) => received.push(message),
                    Ok(None) => break,
                    Err(_) => sleep(ms(1)).await,
                }
            }
            let sent = sent.borrow().clone();
            (sent, received)
        });
        for who in 0..senders {
            let of = |all: &[(usize, u32)]| -> Vec<u32> {
                all.iter().filter(|message| message.0 == who).map(|message| message.1).collect()
            };
            prop_assert_eq!(of(&sent), of(&received));
        }
    }
}
