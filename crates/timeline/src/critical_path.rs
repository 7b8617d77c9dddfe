//! Which polls and waits decided when the run ended.
//!
//! The way back from the end: a poll could begin because its task was made ready; whoever made it
//! ready did so in a poll of its own, or a timer that somebody had armed did. So each moment of
//! the run belongs to one stretch of one task. Whatever is not on the path could have taken longer
//! without the run ending later.

use std::collections::HashMap;

use wakeline::log::{Cause, Kind, Log, Reason};

use crate::sparse::Sparse;
use crate::state::{State, Status};

/// Why the run did not end earlier, for one stretch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathReason {
    /// The task ran.
    Running,
    /// The task was ready, and something else ran.
    Ready,
    /// The task waited for what no other task could bring: a timer, the network, the outside.
    Waiting(Reason),
}

impl PathReason {
    /// The name: `running`, `ready`, or that of the reason in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Waiting(reason) => reason.name(),
        }
    }
}

/// A stretch of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathSegment {
    /// The task, 0 if the stretch belongs to none: before the first, and after the last poll.
    pub task: u32,
    /// Its beginning in nanoseconds since the run began.
    pub from: u64,
    /// Its end.
    pub to: u64,
    /// The event at its beginning.
    pub first: u32,
    /// The event at its end, which is the one at the beginning of the next.
    pub last: u32,
    /// Why.
    pub reason: PathReason,
    /// The resource that was waited for, 0 if none.
    pub resource: u32,
}

/// The path that decided the end, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// When it begins: 0, or with the first event that was not let go.
    pub begin: u64,
    /// The time of the last event.
    pub end: u64,
    /// The stretches, each beginning where the one before ends; the first begins at `begin`, the
    /// last ends at the end. Under the virtual clock many of them take no time.
    pub segments: Vec<PathSegment>,
}

/// The time on the path for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathTotal {
    /// The reason.
    pub reason: PathReason,
    /// The time in nanoseconds.
    pub time: u64,
}

impl CriticalPath {
    /// The path of a run, be it over or not. Takes two passes over the log, and eight bytes for
    /// each event.
    ///
    /// ```
    /// use wakeline::log::Log;
    /// use wakeline_timeline::critical_path::CriticalPath;
    ///
    /// assert!(CriticalPath::of(&Log::new()).segments.is_empty());
    /// ```
    #[must_use]
    pub fn of(log: &Log) -> Self {
        let Some(last) = log.len().checked_sub(1) else {
            return Self::default();
        };
        let first = log.columns.first();
        let begin = if first == 0 {
            0
        } else {
            log.columns.time(first)
        };
        let mut walk = Walk {
            log,
            first: first as u32,
            begin,
            links: Links::of(log),
            segments: Vec::new(),
        };
        walk.back(last);
        walk.segments.reverse();
        Self {
            begin,
            end: log.columns.time(last),
            segments: walk.segments,
        }
    }

    /// The time for each reason, the longest first; reasons that took none are left out.
    #[must_use]
    pub fn totals(&self) -> Vec<PathTotal> {
        let mut totals: Vec<PathTotal> = Vec::new();
        for segment in &self.segments {
            let time = segment.to - segment.from;
            match totals.iter_mut().find(|all| all.reason == segment.reason) {
                Some(total) => total.time += time,
                None => totals.push(PathTotal {
                    reason: segment.reason,
                    time,
                }),
            }
        }
        totals.retain(|total| total.time > 0);
        totals.sort_by_key(|total| (std::cmp::Reverse(total.time), total.reason));
        totals
    }

    /// The path with at most so many stretches: those without duration go first, and neighbours
    /// become one under the reason that took longest. It stays without gaps; the totals may
    /// change, so they are to be taken of the whole path.
    #[must_use]
    pub fn condensed(&self, most: usize) -> Vec<PathSegment> {
        let mut segments = self.segments.clone();
        if segments.len() > most {
            segments.retain(|segment| segment.to > segment.from);
            let mut before = 0;
            for segment in &mut segments {
                segment.first = before;
                before = segment.last;
            }
        }
        while segments.len() > most.max(1) {
            segments = segments.chunks(2).map(merged).collect();
        }
        segments
    }
}

/// Neighbours as one.
fn merged(pair: &[PathSegment]) -> PathSegment {
    let longest = pair.iter().max_by_key(|segment| segment.to - segment.from);
    let (first, last) = (pair[0], pair[pair.len() - 1]);
    PathSegment {
        from: first.from,
        first: first.first,
        to: last.to,
        last: last.last,
        ..*longest.unwrap_or(&first)
    }
}

/// A wait that something outside of all tasks ended.
#[derive(Clone, Copy, Debug)]
struct OutsideWait {
    /// The event that made the task ready.
    ready: u32,
    /// The end of the poll before.
    since: u32,
    reason: Reason,
    resource: u32,
}

/// What leads from each event back to the one that made it possible.
#[derive(Debug)]
struct Links {
    /// For each event the one before it on its way, plus one; 0 for none. Of the beginning of a
    /// poll it is what made the task ready; of that, the poll or timer that did so; of an armed
    /// timer, the poll that armed it. From the first event on that was not let go.
    before: Vec<u32>,
    first: usize,
    /// In the order of `ready`.
    outside: Vec<OutsideWait>,
    /// The last poll of all, plus one, and the event that ended it.
    last_poll: (u32, u32),
}

/// What is known of a task while links are collected.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Plus one each, 0 for none: its last poll, the end of that, what made it ready since.
    poll: u32,
    idle: u32,
    ready: u32,
    /// The last thing but a timer that it began to wait for.
    wait: Option<(Reason, u32)>,
}

impl Links {
    fn of(log: &Log) -> Self {
        let mut links = Self {
            before: vec![0; log.len() - log.columns.first()],
            first: log.columns.first(),
            outside: Vec::new(),
            last_poll: (0, 0),
        };
        let mut tasks: Sparse<Option<Known>> = Sparse::default();
        let mut armed: HashMap<u32, u32> = HashMap::new();
        links.begin(log, &mut tasks, &mut armed);
        for (number, event) in log.columns.numbered() {
            let (at, place) = (number + 1, number as usize - links.first);
            let id = event.subject;
            if event.kind == Kind::TaskCreated && id <= at {
                tasks.row(id).get_or_insert_default();
            }
            let known = |task: u32| tasks.get(task).copied().flatten();
            let poll_of = |task: u32| known(task).map_or(0, |known| known.poll);
            let before = match event.kind {
                Kind::TaskReady => match Cause::from_code(event.flags) {
                    Some(Cause::Timer) => armed.get(&event.object).copied().unwrap_or(0),
                    Some(Cause::Yielded) => poll_of(event.subject),
                    Some(Cause::Spawned | Cause::Task | Cause::Abort | Cause::Cancel) => {
                        poll_of(event.object)
                    }
                    _ => 0,
                },
                Kind::TimerArmed => {
                    armed.insert(event.object, at);
                    poll_of(event.subject)
                }
                _ => 0,
            };
            links.before[place] = before;
            let Some(Some(known)) = tasks.get_mut(id) else {
                continue;
            };
            match event.kind {
                Kind::TaskReady if known.ready == 0 => {
                    known.ready = at;
                    if before == 0 && known.idle != 0 {
                        let (reason, resource) = known.wait.unwrap_or((Reason::Other, 0));
                        links.before[place] = known.poll;
                        links.outside.push(OutsideWait {
                            ready: at - 1,
                            since: known.idle - 1,
                            reason,
                            resource,
                        });
                    }
                }
                Kind::PollBegun => {
                    links.before[place] = std::mem::take(&mut known.ready);
                    (known.poll, known.idle) = (at, 0);
                    links.last_poll = (at, log.len() as u32 - 1);
                }
                Kind::PollEnded if known.poll != 0 && known.idle == 0 => {
                    known.idle = at;
                    if links.last_poll.0 == known.poll {
                        links.last_poll.1 = at - 1;
                    }
                }
                Kind::WaitBegun => {
                    let reason = Reason::from_code(event.flags).unwrap_or(Reason::Other);
                    if reason != Reason::Timer {
                        known.wait = Some((reason, event.object));
                    }
                }
                Kind::WaitEnded
                    if known.wait.is_some_and(|(reason, object)| {
                        (reason.code(), object) == (event.flags, event.object)
                    }) =>
                {
                    known.wait = None;
                }
                _ => {}
            }
        }
        links
    }

    /// What is known of tasks and timers that are there when the log begins.
    fn begin(
        &mut self,
        log: &Log,
        tasks: &mut Sparse<Option<Known>>,
        armed: &mut HashMap<u32, u32>,
    ) {
        let state = State::begin(&log.columns);
        for task in state.tasks() {
            let wait = task.waits().iter().rev();
            let wait = wait.into_iter().find(|wait| wait.reason != Reason::Timer);
            let poll = match task.status() {
                Status::Running { since } => since + 1,
                // It was before the log began, wherever that was.
                _ => u32::from(task.polls > 0),
            };
            let known = Known {
                poll,
                idle: if state.running() == Some(task.id) {
                    0
                } else {
                    task.idle_since() + 1
                },
                ready: task.ready().map_or(0, |ready| ready.since + 1),
                wait: wait.map(|wait| (wait.reason, wait.object)),
            };
            *tasks.row(task.id) = Some(known);
        }
        armed.extend(state.timers().map(|timer| (timer.id, timer.armed + 1)));
        if let Some(running) = state.running() {
            let poll = tasks.get(running).copied().flatten();
            let poll = poll.map_or(0, |known| known.poll);
            self.last_poll = (poll, log.len() as u32 - 1);
        }
    }

    fn before(&self, at: u32) -> Option<u32> {
        let place = (at as usize).checked_sub(self.first)?;
        self.before.get(place)?.checked_sub(1)
    }

    fn outside(&self, ready: u32) -> Option<OutsideWait> {
        let place = self.outside.binary_search_by_key(&ready, |wait| wait.ready);
        Some(self.outside[place.ok()?])
    }
}

struct Walk<'a> {
    log: &'a Log,
    /// The first event that was not let go, and when the path begins: 0, or at that event.
    first: u32,
    begin: u64,
    links: Links,
    /// The last first.
    segments: Vec<PathSegment>,
}

impl Walk<'_> {
    fn back(&mut self, last: usize) {
        let mut to = last as u32;
        let (poll, ended) = self.links.last_poll;
        let Some(mut poll) = poll.checked_sub(1) else {
            return self.put(0, self.first, to, PathReason::Waiting(Reason::Outside), 0);
        };
        if self.time(ended) < self.time(to) {
            // Nothing ran any more: the end came from outside.
            self.put(0, ended, to, PathReason::Waiting(Reason::Outside), 0);
            to = ended;
        }
        // Every step leads to an earlier event, so this ends.
        loop {
            let task = self.subject(poll);
            self.put(task, poll, to, PathReason::Running, 0);
            if poll <= self.first && self.first > 0 {
                // What was before was let go.
                return;
            }
            let Some(ready) = self.links.before(poll) else {
                return self.begin(task, poll);
            };
            self.put(task, ready, poll, PathReason::Ready, 0);
            if ready <= self.first && self.first > 0 {
                return;
            }
            let outside = self.links.outside(ready);
            let Some(source) = self.links.before(ready) else {
                return self.begin(task, ready);
            };
            if let Some(wait) = outside {
                let reason = PathReason::Waiting(wait.reason);
                self.put(task, wait.since, ready, reason, wait.resource);
                if wait.since <= self.first && self.first > 0 {
                    return;
                }
                (poll, to) = (source, wait.since);
            } else if self.log.columns.kind(source as usize) == Some(Kind::TimerArmed) {
                let owner = self.subject(source);
                self.put(owner, source, ready, PathReason::Waiting(Reason::Timer), 0);
                if source <= self.first && self.first > 0 {
                    return;
                }
                let Some(armed_in) = self.links.before(source) else {
                    return self.begin(owner, source);
                };
                (poll, to) = (armed_in, source);
            } else {
                (poll, to) = (source, ready);
            }
        }
    }

    /// What was before the first task could run.
    fn begin(&mut self, task: u32, at: u32) {
        let reason = match self.first {
            0 => Reason::Outside,
            // Whatever it was, it was let go.
            _ => Reason::Other,
        };
        if at > self.first {
            self.put(task, self.first, at, PathReason::Waiting(reason), 0);
        }
    }

    fn put(&mut self, task: u32, first: u32, last: u32, reason: PathReason, resource: u32) {
        let first = first.max(self.first);
        self.segments.push(PathSegment {
            task,
            // The run begins at 0, whenever its first event was.
            from: if first == self.first {
                self.begin
            } else {
                self.time(first)
            },
            to: self.time(last),
            first,
            last,
            reason,
            resource,
        });
    }

    fn time(&self, at: u32) -> u64 {
        self.log.columns.time(at as usize)
    }

    fn subject(&self, at: u32) -> u32 {
        self.log
            .columns
            .get(at as usize)
            .map_or(0, |event| event.subject)
    }
}
