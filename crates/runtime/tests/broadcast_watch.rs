//! Channels with many receivers.

mod support;

use std::rc::Rc;

use proptest::prelude::*;
use support::{ms, runtime};
use wakeline::spawn;
use wakeline::sync::broadcast::{self, RecvError};
use wakeline::sync::watch;
use wakeline::time::{sleep, timeout};

#[test]
fn every_receiver_gets_every_message() {
    runtime().block_on(async {
        let (sender, receiver) = broadcast::named("news", 4);
        let receivers = [receiver, sender.subscribe(), sender.subscribe()];
        let readers = receivers.map(|mut receiver| {
            spawn(async move {
                let mut seen = Vec::new();
                while let Ok(number) = receiver.recv().await {
                    seen.push(number);
                }
                seen
            })
        });
        for number in 0..6 {
            assert_eq!(sender.send(number), Ok(3));
            sleep(ms(1)).await;
        }
        drop(sender);
        for reader in readers {
            assert_eq!(reader.await.unwrap(), [0, 1, 2, 3, 4, 5]);
        }
    });
}

#[test]
fn a_slow_receiver_is_told_how_much_it_missed() {
    runtime().block_on(async {
        let (sender, mut slow) = broadcast::channel(2);
        for number in 0..5 {
            sender.send(number).unwrap();
        }
        assert_eq!(slow.recv().await, Err(RecvError::Lagged(3)));
        assert_eq!(slow.recv().await, Ok(3));
        drop(sender);
        assert_eq!(slow.recv().await, Ok(4));
        assert_eq!(slow.recv().await, Err(RecvError::Closed));
    });
}

#[test]
fn a_receiver_that_goes_holds_nothing_back() {
    runtime().block_on(async {
        let (sender, mut first) = broadcast::channel(8);
        let payload = Rc::new(());
        let second = sender.subscribe();
        sender.send(Rc::clone(&payload)).unwrap();
        drop(first.recv().await.unwrap());
        assert_eq!(Rc::strong_count(&payload), 2, "kept for the second");
        drop(second);
        assert_eq!(Rc::strong_count(&payload), 1);
        drop(first);
        assert!(sender.send(Rc::clone(&payload)).is_err(), "nobody is there");
    });
}

#[test]
fn a_watch_tells_of_the_last_change_and_of_the_end() {
    runtime().block_on(async {
        let (sender, mut receiver) = watch::named("level", 0);
        assert!(timeout(ms(1), receiver.changed()).await.is_err());
        let mut other = receiver.clone();
        let waiting = spawn(async move {
            other.changed().await.unwrap();
            other.get()
        });
        sleep(ms(1)).await;
        for level in 1..=3 {
            sender.send(level).unwrap();
        }
        assert_eq!(waiting.await.unwrap(), 3);
        assert!(receiver.has_changed());
        receiver.changed().await.unwrap();
        assert_eq!(receiver.get(), 3);
        sender.modify(|level| *level += 1);
        drop(sender);
        assert!(receiver.changed().await.is_ok(), "the last change first");
        assert_eq!(receiver.with(|level| *level), 4);
        assert!(receiver.changed().await.is_err());
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 64 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a receiver gets and is told to have missed adds up to what was sent, in order.
    #[test]
    fn received_and_missed_add_up(seed in any::<u64>(), capacity in 1_usize..5, pace in 1_u64..5) {
        let runtime = wakeline::Builder::new().seed(seed).policy(wakeline::Policy::Random).build();
        runtime.block_on(async {
            let (sender, receiver) = broadcast::channel(capacity);
            let receivers = [receiver, sender.subscribe()];
            let readers = receivers.map(|mut receiver| {
                spawn(async move {
                    let mut next = 0_u64;
                    loop {
                        sleep(ms(wakeline::random::range(0..=pace))).await;
                        let patience = ms(wakeline::random::range(0..=2));
                        match timeout(patience, receiver.recv()).await {
                            Ok(Ok(number)) => {
                                assert_eq!(number, next);
                                next += 1;
                            }
                            Ok(Err(RecvError::Lagged(missed))) => next += missed,
                            Ok(Err(RecvError::Closed)) => return next,
                            Err(_) => {}
                        }
                    }
                })
            });
            for number in 0..20_u64 {
                let _ = sender.send(number);
                sleep(ms(wakeline::random::range(0..=2))).await;
            }
            drop(sender);
            for reader in readers {
                assert_eq!(reader.await.unwrap(), 20);
            }
        });
    }
}
