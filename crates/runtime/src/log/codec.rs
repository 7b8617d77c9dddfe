//! The binary form, version 1, and version 2, which a log has that was condensed.
//!
//! All numbers are little-endian. The form begins with the eight bytes `WAKELINE`, a `u16`
//! version and a `u16` of zero. Blocks follow, each a `u32` tag, a `u32` length in bytes and that
//! many bytes:
//!
//! | tag | block | content |
//! |---|---|---|
//! | 1 | meta | UTF-8 JSON object; at most one, first |
//! | 2 | strings | `u32` first index, `u32` count; then per text a `u32` length and UTF-8 bytes |
//! | 3 | locations | `u32` first index, `u32` count; then per location three `u32`: file, line, column |
//! | 4 | events | `u32` first index, `u32` count; then the columns, each whole: `u64` times, `u64` values, `u32` subjects, `u32` objects, `u16` locations, `u8` kinds, `u8` flags |
//! | 5 | end | `u32` number of events in all: the log is complete |
//! | 6 | past | `u32` first number, `u32` count, `u32` count; then the numbers, `u32` each, and the columns of so many events before the first, and the columns of so many that have no number; only in version 2, at most one, before any events |
//! | 7 | settled | `u32` number of a text: those below are not used again, but by what is under way; only in streams |
//!
//! A file is one such sequence and ends with an end block. A stream is a series of batches, each
//! with the magic and whatever is new in each table; blocks must continue where the tables of the
//! reader end, so a lost, doubled or reordered batch is noticed.

use std::fmt;

use std::ops::Range;

use super::{Carried, Columns, Event, Kind, Log, Past, SourceLocation};

/// The version of the forms of a whole log.
pub const VERSION: u16 = 1;
/// The version of the forms of a log of which events were [let go](Columns::condensed). A reader
/// of the first version alone refuses it.
pub const CONDENSED: u16 = 2;

const MAGIC: &[u8; 8] = b"WAKELINE";
const TAG_META: u32 = 1;
const TAG_STRINGS: u32 = 2;
const TAG_LOCATIONS: u32 = 3;
const TAG_EVENTS: u32 = 4;
const TAG_END: u32 = 5;
const TAG_PAST: u32 = 6;
const TAG_SETTLED: u32 = 7;
/// Bytes of one event over all columns.
const EVENT_BYTES: usize = 8 + 8 + 4 + 4 + 2 + 1 + 1;

/// How much of a log somebody has: the lengths of its tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Number of strings. 0 stands for "nothing yet", the meta block included.
    pub strings: usize,
    /// Number of locations.
    pub locations: usize,
    /// Number of events.
    pub events: usize,
}

impl Position {
    /// The position at the end of a log.
    #[must_use]
    pub fn end_of(log: &Log) -> Self {
        Self {
            strings: log.strings.len(),
            locations: log.locations.len(),
            events: log.columns.len(),
        }
    }
}

/// The whole log as a complete file. The same log gives the same bytes everywhere.
///
/// ```
/// use wakeline::log::{Decoder, Log, encode};
///
/// let bytes = encode(&Log::new());
/// let mut copy = Log::new();
/// let complete = Decoder::new().read(&mut copy, &bytes).unwrap();
/// assert!(complete);
/// ```
#[must_use]
pub fn encode(log: &Log) -> Vec<u8> {
    encode_rest(log, Position::default())
}

/// What the log has beyond `position`, as one batch.
#[must_use]
pub fn encode_since(log: &Log, position: Position) -> Vec<u8> {
    encode_until(log, position, log.columns.len())
}

/// As [`encode_since`], with the end block: the last batch of a log to which nothing will be
/// added.
#[must_use]
pub fn encode_rest(log: &Log, position: Position) -> Vec<u8> {
    let mut out = encode_since(log, position);
    let total = count(log.columns.len());
    block(&mut out, TAG_END, |out| {
        out.extend_from_slice(&total.to_le_bytes())
    });
    out
}

/// What the log has beyond `position`, as one batch, but no event from number `events` on. The
/// tables of text and locations are not cut: they may be ahead of the events.
///
/// Whoever reads it then has this position: the log's number of strings and of locations, and
/// `events`.
#[must_use]
pub fn encode_until(log: &Log, position: Position, events: usize) -> Vec<u8> {
    let end = events.min(log.columns.len());
    let events = end.saturating_sub(position.events);
    let mut out = Vec::with_capacity(events * EVENT_BYTES + 256);
    let past = log.columns.past();
    let version = past.map_or(VERSION, |_| CONDENSED);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&version.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    if position.strings == 0 && !log.meta.is_empty() {
        block(&mut out, TAG_META, |out| {
            out.extend_from_slice(log.meta.as_bytes())
        });
    }
    // Index 0 of either table is the same in every log and never written.
    let first = position.strings.max(1);
    let mut texts = log.strings.numbered_from(first).peekable();
    while let Some((first, text)) = texts.next() {
        block(&mut out, TAG_STRINGS, |out| {
            let at = out.len();
            put_range(out, first, first);
            let (mut text, mut end) = (text, first + 1);
            loop {
                out.extend_from_slice(&count(text.len()).to_le_bytes());
                out.extend_from_slice(text.as_bytes());
                // A block of its own for what follows on a text that was let go.
                match texts.next_if(|(number, _)| *number == end) {
                    Some((_, next)) => (text, end) = (next, end + 1),
                    None => break,
                }
            }
            out[at + 4..at + 8].copy_from_slice(&count(end - first).to_le_bytes());
        });
    }
    if position.strings > 0 && log.strings.settled() > 0 {
        block(&mut out, TAG_SETTLED, |out| {
            out.extend_from_slice(&count(log.strings.settled()).to_le_bytes());
        });
    }
    let first = position.locations.max(1);
    if log.locations.len() > first {
        block(&mut out, TAG_LOCATIONS, |out| {
            put_range(out, first, log.locations.len());
            for location in &log.locations[first..] {
                for number in [location.file, location.line, location.column] {
                    out.extend_from_slice(&number.to_le_bytes());
                }
            }
        });
    }
    // What was let go was never there for who begins.
    let begin = position.events.max(log.columns.first());
    if position.events < begin
        && let Some(past) = past
    {
        block(&mut out, TAG_PAST, |out| put_past(out, begin, past));
    }
    if begin < end {
        block(&mut out, TAG_EVENTS, |out| {
            put_range(out, begin, end);
            log.columns.write(begin..end, out);
        });
    }
    out
}

fn put_past(out: &mut Vec<u8>, first: usize, past: &Past) {
    let (mut events, mut standing) = (Columns::new(), Columns::new());
    for number in [first, past.events.len(), past.standing.len()] {
        out.extend_from_slice(&count(number).to_le_bytes());
    }
    for (number, event) in &past.events {
        out.extend_from_slice(&number.to_le_bytes());
        events.push(*event);
    }
    past.standing.iter().for_each(|event| standing.push(*event));
    events.write(0..events.len(), out);
    standing.write(0..standing.len(), out);
}

fn block(out: &mut Vec<u8>, tag: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&tag.to_le_bytes());
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    fill(out);
    let length = count(out.len() - length_at - 4);
    out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
}

fn put_range(out: &mut Vec<u8>, first: usize, end: usize) {
    out.extend_from_slice(&count(first).to_le_bytes());
    out.extend_from_slice(&count(end - first).to_le_bytes());
}

/// Counts are 32 bits wide; the recorder's limit keeps every log far below that.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Why bytes were refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    offset: usize,
    what: &'static str,
}

impl DecodeError {
    /// The byte at which reading failed, from the start of the bytes given to
    /// [`Decoder::read`].
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The same error at another byte, for who gave the decoder parts of something longer.
    #[must_use]
    pub fn at(self, offset: usize) -> Self {
        Self { offset, ..self }
    }

    /// A short code for the reason, such as `truncated` or `not-a-log`: a key of the phrase
    /// table.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the event log is damaged at byte {}: {}",
            self.offset, self.what
        )
    }
}

impl std::error::Error for DecodeError {}

/// Reads files and batches into a log, and refuses what does not fit.
#[derive(Debug, Default)]
pub struct Decoder {
    complete: bool,
}

impl Decoder {
    /// A decoder for a log of which nothing has been read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a file or a batch to `log`; true when the log is now complete.
    ///
    /// # Errors
    /// If the bytes are not of this form and version, lie about a length, do not continue where
    /// `log` ends, or contain an event that no runtime writes (an unknown kind, an index outside
    /// of its table, a time that runs backwards). `log` may then hold the blocks before the
    /// damage, each of them whole.
    pub fn read(&mut self, log: &mut Log, bytes: &[u8]) -> Result<bool, DecodeError> {
        let mut input = Input { bytes, at: 0 };
        if input.take(MAGIC.len()).is_ok_and(|magic| magic != MAGIC) || bytes.len() < 12 {
            return Err(DecodeError {
                offset: 0,
                what: "not-a-log",
            });
        }
        let version = input.u16()?;
        if version != VERSION && version != CONDENSED {
            return Err(DecodeError {
                offset: 8,
                what: "unknown-version",
            });
        }
        let is_condensed = version == CONDENSED;
        input.u16()?;
        while input.at < bytes.len() {
            if self.complete {
                return Err(input.error("data-after-the-end"));
            }
            let tag = input.u32()?;
            let length = input.u32()? as usize;
            let start = input.at;
            let body = input.take(length)?;
            let mut body = Input {
                bytes: &bytes[..start + body.len()],
                at: start,
            };
            match tag {
                TAG_META => read_meta(log, &mut body)?,
                TAG_STRINGS => read_strings(log, &mut body, is_condensed)?,
                TAG_LOCATIONS => read_locations(log, &mut body)?,
                TAG_SETTLED => log.strings.settle(body.u32()? as usize),
                TAG_PAST if is_condensed => read_past(log, &mut body)?,
                TAG_EVENTS => read_events(log, &mut body)?,
                TAG_END => {
                    if body.u32()? as usize != log.columns.len() {
                        return Err(body.error("events-are-missing"));
                    }
                    self.complete = true;
                }
                _ => return Err(body.error("unknown-block")),
            }
            if body.at != start + length {
                return Err(body.error("length-does-not-match"));
            }
        }
        Ok(self.complete)
    }
}

fn read_meta(log: &mut Log, body: &mut Input<'_>) -> Result<(), DecodeError> {
    if !log.meta.is_empty() || !log.columns.is_empty() {
        return Err(body.error("out-of-order"));
    }
    body.text(body.bytes.len() - body.at)?
        .clone_into(&mut log.meta);
    Ok(())
}

fn read_strings(log: &mut Log, body: &mut Input<'_>, gaps: bool) -> Result<(), DecodeError> {
    // Of a log that was condensed, numbers can be missing before it begins.
    let first = match gaps && log.columns.is_empty() {
        true => body.peek_u32()? as usize,
        false => 0,
    };
    for number in body.range(log.strings.len().max(first), 4)? {
        let length = body.u32()? as usize;
        let text = body.text(length)?;
        log.strings.push_at(number, text);
    }
    Ok(())
}

fn read_locations(log: &mut Log, body: &mut Input<'_>) -> Result<(), DecodeError> {
    for index in body.range(log.locations.len(), 12)? {
        let location = SourceLocation {
            file: body.u32()?,
            line: body.u32()?,
            column: body.u32()?,
        };
        if location.file as usize >= log.strings.len() || index > usize::from(u16::MAX) {
            return Err(body.error("index-out-of-table"));
        }
        log.locations.push(location);
    }
    Ok(())
}

/// What is kept of the events that were let go, before any other.
fn read_past(log: &mut Log, body: &mut Input<'_>) -> Result<(), DecodeError> {
    if !log.columns.is_empty() {
        return Err(body.error("out-of-order"));
    }
    let first = body.u32()?;
    let (n, m) = (body.u32()? as usize, body.u32()? as usize);
    let least = n
        .checked_mul(4 + EVENT_BYTES)
        .zip(m.checked_mul(EVENT_BYTES));
    let least = least.and_then(|(n, m)| n.checked_add(m));
    if first == 0 || least != Some(body.bytes.len() - body.at) {
        return Err(body.error("length-does-not-match"));
    }
    let numbers = body.column(4, n)?;
    let rows = Rows::read(body, n)?;
    let mut past = Past::default();
    let (mut next, mut last) = (0, 0);
    for i in 0..n {
        let number = numbers.number(i, 4) as u32;
        if number < next || number >= first {
            return Err(numbers.error_at(i, 4, "out-of-order"));
        }
        next = number + 1;
        let event = rows.event(i, last, log)?;
        if event.kind == Kind::Carried {
            return Err(rows.kinds.error_at(i, 1, "out-of-place"));
        }
        last = event.time;
        past.events.push((number, event));
    }
    let rows = Rows::read(body, m)?;
    for i in 0..m {
        let event = rows.event(i, 0, log)?;
        if !event.kind.can_stand() {
            return Err(rows.kinds.error_at(i, 1, "out-of-place"));
        }
        if event.kind == Kind::Carried && Carried::from_code(event.flags).is_none() {
            return Err(rows.flags.error_at(i, 1, "unknown-kind"));
        }
        past.standing.push(event);
    }
    log.columns = Columns::begin(first as usize, past);
    Ok(())
}

fn read_events(log: &mut Log, body: &mut Input<'_>) -> Result<(), DecodeError> {
    let range = body.range(log.columns.len(), EVENT_BYTES)?;
    // `range` made sure that all columns fit into what is left.
    let rows = Rows::read(body, range.len())?;
    let mut last = log.columns.time(usize::MAX);
    for i in 0..range.len() {
        let event = rows.event(i, last, log)?;
        if event.kind == Kind::Carried {
            return Err(rows.kinds.error_at(i, 1, "out-of-place"));
        }
        last = event.time;
        log.columns.push(event);
    }
    Ok(())
}

/// Columns as they stand in a block.
struct Rows<'a> {
    times: Input<'a>,
    values: Input<'a>,
    subjects: Input<'a>,
    objects: Input<'a>,
    locations: Input<'a>,
    kinds: Input<'a>,
    flags: Input<'a>,
}

impl<'a> Rows<'a> {
    fn read(body: &mut Input<'a>, n: usize) -> Result<Self, DecodeError> {
        Ok(Self {
            times: body.column(8, n)?,
            values: body.column(8, n)?,
            subjects: body.column(4, n)?,
            objects: body.column(4, n)?,
            locations: body.column(2, n)?,
            kinds: body.column(1, n)?,
            flags: body.column(1, n)?,
        })
    }

    /// An event, which is no earlier than `last` and refers to what is in the log's tables.
    fn event(&self, i: usize, last: u64, log: &Log) -> Result<Event, DecodeError> {
        let Some(kind) = Kind::from_code(self.kinds.number(i, 1) as u8) else {
            return Err(self.kinds.error_at(i, 1, "unknown-kind"));
        };
        let event = Event {
            time: self.times.number(i, 8),
            kind,
            flags: self.flags.number(i, 1) as u8,
            location: self.locations.number(i, 2) as u16,
            subject: self.subjects.number(i, 4) as u32,
            object: self.objects.number(i, 4) as u32,
            value: self.values.number(i, 8),
        };
        if event.time < last {
            return Err(self.times.error_at(i, 8, "time-runs-backwards"));
        }
        if usize::from(event.location) >= log.locations.len() {
            return Err(self.locations.error_at(i, 2, "index-out-of-table"));
        }
        if text_of(&event).is_some_and(|text| text >= log.strings.len() as u64) {
            return Err(self.values.error_at(i, 8, "index-out-of-table"));
        }
        Ok(event)
    }
}

/// The text index that an event of this kind carries.
fn text_of(event: &Event) -> Option<u64> {
    use Kind as K;
    match event.kind {
        K::RunEnded
        | K::TaskCreated
        | K::TaskNamed
        | K::TaskFailed
        | K::ResourceNamed
        | K::NetworkBegun
        | K::NetworkEnded
        | K::Line
        | K::SpanEntered
        | K::SpanExited => Some(event.value),
        K::ResourceCreated | K::Sent | K::Received | K::NetworkPhase | K::NetworkMessage => {
            Some(u64::from(event.low()))
        }
        K::SpanCreated | K::Field | K::Message => Some(u64::from(event.low().max(event.high()))),
        K::Metric => Some(u64::from(event.object)),
        _ => None,
    }
}

/// A cursor over the bytes, whose every read is checked.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn error(&self, what: &'static str) -> DecodeError {
        DecodeError {
            offset: self.at,
            what,
        }
    }

    /// About number `index` of a column of this width.
    fn error_at(&self, index: usize, width: usize, what: &'static str) -> DecodeError {
        DecodeError {
            offset: self.at + index * width,
            what,
        }
    }

    fn peek_u32(&self) -> Result<u32, DecodeError> {
        let at = self.at;
        Input {
            bytes: self.bytes,
            at,
        }
        .u32()
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let end = self
            .at
            .checked_add(length)
            .filter(|&end| end <= self.bytes.len());
        let Some(end) = end else {
            return Err(self.error("truncated"));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, DecodeError> {
        self.take(2)
            .map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        self.take(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn text(&mut self, length: usize) -> Result<&'a str, DecodeError> {
        let at = self.at;
        std::str::from_utf8(self.take(length)?).map_err(|_| DecodeError {
            offset: at,
            what: "not-utf-8",
        })
    }

    /// The range of indexes that a block says it holds: it must continue at `next`, and at least
    /// `least` bytes for each must be there, so that nothing is allocated for a lie.
    fn range(&mut self, next: usize, least: usize) -> Result<Range<usize>, DecodeError> {
        let (first, n) = (self.u32()? as usize, self.u32()? as usize);
        if first != next {
            return Err(self.error("out-of-order"));
        }
        if n.checked_mul(least)
            .is_none_or(|bytes| bytes > self.bytes.len() - self.at)
        {
            return Err(self.error("truncated"));
        }
        Ok(first..first + n)
    }

    fn column(&mut self, width: usize, n: usize) -> Result<Input<'a>, DecodeError> {
        let start = self.at;
        self.take(width * n)?;
        Ok(Input {
            bytes: self.bytes,
            at: start,
        })
    }

    /// Number `index` of a column of this width (at most eight bytes); the column is in range.
    fn number(&self, index: usize, width: usize) -> u64 {
        let start = self.at + index * width;
        let mut bytes = [0; 8];
        bytes[..width].copy_from_slice(&self.bytes[start..start + width]);
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::pack;

    fn sample() -> Log {
        let mut log = Log::new();
        log.meta = r#"{"demo":"sample"}"#.to_owned();
        let (file, name) = (
            log.strings.intern("demos/src/hello.rs"),
            log.strings.intern("main"),
        );
        log.locations.push(SourceLocation {
            file,
            line: 7,
            column: 5,
        });
        for (time, kind, value) in [
            (0, Kind::RunBegun, 42),
            (0, Kind::TaskCreated, u64::from(name)),
            (1, Kind::PollBegun, 0),
            (5, Kind::Sent, pack(name, 3)),
        ] {
            let event = Event {
                time,
                kind,
                flags: 0,
                location: 1,
                subject: 1,
                object: 0,
                value,
            };
            log.columns.push(event);
        }
        log
    }

    fn events(log: &Log) -> Vec<Event> {
        log.columns.iter_from(0).collect()
    }

    #[test]
    fn a_file_comes_back_as_it_went_out() {
        let (log, mut copy) = (sample(), Log::new());
        assert!(Decoder::new().read(&mut copy, &encode(&log)).unwrap());
        assert_eq!(events(&copy), events(&log));
        assert_eq!((copy.meta, copy.locations), (log.meta, log.locations));
    }

    #[test]
    fn batches_give_the_same_log_as_the_file() {
        let whole = sample();
        let (mut growing, mut copy) = (Log::new(), Log::new());
        growing.meta.clone_from(&whole.meta);
        growing.strings = whole.strings.clone();
        growing.locations.clone_from(&whole.locations);
        let (mut position, mut decoder) = (Position::default(), Decoder::new());
        for event in events(&whole) {
            growing.columns.push(event);
            let batch = encode_since(&growing, position);
            position = Position::end_of(&growing);
            assert!(!decoder.read(&mut copy, &batch).unwrap());
        }
        assert_eq!(encode(&copy), encode(&whole));
    }

    #[test]
    fn a_log_cut_into_pieces_of_any_size_comes_back_whole() {
        let whole = sample();
        let total = whole.columns.len();
        for size in 1..=total {
            let (mut position, mut decoder, mut copy) =
                (Position::default(), Decoder::new(), Log::new());
            while position.events + size < total {
                let end = position.events + size;
                let batch = encode_until(&whole, position, end);
                assert!(!decoder.read(&mut copy, &batch).unwrap());
                assert_eq!(copy.columns.len(), end);
                position = Position {
                    events: end,
                    ..Position::end_of(&whole)
                };
            }
            let rest = encode_rest(&whole, position);
            assert!(decoder.read(&mut copy, &rest).unwrap());
            assert_eq!(encode(&copy), encode(&whole));
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = encode(&sample());
        for length in 0..bytes.len() {
            let read = Decoder::new().read(&mut Log::new(), &bytes[..length]);
            assert!(
                !matches!(read, Ok(true)),
                "{length} bytes passed as a complete log"
            );
        }
    }

    #[test]
    fn any_damaged_byte_is_refused_or_harmless() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() {
            for damage in [0x01, 0x80, 0xff] {
                let mut bad = bytes.clone();
                bad[at] ^= damage;
                // What matters is that nothing panics and nothing is allocated for a lie.
                let _ = Decoder::new().read(&mut Log::new(), &bad);
            }
        }
    }

    #[test]
    fn a_lie_about_a_count_is_refused_before_anything_is_allocated() {
        let mut bytes = encode_since(&Log::new(), Position::default());
        block(&mut bytes, TAG_EVENTS, |out| {
            out.extend_from_slice(&0_u32.to_le_bytes());
            out.extend_from_slice(&u32::MAX.to_le_bytes());
        });
        let error = Decoder::new().read(&mut Log::new(), &bytes).unwrap_err();
        assert_eq!(error.code(), "truncated");
    }

    #[test]
    fn a_repeated_batch_is_refused() {
        let (batch, mut copy) = (encode_since(&sample(), Position::default()), Log::new());
        let mut decoder = Decoder::new();
        decoder.read(&mut copy, &batch).unwrap();
        assert_eq!(
            decoder.read(&mut copy, &batch).unwrap_err().code(),
            "out-of-order"
        );
    }

    #[test]
    fn other_files_are_refused_as_such() {
        for foreign in [
            &b""[..],
            b"{}",
            b"PK\x03\x04 and then some more bytes",
            b"WAKELINE",
        ] {
            let error = Decoder::new().read(&mut Log::new(), foreign).unwrap_err();
            assert_eq!(error.code(), "not-a-log");
        }
    }
}
