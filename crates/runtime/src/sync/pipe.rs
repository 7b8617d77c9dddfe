//! A stream of bytes between tasks, with a limit on how many are on their way.
//!
//! The ends are `AsyncRead` and `AsyncWrite` of the `futures` crates, so that whatever reads and
//! writes those can be run and tested without a network.
//!
//! In the log a pipe's messages are the pieces in which it was written; a read that takes a part
//! of a piece leaves it inside.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_io::{AsyncRead, AsyncWrite};

use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::record::{Resource, Site, Wait};
use crate::task::waker;

/// A pipe in which so many bytes find room.
///
/// # Panics
/// If that is 0.
///
/// ```
/// use futures_util::{AsyncReadExt, AsyncWriteExt};
/// use wakeline::sync::pipe;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let (mut writer, mut reader) = pipe::pipe(4);
///     wakeline::spawn(async move {
///         // Waits for the reader again and again: four bytes fit.
///         writer.write_all(b"hello, world").await.unwrap();
///     });
///     let mut text = String::new();
///     reader.read_to_string(&mut text).await.unwrap();
///     assert_eq!(text, "hello, world");
/// });
/// ```
#[must_use]
#[track_caller]
pub fn pipe(capacity: usize) -> (PipeWriter, PipeReader) {
    build(None, capacity)
}

/// The same with a name for the log.
///
/// # Panics
/// As [`pipe`].
#[must_use]
#[track_caller]
pub fn named(name: &str, capacity: usize) -> (PipeWriter, PipeReader) {
    build(Some(name), capacity)
}

/// Two ends, each of which reads what the other writes, as of a socket. In each direction so many
/// bytes find room.
///
/// # Panics
/// As [`pipe`].
#[must_use]
#[track_caller]
pub fn duplex(capacity: usize) -> (Duplex, Duplex) {
    let (there, from_there) = pipe(capacity);
    let (here, from_here) = pipe(capacity);
    (
        Duplex {
            reader: from_here,
            writer: there,
        },
        Duplex {
            reader: from_there,
            writer: here,
        },
    )
}

#[track_caller]
fn build(name: Option<&str>, capacity: usize) -> (PipeWriter, PipeReader) {
    assert!(capacity > 0, "the capacity of a pipe must not be 0");
    let site = Site::caller();
    let shared = Rc::new(Shared {
        buffer: RefCell::default(),
        capacity,
        closed: Cell::new(false),
        reader: Cell::default(),
        writer: Cell::default(),
        // Bytes are not what the log counts messages in.
        resource: Resource::new(ResourceKind::Pipe, 0, name),
    });
    let writer = PipeWriter {
        shared: Rc::clone(&shared),
        wait: Wait::default(),
        site,
    };
    let reader = PipeReader {
        shared,
        wait: Wait::default(),
        site,
    };
    (writer, reader)
}

struct Shared {
    buffer: RefCell<Buffer>,
    capacity: usize,
    /// One end is gone, or the writer was closed.
    closed: Cell<bool>,
    reader: Cell<Option<Waker>>,
    writer: Cell<Option<Waker>>,
    resource: Resource,
}

#[derive(Default)]
struct Buffer {
    bytes: VecDeque<u8>,
    /// What is left of each piece that was written, and the text that describes it.
    pieces: VecDeque<(usize, u32)>,
}

impl Buffer {
    /// Moves bytes out, and says how many.
    fn take(&mut self, into: &mut [u8]) -> usize {
        let count = self.bytes.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(self.bytes.drain(..count)) {
            *place = byte;
        }
        count
    }
}

impl Shared {
    fn wake(waker: &Cell<Option<Waker>>) {
        if let Some(waker) = waker.take() {
            waker::call(waker);
        }
    }

    fn keep(place: &Cell<Option<Waker>>, cx: &Context<'_>) {
        let old = place.replace(Some(cx.waker().clone()));
        drop(old);
    }

    /// An end goes: the other has nothing to wait for.
    fn close(&self) {
        if !self.closed.replace(true) {
            self.resource.record_self(Kind::ResourceClosed, 0);
        }
        Self::wake(&self.reader);
        Self::wake(&self.writer);
    }

    /// Bytes were taken: tells the log which pieces they were of.
    fn taken(&self, mut count: usize, site: Site) {
        while count > 0 {
            let (description, inside) = {
                let mut buffer = self.buffer.borrow_mut();
                let Some((left, description)) = buffer.pieces.front_mut() else {
                    return;
                };
                let part = count.min(*left);
                *left -= part;
                count -= part;
                let (finished, description) = (*left == 0, *description);
                if finished {
                    buffer.pieces.pop_front();
                }
                (description, buffer.pieces.len())
            };
            let inside = u32::try_from(inside).unwrap_or(u32::MAX);
            self.resource
                .record(Kind::Received, site, pack(description, inside));
        }
    }
}

/// The end that is written to. Dropping or closing it lets the reader read what is inside, and
/// then the end of the stream.
pub struct PipeWriter {
    shared: Rc<Shared>,
    wait: Wait,
    site: Site,
}

impl AsyncWrite for PipeWriter {
    /// Writes what finds room, waiting if nothing does.
    ///
    /// # Errors
    /// `BrokenPipe` if the reader is gone or this end was closed.
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let shared = &this.shared;
        let (resource, reason) = (&shared.resource, Reason::ChannelSend);
        if shared.closed.get() {
            resource.wait_ends(&mut this.wait, reason);
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = shared.capacity - shared.buffer.borrow().bytes.len();
        if room == 0 && !bytes.is_empty() {
            Shared::keep(&shared.writer, cx);
            resource.wait_begins(&mut this.wait, reason, 0, this.site);
            return Poll::Pending;
        }
        resource.wait_ends(&mut this.wait, reason);
        let count = room.min(bytes.len());
        if count > 0 {
            let description = match resource.core() {
                Some(core) if core.is_recording() => core.intern(&format!("{count} B")),
                _ => 0,
            };
            let inside = {
                let mut buffer = shared.buffer.borrow_mut();
                buffer.bytes.extend(&bytes[..count]);
                buffer.pieces.push_back((count, description));
                u32::try_from(buffer.pieces.len()).unwrap_or(u32::MAX)
            };
            resource.record(Kind::Sent, this.site, pack(description, inside));
            Shared::wake(&shared.reader);
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What is inside has left the writer's hands.
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shared.close();
        Poll::Ready(Ok(()))
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        let resource = &self.shared.resource;
        resource.wait_ends(&mut self.wait, Reason::ChannelSend);
        drop(self.shared.writer.take());
        self.shared.close();
    }
}

impl fmt::Debug for PipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PipeWriter")
    }
}

/// The end that is read from. Dropping it drops what is inside, and the writer learns of it at
/// its next write.
pub struct PipeReader {
    shared: Rc<Shared>,
    wait: Wait,
    site: Site,
}

impl AsyncRead for PipeReader {
    /// Reads what is inside, waiting if nothing is. 0 when the writer is gone and everything was
    /// read.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let shared = &this.shared;
        let (resource, reason) = (&shared.resource, Reason::ChannelReceive);
        let count = shared.buffer.borrow_mut().take(into);
        if count == 0 && !into.is_empty() && !shared.closed.get() {
            Shared::keep(&shared.reader, cx);
            resource.wait_begins(&mut this.wait, reason, 0, this.site);
            return Poll::Pending;
        }
        resource.wait_ends(&mut this.wait, reason);
        if count > 0 {
            shared.taken(count, this.site);
            Shared::wake(&shared.writer);
        }
        Poll::Ready(Ok(count))
    }
}

impl Drop for PipeReader {
    fn drop(&mut self) {
        let shared = &self.shared;
        shared
            .resource
            .wait_ends(&mut self.wait, Reason::ChannelReceive);
        drop(shared.reader.take());
        let pieces = {
            let buffer = shared.buffer.take();
            buffer.pieces.len() as u64
        };
        if pieces > 0 {
            shared.resource.record_self(Kind::Discarded, pieces);
        }
        shared.close();
    }
}

impl fmt::Debug for PipeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeReader")
            .field("len", &self.shared.buffer.borrow().bytes.len())
            .finish_non_exhaustive()
    }
}

/// One of two ends of [`duplex`]. Closing it closes the direction it writes to.
#[derive(Debug)]
pub struct Duplex {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Duplex {
    /// The two directions, each for a task of its own.
    #[must_use]
    pub fn into_split(self) -> (PipeReader, PipeWriter) {
        (self.reader, self.writer)
    }
}

impl AsyncRead for Duplex {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.reader).poll_read(cx, into)
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.writer).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_close(cx)
    }
}
