//! Columns of events in chunks of equal size.

use std::ops::Range;

use super::{Event, Kind};

/// Events in one chunk. A power of two, so that an index splits by shift and mask.
pub const CHUNK: usize = 1024;

/// Words that the columns of a chunk take: an event has three and a half.
const WORDS: usize = CHUNK * 7 / 2;
/// Where the columns begin.
const TIME: usize = 0;
const VALUE: usize = CHUNK;
/// Subject in the lower half, object in the upper.
const PARTIES: usize = 2 * CHUNK;
/// Two events share a word: location, kind and flags of the even one are in the lower half.
const REST: usize = 3 * CHUNK;

/// The columns of up to [`CHUNK`] events, in one array of words: it is asked for as zeroes, which
/// the system has at hand, and an event is four writes at fixed distances.
struct Chunk(Box<[u64; WORDS]>);

/// What two events of a chunk share a word for.
#[inline]
fn rest(event: &Event) -> u32 {
    u32::from(event.location) | u32::from(event.kind.code()) << 16 | u32::from(event.flags) << 24
}

impl Chunk {
    fn new() -> Self {
        let words = vec![0; WORDS].into_boxed_slice();
        // Cannot fail, and costs nothing: the length is right.
        Self(words.try_into().unwrap_or_else(|_| Box::new([0; WORDS])))
    }

    /// Writes an event whose place is still all zeroes.
    #[inline]
    fn write(&mut self, at: usize, event: &Event) {
        let at = at % CHUNK;
        let words = &mut *self.0;
        words[TIME + at] = event.time;
        words[VALUE + at] = event.value;
        words[PARTIES + at] = super::pack(event.subject, event.object);
        words[REST + at / 2] |= u64::from(rest(event)) << (at % 2 * 32);
    }

    #[inline]
    fn rest(&self, at: usize) -> u32 {
        (self.0[REST + at % CHUNK / 2] >> (at % 2 * 32)) as u32
    }

    #[inline]
    fn time(&self, at: usize) -> u64 {
        self.0[TIME + at % CHUNK]
    }

    #[inline]
    fn value(&self, at: usize) -> u64 {
        self.0[VALUE + at % CHUNK]
    }

    #[inline]
    fn subject(&self, at: usize) -> u32 {
        self.0[PARTIES + at % CHUNK] as u32
    }

    #[inline]
    fn object(&self, at: usize) -> u32 {
        (self.0[PARTIES + at % CHUNK] >> 32) as u32
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
    fn kind(&self, at: usize) -> Kind {
        // Only codes of kinds are ever written.
        Kind::from_code(self.kind_code(at)).unwrap_or(Kind::RunBegun)
    }

    #[inline]
    fn flags(&self, at: usize) -> u8 {
        (self.rest(at) >> 24) as u8
    }
}

/// An append-only table of events, 28 bytes each, stored column by column.
///
/// Appending is constant time: a chunk is allocated every [`CHUNK`] events and never moves.
#[derive(Default)]
pub struct Columns {
    chunks: Vec<Chunk>,
    len: usize,
}

impl Columns {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory that the table holds.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.chunks.len() * (size_of::<[u64; WORDS]>() + size_of::<Chunk>())
    }

    /// Appends an event.
    #[inline]
    pub fn push(&mut self, event: Event) {
        let at = self.len % CHUNK;
        if at == 0 {
            self.grow();
        }
        // `grow` made sure that the last chunk has room; `at` is below CHUNK by construction.
        let Some(chunk) = self.chunks.last_mut() else {
            return;
        };
        chunk.write(at, &event);
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.chunks.push(Chunk::new());
    }

    /// The event with this sequence number.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Event> {
        if index >= self.len {
            return None;
        }
        let (chunk, at) = self.place(index);
        Some(Event {
            time: chunk.time(at),
            kind: chunk.kind(at),
            flags: chunk.flags(at),
            location: chunk.location(at),
            subject: chunk.subject(at),
            object: chunk.object(at),
            value: chunk.value(at),
        })
    }

    /// The time of an event in nanoseconds; the last event's time past the end, 0 when empty.
    #[must_use]
    pub fn time(&self, index: usize) -> u64 {
        if self.len == 0 {
            return 0;
        }
        let (chunk, at) = self.place(index.min(self.len - 1));
        chunk.time(at)
    }

    /// The kind of an event, `None` past the end.
    #[must_use]
    pub fn kind(&self, index: usize) -> Option<Kind> {
        if index >= self.len {
            return None;
        }
        let (chunk, at) = self.place(index);
        Some(chunk.kind(at))
    }

    /// All events in order, or those from `first` on.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = Event> + '_ {
        (first..self.len).map_while(|index| self.get(index))
    }

    /// The number of events whose time is before `time` (nanoseconds): the index of the first
    /// event that is not. Logarithmic.
    #[must_use]
    pub fn first_at_or_after(&self, time: u64) -> usize {
        let (mut low, mut high) = (0, self.len);
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
        self.write_column(&range, out, |chunk, at| chunk.time(at).to_le_bytes());
        self.write_column(&range, out, |chunk, at| chunk.value(at).to_le_bytes());
        self.write_column(&range, out, |chunk, at| chunk.subject(at).to_le_bytes());
        self.write_column(&range, out, |chunk, at| chunk.object(at).to_le_bytes());
        self.write_column(&range, out, |chunk, at| chunk.location(at).to_le_bytes());
        self.write_column(&range, out, |chunk, at| [chunk.kind_code(at)]);
        self.write_column(&range, out, |chunk, at| [chunk.flags(at)]);
    }

    fn write_column<const WIDTH: usize>(
        &self,
        range: &Range<usize>,
        out: &mut Vec<u8>,
        bytes: impl Fn(&Chunk, usize) -> [u8; WIDTH],
    ) {
        let mut at = range.start;
        while at < range.end {
            let (chunk, first) = self.place(at);
            let number = (range.end - at).min(CHUNK - first);
            let start = out.len();
            out.resize(start + number * WIDTH, 0);
            let (places, _) = out[start..].as_chunks_mut::<WIDTH>();
            for (place, at) in places.iter_mut().zip(first..) {
                *place = bytes(chunk, at);
            }
            at += number;
        }
    }

    fn place(&self, index: usize) -> (&Chunk, usize) {
        (&self.chunks[index / CHUNK], index % CHUNK)
    }
}

impl Clone for Columns {
    fn clone(&self) -> Self {
        let mut copy = Self::new();
        for event in self.iter_from(0) {
            copy.push(event);
        }
        copy
    }
}

impl std::fmt::Debug for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Columns")
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
    fn search_by_time_finds_the_first_of_equal_times() {
        let mut columns = Columns::new();
        for time in [0, 0, 5, 5, 5, 9] {
            columns.push(event(time));
        }
        let found = [0, 1, 5, 6, 9, 10].map(|time| columns.first_at_or_after(time));
        assert_eq!(found, [0, 2, 2, 5, 5, 6]);
    }

    #[test]
    fn an_event_takes_28_bytes() {
        assert_eq!(size_of::<[u64; WORDS]>(), 28 * CHUNK);
    }
}
