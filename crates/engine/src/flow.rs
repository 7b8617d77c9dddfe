//! How far a run may be ahead of the page.
//!
//! The engine can produce events faster than a page takes them in, and what is posted to a page
//! waits in its memory. So the page says how many events it has taken, and the engine stays at
//! most a window ahead. A run under the virtual clock stops for it: nothing in it notices. A live
//! run cannot stop, so it goes on, and its events wait here.

/// The most events in one batch. A page takes such a batch in well within a frame.
const BATCH: u32 = 16_384;

/// How many events a poll is supposed to write, when polls are handed out for room in the window.
/// A wrong guess costs one more look at the window.
const EVENTS_PER_POLL: u32 = 8;

/// What has been sent of a log, and what may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    window: u32,
    is_patient: bool,
    sent: u32,
    taken: u32,
}

impl Flow {
    /// Nothing was sent, and at most `window` events may be, until the page takes some. A patient
    /// run waits for the page.
    pub(crate) fn new(window: u32, is_patient: bool) -> Self {
        Self {
            window,
            is_patient,
            sent: 0,
            taken: 0,
        }
    }

    /// How many polls are welcome when the log has so many events.
    ///
    /// The log can be ahead by more than the window only by what one poll writes.
    pub(crate) fn allowance(&self, recorded: u32) -> u32 {
        if !self.is_patient {
            return u32::MAX;
        }
        match self.reach().saturating_sub(recorded) {
            0 => 0,
            room => (room / EVENTS_PER_POLL).max(1),
        }
    }

    /// The number of the event at which the next batch ends, `None` if none may be sent. The log
    /// has so many events.
    pub(crate) fn next_batch(&self, recorded: u32) -> Option<u32> {
        let end = recorded
            .min(self.reach())
            .min(self.sent.saturating_add(BATCH));
        (end > self.sent).then_some(end)
    }

    /// Events up to this number have been posted.
    pub(crate) fn sent(&mut self, events: u32) {
        self.sent = events;
    }

    /// The page has taken events up to this number. A number that cannot be is corrected: no more
    /// than were sent, no less than before.
    pub(crate) fn taken(&mut self, events: u32) {
        self.taken = events.min(self.sent).max(self.taken);
    }

    /// Nothing more is held back: the page wants the end of the run, and everything before it.
    pub(crate) fn lift(&mut self) {
        self.window = u32::MAX;
    }

    /// The number of the first event that may not be sent yet.
    fn reach(&self) -> u32 {
        self.taken.saturating_add(self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends what may be sent; the numbers at which the batches end.
    fn send(flow: &mut Flow, recorded: u32) -> Vec<u32> {
        let mut ends = Vec::new();
        while let Some(end) = flow.next_batch(recorded) {
            flow.sent(end);
            ends.push(end);
        }
        ends
    }

    #[test]
    fn a_patient_run_pauses_a_window_ahead_and_goes_on_when_the_page_takes() {
        let mut flow = Flow::new(100, true);
        assert_eq!(flow.allowance(0), 12);
        assert_eq!(flow.allowance(99), 1);
        assert_eq!(flow.allowance(100), 0);
        assert_eq!(send(&mut flow, 100), [100]);
        flow.taken(30);
        assert_eq!(flow.allowance(100), 3);
    }

    #[test]
    fn an_impatient_run_goes_on_while_its_events_wait() {
        let mut flow = Flow::new(100, false);
        assert_eq!(flow.allowance(1_000_000), u32::MAX);
        assert_eq!(send(&mut flow, 1_000_000), [100]);
        flow.taken(100);
        assert_eq!(send(&mut flow, 1_000_000), [200]);
    }

    #[test]
    fn what_one_poll_wrote_too_much_waits_for_the_page() {
        let mut flow = Flow::new(100, true);
        assert_eq!(send(&mut flow, 250), [100]);
        flow.taken(100);
        assert_eq!(send(&mut flow, 250), [200]);
        flow.taken(200);
        assert_eq!(send(&mut flow, 250), [250]);
    }

    #[test]
    fn batches_have_a_size_that_a_page_takes_in_at_once() {
        let mut flow = Flow::new(u32::MAX, true);
        let ends = send(&mut flow, 3 * BATCH + 5);
        assert_eq!(ends, [BATCH, 2 * BATCH, 3 * BATCH, 3 * BATCH + 5]);
    }

    #[test]
    fn a_page_that_takes_what_was_never_sent_gains_nothing() {
        let mut flow = Flow::new(100, true);
        flow.taken(u32::MAX);
        assert_eq!(flow.allowance(100), 0);
        assert_eq!(send(&mut flow, 500), [100]);
        flow.taken(80);
        flow.taken(10);
        assert_eq!(send(&mut flow, 500), [180]);
    }

    #[test]
    fn lifting_lets_everything_out() {
        let mut flow = Flow::new(10, true);
        assert_eq!(send(&mut flow, 30), [10]);
        flow.lift();
        assert_eq!(send(&mut flow, 30), [30]);
    }

    #[test]
    fn the_ends_of_the_number_range_do_not_wrap() {
        let mut flow = Flow::new(u32::MAX, true);
        flow.sent(u32::MAX);
        flow.taken(u32::MAX);
        assert_eq!(flow.next_batch(u32::MAX), None);
        assert_eq!(flow.allowance(u32::MAX), 0);
    }
}
