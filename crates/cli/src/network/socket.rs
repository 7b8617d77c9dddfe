//! WebSockets.
//!
//! A socket is a task elsewhere that reads and writes at the same time, and a handle here. What
//! arrives waits in a queue that is bounded in messages and bytes; when it is full the task reads
//! no further, and the other side feels it. What is to be sent waits in a queue too, and `send`
//! is not ready while more than [`HIGH_WATER`] bytes are in it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::Connection;
use wakeline_demos::outside::{Close, LONGEST_BODY, LocalBoxFuture, Message, NetworkError, Socket};

use super::Alive;
use super::fetch::innermost;

/// `send` waits while this many bytes or more wait to go out; as in a browser.
const HIGH_WATER: usize = 256 * 1024;

/// Messages that may wait to be received.
const QUEUED_MESSAGES: usize = 1024;

/// Bytes that may wait to be received.
const QUEUED_BYTES: usize = 16 * 1024 * 1024;

/// How long the other side may take to agree to the end.
const GOODBYE: Duration = Duration::from_secs(5);

/// The longest reason that a WebSocket may be closed with, in bytes.
const LONGEST_REASON: usize = 123;

/// What stands for a close frame without a code.
const NO_CODE: u16 = 1005;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A message that arrived, and the room that it takes in the queue.
type Arrival = (Result<Message, NetworkError>, Option<OwnedSemaphorePermit>);

/// What the task elsewhere is asked to do.
#[derive(Debug)]
enum Order {
    Send(Message),
    Close(CloseFrame),
}

/// What both sides know.
#[derive(Debug)]
struct Shared {
    /// Bytes that have been handed on and have not left the machine.
    buffered: watch::Sender<usize>,
    /// Room for bytes that arrive.
    room: Arc<Semaphore>,
    /// Set when it is over, before the queue of arrivals ends.
    close: OnceLock<Close>,
}

/// Opens a socket, with its story in the log.
pub(super) async fn connect(
    threads: Handle,
    alive: Alive,
    url: String,
) -> Result<Box<dyn Socket>, NetworkError> {
    let connection = Connection::begin(&format!("WebSocket {url}"));
    let (opened_sender, opened) = oneshot::channel();
    let (orders, orders_receiver) = mpsc::unbounded_channel();
    let (arrivals_sender, arrivals) = mpsc::channel(QUEUED_MESSAGES);
    let shared = Arc::new(Shared {
        buffered: watch::Sender::new(0),
        room: Arc::new(Semaphore::new(QUEUED_BYTES)),
        close: OnceLock::new(),
    });
    let there = Arc::clone(&shared);
    threads.spawn(async move {
        let _alive = alive;
        let mut opened_sender = opened_sender;
        let stream = tokio::select! {
            stream = open(&url) => stream,
            // The attempt was abandoned.
            () = opened_sender.closed() => return,
        };
        match stream {
            Ok(stream) => {
                // If nobody is there to hear of it, the orders are at their end, which closes it.
                let _ = opened_sender.send(Ok(()));
                live(stream, orders_receiver, arrivals_sender, &there).await;
            }
            Err(error) => {
                let _ = opened_sender.send(Err(error));
            }
        }
    });
    connection.phase(NetworkPhase::Sent, "", 0);
    let opened = connection.wait(opened).await;
    if let Err(error) = opened.unwrap_or(Err(NetworkError::Aborted)) {
        connection.end_with_error(&error.to_string());
        return Err(error);
    }
    connection.phase(NetworkPhase::Open, "", 0);
    Ok(Box::new(NativeSocket {
        connection,
        orders,
        arrivals: RefCell::new(arrivals),
        shared,
        closing: Cell::new(false),
    }))
}

// ===== elsewhere =====

async fn open(url: &str) -> Result<Stream, NetworkError> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST_BODY))
        .max_frame_size(Some(LONGEST_BODY));
    match connect_async_with_config(url, Some(config), true).await {
        Ok((stream, _)) => Ok(stream),
        Err(SocketError::Url(error)) => Err(NetworkError::Malformed(error.to_string())),
        Err(SocketError::HttpFormat(error)) => Err(NetworkError::Malformed(error.to_string())),
        Err(error) => Err(NetworkError::Unreachable(innermost(&error))),
    }
}

/// The life of an open socket.
async fn live(
    stream: Stream,
    orders: mpsc::UnboundedReceiver<Order>,
    arrivals: mpsc::Sender<Arrival>,
    shared: &Shared,
) {
    let (sink, stream) = stream.split();
    // Both live to the end of this function: a queue of orders that is gone must mean that it is
    // known how the socket was closed.
    let (mut read, mut write) = (
        pin!(read(stream, &arrivals, shared)),
        pin!(write(sink, orders, shared)),
    );
    let close = tokio::select! {
        close = &mut read => close,
        () = &mut write => dropped(),
    };
    shared.close.get_or_init(|| close);
    // Whoever waits for room to send has to hear of the end.
    shared.buffered.send_replace(0);
}

fn dropped() -> Close {
    Close {
        code: Close::DROPPED,
        reason: String::new(),
    }
}

/// Carries out orders up to the one to close, and then gives the other side a while to agree.
async fn write(
    mut sink: SplitSink<Stream, Frame>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    shared: &Shared,
) {
    loop {
        match orders.recv().await {
            Some(Order::Send(message)) => {
                let length = message.len();
                let frame = match message {
                    Message::Text(text) => Frame::Text(text.into()),
                    Message::Bytes(bytes) => Frame::Binary(bytes.into()),
                };
                let sent = sink.send(frame).await;
                let less = |buffered: &mut usize| *buffered = buffered.saturating_sub(length);
                shared.buffered.send_modify(less);
                if sent.is_err() {
                    // The other side has closed it, or is gone; the reader will hear of it.
                    break;
                }
            }
            Some(Order::Close(frame)) => {
                let _ = sink.send(Frame::Close(Some(frame))).await;
                break;
            }
            None => {
                // The handle was dropped.
                let _ = sink.send(Frame::Close(Some(frame(1000, "")))).await;
                break;
            }
        }
    }
    tokio::time::sleep(GOODBYE).await;
}

fn frame(code: u16, reason: &str) -> CloseFrame {
    CloseFrame {
        code: CloseCode::from(code),
        reason: reason.into(),
    }
}

/// Passes on what arrives until the connection ends, and says how it did.
async fn read(
    mut stream: SplitStream<Stream>,
    arrivals: &mpsc::Sender<Arrival>,
    shared: &Shared,
) -> Close {
    let mut close = dropped();
    // Reading on after a close frame sends the answer to it.
    while let Some(frame) = stream.next().await {
        let message = match frame {
            Ok(Frame::Text(text)) => Message::Text(text.as_str().to_owned()),
            Ok(Frame::Binary(bytes)) => Message::Bytes(bytes.into()),
            Ok(Frame::Close(frame)) => {
                close = match frame {
                    Some(frame) => Close {
                        code: frame.code.into(),
                        reason: frame.reason.as_str().to_owned(),
                    },
                    None => Close {
                        code: NO_CODE,
                        reason: String::new(),
                    },
                };
                continue;
            }
            Ok(_) => continue,
            Err(SocketError::Capacity(_)) => {
                // After this the stream is of no use, as it stands amid a message.
                let _ = arrivals
                    .send((Err(NetworkError::TooLarge(LONGEST_BODY)), None))
                    .await;
                break;
            }
            Err(_) => break,
        };
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let room = tokio::select! {
            room = Arc::clone(&shared.room).acquire_many_owned(length) => room.ok(),
            // Nobody receives any more; only the end of the connection is still of interest.
            () = arrivals.closed() => None,
        };
        let _ = arrivals.send((Ok(message), room)).await;
    }
    close
}

// ===== here =====

/// An open socket. Dropping it ends the orders, which closes it with code 1000.
#[derive(Debug)]
struct NativeSocket {
    connection: Connection,
    orders: mpsc::UnboundedSender<Order>,
    arrivals: RefCell<mpsc::Receiver<Arrival>>,
    shared: Arc<Shared>,
    /// Whether we have asked for the end.
    closing: Cell<bool>,
}

impl NativeSocket {
    fn is_open(&self) -> bool {
        !self.closing.get() && self.shared.close.get().is_none()
    }

    fn close_error(&self) -> NetworkError {
        // A socket that is closing has not heard the code of the other side yet.
        NetworkError::Closed(self.closed().unwrap_or(Close {
            code: 1000,
            reason: String::new(),
        }))
    }

    async fn hand_on(&self, message: Message) -> Result<(), NetworkError> {
        if !self.is_open() {
            return Err(self.close_error());
        }
        let length = message.len();
        let (direction, text) = match &message {
            Message::Text(text) => (MessageDirection::SentText, &**text),
            Message::Bytes(_) => (MessageDirection::SentBytes, ""),
        };
        self.connection.message(direction, text, length);
        let more = |buffered: &mut usize| *buffered += length;
        self.shared.buffered.send_modify(more);
        if self.orders.send(Order::Send(message)).is_err() {
            return Err(self.close_error());
        }
        if self.buffered() >= HIGH_WATER {
            let mut buffered = self.shared.buffered.subscribe();
            let drained = buffered.wait_for(|buffered| *buffered < HIGH_WATER);
            // The sending half is in `self`.
            let _ = self.connection.wait(drained).await;
            if self.shared.close.get().is_some() {
                return Err(self.close_error());
            }
        }
        Ok(())
    }

    async fn next(&self) -> Option<Result<Message, NetworkError>> {
        let next = poll_fn(|cx| self.arrivals.borrow_mut().poll_recv(cx));
        let Some((arrival, _room)) = self.connection.wait(next).await else {
            self.record_end();
            return None;
        };
        if let Ok(message) = &arrival {
            let (direction, text) = match message {
                Message::Text(text) => (MessageDirection::ReceivedText, &**text),
                Message::Bytes(_) => (MessageDirection::ReceivedBytes, ""),
            };
            self.connection.message(direction, text, message.len());
        }
        Some(arrival)
    }

    /// Writes the end into the log, where only the first end counts.
    fn record_end(&self) {
        match self.shared.close.get() {
            Some(close) if close.code == Close::DROPPED => {
                self.connection.end_with_error(&close.to_string());
            }
            Some(close) => self.connection.end_well(&close.to_string()),
            None => {}
        }
    }
}

impl Socket for NativeSocket {
    fn send(&self, message: Message) -> LocalBoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(self.hand_on(message))
    }

    fn receive(&self) -> LocalBoxFuture<'_, Option<Result<Message, NetworkError>>> {
        Box::pin(self.next())
    }

    fn buffered(&self) -> usize {
        *self.shared.buffered.borrow()
    }

    fn close(&self, code: u16, reason: &str) {
        if !self.is_open() {
            return;
        }
        self.closing.set(true);
        let code = match code {
            1000 | 3000..=4999 => code,
            _ => 1000,
        };
        let reason = &reason[..reason.floor_char_boundary(LONGEST_REASON)];
        self.connection
            .phase(NetworkPhase::Closing, reason, u32::from(code));
        // A task that is gone has closed it already.
        let _ = self.orders.send(Order::Close(frame(code, reason)));
    }

    fn closed(&self) -> Option<Close> {
        self.shared.close.get().cloned()
    }
}

impl Drop for NativeSocket {
    fn drop(&mut self) {
        // Closed, but nobody received until the end.
        self.record_end();
    }
}
