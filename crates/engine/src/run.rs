//! One run, and the stream of its log to the page.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use wakeline::Runtime;
use wakeline::log::{Position, encode_rest, encode_until};
use wakeline::time::Instant;
use wakeline_demos::{Progress, Run};
use wakeline_protocol::{Reply, RunSummary};
use wakeline_web::pump::{Slice, Step, Work};

use crate::flow::Flow;

/// How many events that were sent may still be here.
const HELD: usize = 65_536;

/// Who takes what is said to the page: a message and, for [`Reply::Batch`], its bytes.
pub(crate) trait Post {
    fn post(&self, reply: &Reply, batch: Option<Vec<u8>>);
}

/// A run whose log goes to the page as it grows.
///
/// It is work for a pump, and nothing in it needs a browser: whoever calls
/// [`step`](Work::step) and [`after_slice`](Work::after_slice) gets the same log.
pub(crate) struct StreamedRun {
    number: u32,
    run: RefCell<Run>,
    runtime: Runtime,
    post: Rc<dyn Post>,
    /// What was sent is let go of.
    lets_go: bool,
    flow: Cell<Flow>,
    /// What the page has, or will have when everything posted has arrived.
    position: Cell<Position>,
    /// Set when the run is over; the log may not be sent to its end yet.
    summary: RefCell<Option<RunSummary>>,
    is_complete: Cell<bool>,
}

impl StreamedRun {
    pub(crate) fn new(
        number: u32,
        run: Run,
        flow: Flow,
        lets_go: bool,
        post: Rc<dyn Post>,
    ) -> Self {
        Self {
            number,
            runtime: run.runtime().clone(),
            run: RefCell::new(run),
            post,
            lets_go,
            flow: Cell::new(flow),
            position: Cell::new(Position::default()),
            summary: RefCell::new(None),
            is_complete: Cell::new(false),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Whether the page has been told everything, the end included.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete.get()
    }

    /// The page has taken in events up to this number.
    pub(crate) fn taken(&self, events: u32) {
        self.change_flow(|flow| flow.taken(events));
        self.send();
    }

    /// Ends the run, if it is not over, and sends everything at once: who stops a run wants to
    /// hear of its end and not wait for it.
    pub(crate) fn stop(&self) {
        self.run.borrow_mut().stop();
        self.conclude();
        self.change_flow(Flow::lift);
        self.send();
    }

    /// Takes the figures of a run that is over. Before anything more is sent, because the last
    /// batch says that it is the last.
    fn conclude(&self) {
        if self.summary.borrow().is_none() {
            let summary = self.run.borrow_mut().finish();
            self.summary.replace(Some(summary));
        }
    }

    /// Sends what the page may have.
    fn send(&self) {
        if self.is_complete.get() {
            return;
        }
        while let Some(end) = self.flow.get().next_batch(self.recorded()) {
            let bytes = self.encode_to(end);
            self.change_flow(|flow| flow.sent(end));
            self.let_go(end);
            self.post
                .post(&Reply::Batch { run: self.number }, Some(bytes));
        }
        self.complete();
    }

    /// The next batch. The last of a run that is over says so.
    fn encode_to(&self, end: u32) -> Vec<u8> {
        let log = self.runtime.log();
        let position = self.position.get();
        let is_last = end == count(log.len()) && self.summary.borrow().is_some();
        let bytes = if is_last {
            encode_rest(&log, position)
        } else {
            encode_until(&log, position, end as usize)
        };
        self.position.set(Position {
            events: end as usize,
            ..Position::end_of(&log)
        });
        bytes
    }

    /// Lets go of what was sent, now and then: a text that is said again after that is sent again.
    fn let_go(&self, sent: u32) {
        let held = sent as usize - self.runtime.log().columns.first();
        if self.lets_go && held >= HELD {
            self.runtime.let_go(sent as usize);
        }
    }

    /// Says that the run has ended, when all of its log is on its way.
    fn complete(&self) {
        if self.position.get().events < self.runtime.log().len() {
            return;
        }
        let Some(summary) = self.summary.borrow().clone() else {
            return;
        };
        self.is_complete.set(true);
        let run = self.number;
        self.post.post(&Reply::Ended { run, summary }, None);
    }

    fn recorded(&self) -> u32 {
        count(self.runtime.log().len())
    }

    fn change_flow(&self, change: impl FnOnce(&mut Flow)) {
        let mut flow = self.flow.get();
        change(&mut flow);
        self.flow.set(flow);
    }
}

impl Work for StreamedRun {
    fn step(&self, polls: u32) -> Step {
        let progress = self.run.borrow_mut().step(polls);
        match progress {
            Progress::Ready => Step::Ready,
            Progress::Waiting { until } => Step::Waiting {
                until: until.map(Instant::from_nanos),
            },
            Progress::Ended => {
                self.conclude();
                Step::Ended
            }
        }
    }

    fn allowance(&self) -> u32 {
        self.flow.get().allowance(self.recorded())
    }

    fn after_slice(&self, _: &Slice) {
        self.send();
    }
}

impl fmt::Debug for StreamedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamedRun")
            .field("number", &self.number)
            .field("flow", &self.flow.get())
            .finish_non_exhaustive()
    }
}

/// Logs are limited to far fewer events than 32 bits count.
fn count(events: usize) -> u32 {
    u32::try_from(events).unwrap_or(u32::MAX)
}
