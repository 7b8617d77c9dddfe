//! Messages with their length before them, over simulated connections.
//!
//! A connection carries bytes and knows nothing of messages: what was sent as one arrives in
//! pieces, or together with the next. So each message has its length before it. A request carries
//! a number of the client's choice and the reply the same, so several may be under way; what
//! carries none is a notice to everybody. One client that behaves badly must not harm the others.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use serde_json::Value;
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println};
use wakeline_net::messages::{Client, Event, Limits, Pace, RequestError, encode, serve};
use wakeline_net::{Conditions, Host, Network};

use crate::gate::{Gate, Place};
use crate::parameters::{choice, parameters};

parameters! {
    /// Who says how much, over what kind of line.
    pub struct Settings {
        /// How many clients there are.
        clients: u32 = 3, 1..=50;
        /// How many messages each sends to all others.
        broadcasts: u32 = 2, 0..=100;
        /// The length of such a message.
        size: usize = 20 bytes, 1..=20_000;
        /// Whether each client also asks for something that the server does not know.
        unknown: bool = true;
        /// How long everything travels one way.
        latency_ms: u64 = 20 ms, 0..=10_000;
        /// How much longer it may travel.
        jitter_ms: u64 = 0 ms, 0..=10_000;
        /// How many pieces in a hundred are lost, and sent again.
        loss: f64 = 0.0 percent, 0.0..=90.0;
        /// In pieces of what length frames are handed to the network; 0 for whole ones.
        split: usize = 0 bytes, 0..=10_000;
        /// The pause between two pieces of a frame.
        split_pause_ms: u64 = 5 ms, 0..=10_000;
        /// The longest frame that the server takes.
        longest: usize = 10_000 bytes, 100..=1_000_000;
        /// How many frames may wait for one client.
        queue: usize = 64, 1..=1_000;
        /// What one more client does wrong.
        trouble: Trouble = Nothing;
        /// What happens to the line between the first client and the server.
        fault: Fault = Nothing;
        /// When that happens.
        fault_at_ms: u64 = 100 ms, 0..=600_000;
        /// How long it lasts.
        fault_ms: u64 = 2_000 ms, 0..=600_000;
    }
    presets {
        tutorial { broadcasts = 1; unknown = false; }
        pieces { clients = 2; broadcasts = 1; split = 7; }
        oversize { trouble = "oversize"; }
        half_a_frame { trouble = "half-a-frame"; }
        deaf { trouble = "deaf"; broadcasts = 30; size = 2000; queue = 16; }
        crash { trouble = "crash"; }
        bad_line { clients = 5; jitter_ms = 40; loss = 20.0; }
        cut_line { fault = "partition"; }
    }
}

choice! {
    /// What one more client does wrong.
    pub enum Trouble {
        /// There is none.
        Nothing = "nothing",
        /// It announces a frame that is too long.
        Oversize = "oversize",
        /// It leaves in the middle of a frame.
        HalfAFrame = "half-a-frame",
        /// It never reads.
        Deaf = "deaf",
        /// Its machine fails.
        Crash = "crash",
    }
}

choice! {
    /// What happens to a line.
    pub enum Fault {
        /// Nothing.
        Nothing = "nothing",
        /// Everything waits, and arrives at once afterwards.
        Hold = "hold",
        /// What the client sends is lost, and sent again.
        OneWay = "one-way",
        /// Whatever either sends is lost, and sent again.
        Partition = "partition",
    }
}

const SERVER: &str = "server";
const PORT: u16 = 7000;

/// What all clients share.
struct Shared {
    settings: Settings,
    network: Network,
    /// Opens when every client has connected: nobody misses a message.
    all_here: Rc<Gate>,
    /// Opens when every client has said what it had to say.
    all_said: Rc<Gate>,
    counted: Tally,
}

/// What the clients have had, all of them together.
#[derive(Default)]
struct Tally {
    pongs: Cell<u32>,
    echoes: Cell<u32>,
    heard: Cell<u32>,
    refused: Cell<u32>,
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

/// Starts the server, sends every client on its way, and tells what they heard.
pub async fn main(settings: Settings) -> Result<(), String> {
    let network = Network::new(Conditions {
        latency: Duration::from_millis(settings.latency_ms),
        jitter: Duration::from_millis(settings.jitter_ms),
        loss: settings.loss / 100.0,
        ..Conditions::default()
    });
    let host = network.host(SERVER);
    let listener = host.listen(PORT).map_err(|error| error.to_string())?;
    let limits = Limits {
        frame: settings.longest,
        queue: settings.queue,
        ..Limits::default()
    };
    let server = serve(host.clone(), listener, limits, report);
    drop(host.spawn(SERVER, server));

    let shared = Rc::new(Shared {
        all_here: Gate::new("everybody is here", settings.clients),
        all_said: Gate::new("everything is said", settings.clients),
        counted: Tally::default(),
        network: network.clone(),
        settings: settings.clone(),
    });
    let mut clients = Vec::new();
    for number in 1..=settings.clients {
        let name = format!("client {number}");
        let (here, said) = (shared.all_here.place(), shared.all_said.place());
        let task = wakeline::task::Builder::new().name(&name);
        let talk = talk(network.host(&name), shared.clone(), here, said);
        clients.push(task.spawn_fallible(talk));
    }
    if settings.trouble != Trouble::Nothing {
        let host = network.host("troublemaker");
        drop(
            host.clone()
                .spawn("troublemaker", misbehave(host, shared.clone())),
        );
    }

    let line = (settings.fault != Fault::Nothing)
        .then(|| wakeline::spawn_named("line", break_line(network, settings)));

    let mut lost = None;
    for client in clients {
        if let Err(reason) = client.await.map_err(|error| error.to_string())? {
            lost.get_or_insert(reason);
        }
    }
    if let Some(line) = line {
        // It may be that nothing was left for it to break.
        line.abort();
        let _ = line.await;
    }
    let Tally {
        pongs,
        echoes,
        heard,
        refused,
    } = &shared.counted;
    println!(
        "{} pongs, {} echoes, {} broadcasts received, {} refused",
        pongs.get(),
        echoes.get(),
        heard.get(),
        refused.get()
    );
    lost.map_or(Ok(()), Err)
}

/// What the server tells.
fn report(event: Event) {
    match event {
        Event::Joined(client) => println!("server: client {client} came"),
        Event::Left(client) => println!("server: client {client} left"),
        Event::Oversize(client, length) => {
            eprintln!("server: a frame of {length} bytes from client {client} is too long");
        }
        Event::Broken(client) => eprintln!("server: client {client} broke off"),
        Event::Slow(client) => {
            eprintln!("server: client {client} does not take in what it is sent")
        }
        Event::Full => eprintln!("server: there are too many clients"),
    }
}

/// One client: asks, says, hears, and goes.
async fn talk(host: Host, shared: Rc<Shared>, here: Place, said: Place) -> Result<(), String> {
    let name = host.name().to_owned();
    let outcome = converse(&host, &shared, here, said).await;
    outcome.map_err(|reason| {
        eprintln!("{name}: {reason}");
        format!("{name}: {reason}")
    })
}

async fn converse(
    host: &Host,
    shared: &Rc<Shared>,
    here: Place,
    said: Place,
) -> Result<(), String> {
    let settings = &shared.settings;
    let (name, counted) = (host.name(), &shared.counted);
    let pace = Pace {
        piece: settings.split,
        pause: Duration::from_millis(settings.split_pause_ms),
    };
    let connected = Client::connect(host, SERVER, PORT, pace, usize::MAX).await;
    let (client, mut notices) = connected.map_err(|error| error.to_string())?;
    let (listener, listening) = (name.to_owned(), shared.clone());
    let listener = host.spawn(format!("{name} listens"), async move {
        while let Some(notice) = notices.recv().await {
            count(&listening.counted.heard);
            let length = notice["data"].as_str().map_or(0, str::len);
            println!("{listener}: {length} bytes from client {}", notice["from"]);
        }
    });
    let ended = |error: RequestError| error.to_string();

    let start = now();
    client.request("ping", Value::Null).await.map_err(ended)?;
    count(&counted.pongs);
    println!("{name}: pong after {} ms", (now() - start).as_millis());
    let echo = client.request("echo", name.into()).await.map_err(ended)?;
    if echo["data"] != name {
        return Err("the echo is something else".to_owned());
    }
    count(&counted.echoes);
    if settings.unknown {
        match client.request("dance", Value::Null).await {
            Err(RequestError::Refused(code)) => {
                count(&counted.refused);
                println!("{name}: refused: {code}");
            }
            _ => return Err("the unknown was not refused".to_owned()),
        }
    }
    drop(here);
    shared.all_here.opened().await;

    for _ in 0..settings.broadcasts {
        let text = "x".repeat(settings.size);
        client
            .request("broadcast", text.into())
            .await
            .map_err(ended)?;
    }
    drop(said);
    shared.all_said.opened().await;

    // The server sends in order: with this reply, everything said before has arrived.
    let listed = client
        .request("clients", Value::Null)
        .await
        .map_err(ended)?;
    let present = listed["clients"].as_array().map_or(0, Vec::len);
    println!("{name}: {present} clients are here");
    client.close().await;
    listener.await.map_err(|error| error.to_string())
}

/// Does to the line what is to be done to it, and mends it.
async fn break_line(network: Network, settings: Settings) {
    let client = "client 1";
    sleep(Duration::from_millis(settings.fault_at_ms)).await;
    match settings.fault {
        Fault::Nothing => {}
        Fault::Hold => network.hold(client, SERVER),
        Fault::OneWay => network.cut(client, SERVER),
        Fault::Partition => network.partition(client, SERVER),
    }
    println!("line: nothing gets through");
    sleep(Duration::from_millis(settings.fault_ms)).await;
    match settings.fault {
        Fault::Hold => network.release(client, SERVER),
        _ => network.repair(client, SERVER),
    }
    println!("line: as before");
}

/// One client that does what one must not.
async fn misbehave(host: Host, shared: Rc<Shared>) {
    let name = host.name();
    let Ok(mut stream) = host.connect(SERVER, PORT).await else {
        eprintln!("{name}: no connection");
        return;
    };
    let settings = &shared.settings;
    match settings.trouble {
        Trouble::Nothing => {}
        Trouble::Oversize => {
            // Its length is enough: the server does not wait for the rest.
            let length = u32::try_from(settings.longest + 1).unwrap_or(u32::MAX);
            let _ = stream.write_all(&length.to_be_bytes()).await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            println!("{name}: {} bytes, and then the end", answer.len());
        }
        Trouble::HalfAFrame => {
            let frame = encode(br#"{"type":"ping","id":1}"#);
            let _ = stream.write_all(&frame[..frame.len() / 2]).await;
            println!("{name}: leaves in the middle of a frame");
        }
        Trouble::Deaf => {
            println!("{name}: will not read");
            // Until everything is said, and then for as long as it likes.
            let _ = timeout(Duration::from_secs(600), shared.all_said.opened()).await;
            sleep(Duration::from_secs(600)).await;
        }
        Trouble::Crash => {
            sleep(Duration::from_millis(settings.latency_ms * 3)).await;
            println!("{name}: fails");
            shared.network.crash(name);
        }
    }
}
