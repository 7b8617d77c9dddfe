//! Messages over connections that are broken in every way: none comes twice, none is left out in
//! the middle, none comes after the end.

mod support;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use proptest::prelude::*;
use wakeline::task::JoinHandle;
use wakeline::time::sleep;
use wakeline_net::messages::{Decoder, encode};
use wakeline_net::{Conditions, Network, Stream};

use support::run;

const PORT: u16 = 7;

/// What is done to the network.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Cut,
    CutBack,
    Partition,
    Repair,
    Hold,
    HoldBack,
    Release,
    Slow(u64),
    Lossy,
    /// The host of the receivers goes down and comes back after so many milliseconds.
    Crash(u64),
}

fn faults() -> impl Strategy<Value = Vec<(u64, Fault)>> {
    let fault = prop_oneof![
        Just(Fault::Cut),
        Just(Fault::CutBack),
        Just(Fault::Partition),
        Just(Fault::Repair),
        Just(Fault::Hold),
        Just(Fault::HoldBack),
        Just(Fault::Release),
        (0_u64..50).prop_map(Fault::Slow),
        Just(Fault::Lossy),
        (0_u64..80).prop_map(Fault::Crash),
    ];
    proptest::collection::vec((0_u64..60, fault), 0..12)
}

fn conditions(latency: u64, loss: f64) -> Conditions {
    Conditions {
        latency: Duration::from_millis(latency),
        jitter: Duration::from_millis(7),
        bandwidth: Some(40_000),
        // Short: so that cuts end connections, too.
        give_up: Duration::from_millis(300),
        retransmit: Duration::from_millis(40),
        loss,
        window: 700,
        piece: 128,
    }
}

/// What came over one connection.
#[derive(Debug, Default)]
struct Heard {
    /// Number of the connection, number of the message.
    messages: Vec<(u32, u32)>,
    /// Whether the sender was heard to finish.
    is_whole: bool,
}

/// Reads a connection to its end, and beyond.
async fn hear(mut stream: Stream) -> Heard {
    let (mut heard, mut decoder) = (Heard::default(), Decoder::new(1_000));
    let mut buffer = [0; 100];
    let ended = loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(read) => decoder.push(&buffer[..read]),
            Err(error) => break Err(error),
        }
        while let Some(frame) = decoder.next().expect("no frame is too long") {
            let number = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
            heard.messages.push((number(0), number(4)));
        }
    };
    for pause in [0, 10, 1_000] {
        sleep(Duration::from_millis(pause)).await;
        match (&ended, stream.read(&mut buffer).await) {
            (_, Err(_)) | (Ok(()), Ok(0)) => {}
            (ended, after) => panic!("{after:?} after the end {ended:?}"),
        }
    }
    heard.is_whole = ended.is_ok();
    heard
}

/// The receivers, of all connections that were accepted.
type Receivers = Rc<RefCell<Vec<JoinHandle<Heard>>>>;

/// Accepts until the host goes down.
fn accept(network: &Network, receivers: &Receivers) {
    let mut listener = network.host("b").listen(PORT).unwrap();
    let receivers = Rc::clone(receivers);
    drop(wakeline::spawn(async move {
        while let Ok(stream) = listener.accept().await {
            let receiver = wakeline::spawn(hear(stream));
            receivers.borrow_mut().push(receiver);
        }
    }));
}

async fn break_it(network: Network, receivers: Receivers, faults: Vec<(u64, Fault)>) {
    for (after, fault) in faults {
        sleep(Duration::from_millis(after)).await;
        match fault {
            Fault::Cut => network.cut("a", "b"),
            Fault::CutBack => network.cut("b", "a"),
            Fault::Partition => network.partition("a", "b"),
            Fault::Repair => network.repair("a", "b"),
            Fault::Hold => network.hold("a", "b"),
            Fault::HoldBack => network.hold("b", "a"),
            Fault::Release => {
                network.release("a", "b");
                network.release("b", "a");
            }
            Fault::Slow(ms) => network.set_conditions_between("a", "b", conditions(ms, 0.0)),
            Fault::Lossy => network.set_conditions_between("a", "b", conditions(5, 0.5)),
            Fault::Crash(ms) => {
                network.crash("b");
                sleep(Duration::from_millis(ms)).await;
                network.restart("b");
                accept(&network, &receivers);
            }
        }
    }
    sleep(Duration::from_millis(50)).await;
    network.release("a", "b");
    network.release("b", "a");
    network.repair_all();
}

/// Sends so many messages on a connection of its own. How many it gave away, or what went wrong.
async fn send(network: Network, connection: u32, messages: Vec<(usize, u64)>) -> io::Result<u32> {
    let mut stream = network.host("a").connect("b", PORT).await?;
    let mut number = 0_u32;
    for (padding, pause) in messages {
        let mut payload = connection.to_be_bytes().to_vec();
        payload.extend(number.to_be_bytes());
        payload.resize(8 + padding, b'.');
        stream.write_all(&encode(&payload)).await?;
        number += 1;
        sleep(Duration::from_millis(pause)).await;
    }
    stream.close().await?;
    Ok(number)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_message_comes_at_most_once_in_order_and_before_the_end(
        seed: u64,
        faults in faults(),
        connections in proptest::collection::vec(
            proptest::collection::vec((0_usize..300, 0_u64..20), 1..12),
            1..5,
        ),
    ) {
        run(seed, async move {
            let network = Network::new(conditions(5, 0.1));
            let receivers = Receivers::default();
            accept(&network, &receivers);
            let breaking = wakeline::spawn(break_it(network.clone(), receivers.clone(), faults));
            let senders: Vec<_> = connections
                .into_iter()
                .zip(0_u32..)
                .map(|(messages, number)| wakeline::spawn(send(network.clone(), number, messages)))
                .collect();
            let mut sent = Vec::new();
            for sender in senders {
                sent.push(sender.await.unwrap());
            }
            breaking.await.unwrap();
            // Connections whose first sign was on its way may still be accepted: none is left out.
            sleep(Duration::from_secs(5)).await;
            let mut whole = 0;
            for receiver in receivers.take() {
                let heard = receiver.await.unwrap();
                let Some((connection, _)) = heard.messages.first().copied() else {
                    continue;
                };
                // From the first on, each once, none left out, none of another connection.
                let expected = (0..).zip(&heard.messages).map(|(n, _)| (connection, n));
                assert_eq!(heard.messages, expected.collect::<Vec<_>>());
                if heard.is_whole {
                    whole += 1;
                    // Who was heard to finish was heard to the end.
                    let given = sent[connection as usize].as_ref().copied();
                    assert_eq!(given.unwrap_or(u32::MAX), heard.messages.len() as u32);
                }
            }
            assert!(whole <= sent.iter().filter(|sent| sent.is_ok()).count());
            network.crash("b");
        });
    }
}
