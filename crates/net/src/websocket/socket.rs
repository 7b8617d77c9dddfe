//! An open WebSocket.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_io::AsyncRead;
use futures_util::AsyncWriteExt;
use wakeline::random::Random;
use wakeline::sync::Event;
use wakeline::sync::mpsc::{Receiver, UnboundedSender, unbounded_channel};

use super::frame::{Arrived, Decoder, Message, Opcode, Violation, encode};
use crate::host::Host;
use crate::stream::{ReadHalf, Stream, WriteHalf};

/// How many bytes may wait to go out before a sender has to.
const HIGH_WATER: usize = 64 * 1024;
/// How much is read at once.
const PIECE: usize = 4 * 1024;
/// The longest reason that a socket may be closed with.
const LONGEST_REASON: usize = 123;

/// How a WebSocket was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code of the side that closed it; 1005 if it gave none, 1006 if the connection broke
    /// without a goodbye.
    pub code: u16,
    /// Its reason.
    pub reason: String,
}

/// An open WebSocket, made by [`connect`](super::connect) or [`accept`](super::accept). One task may
/// send while another receives. Pings are answered while somebody receives.
///
/// What is sent goes out by a task of its own. Dropping the socket breaks the connection off;
/// [`close`](Self::close) and receive to its end to part in good order.
pub struct WebSocket {
    reading: Cell<Option<Reading>>,
    /// What arrived while somebody waited to send.
    inbox: RefCell<VecDeque<Arrival>>,
    receiving: Cell<bool>,
    shared: Rc<Shared>,
    outbox: RefCell<Option<UnboundedSender<Vec<u8>>>>,
    /// Masks what a client sends.
    mask: Option<RefCell<Random>>,
    closed: RefCell<Option<Close>>,
}

struct Reading {
    stream: ReadHalf,
    decoder: Decoder,
}

struct Shared {
    /// How many bytes wait to go out.
    buffered: Cell<usize>,
    /// Set while those are few enough.
    has_room: Event,
    /// The connection is of no more use.
    broken: Cell<bool>,
}

/// A message, or how the other side broke the protocol.
type Arrival = Result<Message, Violation>;

/// Somebody receives for as long as this lives.
struct Receiving<'a>(&'a Cell<bool>);

impl<'a> Receiving<'a> {
    fn begin(receiving: &'a Cell<bool>) -> Self {
        receiving.set(true);
        Self(receiving)
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl WebSocket {
    pub(super) fn new(stream: Stream, decoder: Decoder, mask: Option<Random>, host: &Host) -> Self {
        let name = format!("{} sends to {}", host.name(), stream.peer());
        let (stream, write) = stream.into_split();
        let (outbox, frames) = unbounded_channel();
        let shared = Rc::new(Shared {
            buffered: Cell::new(0),
            has_room: Event::new(),
            broken: Cell::new(false),
        });
        shared.has_room.set();
        drop(host.spawn(name, write_out(frames, write, Rc::clone(&shared))));
        Self {
            reading: Cell::new(Some(Reading { stream, decoder })),
            inbox: RefCell::default(),
            receiving: Cell::new(false),
            shared,
            outbox: RefCell::new(Some(outbox)),
            mask: mask.map(RefCell::new),
            closed: RefCell::default(),
        }
    }

    /// Sends a message: done when it has been handed on and there is room for the next.
    ///
    /// # Errors
    /// The message's fate is unknown if the socket closes meanwhile; this says how it was closed.
    ///
    /// # Cancel safety
    /// A future that was polled once has handed its message on.
    pub async fn send(&self, message: Message) -> Result<(), Close> {
        let (opcode, payload) = match &message {
            Message::Text(text) => (Opcode::Text, text.as_bytes()),
            Message::Bytes(bytes) => (Opcode::Bytes, &bytes[..]),
        };
        if !self.hand_on(opcode, payload) {
            return Err(self.end());
        }
        let mut has_room = pin!(self.shared.has_room.wait());
        poll_fn(|cx| {
            if has_room.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            // Two sides that only send would wait for each other for ever.
            while !self.receiving.get()
                && let Poll::Ready(Some(arrived)) = self.poll_arrival(cx)
            {
                self.inbox.borrow_mut().push_back(arrived);
            }
            Poll::Pending
        })
        .await;
        if self.shared.broken.get() {
            return Err(self.end());
        }
        Ok(())
    }

    /// Hands a message on without waiting for room. False if the socket is closed or closing.
    pub fn push(&self, message: &Message) -> bool {
        match message {
            Message::Text(text) => self.hand_on(Opcode::Text, text.as_bytes()),
            Message::Bytes(bytes) => self.hand_on(Opcode::Bytes, bytes),
        }
    }

    fn hand_on(&self, opcode: Opcode, payload: &[u8]) -> bool {
        let mask = self.mask.as_ref().map(|random| {
            let bits = random.borrow_mut().bits().to_be_bytes();
            [bits[0], bits[1], bits[2], bits[3]]
        });
        let outbox = self.outbox.borrow().clone();
        let Some(outbox) = outbox.filter(|_| !self.shared.broken.get()) else {
            return false;
        };
        let frame = encode(opcode, payload, mask);
        let buffered = self.shared.buffered.get() + frame.len();
        self.shared.buffered.set(buffered);
        if buffered >= HIGH_WATER {
            self.shared.has_room.clear();
        }
        outbox.send(frame).is_ok()
    }

    /// The next message; `None` when the socket is closed, and then [`closed`](Self::closed) says
    /// how.
    ///
    /// # Errors
    /// If the other side breaks the protocol. The socket is closed then.
    ///
    /// # Cancel safety
    /// Safe: what was not returned is returned by the next call.
    pub async fn receive(&self) -> Option<Result<Message, Violation>> {
        let _receiving = Receiving::begin(&self.receiving);
        poll_fn(|cx| {
            let waiting = self.inbox.borrow_mut().pop_front();
            match waiting {
                Some(arrived) => Poll::Ready(Some(arrived)),
                None => self.poll_arrival(cx),
            }
        })
        .await
    }

    fn poll_arrival(&self, cx: &mut Context<'_>) -> Poll<Option<Arrival>> {
        // Taken out, because a waker is foreign code; nobody else receives meanwhile.
        let Some(mut reading) = self.reading.take() else {
            return Poll::Ready(None);
        };
        loop {
            match reading.decoder.next() {
                Ok(Some(Arrived::Message(message))) => {
                    self.reading.set(Some(reading));
                    return Poll::Ready(Some(Ok(message)));
                }
                Ok(Some(Arrived::Ping(payload))) => {
                    self.hand_on(Opcode::Pong, &payload);
                }
                Ok(Some(Arrived::Pong)) => {}
                Ok(Some(Arrived::Close(payload))) => {
                    let close = read_close(&payload);
                    let code = if close.code == 1005 { 1000 } else { close.code };
                    self.close(code, "");
                    self.note(close);
                    return Poll::Ready(None);
                }
                Err(violation) => {
                    self.close(violation.code(), "");
                    self.note(Close {
                        code: violation.code(),
                        reason: String::new(),
                    });
                    return Poll::Ready(Some(Err(violation)));
                }
                Ok(None) => {
                    let mut piece = [0; PIECE];
                    match Pin::new(&mut reading.stream).poll_read(cx, &mut piece) {
                        Poll::Pending => {
                            self.reading.set(Some(reading));
                            return Poll::Pending;
                        }
                        Poll::Ready(Ok(count)) if count > 0 => {
                            reading.decoder.push(&piece[..count])
                        }
                        Poll::Ready(_) => {
                            self.note(broken_off());
                            return Poll::Ready(None);
                        }
                    }
                }
            }
        }
    }

    /// How many bytes wait to go out.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.shared.buffered.get()
    }

    /// Says goodbye: nothing more can be sent, and the socket is closed when the other side has
    /// answered. Does nothing on one that is closed or closing.
    pub fn close(&self, code: u16, reason: &str) {
        let mut payload = code.to_be_bytes().to_vec();
        let end = reason.floor_char_boundary(LONGEST_REASON);
        payload.extend_from_slice(&reason.as_bytes()[..end]);
        if self.hand_on(Opcode::Close, &payload) {
            // The task that sends ends behind this.
            let outbox = self.outbox.take();
            drop(outbox);
        }
    }

    /// How it was closed, once it is.
    #[must_use]
    pub fn closed(&self) -> Option<Close> {
        self.closed.borrow().clone()
    }

    fn note(&self, close: Close) {
        self.closed.borrow_mut().get_or_insert(close);
        self.shared.broken.set(true);
        self.shared.has_room.set();
    }

    fn end(&self) -> Close {
        self.closed().unwrap_or_else(broken_off)
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        // The task that sends ends when it has sent what it was given.
        let outbox = self.outbox.take();
        drop(outbox);
    }
}

fn broken_off() -> Close {
    Close {
        code: 1006,
        reason: String::new(),
    }
}

fn read_close(payload: &[u8]) -> Close {
    match payload.split_first_chunk::<2>() {
        Some((code, reason)) => Close {
            code: u16::from_be_bytes(*code),
            reason: String::from_utf8_lossy(reason).into_owned(),
        },
        None => Close {
            code: 1005,
            reason: String::new(),
        },
    }
}

/// Sends frames until nobody has more.
async fn write_out(mut frames: Receiver<Vec<u8>>, mut stream: WriteHalf, shared: Rc<Shared>) {
    while let Some(frame) = frames.recv().await {
        if stream.write_all(&frame).await.is_err() {
            shared.broken.set(true);
            shared.has_room.set();
            return;
        }
        let buffered = shared.buffered.get() - frame.len();
        shared.buffered.set(buffered);
        if buffered < HIGH_WATER && !shared.has_room.is_set() {
            shared.has_room.set();
        }
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("buffered", &self.buffered())
            .field("closed", &self.closed())
            .finish_non_exhaustive()
    }
}
