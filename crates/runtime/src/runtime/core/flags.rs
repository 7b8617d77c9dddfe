//! What a runtime has to be asked at every wake and every turn, in one byte: the common case is
//! that nothing of it holds, and one comparison says so.

use std::cell::Cell;

/// Events are recorded.
const RECORDING: u8 = 1;
/// The runtime has ended: nothing becomes ready any more.
const CLOSED: u8 = 1 << 1;
/// The scheduling policy chooses among the ready tasks.
const CHOOSING: u8 = 1 << 2;
/// Nobody drives the runtime right now.
const RESTING: u8 = 1 << 3;
/// The log has as many events as it may.
const FULL: u8 = 1 << 4;
/// The runtime was dropped inside of one of its own tasks and ends after this poll.
const ENDING: u8 = 1 << 5;
/// A task may have something besides its future: attached data, requests, a priority, a failure.
const BESIDES: u8 = 1 << 6;

/// See the module.
#[derive(Debug)]
pub(super) struct Flags(Cell<u8>);

impl Flags {
    pub(super) fn new(recording: bool, choosing: bool) -> Self {
        let flags = Self(Cell::new(RESTING));
        flags.put(RECORDING, recording && cfg!(feature = "trace"));
        flags.put(CHOOSING, choosing);
        flags
    }

    #[inline]
    fn has(&self, flag: u8) -> bool {
        self.0.get() & flag != 0
    }

    #[inline]
    fn put(&self, flag: u8, on: bool) {
        let others = self.0.get() & !flag;
        self.0.set(if on { others | flag } else { others });
    }

    /// The runtime is driven, its ready queue is first in, first out, and nobody wants to know.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.0.get() & (RECORDING | CLOSED | CHOOSING | RESTING) == 0
    }

    /// A task that has just returned leaves nothing behind, and nobody wants to know.
    #[inline]
    pub(super) fn ends_plainly(&self) -> bool {
        self.0.get() & (RECORDING | CHOOSING | BESIDES) == 0
    }

    /// As [`is_plain`](Self::is_plain), for a task that is made.
    #[inline]
    pub(super) fn begins_plainly(&self) -> bool {
        self.is_plain() && !self.has(BESIDES)
    }

    pub(super) fn put_besides(&self, on: bool) {
        self.put(BESIDES, on);
    }

    /// Whether there is anything to do after a poll that left its task waiting.
    #[inline]
    pub(super) fn follows_polls(&self) -> bool {
        self.has(RECORDING | FULL | ENDING)
    }

    /// Whether the run loop has to stop after this poll.
    #[inline]
    pub(super) fn stops(&self) -> bool {
        self.has(FULL | ENDING)
    }

    #[inline]
    pub(super) fn is_recording(&self) -> bool {
        cfg!(feature = "trace") && self.has(RECORDING)
    }

    pub(super) fn stop_recording(&self) {
        self.put(RECORDING, false);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.has(CLOSED)
    }

    /// True the first time.
    pub(super) fn close(&self) -> bool {
        let first = !self.has(CLOSED);
        self.put(CLOSED, true);
        first
    }

    #[inline]
    pub(super) fn chooses(&self) -> bool {
        self.has(CHOOSING)
    }

    #[inline]
    pub(super) fn is_running(&self) -> bool {
        !self.has(RESTING)
    }

    pub(super) fn set_running(&self, running: bool) {
        self.put(RESTING, !running);
    }

    pub(super) fn is_full(&self) -> bool {
        self.has(FULL)
    }

    pub(super) fn set_full(&self) {
        self.put(FULL, true);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.has(ENDING)
    }

    pub(super) fn set_ending(&self) {
        self.put(ENDING, true);
    }
}
