//! Columns of events in chunks of equal size.

use std::ops::Range;

use super::{Event, Kind};

/// Events in one chunk. A power of two, so that an index splits by shift and mask.
pub const CHUNK: usize = 1024;

/// The columns of up to [`CHUNK`] events.
struct Chunk {
    time: [u64; CHUNK],
    value: [u64; CHUNK],
    subject: [u32; CHUNK],
    object: [u32; CHUNK],
    location: [u16; CHUNK],
    kind: [Kind; CHUNK],
    flags: [u8; CHUNK],
}

impl Chunk {
    const EMPTY: Self = Self {
        time: [0; CHUNK],
        value: [0; CHUNK],
        subject: [0; CHUNK],
        object: [0; CHUNK],
        location: [0; CHUNK],
        kind: [Kind::RunBegun; CHUNK],
        flags: [0; CHUNK],
    };
}

/// An append-only table of events, 28 bytes each, stored column by column.
///
/// Appending is constant time: a chunk is allocated every [`CHUNK`] events and never moves.
#[derive(Default)]
pub struct Columns {
    chunks: Vec<Box<Chunk>>,
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
        self.chunks.len() * (size_of::<Chunk>() + size_of::<Box<Chunk>>())
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
        chunk.time[at] = event.time;
        chunk.value[at] = event.value;
        chunk.subject[at] = event.subject;
        chunk.object[at] = event.object;
        chunk.location[at] = event.location;
        chunk.kind[at] = event.kind;
        chunk.flags[at] = event.flags;
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.chunks.push(Box::new(Chunk::EMPTY));
    }

    /// The event with this sequence number.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Event> {
        if index >= self.len {
            return None;
        }
        let (chunk, at) = self.place(index);
        Some(Event {
            time: chunk.time[at],
            kind: chunk.kind[at],
            flags: chunk.flags[at],
            location: chunk.location[at],
            subject: chunk.subject[at],
            object: chunk.object[at],
            value: chunk.value[at],
        })
    }

    /// The time of an event in nanoseconds; the last event's time past the end, 0 when empty.
    #[must_use]
    pub fn time(&self, index: usize) -> u64 {
        if self.len == 0 {
            return 0;
        }
        let (chunk, at) = self.place(index.min(self.len - 1));
        chunk.time[at]
    }

    /// The kind of an event, `None` past the end.
    #[must_use]
    pub fn kind(&self, index: usize) -> Option<Kind> {
        if index >= self.len {
            return None;
        }
        let (chunk, at) = self.place(index);
        Some(chunk.kind[at])
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
        self.write_column(&range, out, |chunk| &chunk.time, u64::to_le_bytes);
        self.write_column(&range, out, |chunk| &chunk.value, u64::to_le_bytes);
        self.write_column(&range, out, |chunk| &chunk.subject, u32::to_le_bytes);
        self.write_column(&range, out, |chunk| &chunk.object, u32::to_le_bytes);
        self.write_column(&range, out, |chunk| &chunk.location, u16::to_le_bytes);
        self.write_column(&range, out, |chunk| &chunk.kind, |kind| [kind.code()]);
        self.write_column(&range, out, |chunk| &chunk.flags, |flags| [flags]);
    }

    fn write_column<T: Copy, const WIDTH: usize>(
        &self,
        range: &Range<usize>,
        out: &mut Vec<u8>,
        column: impl Fn(&Chunk) -> &[T; CHUNK],
        bytes: impl Fn(T) -> [u8; WIDTH],
    ) {
        let mut at = range.start;
        while at < range.end {
            let (chunk, first) = self.place(at);
            let number = (range.end - at).min(CHUNK - first);
            let values = &column(chunk)[first..first + number];
            let start = out.len();
            out.resize(start + number * WIDTH, 0);
            let (places, _) = out[start..].as_chunks_mut::<WIDTH>();
            for (place, value) in places.iter_mut().zip(values) {
                *place = bytes(*value);
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

    fn event(time: u64) -> Event {
        Event {
            time,
            kind: Kind::PollBegun,
            flags: 3,
            location: 4,
            subject: 5,
            object: 6,
            value: 7,
        }
    }

    #[test]
    fn events_come_back_as_they_went_in_across_chunks() {
        let mut columns = Columns::new();
        for time in 0..3 * CHUNK as u64 + 1 {
            columns.push(event(time));
        }
        assert_eq!(columns.len(), 3 * CHUNK + 1);
        for index in [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK, 3 * CHUNK] {
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
        assert_eq!(size_of::<Chunk>(), 28 * CHUNK);
    }
}
