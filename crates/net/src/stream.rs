//! An end of a connection, as a program holds it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use crate::wire::{Side, Wire};

/// One end of a connection: a stream of bytes in each direction, each of which arrives once and in
/// order.
///
/// Reading gives 0 when the other end has closed and everything was read. A task that reads or
/// writes waits for the reason "network", and the log names the connection.
///
/// Dropping it closes it. If something was not read by then, the other end gets a reset behind
/// whatever was sent before.
///
/// # Errors
/// - `ConnectionReset`: the other end is no more.
/// - `TimedOut`: nothing got through for the time after which a sender gives up.
/// - `ConnectionAborted`: this host has crashed.
/// - `BrokenPipe`: written to after closing.
///
/// # Cancel safety
/// A read or write that is dropped has read or written nothing. What reads to a limit and is
/// dropped, such as `read_exact`, may have.
pub struct Stream {
    end: Rc<Handle>,
}

/// Lets go of the end when the last of its users goes.
struct Handle {
    wire: Rc<Wire>,
    side: Side,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.wire.let_go(self.side);
    }
}

impl Stream {
    pub(crate) fn new(wire: Rc<Wire>, side: Side) -> Self {
        Self {
            end: Rc::new(Handle { wire, side }),
        }
    }

    pub(crate) fn wire(&self) -> &Rc<Wire> {
        &self.end.wire
    }

    /// The name of the host at the other end.
    #[must_use]
    pub fn peer(&self) -> &str {
        self.end.wire.host(self.end.side.other())
    }

    /// What tells its random numbers from those of other connections.
    pub(crate) fn label(&self) -> String {
        self.end.wire.label()
    }

    /// The two directions, each for a task of its own. The connection ends when both are dropped;
    /// dropping the half that writes closes its direction.
    #[must_use]
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        let read = ReadHalf {
            end: Rc::clone(&self.end),
        };
        (read, WriteHalf { end: self.end })
    }
}

impl Handle {
    fn poll_read(&self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        self.wire.poll_read(self.side, cx, into)
    }

    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.wire.poll_write(self.side, cx, bytes)
    }

    fn close(&self) -> Poll<io::Result<()>> {
        self.wire.finish(self.side);
        Poll::Ready(Ok(()))
    }
}

/// The direction to read from, made by [`Stream::into_split`].
pub struct ReadHalf {
    end: Rc<Handle>,
}

/// The direction to write to, made by [`Stream::into_split`]. Dropping it closes that direction.
pub struct WriteHalf {
    end: Rc<Handle>,
}

impl Drop for WriteHalf {
    fn drop(&mut self) {
        self.end.wire.finish(self.end.side);
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.end.poll_read(cx, into)
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.end.poll_read(cx, into)
    }
}

/// Nothing is kept back, so a flush has nothing to do.
impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.end.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end.close()
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.end.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end.close()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.end.wire).finish()
    }
}

impl fmt::Debug for ReadHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadHalf").field(&self.end.wire).finish()
    }
}

impl fmt::Debug for WriteHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WriteHalf").field(&self.end.wire).finish()
    }
}
