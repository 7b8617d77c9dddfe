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
        let header = get(0..length.min(HEADER));
        if length <= HEADER {
            return Ok(self.append(&header)?.complete);
        }
        let mut file = File {
            length,
            get: &get,
            header,
            at: HEADER,
        };
        while file.at < length {
            file.hand_on(self)?;
        }
        Ok(self.is_complete())
    }
}

struct File<'a> {
    length: usize,
    get: &'a dyn Fn(Range<usize>) -> Vec<u8>,
    header: Vec<u8>,
    at: usize,
}

impl File<'_> {
    fn part(&self, from: usize, length: usize) -> Vec<u8> {
        let end = from.saturating_add(length).min(self.length);
        (self.get)(from.min(end)..end)
    }

    fn number(&self, at: usize) -> usize {
        let bytes = self.part(at, 4);
        bytes
            .first_chunk()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
    }

    /// Hands on the block that begins here.
    fn hand_on(&mut self, model: &mut Model) -> Result<(), DecodeError> {
        let start = self.at;
        let length = self.number(start + 4);
        let (first, count) = (
            self.number(start + HEAD),
            self.number(start + HEAD + COUNTS / 2),
        );
        let whole = COUNTS as u64 + count as u64 * EVENT as u64 == length as u64
            && length <= self.length - start - HEAD.min(self.length - start);
        if self.number(start) == EVENTS as usize && whole && count > PIECE {
            self.at = start + HEAD + length;
            for from in (0..count).step_by(PIECE) {
                self.hand_on_events(model, start, first, count, from)?;
            }
            return Ok(());
        }
        let mut piece = self.header.clone();
        piece.extend(self.part(start, HEAD.saturating_add(length)));
        self.at = (start + HEAD).saturating_add(length).min(self.length);
        match model.append(&piece) {
            Ok(_) => Ok(()),
            Err(error) => Err(moved(error, |at| at - HEADER + start)),
        }
    }

    /// Hands on some of the `count` events of the block at `start`, those from number `from` on.
    fn hand_on_events(
        &self,
        model: &mut Model,
        start: usize,
        first: usize,
        count: usize,
        from: usize,
    ) -> Result<(), DecodeError> {
        let number = PIECE.min(count - from);
        let columns = start + HEAD + COUNTS;
        let mut piece = Vec::with_capacity(HEADER + HEAD + COUNTS + number * EVENT);
        piece.extend(&self.header);
        for number in [
            EVENTS as usize,
            COUNTS + number * EVENT,
            first + from,
            number,
        ] {
            piece.extend((number as u32).to_le_bytes());
        }
        let mut before = 0;
        for width in WIDTHS {
            piece.extend(self.part(columns + before * count + from * width, number * width));
            before += width;
        }
        match model.append(&piece) {
            Ok(_) => Ok(()),
            Err(error) => Err(moved(error, |at| {
                let mut at = at.saturating_sub(HEADER + HEAD + COUNTS);
                let mut before = 0;
                for width in WIDTHS {
                    if at < number * width {
                        return columns + before * count + from * width + at;
                    }
                    at -= number * width;
                    before += width;
                }
                start
            })),
        }
    }
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
