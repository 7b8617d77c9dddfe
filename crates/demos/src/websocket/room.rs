//! The scene in which the clients share a room.
//!
//! The room speaks JSON. A request carries a number of our choice, and the reply to it the same
//! number, so that several may be under way; whatever else arrives is a notice to everybody.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use wakeline::sync::oneshot;
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println, spawn_named};

use super::{Places, Shared, Tally, Trouble, words};
use crate::outside::{Message, Socket};

/// So many characters of a message are printed.
const PRINTED: usize = 32;

/// Talks in the room: greets it, says what is still to be said, stays until everybody has done so.
///
/// # Errors
/// When the socket is of no more use. What was not confirmed by then is said again on the next.
pub(super) async fn talk(
    number: u32,
    shared: &Shared,
    socket: Rc<dyn Socket>,
    places: &mut Places,
    tally: &mut Tally,
) -> Result<(), Trouble> {
    let patience = Duration::from_millis(shared.settings.patience_ms);
    let line = Rc::new(Line {
        number,
        socket,
        patience,
        asked: Cell::new(0),
        waiting: RefCell::default(),
        heard: Cell::new(0),
    });
    let listener = spawn_named(format!("client {number} listens"), line.clone().listen());
    let give_up = listener.abort_handle();

    let result = converse(number, shared, &line, places, tally).await;

    line.socket.close(1000, "goodbye");
    // The listener goes on until the server has said goodbye, too.
    if timeout(patience, listener).await.is_err() {
        give_up.abort();
    }
    tally.received += line.heard.get();
    result
}

async fn converse(
    number: u32,
    shared: &Shared,
    line: &Line,
    places: &mut Places,
    tally: &mut Tally,
) -> Result<(), Trouble> {
    let settings = &shared.settings;
    let start = now();
    line.ask("ping", Value::Null).await?;
    println!(
        "client {number}: pong after {} ms",
        (now() - start).as_millis()
    );
    places.here = None;
    shared.all_here.opened().await;

    while tally.sent < settings.messages {
        let text = words(number, tally.sent + 1, settings.size);
        line.ask("broadcast", text.into()).await?;
        tally.sent += 1;
        sleep(Duration::from_millis(settings.interval_ms)).await;
    }
    places.said = None;
    shared.all_said.opened().await;

    // The server sends in order: with this reply, everything said before has arrived.
    let reply = line.ask("clients", Value::Null).await?;
    let present = reply["clients"].as_array().map_or(0, Vec::len);
    println!(
        "client {number}: {present} in the room, heard {}",
        line.heard.get()
    );
    Ok(())
}

/// A socket on which requests and replies are matched.
struct Line {
    number: u32,
    socket: Rc<dyn Socket>,
    patience: Duration,
    /// The number of the last request.
    asked: Cell<u64>,
    /// Who waits for a reply, by the number of the request.
    waiting: RefCell<BTreeMap<u64, oneshot::Sender<Value>>>,
    /// How many messages of the room have arrived.
    heard: Cell<u32>,
}

impl Line {
    /// Sends a request and waits for the reply to it.
    async fn ask(&self, kind: &str, data: Value) -> Result<Value, Trouble> {
        let id = self.asked.get() + 1;
        self.asked.set(id);
        let (sender, reply) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        let request = json!({ "type": kind, "id": id, "data": data });
        let request = Message::Text(request.to_string());
        self.socket.send(request).await?;
        match timeout(self.patience, reply).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(_)) => Err(Trouble::gone(&*self.socket)),
            Err(_) => Err(Trouble::NoAnswer(self.patience)),
        }
    }

    /// Takes in whatever arrives until the socket is closed.
    async fn listen(self: Rc<Self>) {
        while let Some(message) = self.socket.receive().await {
            match message {
                Ok(Message::Text(text)) => self.hear(&text),
                Ok(Message::Bytes(_)) => eprintln!("client {}: bytes?", self.number),
                Err(error) => eprintln!("client {}: {error}", self.number),
            }
        }
        // Nobody will reply any more: whoever waits is told by the loss of its sender.
        self.waiting.take();
    }

    fn hear(&self, text: &str) {
        let number = self.number;
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            eprintln!("client {number}: no JSON");
            return;
        };
        let waiting = message["id"]
            .as_u64()
            .and_then(|id| self.waiting.borrow_mut().remove(&id));
        if let Some(waiting) = waiting {
            if message["type"] == "error" {
                eprintln!("client {number}: the room does not understand");
            }
            // Whoever asked may have lost patience.
            let _ = waiting.send(message);
            return;
        }
        match message["type"].as_str() {
            Some("message") => {
                self.heard.set(self.heard.get() + 1);
                let data = message["data"].as_str().unwrap_or_default();
                let beginning: String = data.chars().take(PRINTED).collect();
                println!(
                    "client {number}: hears {beginning:?} from {}",
                    message["from"]
                );
            }
            Some("welcome") => println!("client {number}: is number {}", message["you"]),
            Some("joined") => println!("client {number}: {} came", message["client"]),
            Some("left") => println!("client {number}: {} left", message["client"]),
            _ => eprintln!("client {number}: something unknown arrived"),
        }
    }
}
