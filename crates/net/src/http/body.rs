//! Bodies: how they are framed, read and written.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use futures_core::Stream as Pieces;
use futures_util::AsyncWriteExt;

use super::head::Malformed;
use super::incoming::Incoming;
use super::message::Headers;
use crate::stream::Stream;

/// The longest line that says how long a chunk is, and the most lines behind the last one.
const LONGEST_CHUNK_LINE: usize = 256;
const MOST_TRAILERS: usize = 32;

/// What a response carries.
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Pieces that are made while they are sent, in chunks. An error breaks the connection off.
    Stream(Pin<Box<dyn Pieces<Item = io::Result<Vec<u8>>>>>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Whole(Vec::new())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stream(_) => f.write_str("a stream"),
        }
    }
}

/// How a body that is about to arrive is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
    /// To the end of the connection; of responses only.
    ToEnd,
}

impl Framing {
    /// What the fields say; `None` if they say nothing.
    pub(super) fn of(headers: &Headers, minor: u8) -> Result<Option<Self>, Malformed> {
        let codings: Vec<&str> = headers.elements("transfer-encoding").collect();
        let lengths: Vec<&str> = headers.all("content-length").collect();
        if let Some(last) = codings.last() {
            if !lengths.is_empty() {
                // The two are read differently by different servers: that is how requests are
                // smuggled.
                return Err(Malformed::new(400, "both a length and a transfer coding"));
            }
            if minor == 0 {
                return Err(Malformed::new(400, "a transfer coding in HTTP/1.0"));
            }
            let chunked = |coding: &&str| coding.eq_ignore_ascii_case("chunked");
            return match codings.iter().filter(|coding| chunked(coding)).count() {
                1 if codings.len() == 1 => Ok(Some(Self::Chunked)),
                1 if chunked(last) => {
                    Err(Malformed::new(501, "a transfer coding other than chunked"))
                }
                _ => Err(Malformed::new(
                    400,
                    "chunked is not the last transfer coding",
                )),
            };
        }
        let Some(first) = lengths.first() else {
            return Ok(None);
        };
        let digits = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        let length = first.parse().ok().filter(|_| digits);
        match length {
            Some(length) if lengths.iter().all(|other| other == first) => {
                Ok(Some(Self::Length(length)))
            }
            _ => Err(Malformed::new(400, "a length that is none")),
        }
    }
}

/// Reads a body.
pub(super) async fn read(
    incoming: &mut Incoming,
    framing: Framing,
    longest: usize,
) -> Result<Vec<u8>, BodyError> {
    match framing {
        Framing::Length(length) => {
            let length = usize::try_from(length).ok();
            let length = length
                .filter(|length| *length <= longest)
                .ok_or(BodyError::TooLong)?;
            let mut body = Vec::new();
            read_exactly(incoming, &mut body, length).await?;
            Ok(body)
        }
        Framing::Chunked => read_chunks(incoming, longest).await,
        Framing::ToEnd => {
            let mut body = Vec::new();
            loop {
                let piece = incoming.take(usize::MAX).await?;
                if piece.is_empty() {
                    return Ok(body);
                }
                if body.len() + piece.len() > longest {
                    return Err(BodyError::TooLong);
                }
                body.extend(piece);
            }
        }
    }
}

async fn read_exactly(
    incoming: &mut Incoming,
    body: &mut Vec<u8>,
    count: usize,
) -> Result<(), BodyError> {
    let end = body.len() + count;
    while body.len() < end {
        let piece = incoming.take(end - body.len()).await?;
        if piece.is_empty() {
            return Err(BodyError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        body.extend(piece);
    }
    Ok(())
}

async fn read_chunks(incoming: &mut Incoming, longest: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    loop {
        let line = read_line(incoming).await?;
        // Extensions are not for us.
        let size = line.split(';').next().unwrap_or_default().trim_end();
        let hex = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = usize::from_str_radix(size, 16)
            .ok()
            .filter(|_| hex)
            .ok_or(BodyError::Malformed)?;
        if size == 0 {
            for _ in 0..MOST_TRAILERS {
                if read_line(incoming).await?.is_empty() {
                    return Ok(body);
                }
            }
            return Err(BodyError::Malformed);
        }
        if size > longest - body.len() {
            return Err(BodyError::TooLong);
        }
        read_exactly(incoming, &mut body, size).await?;
        if !read_line(incoming).await?.is_empty() {
            return Err(BodyError::Malformed);
        }
    }
}

/// A line without its end.
async fn read_line(incoming: &mut Incoming) -> Result<String, BodyError> {
    loop {
        let bytes = incoming.bytes();
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let line = bytes[..end].strip_suffix(b"\r");
            let line = line.ok_or(BodyError::Malformed)?;
            let line = String::from_utf8(line.to_vec()).map_err(|_| BodyError::Malformed)?;
            incoming.consume(end + 1);
            return Ok(line);
        }
        if bytes.len() > LONGEST_CHUNK_LINE {
            return Err(BodyError::Malformed);
        }
        if !incoming.more().await? {
            return Err(BodyError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
    }
}

/// Why a body could not be read.
#[derive(Debug)]
pub(super) enum BodyError {
    TooLong,
    Malformed,
    Io(io::Error),
}

impl From<io::Error> for BodyError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Sends the pieces of a body in chunks.
pub(super) async fn write_chunks(
    stream: &mut Stream,
    mut pieces: Pin<Box<dyn Pieces<Item = io::Result<Vec<u8>>>>>,
) -> io::Result<()> {
    while let Some(piece) = poll_fn(|cx| pieces.as_mut().poll_next(cx)).await {
        let piece = piece?;
        // A chunk of no bytes would be the last.
        if !piece.is_empty() {
            let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
            chunk.extend_from_slice(&piece);
            chunk.extend_from_slice(b"\r\n");
            stream.write_all(&chunk).await?;
        }
    }
    stream.write_all(b"0\r\n\r\n").await
}
