//! Telling the log what happens.

use std::cell::Ref;

use super::{Core, next};
use crate::log::{Event, Kind, Log, PollResult, pack, rest};
use crate::record::Site;
use crate::recorder::{Recorder, Room};
use crate::runtime::diagnosis::is_of_interest;

impl Core {
    /// Appends an event that has a place in the source.
    #[inline]
    pub(crate) fn record(
        &self,
        kind: Kind,
        flags: u8,
        site: Site,
        subject: u32,
        object: u32,
        value: u64,
    ) {
        if self.is_recording() {
            self.append(kind, flags, Some(site), subject, object, value);
        }
    }

    /// Appends an event without a place.
    #[inline]
    pub(crate) fn record_plain(
        &self,
        kind: Kind,
        flags: u8,
        subject: u32,
        object: u32,
        value: u64,
    ) {
        if self.is_recording() {
            self.append(kind, flags, None, subject, object, value);
        }
    }

    /// The same of a runtime that records. Gives the event's number in the log.
    #[inline]
    pub(super) fn append(
        &self,
        kind: Kind,
        flags: u8,
        site: Option<Site>,
        subject: u32,
        object: u32,
        value: u64,
    ) -> usize {
        let (rest, parties) = (rest(kind, flags), pack(subject, object));
        if is_of_interest(kind) {
            self.write_and_note(rest, site, parties, value)
        } else {
            self.write(rest, site, parties, value)
        }
    }

    /// Apart, so that what is not recorded keeps nothing for it; and with the event in as few
    /// numbers as it is stored in, so that it goes from registers into the log.
    #[inline(never)]
    fn write(&self, rest: u32, site: Option<Site>, parties: u64, value: u64) -> usize {
        if self.flags.is_running()
            && let Ok(mut recorder) = self.recorder.try_borrow_mut()
            && let Some(at) = recorder.push_quick(self.now.get(), rest, site, parties, value)
        {
            return at;
        }
        self.write_slowly(rest, site, parties, value)
    }

    /// The same of a kind that may be part of a mistake.
    #[inline(never)]
    fn write_and_note(&self, rest: u32, site: Option<Site>, parties: u64, value: u64) -> usize {
        let at = self.write(rest, site, parties, value);
        self.note(at);
        at
    }

    #[cold]
    #[inline(never)]
    fn write_slowly(&self, rest: u32, site: Option<Site>, parties: u64, value: u64) -> usize {
        // The code is that of a kind.
        let kind = Kind::from_code((rest >> 16) as u8).unwrap_or(Kind::RunBegun);
        if !self.flags.is_running() {
            self.record_between_turns(kind);
        }
        let event = Event {
            time: self.now.get(),
            kind,
            flags: (rest >> 24) as u8,
            location: 0,
            subject: parties as u32,
            object: (parties >> 32) as u32,
            value,
        };
        self.push(event, site)
    }

    /// Appends an event whose place and time are known already.
    pub(crate) fn record_event(&self, event: Event) {
        if self.is_recording() {
            let at = self.push(event, None);
            if is_of_interest(event.kind) {
                self.note(at);
            }
        }
    }

    fn push(&self, event: Event, site: Option<Site>) -> usize {
        let mut recorder = self.recorder.borrow_mut();
        let at = recorder.log.len();
        if recorder.push(event, site) != Room::Left {
            self.flags.set_full();
        }
        at
    }

    /// The event with this number is of a kind that may be part of a mistake. (It is not there if
    /// the log was full.)
    fn note(&self, at: usize) {
        let recorder = self.recorder.borrow();
        if let Some(event) = recorder.log.columns.get(at) {
            self.diagnosis.follow(&event, at);
        }
    }

    /// Between two turns time has passed by itself: what happens there, such as a wake from
    /// outside, happens now and not when the last turn ended.
    #[cold]
    #[inline(never)]
    fn record_between_turns(&self, kind: Kind) {
        if kind != Kind::RunBegun {
            self.refresh();
        }
    }

    /// A poll has a length only where time passes by itself; reading a real clock twice a poll is
    /// worth it only for a log.
    #[inline(never)]
    pub(super) fn record_poll_begun(&self, task: u32) {
        self.refresh();
        let at = self.append(Kind::PollBegun, 0, None, task, 0, 0);
        self.diagnosis.poll_begun(at, self.now.get());
    }

    #[inline(never)]
    pub(super) fn record_poll_ended(&self, task: u32, result: PollResult) {
        self.refresh();
        let at = self.append(Kind::PollEnded, result.code(), None, task, 0, 0);
        let is_waiting = result == PollResult::Pending;
        if self.diagnosis.is_to_look(at, self.now.get()) {
            self.diagnose(task, at, is_waiting);
        }
    }

    /// How many events the log has.
    #[cfg(feature = "trace")]
    pub(crate) fn events(&self) -> u32 {
        u32::try_from(self.recorder.borrow().log.columns.len()).unwrap_or(u32::MAX)
    }

    /// The number of a place that is no `Location` of ours.
    #[cfg(feature = "tracing")]
    pub(crate) fn place_of(&self, file: &str, line: u32) -> u16 {
        self.recorder.borrow_mut().place_of(file, line, 0)
    }

    /// What tells this runtime from others for `tracing`, made when it is first asked for.
    #[cfg(feature = "tracing")]
    pub(crate) fn span_token(&self, make: impl FnOnce() -> u32) -> u32 {
        if self.span_token.get() == 0 {
            self.span_token.set(make());
        }
        self.span_token.get()
    }

    /// The number that the next span gets.
    #[cfg(feature = "tracing")]
    pub(crate) fn next_span(&self) -> u32 {
        next(&self.next_span)
    }

    /// The index of a text in the log; 0 when nothing is recorded.
    pub(crate) fn intern(&self, text: &str) -> u32 {
        if self.is_recording() {
            self.recorder.borrow_mut().log.strings.intern(text)
        } else {
            0
        }
    }

    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.flags.is_recording()
    }

    pub(in crate::runtime) fn is_full(&self) -> bool {
        self.flags.is_full()
    }

    pub(in crate::runtime) fn log(&self) -> Ref<'_, Log> {
        Ref::map(self.recorder.borrow(), |recorder| &recorder.log)
    }

    #[inline]
    pub(crate) fn next_resource(&self) -> u32 {
        next(&self.next_resource)
    }

    #[cfg(feature = "trace")]
    pub(in crate::runtime) fn let_go(&self, before: usize) {
        self.recorder.borrow_mut().let_go(before);
    }

    /// What the end of the run takes is recorded even beyond the limit.
    pub(super) fn record_beyond_limit(&self) {
        self.recorder.borrow_mut().ending = true;
    }

    /// Frees the log, which nobody can ask for any more. A waker that strays may keep the core
    /// for long; it should not keep megabytes.
    pub(in crate::runtime) fn free_log(&self) {
        self.flags.stop_recording();
        let log = self.recorder.replace(Recorder::new(0, String::new()));
        drop(log);
    }
}
