//! Columns of events in chunks of equal size.

use std::ops::Range;
use std::rc::Rc;

use super::packed::{Column, Packed};
use super::{Event, Kind, Past};

/// Events in one chunk. A power of two, so that an index splits by shift and mask.
pub const CHUNK: usize = 1024;

/// Words that the long columns of a chunk take.
const WORDS: usize = 3 * CHUNK;
/// Where these begin.
const TIME: usize = 0;
const VALUE: usize = CHUNK;
/// Subject in the lower half, object in the upper.
const PARTIES: usize = 2 * CHUNK;

const CHUNK_BYTES: usize = size_of::<[u64; WORDS]>() + size_of::<[u32; CHUNK]>();

/// The columns of up to [`CHUNK`] events. They are asked for as zeroes, which the system has at
/// hand, and an event is four writes.
#[derive(Clone)]
struct Chunk {
    words: Box<[u64; WORDS]>,
    rest: Box<[u32; CHUNK]>,
}

/// Kind and flags of an event in the form in which they are stored: with its location in the lower
/// half.
#[inline]
pub(crate) fn rest(kind: Kind, flags: u8) -> u32 {
    u32::from(kind.code()) << 16 | u32::from(flags) << 24
}

impl Chunk {
    fn new() -> Self {
        let words = vec![0; WORDS].into_boxed_slice();
        let rest = vec![0; CHUNK].into_boxed_slice();
        // Cannot fail, and costs nothing: the lengths are right.
        Self {
            words: words.try_into().unwrap_or_else(|_| Box::new([0; WORDS])),
            rest: rest.try_into().unwrap_or_else(|_| Box::new([0; CHUNK])),
        }
    }

    #[inline]
    fn write(&mut self, at: usize, time: u64, value: u64, parties: u64, rest: u32) {
        let at = at % CHUNK;
        let words = &mut *self.words;
        words[TIME + at] = time;
        words[VALUE + at] = value;
        words[PARTIES + at] = parties;
        self.rest[at] = rest;
    }

    #[inline]
    fn rest(&self, at: usize) -> u32 {
        self.rest[at % CHUNK]
    }

    #[inline]
    fn time(&self, at: usize) -> u64 {
        self.words[TIME + at % CHUNK]
    }

    #[inline]
    fn value(&self, at: usize) -> u64 {
        self.words[VALUE + at % CHUNK]
    }

    #[inline]
    fn subject(&self, at: usize) -> u32 {
        self.words[PARTIES + at % CHUNK] as u32
    }

    #[inline]
    fn object(&self, at: usize) -> u32 {
        (self.words[PARTIES + at % CHUNK] >> 32) as u32
    }

    #[inline]
    fn location(&self, at: usize) -> u16 {
        self.rest(at) as u16
    }

    #[inline]
    fn kind_code(&self, at: usize) -> u8 {
        (self.rest(at) >> 16) as u8
    }

    #[inline]
    fn flags(&self, at: usize) -> u8 {
        (self.rest(at) >> 24) as u8
    }
}

/// An event's place: in a chunk as it was written, or in a packed one.
#[derive(Clone, Copy)]
enum Place<'a> {
    Written(&'a Chunk, usize),
    Packed(&'a Packed, usize),
}

impl Place<'_> {
    #[inline]
    fn time(self) -> u64 {
        match self {
            Place::Written(chunk, at) => chunk.time(at),
            Place::Packed(chunk, at) => chunk.number(Column::Time, at),
        }
    }

    #[inline]
    fn value(self) -> u64 {
        match self {
            Place::Written(chunk, at) => chunk.value(at),
            Place::Packed(chunk, at) => {
                chunk.number(Column::Low, at) | chunk.number(Column::High, at) << 32
            }
        }
    }

    // What is packed is as wide as it was: the casts lose nothing.

    #[inline]
    fn subject(self) -> u32 {
        match self {
            Place::Written(chunk, at) => chunk.subject(at),
            Place::Packed(chunk, at) => chunk.number(Column::Subject, at) as u32,
        }
    }

    #[inline]
    fn object(self) -> u32 {
        match self {
            Place::Written(chunk, at) => chunk.object(at),
            Place::Packed(chunk, at) => chunk.number(Column::Object, at) as u32,
        }
    }

    #[inline]
    fn location(self) -> u16 {
        match self {
            Place::Written(chunk, at) => chunk.location(at),
            Place::Packed(chunk, at) => chunk.number(Column::Location, at) as u16,
        }
    }

    #[inline]
    fn kind_code(self) -> u8 {
        match self {
            Place::Written(chunk, at) => chunk.kind_code(at),
            Place::Packed(chunk, at) => chunk.number(Column::Kind, at) as u8,
        }
    }

    #[inline]
    fn flags(self) -> u8 {
        match self {
            Place::Written(chunk, at) => chunk.flags(at),
            Place::Packed(chunk, at) => chunk.number(Column::Flags, at) as u8,
        }
    }

    #[inline]
    fn kind(self) -> Kind {
        // Only codes of kinds are ever written.
        Kind::from_code(self.kind_code()).unwrap_or(Kind::RunBegun)
    }

    #[inline]
    fn event(self) -> Event {
        Event {
            time: self.time(),
            kind: self.kind(),
            flags: self.flags(),
            location: self.location(),
            subject: self.subject(),
            object: self.object(),
            value: self.value(),
        }
    }
}

/// An append-only table of events, stored column by column: 28 bytes each, fewer once they are
/// [packed](Self::pack).
///
/// Appending is constant time: a chunk is allocated every [`CHUNK`] events and never moves.
///
/// The oldest events can be [let go](Self::condensed). Those that stay keep their numbers.
#[derive(Default)]
pub struct Columns {
    /// The first chunks. Copies of a table share them.
    packed: Vec<Rc<Packed>>,
    /// Those after them.
    chunks: Vec<Chunk>,
    /// The number that the next event gets.
    len: usize,
    /// The number of the first event from which on all are here.
    first: usize,
    /// What is kept of those before it.
    past: Option<Rc<Past>>,
}

impl Columns {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A table of which only what `past` says is known before event number `first`, the next
    /// that is appended.
    #[must_use]
    pub fn begin(first: usize, past: Past) -> Self {
        let mut columns = Self {
            len: first,
            first,
            past: Some(Rc::new(past)),
            ..Self::default()
        };
        if !first.is_multiple_of(CHUNK) {
            columns.grow();
        }
        columns
    }

    /// Number of events, those that were let go included: the number that the next one gets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no events, and never were.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of the first event from which on all are here: 0 unless some were let go.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// What is kept of the events that were let go, if any were.
    #[must_use]
    pub fn past(&self) -> Option<&Past> {
        self.past.as_deref()
    }

    /// The same table from event number `first` on, which is one of those that are here or the
    /// one after the last. Of those before it, `past` is kept. What is packed is shared and not
    /// copied.
    #[must_use]
    pub fn condensed(&self, first: usize, past: Past) -> Self {
        let first = first.clamp(self.first, self.len);
        let skipped = first / CHUNK - self.first / CHUNK;
        let written = skipped.saturating_sub(self.packed.len());
        Self {
            packed: self.packed.iter().skip(skipped).cloned().collect(),
            chunks: self.chunks.iter().skip(written).cloned().collect(),
            len: self.len,
            first,
            past: Some(Rc::new(past)),
        }
    }

    /// Lets go of events before number `before`, a whole chunk at a time, and keeps nothing of
    /// them. Returns how many went.
    #[cfg(feature = "trace")]
    pub(crate) fn let_go(&mut self, before: usize) -> usize {
        let before = before.min(self.len) / CHUNK * CHUNK;
        if before <= self.first {
            return 0;
        }
        let gone = before - self.first;
        let skipped = before / CHUNK - self.first / CHUNK;
        let packed = skipped.min(self.packed.len());
        self.packed.drain(..packed);
        self.chunks.drain(..skipped - packed);
        self.first = before;
        self.past = None;
        gone
    }

    /// Bytes of memory that the table holds.
    #[must_use]
    pub fn memory(&self) -> usize {
        let packed: usize = self.packed.iter().map(|chunk| chunk.memory()).sum();
        let past = self.past.as_ref().map_or(0, |past| past.memory());
        past + packed + self.chunks.len() * (CHUNK_BYTES + size_of::<Chunk>())
    }

    /// Stores the chunks that are full in as few bits as their numbers need: about a third, as a
    /// rule. For who keeps a log that others write: reading takes a little longer, and appending
    /// goes on as before.
    ///
    /// ```
    /// use wakeline::log::{CHUNK, Columns, Event, Kind};
    ///
    /// let mut columns = Columns::new();
    /// for time in 0..CHUNK as u64 {
    ///     let (flags, location, subject, object, value) = (0, 0, 1, 0, 0);
    ///     let kind = Kind::PollBegun;
    ///     columns.push(Event { time, kind, flags, location, subject, object, value });
    /// }
    /// let before = columns.memory();
    /// columns.pack();
    /// assert!(columns.memory() < before / 2);
    /// assert_eq!(columns.time(7), 7);
    /// ```
    pub fn pack(&mut self) {
        let full = self.len / CHUNK - self.first / CHUNK - self.packed.len();
        for chunk in self.chunks.drain(..full) {
            let packed = Packed::new(|at| Place::Written(&chunk, at).event());
            self.packed.push(Rc::new(packed));
        }
    }

    /// Appends an event.
    #[inline]
    pub fn push(&mut self, event: Event) {
        if self.room() == 0 {
            self.grow();
        }
        let parties = super::pack(event.subject, event.object);
        let rest = rest(event.kind, event.flags) | u32::from(event.location);
        self.push_parts(event.time, event.value, parties, rest);
    }

    /// The same of an event in the form in which it is stored, if there is [room](Self::room).
    #[inline]
    pub(crate) fn push_parts(&mut self, time: u64, value: u64, parties: u64, rest: u32) {
        debug_assert!(
            self.chunks.len() + self.packed.len() == self.len / CHUNK - self.first / CHUNK + 1
        );
        let Some(chunk) = self.chunks.last_mut() else {
            return;
        };
        chunk.write(self.len, time, value, parties, rest);
        self.len += 1;
    }

    /// How many events can be appended before another chunk has to be asked for.
    #[inline]
    pub(crate) fn room(&self) -> usize {
        self.len.wrapping_neg() % CHUNK
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.chunks.push(Chunk::new());
    }

    /// The event with this sequence number; `None` past the end, and for one that was let go.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Event> {
        if index >= self.len {
            return None;
        }
        if index < self.first {
            return self.past.as_ref()?.get(index);
        }
        Some(self.place(index).event())
    }

    /// The time of an event in nanoseconds; the last event's time past the end, 0 when empty. Of
    /// an event that was let go, that of the last before it of which something is kept.
    #[must_use]
    pub fn time(&self, index: usize) -> u64 {
        if self.len == 0 {
            return 0;
        }
        let index = index.min(self.len - 1);
        if index < self.first {
            return self.past.as_ref().map_or(0, |past| past.time(index));
        }
        self.place(index).time()
    }

    /// The kind of an event, `None` past the end, and for one that was let go.
    #[must_use]
    pub fn kind(&self, index: usize) -> Option<Kind> {
        if index >= self.len {
            return None;
        }
        if index < self.first {
            return self.get(index).map(|event| event.kind);
        }
        Some(self.place(index).kind())
    }

    /// The events from `first` on in order, but for those that were let go.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = Event> + '_ {
        (first.max(self.first)..self.len).map_while(|index| self.get(index))
    }

    /// The events that were not let go, each with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, Event)> + '_ {
        // The binary form and the recorder's limit keep sequence numbers to 32 bits.
        (self.first as u32..).zip(self.iter_from(self.first))
    }

    /// The number of events whose time is before `time` (nanoseconds): the index of the first
    /// event that is not. Of those that were let go, none is found. Logarithmic.
    #[must_use]
    pub fn first_at_or_after(&self, time: u64) -> usize {
        let (mut low, mut high) = (self.first, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time(middle) < time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low
    }

    /// Appends the columns of these events to `out`, each whole, little-endian, in the order of
    /// the binary form. A column at a time and a chunk at a time: a log of a million events is
    /// written while somebody waits for the end of its run.
    pub(super) fn write(&self, range: Range<usize>, out: &mut Vec<u8>) {
        self.write_column(&range, out, |place| place.time().to_le_bytes());
        self.write_column(&range, out, |place| place.value().to_le_bytes());
        self.write_column(&range, out, |place| place.subject().to_le_bytes());
        self.write_column(&range, out, |place| place.object().to_le_bytes());
        self.write_column(&range, out, |place| place.location().to_le_bytes());
        self.write_column(&range, out, |place| [place.kind_code()]);
        self.write_column(&range, out, |place| [place.flags()]);
    }

    fn write_column<const WIDTH: usize>(
        &self,
        range: &Range<usize>,
        out: &mut Vec<u8>,
        bytes: impl Fn(Place<'_>) -> [u8; WIDTH],
    ) {
        let mut index = range.start;
        while index < range.end {
            let (chunk, first) = (index / CHUNK - self.first / CHUNK, index % CHUNK);
            let number = (range.end - index).min(CHUNK - first);
            let start = out.len();
            out.resize(start + number * WIDTH, 0);
            let (places, _) = out[start..].as_chunks_mut::<WIDTH>();
            let places = places.iter_mut().zip(first..);
            match self.packed.get(chunk) {
                Some(chunk) => places.for_each(|(out, at)| *out = bytes(Place::Packed(chunk, at))),
                None => {
                    let chunk = &self.chunks[chunk - self.packed.len()];
                    places.for_each(|(out, at)| *out = bytes(Place::Written(chunk, at)));
                }
            }
            index += number;
        }
    }

    #[inline]
    fn place(&self, index: usize) -> Place<'_> {
        let (chunk, at) = (index / CHUNK - self.first / CHUNK, index % CHUNK);
        match self.packed.get(chunk) {
            Some(packed) => Place::Packed(packed, at),
            None => Place::Written(&self.chunks[chunk - self.packed.len()], at),
        }
    }
}

impl Clone for Columns {
    fn clone(&self) -> Self {
        Self {
            packed: self.packed.clone(),
            chunks: self.chunks.clone(),
            past: self.past.clone(),
            ..*self
        }
    }
}

impl std::fmt::Debug for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Columns")
            .field("first", &self.first)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neighbours differ in every field, and every bit of each is set in one of them.
    fn event(time: u64) -> Event {
        let odd = time % 2 == 1;
        Event {
            time,
            kind: if odd { Kind::Metric } else { Kind::PollBegun },
            flags: if odd { 0xf0 } else { 0x0f } ^ time as u8,
            location: if odd { 0xff00 } else { 0x00ff } ^ time as u16,
            subject: if odd { 0xffff_0000 } else { 0xffff } ^ time as u32,
            object: if odd { 0xff00_ff00 } else { 0x00ff_00ff } ^ time as u32,
            value: if odd { u64::MAX } else { 1 << 63 } ^ time,
        }
    }

    #[test]
    fn events_come_back_as_they_went_in_across_chunks() {
        let mut columns = Columns::new();
        for time in 0..3 * CHUNK as u64 + 1 {
            columns.push(event(time));
        }
        assert_eq!(columns.len(), 3 * CHUNK + 1);
        for index in 0..=3 * CHUNK {
            assert_eq!(columns.get(index), Some(event(index as u64)));
        }
        assert_eq!(columns.get(3 * CHUNK + 1), None);
    }

    #[test]
    fn events_come_back_as_they_went_in_when_they_are_packed() {
        let mut columns = Columns::new();
        let end = 5 * CHUNK as u64 / 2;
        for time in 0..end {
            columns.push(event(time));
            if time == 3 * CHUNK as u64 / 2 {
                columns.pack();
            }
        }
        let count = columns.len();
        for packed in [1, 2] {
            assert_eq!(columns.packed.len(), packed);
            for index in 0..count {
                assert_eq!(columns.get(index), Some(event(index as u64)));
                assert_eq!(columns.time(index), index as u64);
                assert_eq!(columns.first_at_or_after(index as u64), index);
            }
            columns.pack();
        }
        assert_eq!(columns.get(count), None);
    }

    #[test]
    fn numbers_of_any_width_come_back_when_they_are_packed() {
        let mut random = 1_u64;
        for bits in 0..=64_u32 {
            let mut next = |most: u32| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let width = bits.min(most);
                // The greatest and the least of this width are among them.
                let number = match random >> 60 {
                    0 => u64::MAX,
                    1 => 0,
                    _ => random.rotate_left(17),
                };
                number.checked_shr(64 - width).unwrap_or(0)
            };
            let events: Vec<Event> = (0..CHUNK)
                .map(|_| Event {
                    time: next(64),
                    kind: Kind::PollBegun,
                    flags: next(8) as u8,
                    location: next(16) as u16,
                    subject: next(32) as u32,
                    object: next(32) as u32,
                    value: next(64),
                })
                .collect();
            let mut columns = Columns::new();
            for event in &events {
                columns.push(*event);
            }
            columns.pack();
            assert_eq!(columns.packed.len(), 1);
            assert!(columns.iter_from(0).eq(events), "{bits} bits");
        }
    }

    #[test]
    fn equal_events_take_next_to_nothing() {
        let mut columns = Columns::new();
        for _ in 0..4 * CHUNK {
            columns.push(event(3));
        }
        columns.pack();
        assert!(columns.memory() < 1024, "{}", columns.memory());
        assert_eq!(columns.get(4 * CHUNK - 1), Some(event(3)));
    }

    #[test]
    fn search_by_time_finds_the_first_of_equal_times() {
        let mut columns = Columns::new();
        for time in [0, 0, 5, 5, 5, 9] {
            columns.push(event(time));
        }
        let found = [0, 1, 5, 6, 9, 10].map(|time| columns.first_at_or_after(time));
        assert_eq!(found, [0, 2, 2, 5, 5, 6]);
    }

    /// Events before `first` of which some are kept.
    fn past(first: usize) -> Past {
        let kept = (0..first as u64).step_by(3);
        Past {
            events: kept.map(|time| (time as u32, event(time))).collect(),
            standing: Vec::new(),
        }
    }

    #[test]
    fn what_stays_keeps_its_number_when_the_rest_is_let_go() {
        let mut columns = Columns::new();
        let end = 4 * CHUNK as u64 + 77;
        for time in 0..end {
            columns.push(event(time));
            if time == 2 * CHUNK as u64 + 9 {
                columns.pack();
            }
        }
        for first in [
            1,
            5,
            CHUNK,
            CHUNK + 1,
            2 * CHUNK,
            3 * CHUNK + 3,
            end as usize,
        ] {
            let mut rest = columns.condensed(first, past(first));
            let mut fresh = Columns::begin(first, past(first));
            for time in first as u64..end {
                fresh.push(event(time));
            }
            for _ in 0..2 {
                for columns in [&rest, &fresh] {
                    assert_eq!((columns.first(), columns.len()), (first, end as usize));
                    for index in 0..=end as usize {
                        let here = index < end as usize && (index >= first || index % 3 == 0);
                        let expected = here.then(|| event(index as u64));
                        assert_eq!(columns.get(index), expected, "{index} from {first}");
                    }
                    let before = (first - 1) / 3 * 3;
                    assert_eq!(columns.time(first - 1), before as u64);
                    let found = [0, end].map(|time| columns.first_at_or_after(time));
                    assert_eq!(found, [first, end as usize]);
                    let numbers = columns.numbered().map(|(number, _)| number);
                    assert!(numbers.eq(first as u32..end as u32));
                }
                rest.push(event(end));
                assert_eq!(rest.get(end as usize), Some(event(end)));
                rest = columns.condensed(first, past(first));
                rest.pack();
                fresh.pack();
            }
        }
    }

    #[test]
    #[cfg(feature = "trace")]
    fn whole_chunks_are_let_go() {
        let mut columns = Columns::new();
        for time in 0..3 * CHUNK as u64 + 5 {
            columns.push(event(time));
        }
        let memory = columns.memory();
        assert_eq!(columns.let_go(CHUNK - 1), 0);
        assert_eq!(columns.let_go(2 * CHUNK + 9), 2 * CHUNK);
        assert_eq!(columns.let_go(2 * CHUNK + 9), 0);
        assert!(columns.memory() <= memory / 2);
        assert_eq!(columns.get(0), None);
        assert_eq!(columns.get(2 * CHUNK), Some(event(2 * CHUNK as u64)));
        assert_eq!(columns.len(), 3 * CHUNK + 5);
        assert_eq!(columns.let_go(usize::MAX), CHUNK);
        columns.push(event(7));
        assert_eq!(columns.get(3 * CHUNK + 5), Some(event(7)));
    }

    #[test]
    fn an_event_takes_28_bytes() {
        assert_eq!(CHUNK_BYTES, 28 * CHUNK);
    }
}
