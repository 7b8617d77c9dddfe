//! Taking in a long file piece by piece.
//!
//! A file may be as long as the memory that its log will take. Whoever has it at a place of its own,
//! as a browser has, gives it in pieces, so that it never stands beside the log as a whole. Blocks
//! of the file are handed on one at a time, and a long block of events as several short ones.

use std::ops::Range;

use wakeline::log::DecodeError;

use crate::Model;

/// Magic, version, and a zero.
const HEADER: usize = 12;
/// Tag and length of a block.
const HEAD: usize = 8;
/// First index and number of a block of events.
const COUNTS: usize = 8;
/// The tag of a block of events.
const EVENTS: u32 = 4;
/// The columns of a block of events: bytes of one number each.
const WIDTHS: [usize; 7] = [8, 8, 4, 4, 2, 1, 1];
/// Bytes of an event over all columns.
const EVENT: usize = 28;
/// Events that are handed on at once.
const PIECE: usize = 32 * 1024;
/// Bytes in which blocks are looked for: several short ones come at once.
const LOOK: usize = 64 * 1024;

impl Model {
    /// Takes in a file of `length` bytes, of which `get` gives any part. Returns whether the log is
    /// complete.
    ///
    /// # Errors
    /// As [`append`](Self::append) has for the whole file, with the same places in it.
    ///
    /// ```
    /// use wakeline::log::{Log, encode};
    /// use wakeline_timeline::Model;
    ///
    /// let file = encode(&Log::new());
    /// let mut model = Model::new();
    /// let complete = model.append_file(file.len(), |part| file[part].to_vec()).unwrap();
    /// assert!(complete);
    /// ```
    pub fn append_file(
        &mut self,
        length: usize,
        get: impl Fn(Range<usize>) -> Vec<u8>,
    ) -> Result<bool, DecodeError> {
        let mut pieces = Pieces::new(length);
        while !pieces.is_over() {
            let parts: Vec<Vec<u8>> = pieces.wanted().into_iter().map(&get).collect();
            pieces.give(self, &parts)?;
        }
        Ok(self.is_complete())
    }
}

/// A file on its way into a [`Model`], for who has to wait for each part of it.
///
/// ```
/// use wakeline::log::{Log, encode};
/// use wakeline_timeline::{Model, Pieces};
///
/// let file = encode(&Log::new());
/// let mut model = Model::new();
/// let mut pieces = Pieces::new(file.len());
/// while !pieces.is_over() {
///     let parts: Vec<Vec<u8>> = pieces.wanted().into_iter().map(|part| file[part].to_vec()).collect();
///     pieces.give(&mut model, &parts).unwrap();
/// }
/// assert!(model.is_complete());
/// ```
#[derive(Clone, Debug)]
pub struct Pieces {
    length: usize,
    header: Vec<u8>,
    /// The byte at which the next block begins.
    at: usize,
    next: Next,
}

/// What is to come.
#[derive(Clone, Copy, Debug)]
enum Next {
    Header,
    /// Whatever begins here.
    Blocks,
    /// One block of so many bytes.
    Block(usize),
    /// The events of a long block from one of them on.
    Events(Events, usize),
    Nothing,
}

/// A long block of events.
#[derive(Clone, Copy, Debug)]
struct Events {
    first: usize,
    count: usize,
}

impl Pieces {
    /// A file of so many bytes.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self {
            length,
            header: Vec::new(),
            at: 0,
            next: Next::Header,
        }
    }

    /// Whether all of it was taken in.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.next, Next::Nothing)
    }

    /// How many bytes were taken in.
    #[must_use]
    pub fn position(&self) -> usize {
        match self.next {
            Next::Events(_, from) => self.at + HEAD + COUNTS + from * EVENT,
            _ => self.at,
        }
    }

    /// The parts of the file that are to be given next. None has more than a mebibyte, but for a
    /// table of text that has.
    #[must_use]
    pub fn wanted(&self) -> Vec<Range<usize>> {
        match self.next {
            Next::Nothing => Vec::new(),
            Next::Header => vec![self.part(0, HEADER)],
            Next::Blocks => vec![self.part(self.at, LOOK)],
            Next::Block(length) => vec![self.part(self.at, length)],
            Next::Events(events, from) => events
                .columns(self.at, from)
                .map(|column| self.part(column.start, column.len()))
                .to_vec(),
        }
    }

    /// Takes in what was [wanted](Self::wanted).
    ///
    /// # Errors
    /// If the file is damaged, with the place in it. Nothing more is to be given then.
    pub fn give(&mut self, model: &mut Model, parts: &[Vec<u8>]) -> Result<(), DecodeError> {
        let part = parts.first().map_or(&[][..], Vec::as_slice);
        match self.next {
            Next::Nothing => Ok(()),
            Next::Header => {
                self.header = part.to_vec();
                self.at = HEADER.min(self.length);
                self.look();
                match self.next {
                    Next::Nothing => model.append(&self.header).map(drop),
                    _ => Ok(()),
                }
            }
            Next::Blocks => self.give_blocks(model, part),
            Next::Block(_) => self.give_block(model, part),
            Next::Events(events, from) => self.give_events(model, parts, events, from),
        }
    }

    fn part(&self, from: usize, length: usize) -> Range<usize> {
        let end = from.saturating_add(length).min(self.length);
        from.min(end)..end
    }

    /// Goes on with whatever begins where the last block ended.
    fn look(&mut self) {
        self.next = match self.at < self.length {
            true => Next::Blocks,
            false => Next::Nothing,
        };
    }

    fn give_blocks(&mut self, model: &mut Model, mut bytes: &[u8]) -> Result<(), DecodeError> {
        loop {
            let left = self.length - self.at;
            let length = number(bytes, 4);
            let (first, count) = (number(bytes, HEAD), number(bytes, HEAD + COUNTS / 2));
            let whole = COUNTS as u64 + count as u64 * EVENT as u64 == length as u64
                && length <= left - HEAD.min(left);
            if number(bytes, 0) == EVENTS as usize && whole && count > PIECE {
                self.next = Next::Events(Events { first, count }, 0);
                return Ok(());
            }
            let block = HEAD.saturating_add(length).min(left);
            let Some((block, rest)) = bytes.split_at_checked(block) else {
                self.next = Next::Block(block);
                return Ok(());
            };
            self.give_block(model, block)?;
            bytes = rest;
            // The head of the next one may be cut.
            if self.is_over() || bytes.len() < HEAD + COUNTS && bytes.len() < self.length - self.at
            {
                return Ok(());
            }
        }
    }

    fn give_block(&mut self, model: &mut Model, block: &[u8]) -> Result<(), DecodeError> {
        let start = self.at;
        self.at += block.len();
        self.look();
        let piece = [&self.header, block].concat();
        match model.append(&piece) {
            Ok(_) => Ok(()),
            Err(error) => Err(moved(error, |at| at - HEADER + start)),
        }
    }

    /// Hands on some events of a long block, those from number `from` on.
    fn give_events(
        &mut self,
        model: &mut Model,
        parts: &[Vec<u8>],
        events: Events,
        from: usize,
    ) -> Result<(), DecodeError> {
        let (start, number) = (self.at, events.number(from));
        let mut piece = Vec::with_capacity(HEADER + HEAD + COUNTS + number * EVENT);
        piece.extend(&self.header);
        for number in [
            EVENTS as usize,
            COUNTS + number * EVENT,
            events.first + from,
            number,
        ] {
            piece.extend((number as u32).to_le_bytes());
        }
        for column in parts {
            piece.extend(column);
        }
        if from + number < events.count {
            self.next = Next::Events(events, from + number);
        } else {
            self.at = start + HEAD + COUNTS + events.count * EVENT;
            self.look();
        }
        match model.append(&piece) {
            Ok(_) => Ok(()),
            Err(error) => Err(moved(error, |at| {
                let mut at = at.saturating_sub(HEADER + HEAD + COUNTS);
                for column in events.columns(start, from) {
                    if at < column.len() {
                        return column.start + at;
                    }
                    at -= column.len();
                }
                start
            })),
        }
    }
}

impl Events {
    /// How many are handed on with that of this number.
    fn number(self, from: usize) -> usize {
        PIECE.min(self.count - from)
    }

    /// Where the columns of those from number `from` on lie, for a block at `start`.
    fn columns(self, start: usize, from: usize) -> [Range<usize>; WIDTHS.len()] {
        let mut column = start + HEAD + COUNTS;
        WIDTHS.map(|width| {
            let first = column + from * width;
            column += self.count * width;
            first..first + self.number(from) * width
        })
    }
}

/// The number at a place; 0 beyond the end.
fn number(bytes: &[u8], at: usize) -> usize {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

/// The same error, with its place in the file instead of that in the piece.
fn moved(error: DecodeError, to: impl FnOnce(usize) -> usize) -> DecodeError {
    let offset = error.offset();
    // Errors of the header are at the same place in both.
    if offset < HEADER {
        return error;
    }
    error.at(to(offset))
}
