//! Frames, and the messages that they make up.

use std::fmt;

/// The longest payload of a frame that says something about the connection.
const LONGEST_CONTROL: usize = 125;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Message {
    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation = 0,
    Text = 1,
    Bytes = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Bytes,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }
}

/// What has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrived {
    Message(Message),
    Ping(Vec<u8>),
    Pong,
    Close(Vec<u8>),
}

/// How the other side breaks the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A frame that may not be.
    Protocol,
    /// Text that is none.
    NotText,
    /// A message that is too long.
    TooLong,
}

impl Violation {
    /// The code to close the connection with.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotText => 1007,
            Self::TooLong => 1009,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Protocol => "a frame that may not be",
            Self::NotText => "text that is none",
            Self::TooLong => "a message that is too long",
        })
    }
}

/// A whole frame. What a client sends is masked.
pub(super) fn encode(opcode: Opcode, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode as u8];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if length <= LONGEST_CONTROL => frame.push(masked | short),
        (_, Ok(medium)) => {
            frame.push(masked | 126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    match mask {
        None => frame.extend(payload),
        Some(mask) => {
            frame.extend(mask);
            frame.extend(
                payload
                    .iter()
                    .zip(mask.iter().cycle())
                    .map(|(byte, mask)| byte ^ mask),
            );
        }
    }
    frame
}

/// Makes messages of bytes that come in any pieces.
#[derive(Debug)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// Whether the other side is a client, whose frames are masked.
    masked: bool,
    longest: usize,
    /// A message whose end has not come.
    begun: Option<(Opcode, Vec<u8>)>,
}

impl Decoder {
    pub(super) fn new(masked: bool, longest: usize, bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            masked,
            longest,
            begun: None,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next thing that has arrived as a whole.
    pub(super) fn next(&mut self) -> Result<Option<Arrived>, Violation> {
        while let Some((opcode, is_last, payload)) = self.frame()? {
            match opcode {
                Opcode::Close => return Ok(Some(Arrived::Close(payload))),
                Opcode::Ping => return Ok(Some(Arrived::Ping(payload))),
                Opcode::Pong => return Ok(Some(Arrived::Pong)),
                Opcode::Continuation => {
                    let Some((_, begun)) = &mut self.begun else {
                        return Err(Violation::Protocol);
                    };
                    begun.extend(payload);
                }
                Opcode::Text | Opcode::Bytes => {
                    if self.begun.replace((opcode, payload)).is_some() {
                        return Err(Violation::Protocol);
                    }
                }
            }
            if is_last && let Some((opcode, payload)) = self.begun.take() {
                let message = if opcode == Opcode::Text {
                    let text = String::from_utf8(payload);
                    Message::Text(text.map_err(|_| Violation::NotText)?)
                } else {
                    Message::Bytes(payload)
                };
                return Ok(Some(Arrived::Message(message)));
            }
        }
        Ok(None)
    }

    /// The next frame: what it carries, whether its message ends with it, and its payload.
    fn frame(&mut self) -> Result<Option<(Opcode, bool, Vec<u8>)>, Violation> {
        let [first, second, rest @ ..] = &self.bytes[..] else {
            return Ok(None);
        };
        let is_last = first & 0x80 != 0;
        let opcode = Opcode::of(first & 0x0f).ok_or(Violation::Protocol)?;
        let has_mask = second & 0x80 != 0;
        let is_control = opcode as u8 >= 8;
        let short = usize::from(second & 0x7f);
        let is_wrong = first & 0x70 != 0
            || has_mask != self.masked
            || (is_control && (!is_last || short > LONGEST_CONTROL));
        if is_wrong {
            return Err(Violation::Protocol);
        }
        let (length, rest) = match short {
            126 => match rest.split_first_chunk::<2>() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk::<8>() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            short => (short as u64, rest),
        };
        let begun = self.begun.as_ref().map_or(0, |(_, begun)| begun.len());
        let length = usize::try_from(length).map_err(|_| Violation::TooLong)?;
        if length
            > self
                .longest
                .saturating_sub(if is_control { 0 } else { begun })
            && !is_control
        {
            return Err(Violation::TooLong);
        }
        let (mask, rest) = if has_mask {
            match rest.split_first_chunk::<4>() {
                Some((mask, rest)) => (*mask, rest),
                None => return Ok(None),
            }
        } else {
            ([0; 4], rest)
        };
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        let unmasked = payload.iter().zip(mask.iter().cycle());
        let payload = unmasked.map(|(byte, mask)| byte ^ mask).collect();
        let used = self.bytes.len() - rest.len() + length;
        self.bytes.drain(..used);
        Ok(Some((opcode, is_last, payload)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages() -> impl Strategy<Value = Vec<Message>> {
        let message = prop_oneof![
            ".{0,40}".prop_map(Message::Text),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(Message::Bytes),
            Just(Message::Bytes(vec![7; 70_000])),
        ];
        proptest::collection::vec(message, 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            cases: 64,
            ..ProptestConfig::default()
        })]

        #[test]
        fn messages_are_the_same_however_their_bytes_are_split(
            messages in messages(),
            mask in proptest::option::of(any::<[u8; 4]>()),
            size in 1_usize..9_000,
        ) {
            let mut bytes = Vec::new();
            for message in &messages {
                let (opcode, payload) = match message {
                    Message::Text(text) => (Opcode::Text, text.as_bytes()),
                    Message::Bytes(bytes) => (Opcode::Bytes, &bytes[..]),
                };
                bytes.extend(encode(opcode, payload, mask));
            }
            let mut decoder = Decoder::new(mask.is_some(), 100_000, Vec::new());
            let mut found = Vec::new();
            for piece in bytes.chunks(size) {
                decoder.push(piece);
                while let Some(arrived) = decoder.next().unwrap() {
                    match arrived {
                        Arrived::Message(message) => found.push(message),
                        other => prop_assert!(false, "{other:?}"),
                    }
                }
            }
            prop_assert_eq!(found, messages);
        }

        #[test]
        fn any_bytes_are_messages_or_a_violation(bytes: Vec<u8>, masked: bool) {
            let mut decoder = Decoder::new(masked, 50, bytes);
            while let Ok(Some(arrived)) = decoder.next() {
                if let Arrived::Message(message) = arrived {
                    prop_assert!(message.len() <= 50);
                }
            }
        }
    }

    #[test]
    fn what_breaks_the_protocol_is_told_apart() {
        let next = |bytes: &[u8]| Decoder::new(false, 10, bytes.to_vec()).next();
        let fragments = [0x01, 2, b'a', b'b', 0x89, 0, 0x80, 1, b'c'];
        assert_eq!(next(&fragments), Ok(Some(Arrived::Ping(vec![]))));
        let mut decoder = Decoder::new(false, 10, fragments.to_vec());
        let _ = decoder.next();
        let whole = Arrived::Message(Message::Text("abc".to_owned()));
        assert_eq!(decoder.next(), Ok(Some(whole)));
        for (bytes, violation) in [
            (&[0x83, 0][..], Violation::Protocol), // an unknown opcode
            (&[0xc1, 0], Violation::Protocol),     // a reserved bit
            (&[0x81, 0x80, 0, 0, 0, 0], Violation::Protocol), // masked by a server
            (&[0x80, 0], Violation::Protocol),     // the continuation of nothing
            (&[0x01, 0, 0x01, 0], Violation::Protocol), // a message within a message
            (&[0x09, 0], Violation::Protocol),     // half a ping
            (&[0x89, 126, 0, 126], Violation::Protocol), // a long ping
            (&[0x81, 1, 0xff], Violation::NotText),
            (&[0x82, 11], Violation::TooLong),
            (&[0x02, 6, 1, 2, 3, 4, 5, 6, 0x80, 5], Violation::TooLong),
            (&[0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0], Violation::TooLong),
        ] {
            assert_eq!(next(bytes), Err(violation), "{bytes:?}");
        }
    }
}
