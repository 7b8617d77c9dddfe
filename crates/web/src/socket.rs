//! WebSockets.
//!
//! A [`Socket`] stands in the log as a connection of the task that opened it, with its messages,
//! and is closed when it is dropped; then no handler of it is left in the browser.
//!
//! Its methods take `&self`, so that one task may send while another receives. As a [`Duplex`] it
//! is a `Stream` of messages and a `Sink` for them.
//!
//! A socket that is closed stays closed. Connecting again, and how patiently, is a policy of the
//! program: `wakeline::future::retry` with a `Backoff` makes attempts at
//! [`connect`](Socket::connect).
//!
//! # Limits
//!
//! **Sending** has backpressure: [`send`](Socket::send) is done when less than [`HIGH_WATER`]
//! bytes wait in the browser. The browser announces nothing when they go out, so the socket asks
//! every few milliseconds, and only while it has to wait.
//!
//! **Receiving** has none in the browser: what arrives is in memory before the program hears of
//! it, and a peer cannot be slowed down. So there is a limit instead. When more than
//! [`Limits::queued_messages`] messages or [`Limits::queued_bytes`] bytes wait to be received, the
//! socket is closed with the code [`OVERFLOW`]; what was queued before can still be received. A
//! message longer than [`Limits::message_bytes`] is dropped, and an error is received in its
//! place.

mod drained;
mod duplex;
mod shared;

use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;

use js_sys::ArrayBuffer;
use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::Connection;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::fetch::describe;
use drained::Drained;
pub use duplex::Duplex;
use shared::Shared;

/// [`Socket::send`] waits while this many bytes or more wait in the browser.
pub const HIGH_WATER: usize = 256 * 1024;

/// The code with which a socket is closed whose messages are not received fast enough.
pub const OVERFLOW: u16 = 4008;

/// The code that stands for a connection that broke without a goodbye.
pub const DROPPED: u16 = 1006;

/// How much of a text message goes into the log, in characters.
const LOGGED_CHARACTERS: usize = 80;

/// What a socket keeps in memory at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, in bytes.
    pub message_bytes: usize,
    /// Messages that wait to be received.
    pub queued_messages: usize,
    /// Bytes that wait to be received.
    pub queued_bytes: usize,
}

impl Default for Limits {
    /// Messages of 4 MiB; 10 000 messages and 16 MiB in the queue.
    fn default() -> Self {
        Self {
            message_bytes: 4 << 20,
            queued_messages: 10_000,
            queued_bytes: 16 << 20,
        }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Message {
    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What of it goes into the log beside the length.
    fn excerpt(&self) -> &str {
        match self {
            Self::Text(text) => match text.char_indices().nth(LOGGED_CHARACTERS) {
                Some((end, _)) => &text[..end],
                None => text,
            },
            Self::Bytes(_) => "",
        }
    }
}

/// How a socket was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code of the side that closed it, or [`DROPPED`].
    pub code: u16,
    /// The reason that came with the code; often empty.
    pub reason: String,
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.code)?;
        match &*self.reason {
            "" => Ok(()),
            reason => write!(f, ", {reason}"),
        }
    }
}

/// What went wrong with a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketError {
    /// The browser refuses such an address, code or reason. With its own words.
    Malformed(String),
    /// The socket never opened: no server, or one that does not speak WebSocket. A browser does
    /// not say which.
    Unreachable(Close),
    /// The socket is closed or closing.
    Closed(Close),
    /// A message was longer than this many bytes and was dropped.
    TooLarge(usize),
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(detail) => write!(f, "not possible: {detail}"),
            Self::Unreachable(close) => write!(f, "did not open ({close})"),
            Self::Closed(close) => write!(f, "the socket is closed ({close})"),
            Self::TooLarge(limit) => write!(f, "a message was longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for SocketError {}

/// An open WebSocket. All methods take `&self`: one task may send while another receives.
///
/// Dropping it closes it with code 1000 and forgets what was not received.
#[derive(Debug)]
pub struct Socket {
    // Before the connection, so that the handlers are gone before the log says that it is over.
    browser: Attached,
    connection: Connection,
}

impl Socket {
    /// Opens a socket. The address begins with `ws://` or `wss://`.
    ///
    /// # Errors
    /// [`SocketError::Malformed`] or [`SocketError::Unreachable`].
    ///
    /// # Panics
    /// Outside of a task.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the attempt.
    pub async fn connect(url: &str, limits: Limits) -> Result<Self, SocketError> {
        let connection = Connection::begin(&format!("WebSocket {url}"));
        let browser = match Attached::new(url, limits) {
            Ok(browser) => browser,
            Err(error) => {
                let error = SocketError::Malformed(describe(&error));
                connection.end_with_error(&error.to_string());
                return Err(error);
            }
        };
        connection.phase(NetworkPhase::Sent, "", 0);
        let shared = &browser.shared;
        match connection.wait(poll_fn(|cx| shared.poll_open(cx))).await {
            Ok(()) => {
                connection.phase(NetworkPhase::Open, "", 0);
                Ok(Self {
                    browser,
                    connection,
                })
            }
            Err(close) => {
                let error = SocketError::Unreachable(close);
                connection.end_with_error(&error.to_string());
                Err(error)
            }
        }
    }

    /// Sends a message: hands it to the browser, and waits until less than [`HIGH_WATER`] bytes
    /// wait there.
    ///
    /// # Errors
    /// [`SocketError::Closed`] if the socket is closed or closing, or is closed while this waits.
    ///
    /// # Cancel safety
    /// A future that was polled once has handed its message on; dropping it only stops waiting.
    pub async fn send(&self, message: &Message) -> Result<(), SocketError> {
        self.hand_on(message)?;
        if self.buffered() >= HIGH_WATER {
            let drained = self.connection.wait(self.browser.drained(HIGH_WATER)).await;
            return drained.map_err(|_| self.close_error());
        }
        Ok(())
    }

    /// Gives a message to the browser.
    fn hand_on(&self, message: &Message) -> Result<(), SocketError> {
        if !self.browser.is_open() {
            return Err(self.close_error());
        }
        let (sent, direction) = match message {
            Message::Text(text) => (
                self.browser.socket.send_with_str(text),
                MessageDirection::SentText,
            ),
            Message::Bytes(bytes) => (
                self.browser.socket.send_with_u8_array(bytes),
                MessageDirection::SentBytes,
            ),
        };
        sent.map_err(|error| SocketError::Malformed(describe(&error)))?;
        self.connection
            .message(direction, message.excerpt(), message.len());
        Ok(())
    }

    /// The next message; `None` when the socket is closed and every message was taken. An error
    /// stands for one message that was dropped; more may follow.
    ///
    /// # Cancel safety
    /// Safe: a message that was not returned is returned by the next call.
    pub async fn receive(&self) -> Option<Result<Message, SocketError>> {
        let shared = &self.browser.shared;
        let received = match shared.take() {
            Some(received) => Some(received),
            None if shared.close().is_some() => None,
            None => {
                let next = poll_fn(|cx| shared.poll_receive(cx));
                self.connection.wait(next).await
            }
        };
        self.note(&received);
        received
    }

    /// Writes into the log what was received.
    fn note(&self, received: &Option<Result<Message, SocketError>>) {
        match received {
            Some(Ok(message)) => {
                let direction = match message {
                    Message::Text(_) => MessageDirection::ReceivedText,
                    Message::Bytes(_) => MessageDirection::ReceivedBytes,
                };
                self.connection
                    .message(direction, message.excerpt(), message.len());
            }
            Some(Err(_)) => {}
            None => self.end(),
        }
    }

    /// How many bytes have been sent and wait in the browser.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.browser.socket.buffered_amount() as usize
    }

    /// Begins to close: what was sent still goes out, and [`receive`](Self::receive) returns
    /// `None` when the other side has agreed. Does nothing on a socket that is closed or closing.
    ///
    /// # Errors
    /// [`SocketError::Malformed`] unless the code is 1000 or one of 3000 to 4999 and the reason
    /// has at most 123 bytes.
    pub fn close(&self, code: u16, reason: &str) -> Result<(), SocketError> {
        if !self.browser.is_open() {
            return Ok(());
        }
        self.browser
            .socket
            .close_with_code_and_reason(code, reason)
            .map_err(|error| SocketError::Malformed(describe(&error)))?;
        self.connection
            .phase(NetworkPhase::Closing, reason, u32::from(code));
        Ok(())
    }

    /// How it was closed, once it is.
    #[must_use]
    pub fn closed(&self) -> Option<Close> {
        self.browser.shared.close()
    }

    fn close_error(&self) -> SocketError {
        // A socket that is closing has not heard the code of the other side yet.
        SocketError::Closed(self.closed().unwrap_or(Close {
            code: 1000,
            reason: String::new(),
        }))
    }

    /// Writes the end into the log, where only the first end counts.
    fn end(&self) {
        match self.closed() {
            Some(close) if close.code == DROPPED => {
                self.connection.end_with_error(&close.to_string());
            }
            Some(close) => self.connection.end_well(&close.to_string()),
            None => {}
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Closed, but nobody received until the end.
        self.end();
    }
}

/// A socket of the browser with our handlers on it. Dropping it detaches and closes.
struct Attached {
    socket: WebSocket,
    shared: Rc<Shared>,
    // Held for the browser, which calls them until they are detached.
    _handlers: Handlers,
}

struct Handlers {
    _open: Closure<dyn Fn()>,
    _message: Closure<dyn Fn(MessageEvent)>,
    _close: Closure<dyn Fn(CloseEvent)>,
}

impl Attached {
    fn new(url: &str, limits: Limits) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let shared = Rc::new(Shared::new(limits));

        let opened = shared.clone();
        let open = Closure::<dyn Fn()>::own_aborting(move || opened.open());
        let (arrived, closing) = (shared.clone(), socket.clone());
        let message = Closure::<dyn Fn(MessageEvent)>::own_aborting(move |event: MessageEvent| {
            if !arrived.push(read(&event.data(), limits.message_bytes)) {
                // Both are legal, so this fails only on a socket that is closed already.
                let _ = closing.close_with_code_and_reason(OVERFLOW, "too many unread messages");
            }
        });
        let gone = shared.clone();
        let close = Closure::<dyn Fn(CloseEvent)>::own_aborting(move |event: CloseEvent| {
            gone.closed(Close {
                code: event.code(),
                reason: event.reason(),
            });
        });
        // An error event says nothing, and a close event follows it.
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            shared,
            _handlers: Handlers {
                _open: open,
                _message: message,
                _close: close,
            },
        })
    }

    fn is_open(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN
    }

    /// Waits until less than `most` bytes wait in the browser.
    fn drained(&self, most: usize) -> Drained {
        Drained::new(self.socket.clone(), most)
    }
}

fn read(data: &JsValue, longest: usize) -> Result<Message, SocketError> {
    if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        if buffer.byte_length() as usize > longest {
            return Err(SocketError::TooLarge(longest));
        }
        return Ok(Message::Bytes(js_sys::Uint8Array::new(buffer).to_vec()));
    }
    // UTF-8 takes at least a byte for each unit of UTF-16, so a longer text need not be copied.
    let units = data.dyn_ref().map_or(0, js_sys::JsString::length);
    let text = match units as usize > longest {
        true => None,
        false => data.as_string().filter(|text| text.len() <= longest),
    };
    text.map(Message::Text)
        .ok_or(SocketError::TooLarge(longest))
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Without effect on a socket that is closed or closing.
        let _ = self.socket.close_with_code(1000);
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached")
            .field("url", &self.socket.url())
            .field("state", &self.socket.ready_state())
            .finish_non_exhaustive()
    }
}
