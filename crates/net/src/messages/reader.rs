//! Reading frames from a connection.

use std::fmt;
use std::io;

use futures_util::AsyncReadExt;

use super::frame::{Decoder, Oversize};
use crate::stream::ReadHalf;

/// How much is read at once.
const PIECE: usize = 4 * 1024;

/// Reads frames from a connection.
#[derive(Debug)]
pub struct Reader {
    stream: ReadHalf,
    decoder: Decoder,
}

impl Reader {
    /// A reader of frames of so many bytes at most.
    #[must_use]
    pub fn new(stream: ReadHalf, longest: usize) -> Self {
        Self {
            stream,
            decoder: Decoder::new(longest),
        }
    }

    /// The next frame; `None` when the other end has closed behind the last one.
    ///
    /// # Errors
    /// When a frame is too long, when the other end closes within a frame, when the connection
    /// breaks.
    ///
    /// # Cancel safety
    /// Safe: a part of a frame that has arrived is kept for the next call.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        loop {
            if let Some(frame) = self.decoder.next().map_err(FrameError::Oversize)? {
                return Ok(Some(frame));
            }
            let mut piece = [0; PIECE];
            match self.stream.read(&mut piece).await {
                Ok(0) if self.decoder.has_part() => return Err(FrameError::Partial),
                Ok(0) => return Ok(None),
                Ok(count) => self.decoder.push(&piece[..count]),
                Err(error) => return Err(FrameError::Io(error)),
            }
        }
    }
}

/// Why there is no further frame.
#[derive(Debug)]
pub enum FrameError {
    /// It is too long.
    Oversize(Oversize),
    /// The other end closed within it.
    Partial,
    /// The connection broke.
    Io(io::Error),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oversize(oversize) => oversize.fmt(f),
            Self::Partial => f.write_str("closed within a frame"),
            Self::Io(error) => write!(f, "the connection broke: {error}"),
        }
    }
}

impl std::error::Error for FrameError {}
