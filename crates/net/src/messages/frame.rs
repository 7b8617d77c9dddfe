//! Frames: a length, and as many bytes.

use std::fmt;

/// How many bytes a length takes.
const LENGTH: usize = 4;

/// A frame around these bytes.
///
/// # Panics
/// If they are 4 GiB or more.
#[must_use]
pub fn encode(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("less than 4 GiB");
    let mut frame = Vec::with_capacity(LENGTH + payload.len());
    frame.extend(length.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Takes frames out of bytes that come in any pieces.
///
/// ```
/// use wakeline_net::messages::{Decoder, encode};
///
/// let mut decoder = Decoder::new(100);
/// let bytes = [encode(b"one"), encode(b"two")].concat();
/// decoder.push(&bytes[..9]);
/// assert_eq!(decoder.next().unwrap().as_deref(), Some(&b"one"[..]));
/// assert_eq!(decoder.next().unwrap(), None);
/// decoder.push(&bytes[9..]);
/// assert_eq!(decoder.next().unwrap().as_deref(), Some(&b"two"[..]));
/// ```
#[derive(Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// How much at the beginning has been taken.
    taken: usize,
    longest: usize,
}

impl Decoder {
    /// A decoder that takes frames of so many bytes at most.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self {
            bytes: Vec::new(),
            taken: 0,
            longest,
        }
    }

    /// Bytes have arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, if all of it is here.
    ///
    /// # Errors
    /// If it is too long, as soon as its length is known. It stays so: where the next one begins is
    /// not known before it was read.
    #[allow(
        clippy::should_implement_trait,
        reason = "it is no end when there is none"
    )]
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, Oversize> {
        let rest = &self.bytes[self.taken..];
        let Some((length, rest)) = rest.split_first_chunk::<LENGTH>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > self.longest {
            return Err(Oversize { length });
        }
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        let payload = payload.to_vec();
        self.taken += LENGTH + length;
        Ok(Some(payload))
    }

    /// Whether a part of a frame is here.
    #[must_use]
    pub fn has_part(&self) -> bool {
        self.taken < self.bytes.len()
    }
}

/// A frame is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oversize {
    /// How long it would be.
    pub length: usize,
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a frame of {} bytes is too long", self.length)
    }
}

impl std::error::Error for Oversize {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn frames_are_the_same_however_they_are_split(
            payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..12),
            pieces in proptest::collection::vec(1_usize..40, 1..20),
        ) {
            let bytes: Vec<u8> = payloads.iter().flat_map(|payload| encode(payload)).collect();
            let mut decoder = Decoder::new(60);
            let mut found = Vec::new();
            let mut rest = &bytes[..];
            for size in pieces.iter().cycle() {
                let (piece, behind) = rest.split_at((*size).min(rest.len()));
                decoder.push(piece);
                while let Some(frame) = decoder.next().unwrap() {
                    found.push(frame);
                }
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert!(!decoder.has_part());
            prop_assert_eq!(found, payloads);
        }

        #[test]
        fn any_bytes_are_frames_or_too_long(bytes: Vec<u8>) {
            let mut decoder = Decoder::new(16);
            decoder.push(&bytes);
            let mut taken = 0;
            while let Ok(Some(frame)) = decoder.next() {
                taken += 4 + frame.len();
            }
            prop_assert!(taken <= bytes.len());
            if let Err(Oversize { length }) = decoder.next() {
                prop_assert!(length > 16);
            }
        }

        #[test]
        fn a_frame_that_is_too_long_is_known_by_its_first_four_bytes(longer in 1_u32..u32::MAX - 16) {
            let mut decoder = Decoder::new(16);
            let length = (16 + longer).to_be_bytes();
            decoder.push(&length[..3]);
            prop_assert_eq!(decoder.next(), Ok(None));
            decoder.push(&length[3..]);
            prop_assert!(decoder.next().is_err());
            decoder.push(b"more");
            prop_assert!(decoder.next().is_err());
        }
    }
}
