//! The same messages through six kinds of channels.
//!
//! The kinds differ in what happens when the receiver is slower than the sender. A bounded channel
//! and a rendezvous make the sender wait, an unbounded one grows, a broadcast loses the oldest
//! messages for whoever is too slow, and a watch keeps only the newest. A oneshot carries a single
//! message, so here each question brings one for its answer.

use std::time::Duration;

use wakeline::sync::{broadcast, mpsc, oneshot, watch};
use wakeline::task::JoinHandle;
use wakeline::time::{now, sleep};
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// What goes through which channel, and how fast.
    pub struct Settings {
        /// The kind of channel.
        kind: Kind = Bounded;
        /// How many messages are sent.
        messages: u32 = 8, 1..=500;
        /// How many messages a bounded channel or a broadcast holds.
        capacity: usize = 3, 1..=500;
        /// How long it takes to make a message.
        send_ms: u64 = 100 ms, 0..=60_000;
        /// How long a receiver is busy with a message.
        receive_ms: u64 = 300 ms, 0..=60_000;
        /// How many receivers a broadcast or a watch has.
        receivers: u32 = 3, 1..=50;
        /// How long the last of several receivers is busy with a message.
        slow_ms: u64 = 900 ms, 0..=60_000;
    }
    presets {
        backpressure { capacity = 1; send_ms = 0; }
        growing { kind = "unbounded"; messages = 40; send_ms = 20; }
        rendezvous { kind = "rendezvous"; }
        question_and_answer { kind = "oneshot"; }
        slow_receiver { kind = "broadcast"; messages = 12; send_ms = 300; receive_ms = 100; }
        latest { kind = "watch"; messages = 12; send_ms = 300; receive_ms = 100; }
    }
}

choice! {
    /// The kind of channel.
    pub enum Kind {
        /// For one message.
        Oneshot = "oneshot",
        /// With room for some.
        Bounded = "bounded",
        /// With room for any number.
        Unbounded = "unbounded",
        /// With no room at all: from hand to hand.
        Rendezvous = "rendezvous",
        /// Every message to every receiver.
        Broadcast = "broadcast",
        /// The last value to every receiver.
        Watch = "watch",
    }
}

/// Sends everything through the channel of the chosen kind.
pub async fn main(settings: Settings) -> Result<(), String> {
    let receivers = match settings.kind {
        Kind::Oneshot => return ask(&settings).await,
        Kind::Bounded => bounded(&settings),
        Kind::Unbounded => unbounded(&settings),
        Kind::Rendezvous => rendezvous(&settings),
        Kind::Broadcast => broadcast(&settings),
        Kind::Watch => watch(&settings),
    };
    for receiver in receivers {
        receiver.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Starts the sender: makes the messages and gives each to `send`, with its number.
fn start_sender(settings: &Settings, send: impl AsyncFn(u32) + 'static) {
    let (messages, effort) = (settings.messages, Duration::from_millis(settings.send_ms));
    spawn_named("sender", async move {
        for number in 1..=messages {
            sleep(effort).await;
            let made = now();
            send(number).await;
            let waited = (now() - made).as_millis();
            println!("sender: rid of message {number} after {waited} ms");
        }
    });
}

/// Asks one question after the other, each with a channel for its answer.
async fn ask(settings: &Settings) -> Result<(), String> {
    for number in 1..=settings.messages {
        sleep(Duration::from_millis(settings.send_ms)).await;
        let (answer, answered) = oneshot::named(&format!("answer {number}"));
        let thought = Duration::from_millis(settings.receive_ms);
        spawn_named(format!("oracle {number}"), async move {
            sleep(thought).await;
            // An error would mean that nobody wants to know any more.
            let _ = answer.send(number * number);
        });
        println!("main: asks question {number}");
        let square = answered.await.map_err(|gone| gone.to_string())?;
        println!("main: the answer is {square}");
    }
    Ok(())
}

fn bounded(settings: &Settings) -> Vec<JoinHandle<()>> {
    let channel = mpsc::Builder::new("channel").describe(u32::to_string);
    let (sender, receiver) = channel.bounded(settings.capacity);
    start_sender(settings, async move |number| {
        // Waits for room. An error would mean that the receiver is gone.
        let _ = sender.send(number).await;
    });
    vec![start_receiver(settings, receiver)]
}

fn unbounded(settings: &Settings) -> Vec<JoinHandle<()>> {
    let channel = mpsc::Builder::new("channel").describe(u32::to_string);
    let (sender, receiver) = channel.unbounded();
    start_sender(settings, async move |number| {
        // Never waits: the channel grows instead.
        let _ = sender.send(number);
    });
    vec![start_receiver(settings, receiver)]
}

fn start_receiver(settings: &Settings, mut receiver: mpsc::Receiver<u32>) -> JoinHandle<()> {
    let busy = Duration::from_millis(settings.receive_ms);
    spawn_named("receiver", async move {
        while let Some(number) = receiver.recv().await {
            println!(
                "receiver: takes message {number}, {} more inside",
                receiver.len()
            );
            sleep(busy).await;
        }
    })
}

/// There is no channel without any room, but one message and a receipt for it do the same.
fn rendezvous(settings: &Settings) -> Vec<JoinHandle<()>> {
    type Handed = (u32, oneshot::Sender<()>);
    let channel = mpsc::Builder::new("channel").describe(|(number, _): &Handed| number.to_string());
    let (sender, mut receiver) = channel.bounded(1);
    start_sender(settings, async move |number| {
        let (taken, receipt) = oneshot::named("receipt");
        if sender.send((number, taken)).await.is_ok() {
            // It comes at the moment at which the message is taken.
            let _ = receipt.await;
        }
    });
    let busy = Duration::from_millis(settings.receive_ms);
    vec![spawn_named("receiver", async move {
        while let Some((number, taken)) = receiver.recv().await {
            let _ = taken.send(());
            println!("receiver: takes message {number}");
            sleep(busy).await;
        }
    })]
}

fn broadcast(settings: &Settings) -> Vec<JoinHandle<()>> {
    let (sender, first) = broadcast::named("channel", settings.capacity);
    let further = (1..settings.receivers).map(|_| sender.subscribe());
    let receivers: Vec<_> = std::iter::once(first).chain(further).collect();
    start_sender(settings, async move |number| {
        // Never waits: if the channel is full, the oldest message goes.
        let _ = sender.send(number);
    });
    let listen = |(number, mut receiver): (u32, broadcast::Receiver<u32>)| {
        let busy = busy(settings, number);
        spawn_named(format!("receiver {number}"), async move {
            loop {
                match receiver.recv().await {
                    Ok(message) => println!("receiver {number}: hears message {message}"),
                    Err(broadcast::RecvError::Lagged(missed)) => {
                        eprintln!("receiver {number}: missed {missed}");
                        continue;
                    }
                    Err(broadcast::RecvError::Closed) => break,
                }
                sleep(busy).await;
            }
        })
    };
    (1..).zip(receivers).map(listen).collect()
}

fn watch(settings: &Settings) -> Vec<JoinHandle<()>> {
    let (sender, first) = watch::named("channel", 0);
    let receivers = vec![first; settings.receivers as usize];
    start_sender(settings, async move |number| {
        // Never waits: the value is replaced, whoever has seen it.
        let _ = sender.send(number);
    });
    let look = |(number, mut receiver): (u32, watch::Receiver<u32>)| {
        let busy = busy(settings, number);
        spawn_named(format!("receiver {number}"), async move {
            while receiver.changed().await.is_ok() {
                println!("receiver {number}: sees message {}", receiver.get());
                sleep(busy).await;
            }
        })
    };
    (1..).zip(receivers).map(look).collect()
}

/// How long this receiver of several is busy with a message: the last one is slow.
fn busy(settings: &Settings, receiver: u32) -> Duration {
    let is_slow = receiver > 1 && receiver == settings.receivers;
    Duration::from_millis(match is_slow {
        true => settings.slow_ms,
        false => settings.receive_ms,
    })
}
