//! What the network does to connections, and what it never does.

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use proptest::prelude::*;
use wakeline::log::{Kind, NetworkPhase, Reason, TimerPurpose};
use wakeline::time::{now, sleep, timeout};
use wakeline_net::{Conditions, Network, Stream};

use support::{events, ms, run};

fn network(latency_ms: u64) -> Network {
    Network::new(Conditions::with_latency(Duration::from_millis(latency_ms)))
}

/// A connection from `a` to `b`, both ends.
async fn pair(network: &Network) -> (Stream, Stream) {
    let mut listener = network.host("b").listen(7).unwrap();
    let host = network.host("a");
    let accept = wakeline::spawn(async move { listener.accept().await.unwrap() });
    let client = host.connect("b", 7).await.unwrap();
    (client, accept.await.unwrap())
}

async fn byte(stream: &mut Stream) -> u8 {
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    byte[0]
}

#[test]
fn what_is_sent_arrives_after_the_latency_and_its_reader_waits_for_the_network() {
    let log = run(0, async {
        let (mut client, mut server) = pair(&network(40)).await;
        assert_eq!(ms(), 80);
        let reader = wakeline::spawn_named("reader", async move {
            assert_eq!(byte(&mut server).await, b'x');
            ms()
        });
        sleep(Duration::from_millis(20)).await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(reader.await.unwrap(), 140);
    });
    let reader = events(&log)
        .find(|e| e.kind == Kind::TaskCreated && log.text(e.low()) == "reader")
        .unwrap()
        .subject;
    let of_reader: Vec<_> = events(&log).filter(|e| e.subject == reader).collect();
    let wait = of_reader
        .iter()
        .find(|e| e.kind == Kind::WaitBegun)
        .unwrap();
    assert_eq!(wait.flags, Reason::Network.code());
    let resource = events(&log)
        .find(|e| e.kind == Kind::ResourceCreated && e.subject == wait.object)
        .unwrap();
    assert_eq!(log.text(resource.low()), "a → b:7");
    // Woken by the arrival, and not by the sender: it is polled twice in all.
    let polls = of_reader.iter().filter(|e| e.kind == Kind::PollBegun);
    assert_eq!(polls.count(), 2);
    let armed = of_reader
        .iter()
        .find(|e| e.kind == Kind::TimerArmed)
        .unwrap();
    assert_eq!(armed.flags, TimerPurpose::Arrival.code());
    assert_eq!((armed.time, armed.value), (100_000_000, 140_000_000));
}

#[test]
fn bandwidth_spreads_what_is_sent_over_time() {
    run(0, async {
        let network = Network::new(Conditions {
            bandwidth: Some(1_000),
            piece: 100,
            ..Conditions::default()
        });
        let (mut client, mut server) = pair(&network).await;
        wakeline::spawn(async move { client.write_all(&[1; 500]).await.unwrap() });
        let mut times = Vec::new();
        let mut piece = [0; 100];
        for _ in 0..5 {
            server.read_exact(&mut piece).await.unwrap();
            times.push(ms());
        }
        assert_eq!(times, [100, 200, 300, 400, 500]);
    });
}

#[test]
fn a_writer_waits_for_a_reader_that_does_not_read() {
    run(0, async {
        let network = Network::new(Conditions {
            latency: Duration::from_millis(10),
            window: 300,
            ..Conditions::default()
        });
        let (mut client, mut server) = pair(&network).await;
        let writer = wakeline::spawn(async move {
            client.write_all(&[1; 500]).await.unwrap();
            (ms(), client)
        });
        sleep(Duration::from_millis(980)).await;
        let mut all = [0; 500];
        server.read_exact(&mut all).await.unwrap();
        // The news of room takes 10 ms back, the rest 10 ms there.
        assert_eq!(ms(), 1020);
        assert_eq!(writer.await.unwrap().0, 1010);
    });
}

#[test]
fn a_loss_is_a_stall() {
    run(3, async {
        let network = Network::new(Conditions {
            loss: 0.5,
            ..Conditions::default()
        });
        let (mut client, mut server) = pair(&network).await;
        wakeline::spawn(async move {
            for number in 0..50 {
                client.write_all(&[number]).await.unwrap();
                sleep(Duration::from_millis(1)).await;
            }
        });
        let mut received = Vec::new();
        server.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, (0..50).collect::<Vec<u8>>());
        assert!(ms() >= 200, "nothing was lost: {}", ms());
    });
}

#[test]
fn what_is_held_arrives_with_the_release() {
    run(0, async {
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        client.write_all(b"1").await.unwrap();
        sleep(Duration::from_millis(15)).await;
        client.write_all(b"2").await.unwrap();
        network.hold("a", "b");
        client.write_all(b"3").await.unwrap();
        // What had arrived can be read.
        assert_eq!(byte(&mut server).await, b'1');
        let early = timeout(Duration::from_millis(500), byte(&mut server)).await;
        assert!(early.is_err());
        let at = ms();
        network.release("a", "b");
        assert_eq!(
            (byte(&mut server).await, byte(&mut server).await),
            (b'2', b'3')
        );
        assert_eq!(ms(), at);
    });
}

#[test]
fn what_is_sent_into_a_cut_is_sent_again_after_the_repair() {
    let log = run(0, async {
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        network.partition("a", "b");
        let at = ms();
        client.write_all(b"1").await.unwrap();
        let repair = network.clone();
        wakeline::task::call_later(Duration::from_millis(300), move || repair.repair("b", "a"));
        assert_eq!(byte(&mut server).await, b'1');
        // Attempts after 200 and 600 ms.
        assert_eq!(ms() - at, 610);
    });
    let faults: Vec<&str> = events(&log)
        .filter(|e| e.kind == Kind::NetworkPhase && e.flags == NetworkPhase::Fault.code())
        .map(|e| log.text(e.low()))
        .collect();
    assert_eq!(faults, ["partition a | b", "repair b – a"]);
}

#[test]
fn a_cut_goes_one_way() {
    run(0, async {
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        network.cut("a", "b");
        server.write_all(b"!").await.unwrap();
        assert_eq!(byte(&mut client).await, b'!');
        client.write_all(b"?").await.unwrap();
        let heard = timeout(Duration::from_secs(5), byte(&mut server)).await;
        assert!(heard.is_err());
    });
}

#[test]
fn a_sender_that_gets_nothing_through_gives_up_and_the_other_end_learns_of_it() {
    run(0, async {
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        network.partition("a", "b");
        let at = now();
        client.write_all(b"1").await.unwrap();
        let mut buffer = [0];
        let error = client.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(now() - at, Duration::from_secs(30));
        network.repair_all();
        let error = server.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn nobody_there_is_refused_and_nothing_getting_through_times_out() {
    run(0, async {
        let network = network(25);
        let _ = network.host("b");
        let a = network.host("a");
        let kind = |result: std::io::Result<Stream>| result.unwrap_err().kind();
        assert_eq!(kind(a.connect("c", 1).await), ErrorKind::NotFound);
        assert_eq!(kind(a.connect("b", 1).await), ErrorKind::ConnectionRefused);
        assert_eq!(ms(), 50);
        for way in [("a", "b"), ("b", "a")] {
            let _listener = network.host("b").listen(1).unwrap();
            network.cut(way.0, way.1);
            let at = now();
            assert_eq!(kind(a.connect("b", 1).await), ErrorKind::TimedOut);
            let took = (now() - at).as_millis();
            assert!((30_000..30_100).contains(&took), "{took}");
            network.repair("a", "b");
        }
    });
}

#[test]
fn a_cut_that_is_repaired_while_connecting_costs_time_only() {
    run(0, async {
        let network = network(25);
        let mut listener = network.host("b").listen(1).unwrap();
        wakeline::spawn(async move { listener.accept().await.map(drop) });
        network.partition("a", "b");
        let repair = network.clone();
        wakeline::task::call_later(Duration::from_secs(1), move || repair.repair("a", "b"));
        network.host("a").connect("b", 1).await.unwrap();
        assert!(ms() >= 1_000 && ms() < 3_000, "{}", ms());
    });
}

#[test]
fn a_crash_ends_tasks_listeners_and_streams_and_a_restart_allows_new_ones() {
    run(0, async {
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        let b = network.host("b");
        let mut listener = b.listen(9).unwrap();
        let accepting = wakeline::spawn(async move { listener.accept().await.map(drop) });
        let task = b.spawn("forever", std::future::pending::<()>());
        sleep(Duration::from_millis(1)).await;
        network.crash("b");
        let mut buffer = [0];
        let error = server.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        let at = ms();
        let error = client.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(ms() - at, 10);
        assert!(task.await.unwrap_err().is_cancelled());
        let error = accepting.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        assert!(b.listen(9).is_err());
        let refused = network.host("a").connect("b", 9).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        network.restart("b");
        let _listener = b.listen(9).unwrap();
        network.host("a").connect("b", 9).await.unwrap();
    });
}

#[test]
fn nothing_is_read_after_an_error() {
    run(0, async {
        // Under way when the host goes down, and sent before the other end knows of it.
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        client.write_all(b"under way").await.unwrap();
        network.crash("b");
        client.write_all(b"later").await.unwrap();
        let mut buffer = [0; 20];
        for _ in 0..3 {
            let error = server.read(&mut buffer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
            sleep(Duration::from_millis(50)).await;
        }
    });
    run(0, async {
        // Sent to somebody who has given up, over the way that was not cut.
        let network = network(10);
        let (mut client, mut server) = pair(&network).await;
        network.cut("a", "b");
        client.write_all(b"1").await.unwrap();
        let mut buffer = [0; 20];
        let error = client.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        server.write_all(b"too late").await.unwrap();
        for _ in 0..3 {
            sleep(Duration::from_millis(50)).await;
            let error = client.read(&mut buffer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
        }
    });
}

#[test]
fn closing_is_heard_and_writing_to_somebody_who_left_is_answered_with_a_reset() {
    run(0, async {
        let (mut client, server) = pair(&network(10)).await;
        drop(server);
        let mut buffer = [0];
        assert_eq!(client.read(&mut buffer).await.unwrap(), 0);
        client.write_all(b"?").await.unwrap();
        sleep(Duration::from_millis(30)).await;
        let error = client.write_all(b"?").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        client.close().await.unwrap();
    });
}

#[test]
fn half_a_connection_can_be_closed() {
    run(0, async {
        let (client, mut server) = pair(&network(10)).await;
        let (mut read, write) = client.into_split();
        drop(write);
        let mut text = String::new();
        server.read_to_string(&mut text).await.unwrap();
        server.write_all(b"still here").await.unwrap();
        drop(server);
        read.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "still here");
    });
}

#[test]
fn waiting_for_what_never_comes_is_a_deadlock_with_the_connections_name() {
    let runtime = wakeline::Builder::new().build();
    let stalled = runtime
        .try_block_on(async {
            let (_client, mut server) = pair(&network(10)).await;
            byte(&mut server).await
        })
        .unwrap_err();
    assert!(
        stalled.to_string().contains("network “a → b:7”"),
        "{stalled}"
    );
}

/// What is done at some millisecond of a run.
#[derive(Clone, Debug)]
enum Fault {
    Cut,
    CutBack,
    Repair,
    Hold,
    Release,
    Slow(u64),
}

fn faults() -> impl Strategy<Value = Vec<(u64, Fault)>> {
    let fault = prop_oneof![
        Just(Fault::Cut),
        Just(Fault::CutBack),
        Just(Fault::Repair),
        Just(Fault::Hold),
        Just(Fault::Release),
        (0_u64..50).prop_map(Fault::Slow),
    ];
    proptest::collection::vec((0_u64..40, fault), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to the network: each byte arrives once, in order, and none after the end.
    #[test]
    fn a_connection_delivers_everything_once_and_in_order(
        seed: u64,
        faults in faults(),
        pieces in proptest::collection::vec((1_usize..400, 0_u64..20), 1..20),
        loss in 0.0_f64..0.4,
        jitter in 0_u64..30,
        window in 50_usize..2_000,
    ) {
        let total: usize = pieces.iter().map(|(length, _)| length).sum();
        run(seed, async move {
            let network = Network::new(Conditions {
                latency: Duration::from_millis(5),
                jitter: Duration::from_millis(jitter),
                bandwidth: Some(20_000),
                give_up: Duration::from_secs(1_000_000),
                loss,
                window,
                piece: 128,
                ..Conditions::default()
            });
            let (mut client, mut server) = pair(&network).await;
            let done = network.clone();
            wakeline::spawn(async move {
                for (after, fault) in faults {
                    sleep(Duration::from_millis(after)).await;
                    match fault {
                        Fault::Cut => done.cut("a", "b"),
                        Fault::CutBack => done.cut("b", "a"),
                        Fault::Repair => done.repair("a", "b"),
                        Fault::Hold => done.hold("a", "b"),
                        Fault::Release => done.release("a", "b"),
                        Fault::Slow(ms) => done.set_conditions_between("a", "b", Conditions {
                            latency: Duration::from_millis(ms),
                            window,
                            ..Conditions::default()
                        }),
                    }
                }
                sleep(Duration::from_millis(50)).await;
                done.release("a", "b");
                done.repair_all();
            });
            wakeline::spawn(async move {
                let mut next = 0_u8;
                for (length, pause) in pieces {
                    let piece: Vec<u8> = (0..length).map(|_| { next = next.wrapping_add(1); next }).collect();
                    client.write_all(&piece).await.unwrap();
                    sleep(Duration::from_millis(pause)).await;
                }
            });
            let mut received = Vec::new();
            server.read_to_end(&mut received).await.unwrap();
            assert_eq!(received.len(), total);
            let in_order = received.iter().zip(1_usize..).all(|(byte, number)| *byte == (number % 256) as u8);
            assert!(in_order);
            assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
        });
    }

    /// The same program and seed give the same log.
    #[test]
    fn a_network_is_the_same_each_time(seed: u64) {
        let story = || {
            let log = run(seed, async {
                let network = Network::new(Conditions {
                    jitter: Duration::from_millis(9),
                    loss: 0.3,
                    ..Conditions::with_latency(Duration::from_millis(3))
                });
                let (mut client, mut server) = pair(&network).await;
                wakeline::spawn(async move {
                    for _ in 0..9 {
                        client.write_all(b"again").await.unwrap();
                    }
                });
                let mut all = Vec::new();
                server.read_to_end(&mut all).await.unwrap();
            });
            wakeline::log::encode(&log)
        };
        prop_assert_eq!(story(), story());
    }
}

#[test]
fn an_isolated_host_reaches_nobody_and_the_others_each_other() {
    run(0, async {
        let network = network(10);
        let mut listeners = Vec::new();
        for name in ["a", "b", "c"] {
            listeners.push(network.host(name).listen(1).unwrap());
        }
        network.isolate("a");
        let reaches = async |from: &str, to: &str| {
            let connecting = network.host(from).connect(to, 1);
            timeout(Duration::from_secs(1), connecting).await.is_ok()
        };
        assert!(!reaches("a", "b").await && !reaches("c", "a").await);
        assert!(reaches("b", "c").await);
        network.repair("a", "b");
        assert!(reaches("b", "a").await && !reaches("a", "c").await);
        network.repair_all();
        assert!(reaches("a", "c").await);
        drop(listeners);
    });
}
