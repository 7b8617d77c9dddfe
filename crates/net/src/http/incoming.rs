//! Bytes that have arrived and were not used yet.

use std::io;

use futures_util::AsyncReadExt;

use crate::stream::Stream;

/// How much is read at once.
const PIECE: usize = 4 * 1024;

/// A connection, with what was read from it and belongs to what comes next.
#[derive(Debug)]
pub struct Incoming {
    pub(crate) stream: Stream,
    buffer: Vec<u8>,
}

impl Incoming {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// The connection, and what was read from it.
    #[must_use]
    pub fn into_parts(self) -> (Stream, Vec<u8>) {
        (self.stream, self.buffer)
    }

    /// What is here.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// Waits for more; false at the end of the stream.
    pub(super) async fn more(&mut self) -> io::Result<bool> {
        let mut piece = [0; PIECE];
        let count = self.stream.read(&mut piece).await?;
        self.buffer.extend_from_slice(&piece[..count]);
        Ok(count > 0)
    }

    /// Uses up so many bytes of what is here.
    pub(super) fn consume(&mut self, count: usize) {
        self.buffer.drain(..count);
    }

    /// Takes up to so many bytes, waiting if there are none; empty at the end of the stream.
    pub(super) async fn take(&mut self, most: usize) -> io::Result<Vec<u8>> {
        if self.buffer.is_empty() {
            self.more().await?;
        }
        let count = self.buffer.len().min(most);
        Ok(self.buffer.drain(..count).collect())
    }
}
