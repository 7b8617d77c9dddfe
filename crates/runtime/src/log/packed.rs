//! A chunk of events that is full, in as few bytes as its numbers need.
//!
//! Neighbours of a log are alike: their times lie close together, and their numbers are small. So
//! each column stores how far its numbers are from the least of them, in as many bytes as the
//! greatest of these distances takes, and none if they are all the same. Reading one stays a
//! matter of constant time.

use super::Event;
use super::columns::CHUNK;

/// The columns.
const COLUMNS: usize = 7;
/// Bytes that are read and written at once.
const WORD: usize = size_of::<u64>();

/// A column of a packed chunk.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Time,
    Value,
    Subject,
    Object,
    Location,
    Kind,
    Flags,
}

/// Where a column lies, and how wide it is.
#[derive(Clone, Copy, Default)]
struct Layout {
    /// The least number of the column.
    least: u64,
    /// Where the distances from it begin.
    start: u32,
    /// Bytes of each.
    width: u8,
}

/// [`CHUNK`] events.
pub(super) struct Packed {
    layout: [Layout; COLUMNS],
    /// Ends with as many zeroes as let the last distance be read as eight bytes.
    bytes: Box<[u8]>,
}

impl Packed {
    /// Packs the events that `get` gives for the numbers below [`CHUNK`].
    pub(super) fn new(get: impl Fn(usize) -> Event) -> Self {
        let mut numbers = vec![[0; CHUNK]; COLUMNS];
        for (at, event) in (0..CHUNK).map(get).enumerate() {
            let mut put = |column: Column, number| numbers[column as usize][at] = number;
            put(Column::Time, event.time);
            put(Column::Value, event.value);
            put(Column::Subject, event.subject.into());
            put(Column::Object, event.object.into());
            put(Column::Location, event.location.into());
            put(Column::Kind, event.kind.code().into());
            put(Column::Flags, event.flags.into());
        }
        let mut layout = [Layout::default(); COLUMNS];
        let mut length = 0;
        for (numbers, layout) in numbers.iter().zip(&mut layout) {
            let (least, greatest) = numbers
                .iter()
                .fold((u64::MAX, 0), |(least, greatest), &number| {
                    (number.min(least), number.max(greatest))
                });
            let width = (64 - (greatest - least).leading_zeros()).div_ceil(8);
            *layout = Layout {
                least,
                start: length,
                width: width as u8,
            };
            length += width * CHUNK as u32;
        }
        let mut bytes = vec![0; length as usize + WORD];
        for (numbers, layout) in numbers.iter().zip(&layout) {
            if layout.width == 0 {
                continue;
            }
            // Eight bytes at a time, of which the next number overwrites what is too much.
            for (at, number) in numbers.iter().enumerate() {
                let place = layout.start as usize + at * usize::from(layout.width);
                bytes[place..place + WORD].copy_from_slice(&(number - layout.least).to_le_bytes());
            }
        }
        Self {
            layout,
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// A number of the event at this place of the chunk.
    #[inline]
    pub(super) fn number(&self, column: Column, at: usize) -> u64 {
        let Layout {
            least,
            start,
            width,
        } = self.layout[column as usize];
        if width == 0 {
            return least;
        }
        let place = start as usize + at % CHUNK * usize::from(width);
        // The zeroes at the end make eight bytes of the last distance too.
        let wide = match self.bytes[place..].first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => 0,
        };
        least + (wide & (u64::MAX >> (64 - 8 * u32::from(width))))
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }
}
