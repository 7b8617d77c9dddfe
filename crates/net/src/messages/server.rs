//! The server of messages.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use futures_util::AsyncWriteExt;
use serde_json::{Value, json};
use wakeline::sync::mpsc::{Receiver, Sender, channel};
use wakeline::task::AbortHandle;

use super::frame::encode;
use super::reader::{FrameError, Reader};
use crate::host::Host;
use crate::listener::Listener;
use crate::stream::WriteHalf;

/// What a server takes from its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest frame, in bytes.
    pub frame: usize,
    /// How many frames may wait for one client.
    pub queue: usize,
    /// How many clients there may be; a further one is turned away.
    pub clients: usize,
}

/// 64 KiB, 64 frames, 1,000 clients.
impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 64 * 1024,
            queue: 64,
            clients: 1_000,
        }
    }
}

/// What happens at a server. Clients are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A client has come.
    Joined(u32),
    /// A client has gone.
    Left(u32),
    /// A client sent a frame of so many bytes, and is disconnected.
    Oversize(u32, usize),
    /// A client closed within a frame, or its connection broke.
    Broken(u32),
    /// A client does not take in what is sent to it, and is disconnected.
    Slow(u32),
    /// A client was turned away: there are too many.
    Full,
}

struct Room {
    members: RefCell<BTreeMap<u32, Member>>,
    last: Cell<u32>,
    report: Box<dyn Fn(Event)>,
}

struct Member {
    outbox: Sender<Rc<[u8]>>,
    tasks: [AbortHandle; 2],
}

/// Serves clients for as long as the listener lives. What happens is reported.
///
/// # Errors
/// When the host has crashed.
///
/// # Cancel safety
/// Dropping the future ends the listening. Connections go on.
pub async fn serve(
    host: Host,
    mut listener: Listener,
    limits: Limits,
    report: impl Fn(Event) + 'static,
) -> io::Result<()> {
    let room = Rc::new(Room {
        members: RefCell::default(),
        last: Cell::new(0),
        report: Box::new(report),
    });
    loop {
        let stream = listener.accept().await?;
        if room.members.borrow().len() >= limits.clients {
            (room.report)(Event::Full);
            continue;
        }
        let number = room.last.get() + 1;
        room.last.set(number);
        let (read, write) = stream.into_split();
        let (outbox, frames) = channel(limits.queue.max(1));
        let hears = host.spawn(
            format!("{} hears client {number}", host.name()),
            hear(Rc::clone(&room), number, Reader::new(read, limits.frame)),
        );
        let tells = host.spawn(
            format!("{} tells client {number}", host.name()),
            tell(frames, write),
        );
        let member = Member {
            outbox,
            tasks: [hears.abort_handle(), tells.abort_handle()],
        };
        room.members.borrow_mut().insert(number, member);
        (room.report)(Event::Joined(number));
    }
}

/// Answers one client until it goes.
async fn hear(room: Rc<Room>, number: u32, mut reader: Reader) {
    let end = loop {
        let reply = match reader.next().await {
            Ok(Some(frame)) => room.reply(number, &frame),
            Ok(None) => break None,
            Err(FrameError::Oversize(oversize)) => {
                room.send(number, &error(&Value::Null, "oversize"));
                break Some(Event::Oversize(number, oversize.length));
            }
            Err(_) => break Some(Event::Broken(number)),
        };
        room.send(number, &reply);
    };
    if let Some(end) = end {
        (room.report)(end);
    }
    // With its queue goes, once that is empty, the task that tells it.
    let member = room.members.borrow_mut().remove(&number);
    if member.is_some() {
        (room.report)(Event::Left(number));
    }
}

/// Sends what is in a client's queue until nobody can put anything there any more.
async fn tell(mut frames: Receiver<Rc<[u8]>>, mut stream: WriteHalf) {
    while let Some(frame) = frames.recv().await {
        if stream.write_all(&frame).await.is_err() {
            // Whoever hears the client learns of it, too.
            return;
        }
    }
}

fn error(id: &Value, code: &str) -> Value {
    json!({ "type": "error", "id": id, "error": code })
}

impl Room {
    /// The reply to a frame of a client.
    fn reply(&self, number: u32, frame: &[u8]) -> Value {
        let Ok(request) = serde_json::from_slice::<Value>(frame) else {
            return error(&Value::Null, "not-json");
        };
        let id = &request["id"];
        let usable = id.is_u64() || id.is_string();
        let Some(kind) = request["type"].as_str().filter(|_| usable) else {
            let id = if usable { id } else { &Value::Null };
            return error(id, "not-a-request");
        };
        match kind {
            "ping" => json!({ "type": "pong", "id": id }),
            "echo" => json!({ "type": "echo", "id": id, "data": request["data"] }),
            "clients" => {
                let members = self.members.borrow();
                let clients: Vec<u32> = members.keys().copied().collect();
                json!({ "type": "clients", "id": id, "you": number, "clients": clients })
            }
            "broadcast" => {
                let to = self.broadcast(number, &request["data"]);
                json!({ "type": "sent", "id": id, "to": to })
            }
            _ => error(id, "unknown-type"),
        }
    }

    /// Sends a notice to every client but one, and says to how many.
    fn broadcast(&self, from: u32, data: &Value) -> usize {
        let message = json!({ "type": "message", "from": from, "data": data });
        let frame: Rc<[u8]> = encode(message.to_string().as_bytes()).into();
        let others: Vec<u32> = {
            let members = self.members.borrow();
            members
                .keys()
                .copied()
                .filter(|other| *other != from)
                .collect()
        };
        others.iter().for_each(|other| self.queue(*other, &frame));
        others.len()
    }

    fn send(&self, number: u32, message: &Value) {
        self.queue(number, &encode(message.to_string().as_bytes()).into());
    }

    /// Puts a frame into a client's queue. If that is full, the client is disconnected.
    fn queue(&self, number: u32, frame: &Rc<[u8]>) {
        let outbox = self
            .members
            .borrow()
            .get(&number)
            .map(|member| member.outbox.clone());
        let Some(outbox) = outbox else { return };
        if outbox.try_send(Rc::clone(frame)).is_ok() {
            return;
        }
        let member = self.members.borrow_mut().remove(&number);
        if let Some(member) = member {
            member.tasks.iter().for_each(AbortHandle::abort);
            (self.report)(Event::Slow(number));
            (self.report)(Event::Left(number));
        }
    }
}
