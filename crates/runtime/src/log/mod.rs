//! The event log: the runtime's one record of what it did.
//!
//! A log is an append-only sequence of [`Event`]s. The position of an event is its sequence
//! number. An event is a time, a [`Kind`], a *subject* (the task or resource it is about), an
//! *object* (the other party), a *value* whose meaning the kind gives, a few *flags*, and the
//! source location that caused it. Text and locations are interned: events carry indexes into
//! the tables of the log.
//!
//! Storage is columnar, 28 bytes an event ([`Columns`]), in chunks that never move, so appending
//! has no spikes and a reader that wants one column touches one column. The same columns, in the
//! same order, are the binary form ([`encode`], [`Decoder`]): a batch for a page and a file on
//! disk differ only in where they start and in whether they say that they are complete.
//!
//! Ids are counters. Nothing in a log comes from an address, a hash order or the wall clock of
//! the machine, so two runs of the same program under a virtual clock with the same seed have
//! the same bytes.

mod codec;
mod columns;
mod flags;
mod json;
mod kind;
mod packed;
mod past;
mod strings;
mod vocabulary;

pub use codec::{
    CONDENSED, DecodeError, Decoder, Position, VERSION, encode, encode_rest, encode_since,
    encode_until,
};
pub(crate) use columns::rest;
pub use columns::{CHUNK, Columns};
pub use json::to_json_lines;
pub use kind::Kind;
pub use past::Past;
pub use strings::Strings;
pub use vocabulary::{
    Carried, Cause, FindingKind, LineLevel, MessageDirection, NetworkPhase, Outcome, PollResult,
    Reason, ResourceKind, TimerPurpose, TraceLevel,
};

/// The id that means "none": no task, no resource, no string, no location.
pub const NONE: u32 = 0;

/// The capacity that means "unbounded" in [`Kind::ResourceCreated`].
pub const UNBOUNDED: u32 = u32::MAX;

/// One event, decoded from the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Nanoseconds since the run began.
    pub time: u64,
    /// What happened.
    pub kind: Kind,
    /// A small code whose vocabulary depends on the kind; see [`Kind`].
    pub flags: u8,
    /// Index into [`Log::locations`], 0 if unknown.
    pub location: u16,
    /// The task or resource that the event is about, 0 if none.
    pub subject: u32,
    /// The other party: a task, a resource or a timer, 0 if none; see [`Kind`].
    pub object: u32,
    /// A number whose meaning depends on the kind; see [`Kind`].
    pub value: u64,
}

impl Event {
    /// The texts that the event carries: indexes into [`Log::strings`], 0 for none.
    #[must_use]
    pub fn texts(&self) -> [u32; 2] {
        use Kind as K;
        match self.kind {
            K::RunEnded
            | K::TaskCreated
            | K::TaskNamed
            | K::TaskFailed
            | K::ResourceNamed
            | K::NetworkBegun
            | K::NetworkEnded
            | K::Line
            | K::SpanEntered
            | K::SpanExited
            | K::ResourceCreated
            | K::Sent
            | K::Received
            | K::NetworkPhase
            | K::NetworkMessage => [self.low(), 0],
            K::SpanCreated | K::Field | K::Message => [self.low(), self.high()],
            K::Metric => [self.object, 0],
            _ => [0; 2],
        }
    }

    /// The lower 32 bits of `value`.
    #[must_use]
    pub fn low(&self) -> u32 {
        self.value as u32
    }

    /// The upper 32 bits of `value`.
    #[must_use]
    pub fn high(&self) -> u32 {
        (self.value >> 32) as u32
    }
}

/// Packs two numbers into the `value` of an event, as [`Event::low`] and [`Event::high`] take
/// them apart.
#[must_use]
pub fn pack(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// A place in the source of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceLocation {
    /// Index of the file's name in [`Log::strings`]: the crate's folder and what follows, with
    /// forward slashes (`demos/src/hello.rs`).
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// An event log with its tables.
///
/// ```
/// use wakeline::log::{Event, Kind, Log};
///
/// let mut log = Log::new();
/// let name = log.strings.intern("producer 1");
/// log.columns.push(Event {
///     time: 0,
///     kind: Kind::TaskCreated,
///     flags: 0,
///     location: 0,
///     subject: 1,
///     object: 0,
///     value: u64::from(name),
/// });
/// assert_eq!(log.text(log.columns.get(0).unwrap().low()), "producer 1");
/// ```
#[derive(Clone, Debug)]
pub struct Log {
    /// What the run was: a JSON object with `demo`, `params`, `seed`, `policy` and `clock`, or
    /// empty if the program is not a demo.
    pub meta: String,
    /// Interned text. Index 0 is the empty string.
    pub strings: Strings,
    /// Source locations. Index 0 is "unknown".
    pub locations: Vec<SourceLocation>,
    /// The events.
    pub columns: Columns,
}

impl Default for Log {
    /// An empty log, as [`Log::new`] gives it.
    fn default() -> Self {
        Self::new()
    }
}

impl Log {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self {
            meta: String::new(),
            strings: Strings::new(),
            locations: vec![SourceLocation {
                file: NONE,
                line: 0,
                column: 0,
            }],
            columns: Columns::new(),
        }
    }

    /// Number of events, those that were [let go](Columns::condensed) included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.len() == 0
    }

    /// The interned text with this index; empty if there is none.
    #[must_use]
    pub fn text(&self, index: u32) -> &str {
        self.strings.get(index).unwrap_or("")
    }

    /// The source location with this index, `None` for 0 and for what is not in the table.
    #[must_use]
    pub fn location(&self, index: u16) -> Option<SourceLocation> {
        if index == 0 {
            None
        } else {
            self.locations.get(usize::from(index)).copied()
        }
    }
}
