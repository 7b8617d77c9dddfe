//! A client of the server of messages.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use futures_util::AsyncWriteExt;
use serde_json::{Value, json};
use wakeline::sync::mpsc::{Receiver, UnboundedSender, unbounded_channel};
use wakeline::sync::oneshot;
use wakeline::task::JoinHandle;
use wakeline::time::sleep;

use super::frame::encode;
use super::reader::Reader;
use crate::host::Host;
use crate::stream::WriteHalf;

/// How a client hands its frames to the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// In pieces of so many bytes; 0 for whole frames.
    pub piece: usize,
    /// With this pause between two pieces of one frame.
    pub pause: Duration,
}

/// A client: requests, each with its own reply, and the notices that come in between.
///
/// Dropping it closes the connection.
#[derive(Debug)]
pub struct Client {
    shared: Rc<Shared>,
    frames: Option<UnboundedSender<Vec<u8>>>,
    reads: Option<JoinHandle<()>>,
    writes: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    last: Cell<u64>,
    /// Who waits for a reply, by the number of the request.
    waiting: RefCell<BTreeMap<u64, oneshot::Sender<Value>>>,
    over: Cell<bool>,
}

impl Client {
    /// Connects a host to a server. What comes without a request goes into the receiver.
    ///
    /// # Errors
    /// As [`Host::connect`].
    ///
    /// # Cancel safety
    /// As that of [`Host::connect`].
    pub async fn connect(
        host: &Host,
        server: &str,
        port: u16,
        pace: Pace,
        longest: usize,
    ) -> io::Result<(Self, Receiver<Value>)> {
        let (read, write) = host.connect(server, port).await?.into_split();
        let (frames, outbox) = unbounded_channel();
        let (notices, inbox) = unbounded_channel();
        let shared = Rc::new(Shared::default());
        let reads = hear(Reader::new(read, longest), Rc::clone(&shared), notices);
        let client = Self {
            shared,
            frames: Some(frames),
            reads: Some(host.spawn(format!("{} hears", host.name()), reads)),
            writes: Some(host.spawn(format!("{} says", host.name()), say(outbox, write, pace))),
        };
        Ok((client, inbox))
    }

    /// Sends a request and waits for the reply to it. Several may be under way at once.
    ///
    /// # Errors
    /// If the connection ends first, or the reply is an error.
    ///
    /// # Cancel safety
    /// Dropping the future after its first poll gives up the reply, not the request.
    pub async fn request(&self, kind: &str, data: Value) -> Result<Value, RequestError> {
        let id = self.shared.last.get() + 1;
        self.shared.last.set(id);
        let (sender, reply) = oneshot::channel();
        if self.shared.over.get() {
            return Err(RequestError::Ended);
        }
        self.shared.waiting.borrow_mut().insert(id, sender);
        let request = json!({ "type": kind, "id": id, "data": data });
        self.send_frame(encode(request.to_string().as_bytes()));
        let reply = reply.await.map_err(|_| RequestError::Ended)?;
        match reply["error"].as_str() {
            Some(code) => Err(RequestError::Refused(code.to_owned())),
            None => Ok(reply),
        }
    }

    /// Sends bytes that are, or should be, a frame.
    pub fn send_frame(&self, bytes: Vec<u8>) {
        if let Some(frames) = &self.frames {
            // A connection that is over is noticed by who waits for a reply.
            let _ = frames.send(bytes);
        }
    }

    /// Sends what is still to be sent, closes, and waits until the server has closed, too.
    pub async fn close(mut self) {
        self.frames = None;
        if let Some(writes) = self.writes.take() {
            let _ = writes.await;
        }
        if let Some(reads) = self.reads.take() {
            let _ = reads.await;
        }
    }

    /// Breaks off, whatever was under way.
    pub fn abort(self) {}
}

impl Drop for Client {
    fn drop(&mut self) {
        for task in [&self.reads, &self.writes].into_iter().flatten() {
            task.abort();
        }
    }
}

/// Sends frames at the client's pace until nobody has more.
async fn say(mut frames: Receiver<Vec<u8>>, mut stream: WriteHalf, pace: Pace) {
    while let Some(frame) = frames.recv().await {
        let piece = match pace.piece {
            0 => frame.len().max(1),
            piece => piece,
        };
        for (number, piece) in frame.chunks(piece).enumerate() {
            if number > 0 && !pace.pause.is_zero() {
                sleep(pace.pause).await;
            }
            if stream.write_all(piece).await.is_err() {
                return;
            }
        }
    }
}

/// Gives each reply to who waits for it, until the connection ends.
async fn hear(mut reader: Reader, shared: Rc<Shared>, notices: UnboundedSender<Value>) {
    while let Ok(Some(frame)) = reader.next().await {
        let Ok(message) = serde_json::from_slice::<Value>(&frame) else {
            break;
        };
        let waiting = match message["id"].as_u64() {
            Some(id) => shared.waiting.borrow_mut().remove(&id),
            None => None,
        };
        match waiting {
            // Whoever asked may have gone.
            Some(waiting) => drop(waiting.send(message)),
            None => drop(notices.send(message)),
        }
    }
    shared.over.set(true);
    // Whoever waits is told by the loss of its sender.
    let waiting = shared.waiting.take();
    drop(waiting);
}

/// Why a request has no reply that one would want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The connection ended first.
    Ended,
    /// The server refuses it, with this code.
    Refused(String),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("the connection ended"),
            Self::Refused(code) => write!(f, "refused: {code}"),
        }
    }
}

impl std::error::Error for RequestError {}
