//! The trace-event format of Chrome, which Perfetto opens.
//!
//! - Each task is a nestable async track of its own: its life, and in it what it did: polls, the
//!   time in the ready queue, waits. Its id is that of the task, and its name occurs once, so that
//!   no viewer puts two tasks onto one track or one onto two.
//! - The executor is a thread, whose slices are the polls. They are written as a beginning and an
//!   end, not in one, because under the virtual clock both have the same time and what happens
//!   between them must lie between them in the file too.
//! - A wake is a flow from the waker's poll to the one that it made possible.
//! - The ready queue and the contents of each resource are counters.
//!
//! Times are in microseconds, with three decimals where they are needed: nothing is rounded.

use wakeline::log::{Cause, Event, Kind, LineLevel, Log, ResourceKind};

use super::names::Names;
use crate::json::Json;
use crate::lanes::Look;
use crate::sparse::Sparse;
use crate::state::{Fate, State, Status, Task};
use crate::turns::Turns;

/// The only process.
const PROCESS: u64 = 1;
/// The thread of the executor.
const EXECUTOR: u64 = 1;

/// The log in the trace-event format. Takes two passes over it.
///
/// ```
/// use wakeline::log::Log;
/// use wakeline_timeline::export::chrome_trace;
///
/// assert!(chrome_trace(&Log::new()).contains("traceEvents"));
/// ```
#[must_use]
pub fn chrome_trace(log: &Log) -> String {
    let mut json = Json::new();
    json.object(|json| {
        json.field("displayTimeUnit").text("ns");
        json.field("otherData").object(|json| {
            json.field("format").text("wakeline");
            json.field("run").text(&log.meta);
            if log.columns.first() > 0 {
                json.field("first").number(log.columns.first() as u64);
            }
        });
        json.field("traceEvents").array(|json| {
            let mut writer = Writer {
                json,
                log,
                names: Names::of(log),
                followed: followed(log),
                doing: Sparse::default(),
            };
            writer.begin();
            writer.write();
        });
    });
    json.finish()
}

/// For each event whether it is a wake that a poll follows: a flow needs both of its ends.
fn followed(log: &Log) -> Vec<bool> {
    let first = log.columns.first();
    let mut followed = vec![false; log.len() - first];
    let mut state = State::begin(&log.columns);
    let mut turns = Turns::default();
    for (at, event) in log.columns.numbered() {
        state.apply(&event);
        turns.follow(&state, &event, at);
        if event.kind == Kind::PollBegun
            && let Some(wake) = turns.open().and_then(|turn| turn.wake)
        {
            followed[wake.at as usize - first] = true;
        }
    }
    followed
}

/// What a task does, as its track shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    /// It does not exist yet, or no more.
    #[default]
    Nothing,
    /// Its life has begun, and nothing in it.
    Alive,
    As(Look, u32),
}

struct Writer<'a> {
    json: &'a mut Json,
    log: &'a Log,
    names: Names,
    followed: Vec<bool>,
    doing: Sparse<Doing>,
}

impl Writer<'_> {
    /// One trace event, up to its arguments.
    fn event(&mut self, phase: &str, name: &str, time: u64, rest: impl FnOnce(&mut Json)) {
        self.json.line();
        self.json.object(|json| {
            json.field("ph").text(phase);
            json.field("name").text(name);
            json.field("ts").thousandths(time);
            json.field("pid").number(PROCESS);
            json.field("tid").number(EXECUTOR);
            rest(json);
        });
    }

    fn begin(&mut self) {
        for (name, value) in [("process_name", "wakeline"), ("thread_name", "executor")] {
            self.event("M", name, 0, |json| {
                json.field("args")
                    .object(|json| json.field("name").text(value));
            });
        }
    }

    fn write(&mut self) {
        let log = self.log;
        let mut state = State::begin(&log.columns);
        let mut turns = Turns::default();
        let mut ready = 0;
        let mut last = log.columns.time(log.columns.first());
        // What is there already begins with the log.
        for task in state.tasks() {
            self.begin_life(&state, task.id, last);
            self.refresh(&state, task.id, last);
        }
        for resource in state.resources().filter(|resource| !resource.is_over()) {
            self.contents(&state, resource.id, last);
        }
        if let Some(running) = state.running() {
            let name = self.names.task(running).to_owned();
            self.slice_begins(&name, running, last);
        }
        for (at, event) in log.columns.numbered() {
            let ran = state.running();
            state.apply(&event);
            turns.follow(&state, &event, at);
            last = event.time;
            if ran != state.running() || event.kind == Kind::PollBegun {
                if let Some(before) = ran {
                    self.poll_ends(&event);
                    if before != event.subject {
                        self.refresh(&state, before, event.time);
                    }
                }
                if let Some(task) = state.running() {
                    self.poll_begins(&event, task, &turns);
                }
            }
            self.follow(&state, &event, at);
            if ready != state.ready_len() {
                ready = state.ready_len();
                self.count("ready queue", "tasks", ready as u64, event.time);
            }
        }
        // What is not over ends with the log.
        if let Some(running) = state.running() {
            self.event("E", "", last, |_| {});
            self.refresh_to(running, Doing::Alive, last);
        }
        for task in state.tasks().filter(|task| task.end().is_none()) {
            self.end_life(task, "alive", "", last);
        }
    }

    fn poll_begins(&mut self, event: &Event, task: u32, turns: &Turns) {
        let name = self.names.task(task).to_owned();
        self.slice_begins(&name, task, event.time);
        let wake = turns.open().and_then(|turn| turn.wake);
        if let Some(wake) = wake.filter(|wake| self.is_flow(wake.at)) {
            self.event("f", "wake", event.time, |json| {
                json.field("cat").text("wake");
                json.field("id").number(wake.at.into());
                json.field("bp").text("e");
            });
        }
    }

    fn slice_begins(&mut self, name: &str, task: u32, time: u64) {
        self.event("B", name, time, |json| {
            json.field("cat").text("poll");
            json.field("args")
                .object(|json| json.field("task").number(task.into()));
        });
    }

    fn poll_ends(&mut self, event: &Event) {
        self.event("E", "", event.time, |_| {});
    }

    /// Whether a wake comes from another task's poll and leads to one.
    fn is_flow(&self, at: u32) -> bool {
        let event = self.log.columns.get(at as usize);
        let place = at as usize - self.log.columns.first();
        self.followed[place]
            && event.is_some_and(|event| {
                let cause = Cause::from_code(event.flags);
                event.kind == Kind::TaskReady
                    && event.object != 0
                    && event.object != event.subject
                    && matches!(
                        cause,
                        Some(Cause::Spawned | Cause::Task | Cause::Abort | Cause::Cancel)
                    )
            })
    }

    fn follow(&mut self, state: &State, event: &Event, at: u32) {
        let time = event.time;
        match event.kind {
            Kind::TaskCreated => self.begin_life(state, event.subject, time),
            Kind::TaskReady => {
                // A wake outside of any poll has no slice to begin in.
                if state.running() == Some(event.object) && self.is_flow(at) {
                    self.event("s", "wake", time, |json| {
                        json.field("cat").text("wake");
                        json.field("id").number(at.into());
                    });
                } else {
                    self.followed[at as usize - self.log.columns.first()] = false;
                }
                self.refresh(state, event.subject, time);
            }
            Kind::PollBegun | Kind::PollEnded | Kind::WaitBegun | Kind::WaitEnded => {
                self.refresh(state, event.subject, time);
            }
            Kind::TaskCompleted | Kind::TaskFailed | Kind::TaskCancelled | Kind::TaskDropped => {
                self.end_task(state, event);
            }
            Kind::Sent | Kind::Received | Kind::Acquired | Kind::Released | Kind::HandedOver => {
                self.contents(state, event.object, time)
            }
            Kind::Discarded => self.contents(state, event.subject, time),
            Kind::Line => {
                let text = self.log.text(event.low());
                let is_error = event.flags == LineLevel::Error.code();
                self.event("i", text, time, |json| {
                    json.field("cat")
                        .text(if is_error { "error" } else { "output" });
                    json.field("s").text("t");
                });
            }
            _ => {}
        }
    }

    fn begin_life(&mut self, state: &State, id: u32, time: u64) {
        let Some(task) = state.task(id) else {
            return;
        };
        let doing = self.doing.row(task.id);
        if *doing != Doing::Nothing || task.end().is_some() {
            return;
        }
        *doing = Doing::Alive;
        let (name, parent) = (self.names.task(task.id).to_owned(), task.parent);
        self.async_event("b", &name, task.id, time, |json| {
            json.field("args").object(|json| {
                json.field("task").number(id.into());
                if parent != 0 {
                    json.field("parent").number(parent.into());
                }
            });
        });
    }

    /// An event on the track of a task.
    fn async_event(
        &mut self,
        phase: &str,
        name: &str,
        task: u32,
        time: u64,
        rest: impl FnOnce(&mut Json),
    ) {
        self.event(phase, name, time, |json| {
            json.field("cat").text("task");
            json.field("id").text(&format!("0x{task:x}"));
            rest(json);
        });
    }

    /// Brings the track of a task up to date.
    fn refresh(&mut self, state: &State, id: u32, time: u64) {
        let Some(task) = state.task(id) else { return };
        let doing = match task.status() {
            Status::Ended(_) => return,
            // How it ended is said by the next event.
            Status::Waiting { .. } if task.is_ending() => Doing::Alive,
            Status::Running { .. } => Doing::As(Look::Poll, 0),
            Status::Ready(_) => Doing::As(Look::Ready, 0),
            Status::Waiting { .. } => match task.main_wait() {
                Some(wait) => Doing::As(Look::of_wait(wait.reason, wait.purpose), wait.object),
                None => Doing::As(Look::Other, 0),
            },
        };
        self.refresh_to(id, doing, time);
    }

    fn refresh_to(&mut self, id: u32, doing: Doing, time: u64) {
        let before = match self.doing.get(id) {
            Some(Doing::Nothing) | None => return,
            Some(before) => *before,
        };
        if before == doing {
            return;
        }
        if let Doing::As(look, object) = before {
            let name = self.look_name(look, object);
            self.async_event("e", &name, id, time, |_| {});
        }
        if let Doing::As(look, object) = doing {
            let name = self.look_name(look, object);
            self.async_event("b", &name, id, time, |_| {});
        }
        *self.doing.row(id) = doing;
    }

    fn look_name(&self, look: Look, object: u32) -> String {
        let of = match look {
            Look::Join => self.names.task(object),
            Look::Send | Look::Receive | Look::Lock | Look::Semaphore | Look::Event => {
                self.names.resource(object)
            }
            _ => "",
        };
        match of {
            "" => look.name().to_owned(),
            of => format!("{}: {of}", look.name()),
        }
    }

    fn end_task(&mut self, state: &State, event: &Event) {
        let Some(task) = state.task(event.subject) else {
            return;
        };
        let Some(end) = task.end() else { return };
        let (how, message) = match end.fate {
            Fate::Completed => ("returned", ""),
            Fate::Failed { message } => ("failed", self.log.text(message)),
            Fate::Cancelled => ("cancelled", ""),
            Fate::Dropped => ("dropped", ""),
        };
        self.end_life(task, how, message, event.time);
    }

    fn end_life(&mut self, task: &Task, how: &str, message: &str, time: u64) {
        if !self
            .doing
            .get(task.id)
            .is_some_and(|doing| *doing != Doing::Nothing)
        {
            return;
        }
        self.refresh_to(task.id, Doing::Alive, time);
        let name = self.names.task(task.id).to_owned();
        self.async_event("e", &name, task.id, time, |json| {
            json.field("args").object(|json| {
                json.field("end").text(how);
                if !message.is_empty() {
                    json.field("message").text(message);
                }
            });
        });
        *self.doing.row(task.id) = Doing::Nothing;
    }

    fn contents(&mut self, state: &State, id: u32, time: u64) {
        let Some(resource) = state.resource(id) else {
            return;
        };
        let (what, value) = match resource.kind {
            Some(ResourceKind::Mutex | ResourceKind::RwLock | ResourceKind::Semaphore) => {
                ("held", resource.permits_in_use())
            }
            _ => ("messages", resource.len() as u64),
        };
        let name = self.names.resource(id).to_owned();
        self.count(&name, what, value, time);
    }

    fn count(&mut self, name: &str, what: &str, value: u64, time: u64) {
        self.event("C", name, time, |json| {
            json.field("args")
                .object(|json| json.field(what).number(value));
        });
    }
}
