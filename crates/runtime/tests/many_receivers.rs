//! Channels to many receivers, with room and without.

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use proptest::prelude::*;
use support::{ByHand, Drops, events, ms, runtime};
use wakeline::log::{Kind, Reason, ResourceKind};
use wakeline::spawn;
use wakeline::sync::mpmc::{self, SendError, TryRecvError, TrySendError};
use wakeline::sync::rendezvous;
use wakeline::task::yield_now;
use wakeline::time::{now, sleep, timeout};

#[test]
fn each_message_goes_to_one_receiver_and_those_who_wait_are_served_in_order() {
    runtime().block_on(async {
        let (sender, receiver) = mpmc::channel(8);
        let got = Rc::new(RefCell::new(Vec::new()));
        for name in ["a", "b", "c"] {
            let (receiver, got) = (receiver.clone(), Rc::clone(&got));
            spawn(async move {
                while let Some(message) = receiver.recv().await {
                    got.borrow_mut().push((name, message));
                    sleep(ms(10)).await;
                }
            });
        }
        drop(receiver);
        sleep(ms(1)).await;
        for message in 0..7 {
            sender.send(message).await.unwrap();
        }
        sleep(ms(100)).await;
        let expected = [
            ("a", 0),
            ("b", 1),
            ("c", 2),
            ("a", 3),
            ("b", 4),
            ("c", 5),
            ("a", 6),
        ];
        assert_eq!(*got.borrow(), expected);
    });
}

#[test]
fn a_message_that_was_promised_to_a_dropped_receiver_goes_to_the_next_in_line() {
    runtime().block_on(async {
        let (sender, receiver) = mpmc::channel(1);
        let (a, b) = (receiver.clone(), receiver.clone());
        let mut first = ByHand::new(async move { a.recv().await });
        let mut second = ByHand::new(async move { b.recv().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        sender.try_send(7).unwrap();
        assert!(first.is_woken() && !second.is_woken());
        // A newcomer does not get what the first in line was promised.
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(first);
        assert!(second.is_woken());
        assert_eq!(second.poll(), Poll::Ready(Some(7)));
    });
}

#[test]
fn the_channel_closes_with_the_last_sender_or_the_last_receiver() {
    runtime().block_on(async {
        let (sender, receiver) = mpmc::channel(2);
        let other = sender.clone();
        drop(sender);
        other.send(1).await.unwrap();
        drop(other);
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(receiver.recv().await, None);
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));

        let drops = Drops::default();
        let (sender, receiver) = mpmc::channel(1);
        let clone = receiver.clone();
        drop(receiver);
        sender.send(drops.guard()).await.unwrap();
        let waiting = spawn({
            let (sender, guard) = (sender.clone(), drops.guard());
            async move { sender.send(guard).await.is_err() }
        });
        yield_now().await;
        drop(clone);
        assert_eq!(drops.count(), 1, "what was inside is dropped");
        assert!(waiting.await.unwrap());
        assert!(matches!(
            sender.try_send(drops.guard()),
            Err(TrySendError::Closed(_))
        ));

        let (sender, receiver) = mpmc::unbounded_channel();
        sender.send(1).unwrap();
        receiver.close();
        assert_eq!(sender.send(2), Err(SendError(2)));
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(receiver.recv().await, None);
    });
}

#[test]
fn without_room_a_send_is_over_when_the_message_is_received() {
    let runtime = runtime();
    runtime.block_on(async {
        let (sender, receiver) = rendezvous::Builder::new("hand")
            .describe(|n: &i32| format!("message {n}"))
            .build();
        let sending = spawn(async move {
            for number in 0..2 {
                sender.send(number).await.unwrap();
            }
            now().as_nanos()
        });
        sleep(ms(5)).await;
        assert!(!sending.is_finished());
        assert_eq!(receiver.recv().await, Some(0));
        sleep(ms(5)).await;
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(sending.await.unwrap(), 10_000_000);
        assert_eq!(receiver.recv().await, None);
    });
    let log = runtime.log();
    let created = events(&runtime, Kind::ResourceCreated);
    assert_eq!(created[0].flags, ResourceKind::Rendezvous.code());
    for kind in [Kind::Sent, Kind::Received] {
        let seen: Vec<_> = events(&runtime, kind)
            .into_iter()
            .map(|event| (event.time / 1_000_000, event.subject, event.high()))
            .collect();
        // The sender is task 2, the receiver task 1.
        let expected = match kind {
            Kind::Sent => [(5, 2, 1), (10, 2, 1)],
            _ => [(5, 1, 0), (10, 1, 0)],
        };
        assert_eq!(seen, expected, "{kind:?}");
    }
    let text = log.text(events(&runtime, Kind::Sent)[1].low()).to_owned();
    assert_eq!(text, "message 1");
    let waits = events(&runtime, Kind::WaitBegun);
    let sends = waits
        .iter()
        .filter(|event| event.flags == Reason::ChannelSend.code());
    assert_eq!(sends.count(), 2);
}

#[test]
fn a_message_that_is_withdrawn_was_never_sent() {
    runtime().block_on(async {
        let drops = Drops::default();
        let (sender, receiver) = rendezvous::channel();
        let giving_up = timeout(ms(1), sender.send(drops.guard())).await;
        assert!(giving_up.is_err());
        assert_eq!(drops.count(), 1);
        assert_eq!(receiver.try_recv().err(), Some(TryRecvError::Empty));

        // Withdrawn after a receiver was woken for it: that one keeps its place in line.
        let (a, b) = (receiver.clone(), receiver.clone());
        let mut first = ByHand::new(async move { a.recv().await });
        let mut second = ByHand::new(async move { b.recv().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        let mut offer = ByHand::new(sender.send(drops.guard()));
        assert!(offer.poll().is_pending());
        assert!(first.is_woken() && !second.is_woken());
        drop(offer);
        assert!(first.poll().is_pending());
        let mut offer = ByHand::new(sender.send(drops.guard()));
        assert!(offer.poll().is_pending());
        assert!(first.is_woken() && !second.is_woken());
        assert!(first.poll().is_ready());
        assert!(offer.is_woken());
        assert!(matches!(offer.poll(), Poll::Ready(Ok(()))));
        assert_eq!(drops.count(), 3);
    });
}

#[test]
fn a_receiver_that_is_dropped_in_its_turn_passes_it_on() {
    runtime().block_on(async {
        let (sender, receiver) = rendezvous::channel();
        let (a, b) = (receiver.clone(), receiver.clone());
        let mut first = ByHand::new(async move { a.recv().await });
        let mut second = ByHand::new(async move { b.recv().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        let mut offer = ByHand::new(sender.send(7));
        assert!(offer.poll().is_pending());
        // A newcomer does not overtake.
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(first);
        assert!(second.is_woken());
        assert_eq!(second.poll(), Poll::Ready(Some(7)));
        assert!(offer.poll().is_ready());
    });
}

#[test]
fn closing_gives_what_is_on_offer_back() {
    runtime().block_on(async {
        let (sender, receiver) = rendezvous::channel();
        let other = sender.clone();
        let offering = spawn(async move { other.send(7).await });
        yield_now().await;
        receiver.close();
        assert_eq!(offering.await.unwrap(), Err(SendError(7)));
        assert_eq!(sender.send(8).await, Err(SendError(8)));
        assert_eq!(receiver.recv().await, None);

        let (sender, receiver) = rendezvous::channel::<()>();
        let waiting = spawn(async move { receiver.recv().await });
        yield_now().await;
        drop(sender);
        assert_eq!(waiting.await.unwrap(), None);
    });
}

#[derive(Clone, Debug)]
enum Step {
    Send,
    Receive,
    TryReceive,
    DropSend(usize),
    DropReceive(usize),
    PollSend(usize),
    PollReceive(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Send),
        3 => Just(Step::Receive),
        1 => Just(Step::TryReceive),
        1 => (0_usize..20).prop_map(Step::DropSend),
        1 => (0_usize..20).prop_map(Step::DropReceive),
        2 => (0_usize..20).prop_map(Step::PollSend),
        2 => (0_usize..20).prop_map(Step::PollReceive),
    ];
    proptest::collection::vec(step, 0..80)
}

type Sending = ByHand<std::pin::Pin<Box<dyn Future<Output = Result<(), SendError<u32>>>>>>;
type Receiving = ByHand<std::pin::Pin<Box<dyn Future<Output = Option<u32>>>>>;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever is polled and dropped in whatever order: every message is received once or
    /// withdrawn, in the order of the offers; a send is over exactly if its message was received;
    /// and nobody sleeps who could go on.
    #[test]
    fn no_message_is_lost_doubled_or_overtaken_without_room(steps in steps()) {
        runtime().block_on(async {
            let (sender, receiver) = rendezvous::channel::<u32>();
            let mut sends: Vec<(u32, Sending)> = Vec::new();
            let mut receives: Vec<Receiving> = Vec::new();
            let mut on_offer: VecDeque<u32> = VecDeque::new();
            let mut next = 0;
            for step in steps {
                match step {
                    Step::Send => {
                        let (sender, number) = (sender.clone(), next);
                        next += 1;
                        let mut future: Sending =
                            ByHand::new(Box::pin(async move { sender.send(number).await }));
                        assert!(future.poll().is_pending());
                        sends.push((number, future));
                        on_offer.push_back(number);
                    }
                    Step::Receive => {
                        let receiver = receiver.clone();
                        let mut future: Receiving =
                            ByHand::new(Box::pin(async move { receiver.recv().await }));
                        match future.poll() {
                            Poll::Ready(got) => assert_eq!(got, on_offer.pop_front()),
                            Poll::Pending => receives.push(future),
                        }
                    }
                    Step::TryReceive => {
                        // Only what no receiver in line is entitled to.
                        let left_over = on_offer.len() > receives.len();
                        match receiver.try_recv() {
                            Ok(got) => {
                                assert!(left_over);
                                assert_eq!(Some(got), on_offer.pop_front());
                            }
                            Err(_) => assert!(!left_over),
                        }
                    }
                    Step::DropSend(which) if !sends.is_empty() => {
                        let (number, future) = sends.remove(which % sends.len());
                        drop(future);
                        on_offer.retain(|other| *other != number);
                    }
                    Step::DropReceive(which) if !receives.is_empty() => {
                        drop(receives.remove(which % receives.len()));
                    }
                    Step::PollSend(which) if !sends.is_empty() => {
                        let at = which % sends.len();
                        let number = sends[at].0;
                        match sends[at].1.poll() {
                            Poll::Ready(done) => {
                                assert_eq!(done, Ok(()));
                                assert!(!on_offer.contains(&number));
                                drop(sends.remove(at));
                            }
                            Poll::Pending => assert!(on_offer.contains(&number)),
                        }
                    }
                    Step::PollReceive(which) if !receives.is_empty() => {
                        let at = which % receives.len();
                        // The first so many in line are entitled, and only they.
                        let entitled = at < on_offer.len();
                        match receives[at].poll() {
                            Poll::Ready(got) => {
                                assert!(entitled);
                                assert_eq!(got, on_offer.pop_front());
                                drop(receives.remove(at));
                            }
                            Poll::Pending => assert!(!entitled),
                        }
                    }
                    _ => {}
                }
                // Nobody sleeps who could go on.
                for receive in receives.iter().take(on_offer.len()) {
                    assert!(receive.is_woken());
                }
                for (number, send) in &sends {
                    assert!(on_offer.contains(number) || send.is_woken());
                }
            }
        });
    }

    /// The same for channels with room.
    #[test]
    fn no_message_is_lost_doubled_or_overtaken_with_room(
        steps in steps(),
        capacity in 1_usize..4,
    ) {
        runtime().block_on(async {
            let (sender, receiver) = mpmc::channel::<u32>(capacity);
            let mut sends: Vec<(u32, Sending)> = Vec::new();
            let mut receives: Vec<Receiving> = Vec::new();
            let (mut next, mut received, mut dropped) = (0, Vec::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Send => {
                        let (sender, number) = (sender.clone(), next);
                        next += 1;
                        sends.push((
                            number,
                            ByHand::new(Box::pin(async move { sender.send(number).await })),
                        ));
                    }
                    Step::Receive => {
                        let receiver = receiver.clone();
                        receives.push(ByHand::new(Box::pin(async move { receiver.recv().await })));
                    }
                    Step::TryReceive => received.extend(receiver.try_recv().ok()),
                    Step::DropSend(which) if !sends.is_empty() => {
                        dropped.push(sends.remove(which % sends.len()).0);
                    }
                    Step::DropReceive(which) if !receives.is_empty() => {
                        drop(receives.remove(which % receives.len()));
                    }
                    Step::PollSend(which) if !sends.is_empty() => {
                        let at = which % sends.len();
                        if sends[at].1.poll().is_ready() {
                            drop(sends.remove(at));
                        }
                    }
                    Step::PollReceive(which) if !receives.is_empty() => {
                        let at = which % receives.len();
                        if let Poll::Ready(got) = receives[at].poll() {
                            received.extend(got);
                            drop(receives.remove(at));
                        }
                    }
                    _ => {}
                }
            }
            // Everything that is left comes to its end, some of it by being dropped.
            drop(sender);
            receives.truncate(receives.len().div_ceil(2));
            let mut rounds = 0..200;
            loop {
                assert!(rounds.next().is_some(), "it never comes to an end");
                sends.retain_mut(|(_, send)| send.poll().is_pending());
                receives.retain_mut(|receive| match receive.poll() {
                    Poll::Ready(got) => {
                        received.extend(got);
                        false
                    }
                    Poll::Pending => true,
                });
                match receiver.try_recv() {
                    Ok(got) => received.push(got),
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => break,
                }
            }
            for mut receive in receives {
                assert_eq!(receive.poll(), Poll::Ready(None));
            }
            let mut all: Vec<u32> = received.clone();
            all.extend(&dropped);
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), received.len() + dropped.len(), "doubled");
            assert_eq!(all, (0..next).collect::<Vec<_>>(), "lost");
        });
    }
}

#[test]
fn a_message_that_was_promised_when_the_channel_closed_is_not_lost_with_its_receiver() {
    runtime().block_on(async {
        let (sender, receiver) = mpmc::channel(1);
        let (a, b) = (receiver.clone(), receiver.clone());
        let mut first = ByHand::new(async move { a.recv().await });
        let mut second = ByHand::new(async move { b.recv().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        sender.try_send(7).unwrap();
        drop(sender);
        // The second is not told that it is over while it may still get the message.
        assert!(first.is_woken() && !second.is_woken());
        assert!(second.poll().is_pending());
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(first);
        assert!(second.is_woken());
        assert_eq!(second.poll(), Poll::Ready(Some(7)));
        assert_eq!(receiver.recv().await, None);

        // Taken instead: then it is told.
        let (sender, receiver) = mpmc::channel(1);
        let (a, b) = (receiver.clone(), receiver.clone());
        let mut first = ByHand::new(async move { a.recv().await });
        let mut second = ByHand::new(async move { b.recv().await });
        assert!(first.poll().is_pending() && second.poll().is_pending());
        sender.try_send(8).unwrap();
        drop(sender);
        assert_eq!(first.poll(), Poll::Ready(Some(8)));
        assert!(second.is_woken());
        assert_eq!(second.poll(), Poll::Ready(None));
    });
}
