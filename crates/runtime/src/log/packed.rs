//! A chunk of events that is full, in as few bits as its numbers need.
//!
//! Neighbours of a log are alike: their times lie close together, and their numbers are small. So
//! each column stores how far its numbers are from the least of them, in as many bits as the
//! greatest of these distances takes, and none if they are all the same. A value is two columns,
//! since many are two numbers. Reading one stays a matter of constant time.

use super::Event;
use super::columns::CHUNK;

/// The columns.
const COLUMNS: usize = 8;
/// Bytes that are read at once.
const WORD: usize = size_of::<u64>();
/// Bits that eight bytes have wherever in the first of them a number begins.
const MOST_BITS: u32 = 57;

/// A column of a packed chunk.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Time,
    Low,
    High,
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
    /// The byte with which the distances from it begin.
    start: u32,
    /// Bits of each.
    width: u32,
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
            put(Column::Low, event.low().into());
            put(Column::High, event.high().into());
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
            let width = match 64 - (greatest - least).leading_zeros() {
                // A number that begins at a byte can have them all.
                width if width > MOST_BITS => 64,
                width => width,
            };
            *layout = Layout {
                least,
                start: length,
                width,
            };
            length += width * (CHUNK / 8) as u32;
        }
        let mut bytes = Vec::with_capacity(length as usize + WORD);
        for (numbers, layout) in numbers.iter().zip(&layout) {
            write(numbers, layout, &mut bytes);
        }
        bytes.extend([0; WORD]);
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
        let bit = at % CHUNK * width as usize;
        // The zeroes at the end make eight bytes of the last distance too.
        let wide = match self.bytes[start as usize + bit / 8..].first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => 0,
        };
        least + (wide >> (bit % 8) & u64::MAX >> (64 - width))
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }
}

/// Appends the distances of a column, the first in the lowest bits.
fn write(numbers: &[u64; CHUNK], layout: &Layout, bytes: &mut Vec<u8>) {
    let (mut word, mut filled) = (0_u128, 0);
    for number in numbers {
        word |= u128::from(number - layout.least) << filled;
        filled += layout.width;
        if filled >= 64 {
            bytes.extend((word as u64).to_le_bytes());
            word >>= 64;
            filled -= 64;
        }
    }
}
