//! Reading a log from a file of either form.

mod fields;
mod lines;

use std::fmt;

use wakeline::log::{DecodeError, Decoder, Log};

/// What every binary log begins with.
const MAGIC: &[u8] = b"WAKELINE";

/// Where reading failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this byte, from 0: of a binary log.
    Byte(usize),
    /// In this line, from 1: of a log in JSON lines.
    Line(usize),
}

/// Why a file was refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportError {
    place: Place,
    code: &'static str,
}

impl ImportError {
    /// Where.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The number of the byte or line.
    #[must_use]
    pub fn number(&self) -> usize {
        match self.place {
            Place::Byte(number) | Place::Line(number) => number,
        }
    }

    /// A short code for the reason. With `problem.log-` before it, it is a key of the phrase
    /// table, whose placeholder `place` is the [`number`](Self::number).
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Byte(at) => write!(f, "{} at byte {at}", self.code),
            Place::Line(at) => write!(f, "{} in line {at}", self.code),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<DecodeError> for ImportError {
    fn from(error: DecodeError) -> Self {
        Self {
            place: Place::Byte(error.offset()),
            code: error.code(),
        }
    }
}

/// Reads a whole log, binary or in JSON lines, whichever it is.
///
/// A log in JSON lines is complete if its last event says that the run ended. Texts and places in
/// the source get numbers in the order in which they occur, so a log that was written by the
/// runtime comes back byte for byte.
///
/// # Errors
/// If it is neither, of another version, damaged, cut off, or contains what no runtime writes.
///
/// ```
/// use wakeline::log::{Log, encode};
/// use wakeline_timeline::import::read;
///
/// assert!(read(&encode(&Log::new())).unwrap().is_empty());
/// assert_eq!(read(b"GIF89a").unwrap_err().code(), "not-a-log");
/// assert_eq!(read(b"{}\n{}\n").unwrap_err().to_string(), "json-field in line 2");
/// ```
pub fn read(bytes: &[u8]) -> Result<Log, ImportError> {
    if bytes.starts_with(MAGIC) {
        let mut log = Log::new();
        if Decoder::new().read(&mut log, bytes)? {
            return Ok(log);
        }
        return Err(ImportError {
            place: Place::Byte(bytes.len()),
            code: "incomplete",
        });
    }
    // Some editors put a mark before the first line.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.first() != Some(&b'{') {
        return Err(ImportError {
            place: Place::Byte(0),
            code: "not-a-log",
        });
    }
    lines::read(bytes)
}
