//! Waiting until the browser has sent what it was given.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use web_sys::WebSocket;

use crate::delay::Delay;

/// How long a wait lasts before the browser is asked again, in milliseconds.
const ASK_AGAIN_MS: u32 = 5;

/// The socket is not open any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotOpen;

/// Ready when less than so many bytes wait in the browser, or the socket is not open any more.
///
/// A browser does not announce that, so it is asked again and again, and only meanwhile.
pub(super) struct Drained {
    socket: WebSocket,
    most: usize,
    delay: Option<Delay>,
}

impl Drained {
    pub(super) fn new(socket: WebSocket, most: usize) -> Self {
        Self {
            socket,
            most,
            delay: None,
        }
    }
}

impl Future for Drained {
    type Output = Result<(), NotOpen>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), NotOpen>> {
        while self.socket.buffered_amount() as usize >= self.most {
            if self.socket.ready_state() != WebSocket::OPEN {
                return Poll::Ready(Err(NotOpen));
            }
            let delay = self
                .delay
                .get_or_insert_with(|| Delay::milliseconds(ASK_AGAIN_MS));
            ready!(Pin::new(delay).poll(cx));
            self.delay = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drained")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}
