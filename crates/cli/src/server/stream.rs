//! A client's TCP connection with the manners that hyper and tungstenite leave to the transport.
//!
//! - It holds its **slot**: one of the server's connections, given back when the connection is
//!   really closed, whoever owned it last (hyper, or a WebSocket after the upgrade).
//! - It does not wait forever for a client that **takes nothing in**: a write that makes no
//!   progress for the stall limit fails.
//! - It **lingers**: a socket that is closed while the client still sends answers with a reset,
//!   and a reset can destroy the answer that was sent before (a 413, a close frame with 1009).
//!   So when it is dropped before the client has finished, it says that nothing more will come
//!   and reads into the void for a moment.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};

use super::Limits;

/// See the module.
#[derive(Debug)]
pub(super) struct ClientStream {
    // Taken out only by `drop`.
    open: Option<(TcpStream, OwnedSemaphorePermit)>,
    stall: Stall,
    client_finished: bool,
    linger: Duration,
}

impl ClientStream {
    pub(super) fn new(stream: TcpStream, slot: OwnedSemaphorePermit, limits: Limits) -> Self {
        Self {
            open: Some((stream, slot)),
            stall: Stall {
                limit: limits.stall,
                timer: Box::pin(tokio::time::sleep(limits.stall)),
                running: false,
            },
            client_finished: false,
            linger: limits.linger,
        }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        match &mut self.open {
            Some((stream, _)) => Ok(Pin::new(stream)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// Measures how long writing has made no progress.
#[derive(Debug)]
struct Stall {
    limit: Duration,
    timer: Pin<Box<Sleep>>,
    running: bool,
}

impl Stall {
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.running = false;
            return written;
        }
        if !self.running {
            self.timer.as_mut().reset(Instant::now() + self.limit);
            self.running = true;
        }
        match self.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let wanted = buffer.remaining() > 0;
        let read = self.stream()?.poll_read(cx, buffer);
        match &read {
            Poll::Ready(Ok(())) if wanted && buffer.filled().len() == before => {
                self.client_finished = true;
            }
            Poll::Ready(Err(_)) => self.client_finished = true,
            _ => {}
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write(cx, bytes);
        self.stall.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write_vectored(cx, slices);
        self.stall.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        let Some((stream, slot)) = self.open.take() else {
            return;
        };
        // Outside of a runtime there is nobody to linger, and nothing that would be lost.
        if !self.client_finished
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(linger(stream, slot, self.linger));
        }
    }
}

/// Reads into the void until the client has finished too, for at most `limit`.
pub(super) async fn linger(mut stream: TcpStream, slot: OwnedSemaphorePermit, limit: Duration) {
    let discard = async {
        stream.shutdown().await?;
        let mut void = [0; 8 * 1024];
        while stream.read(&mut void).await? > 0 {}
        io::Result::Ok(())
    };
    // Whether it was the client or the clock that ended it, the connection is over.
    let _ = tokio::time::timeout(limit, discard).await;
    drop((stream, slot));
}
