//! What the engine does with each request: the whole conversation with the page, without a
//! browser in it.

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use wakeline_demos::outside::Outside;
use wakeline_demos::{RealClock, RunSetup, prepare, specs};
use wakeline_protocol::{Clock, Problem, Reply, Request, RunRequest, VERSION};

use crate::flow::Flow;
use crate::request::{Refusal, check, parse};
use crate::run::{Post, StreamedRun};

/// How many events of a run whose newest are kept may be here and not with the page: that many are
/// 28 MB. A live run that gets further ahead than that ends, and so does one poll without an end.
const BEHIND: u32 = 1_000_000;

/// What the session needs from where it runs.
pub(crate) trait Host {
    /// Begins to drive a run.
    fn drive(&self, run: Rc<StreamedRun>) -> Rc<dyn Drive>;

    /// A real clock that begins now.
    fn clock(&self) -> RealClock;

    /// The network.
    fn outside(&self) -> Rc<dyn Outside>;
}

/// A run being driven. Dropping it stops the driving.
pub(crate) trait Drive {
    /// Goes on with a run that had paused because the page was behind.
    fn resume(&self);
}

/// A page's conversation with the engine. There is at most one run at a time.
pub(crate) struct Session {
    post: Rc<dyn Post>,
    host: Box<dyn Host>,
    last_run: Cell<u32>,
    active: RefCell<Option<Active>>,
}

#[derive(Clone)]
struct Active {
    run: Rc<StreamedRun>,
    drive: Rc<dyn Drive>,
}

impl Session {
    /// Begins a conversation: says that the engine is there.
    pub(crate) fn begin(post: Rc<dyn Post>, host: Box<dyn Host>) -> Self {
        let (version, demos) = (VERSION, specs());
        post.post(&Reply::Ready { version, demos }, None);
        Self {
            post,
            host,
            last_run: Cell::new(0),
            active: RefCell::new(None),
        }
    }

    /// The run that is under way, 0 if none is.
    pub(crate) fn run(&self) -> u32 {
        // Called by a panic hook, when anything may be borrowed.
        let active = self.active.try_borrow().ok();
        let number = |active: &Active| active.run.number();
        active
            .and_then(|active| active.as_ref().map(number))
            .unwrap_or(0)
    }

    /// Does what a message asks for, or says why not.
    pub(crate) fn receive(&self, message: &str) {
        let done = match parse(message) {
            Ok(Request::Run(request)) => {
                self.stop();
                self.start(request)
            }
            Ok(Request::Stop { run }) => {
                if self.run() == run {
                    self.stop();
                }
                Ok(())
            }
            Ok(Request::Taken { run, events }) => {
                self.taken(run, events);
                Ok(())
            }
            Err(refusal) => Err(refusal),
        };
        if let Err(Refusal { run, problems }) = done {
            self.post.post(&Reply::Refused { run, problems }, None);
        }
    }

    fn start(&self, request: RunRequest) -> Result<(), Refusal> {
        let seed = check(&request, self.last_run.get())?;
        let number = request.run;
        self.last_run.set(number);
        let is_live = request.clock == Clock::Live;
        let prepared = prepare(RunSetup {
            demo: request.demo,
            values: request.params,
            seed,
            policy: request.policy,
            clock: request.clock,
            real_clock: is_live.then(|| self.host.clock()),
            server: request.server,
            outside: self.host.outside(),
            limit: match request.newest {
                true => BEHIND,
                false => request.limit,
            },
        });
        let run = prepared.map_err(|problems| Refusal {
            run: number,
            problems,
        })?;
        self.post.post(&Reply::Started { run: number }, None);
        let flow = Flow::new(request.window, !is_live);
        let run = Rc::new(StreamedRun::new(
            number,
            run,
            flow,
            request.newest,
            self.post.clone(),
        ));
        let drive = self.host.drive(run.clone());
        self.active.replace(Some(Active { run, drive }));
        Ok(())
    }

    /// Stops the run that is under way, if any.
    fn stop(&self) {
        // Nobody drives it any more when its end is written.
        let active = self.active.take();
        if let Some(Active { run, drive }) = active {
            drop(drive);
            run.stop();
        }
    }

    fn taken(&self, run: u32, events: u32) {
        let active = self.active.borrow().clone();
        let Some(active) = active.filter(|active| active.run.number() == run) else {
            return;
        };
        active.run.taken(events);
        if active.run.is_complete() {
            self.active.replace(None);
        } else {
            active.drive.resume();
        }
    }

    /// Answers something that is no text at all.
    pub(crate) fn refuse_non_text(&self) {
        let problems = vec![Problem::new("malformed-request").with("detail", "not text")];
        self.post.post(&Reply::Refused { run: 0, problems }, None);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("run", &self.run())
            .finish_non_exhaustive()
    }
}
