//! A network that is not there, for demos that need one: it answers as the companion server does,
//! and keeps a clock that only the test moves.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::Connection;
use wakeline::sync::queue::Queue;
use wakeline::time::sleep;
use wakeline_demos::RunSetup;
use wakeline_demos::outside::{
    Close, FetchRequest, FetchResponse, FetchResult, LocalBoxFuture, Message, NetworkError,
    Outside, Socket,
};
use wakeline_protocol::Values;

use crate::support::{Story, run_live_setup};

/// The address under which the network is reached.
pub(crate) const SERVER: &str = "http://companion.test";

/// How long a message travels one way.
const TRAVEL: Duration = Duration::from_millis(10);

/// What the network does wrong, and what it counted.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// Whether nobody answers.
    pub(crate) down: Cell<bool>,
    /// How many connections of sockets are refused before the first succeeds.
    pub(crate) refusals: Cell<u32>,
    /// Sockets never say anything.
    pub(crate) mute: Cell<bool>,
    /// Requests under way.
    pub(crate) under_way: Cell<u32>,
    /// The most requests that were under way at once.
    pub(crate) most: Cell<u32>,
    /// Requests that were dropped before they were done.
    pub(crate) aborted: Cell<u32>,
    /// Answers of the test's own: status and page, by path.
    pub(crate) pages: RefCell<BTreeMap<&'static str, (u16, String)>>,
    /// The paths that were asked for, in their order.
    pub(crate) asked: RefCell<Vec<String>>,
    room: RefCell<Room>,
}

/// Runs a live demo on this network, on a clock that jumps whenever the run waits.
pub(crate) fn run_live(demo: &str, values: Values, network: &Rc<Network>) -> Story {
    stop_after(u32::MAX, demo, values, network)
}

/// As [`run_live`], stopped after so many polls.
pub(crate) fn stop_after(polls: u32, demo: &str, values: Values, network: &Rc<Network>) -> Story {
    let setup = RunSetup {
        values,
        server: SERVER.to_owned(),
        outside: Rc::new(Wire(network.clone())),
        ..RunSetup::of(demo)
    };
    run_live_setup(setup, polls)
}

struct Wire(Rc<Network>);

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

/// Counts a request for as long as its future lives.
struct UnderWay {
    network: Rc<Network>,
    done: bool,
}

impl UnderWay {
    fn begin(network: Rc<Network>) -> Self {
        let under_way = network.under_way.get() + 1;
        network.under_way.set(under_way);
        network.most.set(network.most.get().max(under_way));
        Self {
            network,
            done: false,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.network.under_way.set(self.network.under_way.get() - 1);
        if !self.done {
            self.network.aborted.set(self.network.aborted.get() + 1);
        }
    }
}

impl Outside for Wire {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        let network = self.0.clone();
        Box::pin(async move {
            let mut under_way = UnderWay::begin(network.clone());
            let connection = Connection::begin(&format!("{} {}", request.method, request.url));
            let result = connection.wait(answer(&network, &request.url)).await;
            under_way.done = true;
            match &result {
                Ok(response) => {
                    let status = u32::from(response.status);
                    connection.phase(NetworkPhase::Headers, "", status);
                    connection.end_well("");
                }
                Err(error) => connection.end_with_error(&error.to_string()),
            }
            result
        })
    }

    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        let network = self.0.clone();
        let path = url
            .strip_prefix("ws://companion.test")
            .expect("the address of the server");
        let path = path.to_owned();
        Box::pin(async move {
            let connection = Connection::begin(&path);
            connection.wait(sleep(TRAVEL)).await;
            let refusals = network.refusals.get();
            if network.down.get() || refusals > 0 {
                network.refusals.set(refusals.saturating_sub(1));
                connection.end_with_error("refused");
                return Err(NetworkError::Unreachable("refused".to_owned()));
            }
            connection.phase(NetworkPhase::Open, "", 0);
            let kind = Kind::of(&path);
            let inbox = Queue::unbounded();
            let number = match kind {
                Kind::Room => network.room.borrow_mut().join(&inbox),
                _ => 0,
            };
            let socket = FakeSocket {
                network,
                connection,
                kind,
                number,
                inbox,
                sent: Cell::new(0),
                closed: RefCell::new(None),
            };
            Ok(Box::new(socket) as Box<dyn Socket>)
        })
    }
}

async fn answer(network: &Network, url: &str) -> FetchResult {
    sleep(TRAVEL).await;
    if network.down.get() {
        return Err(NetworkError::Unreachable("refused".to_owned()));
    }
    let path = url.strip_prefix(SERVER).expect("the address of the server");
    network.asked.borrow_mut().push(path.to_owned());
    if let Some((status, page)) = network.pages.borrow().get(path) {
        return Ok(FetchResponse {
            status: *status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: page.clone().into(),
        });
    }
    let parts: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
    let json = |status, body: &str| FetchResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.into(),
    };
    match parts[..] {
        ["delay", ms] => {
            sleep(Duration::from_millis(ms.parse().unwrap())).await;
            Ok(json(200, "{}"))
        }
        ["status", code] => Ok(json(code.parse().unwrap(), "{}")),
        ["json"] => Ok(json(200, "[1,2]")),
        ["invalid-json"] => Ok(json(200, "{\"broken\": ")),
        ["bytes", n] => Ok(FetchResponse {
            status: 200,
            headers: Vec::new(),
            body: vec![0; n.parse().unwrap()],
        }),
        ["drop"] => Err(NetworkError::Broken("cut off".to_owned())),
        _ => Ok(json(404, "{}")),
    }
}

#[derive(Debug, PartialEq)]
enum Kind {
    Echo,
    Room,
    Drop { after: u32 },
}

impl Kind {
    fn of(path: &str) -> Self {
        match path.strip_prefix("/api/socket/").expect("a socket") {
            "echo" => Self::Echo,
            path => match path.strip_prefix("drop?after=") {
                Some(after) => Self::Drop {
                    after: after.parse().unwrap(),
                },
                None => {
                    assert!(path.starts_with("room/"), "{path}");
                    Self::Room
                }
            },
        }
    }
}

#[derive(Debug, Default)]
struct Room {
    joined: u64,
    members: Vec<(u64, Queue<Message>)>,
}

impl Room {
    fn join(&mut self, inbox: &Queue<Message>) -> u64 {
        self.joined += 1;
        let you = self.joined;
        self.tell_all(&json!({ "type": "joined", "client": you }));
        self.members.push((you, inbox.clone()));
        let welcome = json!({ "type": "welcome", "you": you, "clients": self.numbers() });
        let _ = inbox.try_put(Message::Text(welcome.to_string()));
        you
    }

    fn leave(&mut self, number: u64) {
        self.members.retain(|(member, _)| *member != number);
        self.tell_all(&json!({ "type": "left", "client": number }));
    }

    fn tell_all(&self, message: &Value) {
        for (_, inbox) in &self.members {
            let _ = inbox.try_put(Message::Text(message.to_string()));
        }
    }

    fn numbers(&self) -> Vec<u64> {
        self.members.iter().map(|(number, _)| *number).collect()
    }
}

struct FakeSocket {
    network: Rc<Network>,
    connection: Connection,
    kind: Kind,
    number: u64,
    inbox: Queue<Message>,
    sent: Cell<u32>,
    closed: RefCell<Option<Close>>,
}

impl fmt::Debug for FakeSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeSocket")
    }
}

impl FakeSocket {
    fn reply_in_room(&self, request: &str) -> Value {
        let request: Value = serde_json::from_str(request).expect("JSON");
        let room = self.network.room.borrow();
        let id = &request["id"];
        match request["type"].as_str() {
            Some("ping") => json!({ "type": "pong", "id": id }),
            Some("clients") => json!({ "type": "clients", "id": id, "clients": room.numbers() }),
            Some("broadcast") => {
                let data = &request["data"];
                room.tell_all(&json!({ "type": "message", "from": self.number, "data": data }));
                json!({ "type": "sent", "id": id, "to": room.members.len() })
            }
            _ => json!({ "type": "error", "id": id }),
        }
    }

    fn end(&self, code: u16, reason: &str) {
        if self.closed.borrow().is_none() {
            let reason = reason.to_owned();
            self.closed.replace(Some(Close { code, reason }));
            self.inbox.close();
            if self.kind == Kind::Room {
                self.network.room.borrow_mut().leave(self.number);
            }
            self.connection.end_well("");
        }
    }
}

impl Socket for FakeSocket {
    fn send(&self, message: Message) -> LocalBoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(async move {
            if let Some(close) = &*self.closed.borrow() {
                return Err(NetworkError::Closed(close.clone()));
            }
            let Message::Text(text) = message else {
                panic!("bytes")
            };
            let (direction, length) = (MessageDirection::SentText, text.len());
            self.connection.message(direction, &text, length);
            self.sent.set(self.sent.get() + 1);
            if self.network.mute.get() {
                return Ok(());
            }
            let reply = match self.kind {
                Kind::Echo | Kind::Drop { .. } => text,
                Kind::Room => self.reply_in_room(&text).to_string(),
            };
            let _ = self.inbox.try_put(Message::Text(reply));
            if self.kind
                == (Kind::Drop {
                    after: self.sent.get(),
                })
            {
                self.end(Close::DROPPED, "");
            }
            Ok(())
        })
    }

    fn receive(&self) -> LocalBoxFuture<'_, Option<Result<Message, NetworkError>>> {
        Box::pin(async move {
            let message = self.connection.wait(self.inbox.get()).await?;
            self.connection.wait(sleep(TRAVEL)).await;
            Some(Ok(message))
        })
    }

    fn buffered(&self) -> usize {
        0
    }

    fn close(&self, code: u16, reason: &str) {
        self.end(code, reason);
    }

    fn closed(&self) -> Option<Close> {
        self.closed.borrow().clone()
    }
}

impl Drop for FakeSocket {
    fn drop(&mut self) {
        self.end(1000, "");
    }
}
