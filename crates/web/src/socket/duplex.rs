//! A socket as a stream of messages and a sink for them.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_sink::Sink;

use wakeline::outside::Awaiting;

use super::drained::Drained;
use super::shared::Shared;
use super::{Close, HIGH_WATER, Message, Socket, SocketError};

/// The next arrival.
#[derive(Debug)]
pub(super) struct Next(Rc<Shared>);

impl Future for Next {
    type Output = Option<Result<Message, SocketError>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_receive(cx)
    }
}

/// The end.
#[derive(Debug)]
pub(super) struct Closed(Rc<Shared>);

impl Future for Closed {
    type Output = Close;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Close> {
        self.0.poll_closed(cx)
    }
}

/// A socket as a stream of messages and a sink for them. `split` it, and one task may receive
/// while another sends.
///
/// Dropping it drops the socket.
#[derive(Debug)]
pub struct Duplex {
    // What is waited for on the socket, and so dropped before it.
    receiving: Option<Awaiting<Next>>,
    draining: Option<Awaiting<Drained>>,
    closing: Option<Awaiting<Closed>>,
    socket: Socket,
}

impl Duplex {
    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The socket alone. What was waited for is not lost.
    #[must_use]
    pub fn into_socket(self) -> Socket {
        self.socket
    }

    fn poll_drained(&mut self, most: usize, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        let browser = &self.socket.browser;
        while browser.is_open() {
            if self.socket.buffered() < most {
                self.draining = None;
                return Poll::Ready(Ok(()));
            }
            // A wait for less may be under way still: then there is another after it.
            let connection = &self.socket.connection;
            let drained = self
                .draining
                .get_or_insert_with(|| connection.wait(browser.drained(most)));
            // If that says that the socket is not open, we see it ourselves.
            let _ = ready!(Pin::new(drained).poll(cx));
            self.draining = None;
        }
        self.draining = None;
        Poll::Ready(Err(self.socket.close_error()))
    }
}

impl From<Socket> for Duplex {
    fn from(socket: Socket) -> Self {
        Self {
            receiving: None,
            draining: None,
            closing: None,
            socket,
        }
    }
}

/// What [`Socket::receive`] gives, until the end.
///
/// # Cancel safety
/// Safe: a message that was not returned is returned by the next poll.
impl Stream for Duplex {
    type Item = Result<Message, SocketError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Socket {
            connection,
            browser,
        } = &this.socket;
        let next = this
            .receiving
            .get_or_insert_with(|| connection.wait(Next(browser.shared.clone())));
        let received = ready!(Pin::new(next).poll(cx));
        this.receiving = None;
        this.socket.note(&received);
        Poll::Ready(received)
    }
}

/// Ready for a message while less than [`HIGH_WATER`] bytes wait in the browser; flushed when none
/// does; closed, with code 1000, when the other side has agreed. Who need not wait until each
/// message has left uses `feed` rather than `send`.
///
/// # Errors
/// [`SocketError::Closed`] if the socket is closed or closing, or is closed while this waits.
///
/// # Cancel safety
/// A message is in the browser once it was given; dropping a wait only stops waiting.
impl Sink<Message> for Duplex {
    type Error = SocketError;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        self.get_mut().poll_drained(HIGH_WATER, cx)
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), SocketError> {
        self.socket.hand_on(&message)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        self.get_mut().poll_drained(1, cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        let this = self.get_mut();
        this.socket.close(1000, "")?;
        let Socket {
            connection,
            browser,
        } = &this.socket;
        let closed = this
            .closing
            .get_or_insert_with(|| connection.wait(Closed(browser.shared.clone())));
        ready!(Pin::new(closed).poll(cx));
        this.closing = None;
        Poll::Ready(Ok(()))
    }
}
