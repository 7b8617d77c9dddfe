//! A run in figures: over time, of each task, of each resource, and in all.
//!
//! [`Metrics::of`] reads a log once. Its figures are counted from events alone, so that they can
//! be checked against the log by hand.

mod figures;
mod thinned;
mod waits;

use std::collections::HashMap;

use wakeline::log::{Cause, Event, Kind, Log, ResourceKind};

pub use figures::{ResourceFigures, TaskFigures, Totals, Unit};
pub use thinned::POINTS;
pub use waits::Distribution;

use crate::sparse::Sparse;
use crate::state::{Resource, State};
use crate::turns::Turns;
use figures::TaskClock;
use thinned::Thinned;
use waits::Waits;

/// The resources whose contents are told over time: those with the most changes.
const MOST_OCCUPANCIES: usize = 40;
/// Stretches of equal length in which throughput is counted.
const STRETCHES: usize = 120;

/// What a series is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesKind {
    /// How many tasks stand in the ready queue.
    ReadyQueue,
    /// How many tasks could run: the one that does, and those in the queue.
    RunningTasks,
    /// How many tasks are alive.
    Concurrency,
    /// How many pieces of work are done in a second; [`Totals::unit`] says what a piece is.
    Throughput,
    /// How many messages are inside of a resource, or how many of its permits are held.
    Occupancy(u32),
}

impl SeriesKind {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadyQueue => "ready-queue",
            Self::RunningTasks => "running-tasks",
            Self::Concurrency => "concurrency",
            Self::Throughput => "throughput",
            Self::Occupancy(_) => "occupancy",
        }
    }
}

/// A number over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What it is.
    pub kind: SeriesKind,
    /// Time in nanoseconds, and the value from then on; at most [`POINTS`], of which the least and
    /// the greatest in each stretch are kept.
    pub points: Vec<(u64, u64)>,
    /// The greatest value.
    pub max: u64,
}

/// A run in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// Numbers over time.
    pub series: Vec<Series>,
    /// How long waits were, deliberate sleep left out.
    pub waiting: Distribution,
    /// Each task, in the order of creation.
    pub tasks: Vec<TaskFigures>,
    /// Each resource, in the order of creation.
    pub resources: Vec<ResourceFigures>,
    /// The run as a whole.
    pub totals: Totals,
}

impl Metrics {
    /// The figures of a run, be it over or not. Takes one pass over the log.
    ///
    /// ```
    /// use wakeline::log::Log;
    /// use wakeline_timeline::metrics::Metrics;
    ///
    /// assert_eq!(Metrics::of(&Log::new()).totals.polls, 0);
    /// ```
    #[must_use]
    pub fn of(log: &Log) -> Self {
        let columns = &log.columns;
        let mut state = State::begin(columns);
        let begin = match columns.first() {
            0 => 0,
            first => columns.time(first),
        };
        let mut counter = Counter::new(begin, columns.time(usize::MAX));
        counter.begin(&state);
        let mut turns = Turns::begin(&state);
        for (at, event) in columns.numbered() {
            state.apply(&event);
            if let Some(turn) = turns.follow(&state, &event, at)
                && turn.is_spurious()
            {
                counter.spurious(turn.task);
            }
            counter.follow(&state, &event);
        }
        counter.finish(&state, log.len() - columns.first())
    }
}

/// What is counted while a log is read.
struct Counter {
    /// When the log begins: what was before is not counted.
    begin: u64,
    end: u64,
    /// How many tasks had returned then, how many polls had begun, and of each task.
    completed: usize,
    polls: u64,
    polls_of: HashMap<u32, u32>,
    ready: Thinned,
    running: Thinned,
    alive: Thinned,
    /// Messages received, and tasks that returned, in each stretch.
    received: Vec<u64>,
    returned: Vec<u64>,
    tasks: Sparse<TaskClock>,
    resources: Sparse<Option<(ResourceFigures, Thinned)>>,
    waits: Waits,
    totals: Totals,
}

impl Counter {
    fn new(begin: u64, end: u64) -> Self {
        Self {
            begin,
            end,
            completed: 0,
            polls: 0,
            polls_of: HashMap::new(),
            ready: Thinned::new(begin, end),
            running: Thinned::new(begin, end),
            alive: Thinned::new(begin, end),
            received: vec![0; STRETCHES],
            returned: vec![0; STRETCHES],
            tasks: Sparse::default(),
            resources: Sparse::default(),
            waits: Waits::default(),
            totals: Totals::default(),
        }
    }

    /// Takes in what is so when the log begins.
    fn begin(&mut self, state: &State) {
        self.completed = state.counts().completed;
        self.polls = state.polls();
        for task in state.tasks() {
            self.polls_of.insert(task.id, task.polls);
            let begin = self.begin;
            self.task(task.id).follow(task, begin);
            for wait in task.waits() {
                self.waits
                    .begin((task.id, wait.reason.code(), wait.object), begin);
            }
        }
        for resource in state.resources() {
            let value = occupancy(resource);
            let begin = self.begin;
            if let Some((figures, series)) = self.resource(state, resource.id) {
                figures.max_occupancy = value;
                series.push(begin, value);
            }
        }
    }

    fn spurious(&mut self, task: u32) {
        self.totals.spurious += 1;
        self.task(task).figures.spurious += 1;
    }

    /// The row of a task that exists.
    fn task(&mut self, id: u32) -> &mut TaskClock {
        self.tasks.row(id)
    }

    /// The row of a resource, if it exists.
    fn resource(&mut self, state: &State, id: u32) -> Option<&mut (ResourceFigures, Thinned)> {
        state.resource(id)?;
        let new = || {
            (
                ResourceFigures::default(),
                Thinned::new(self.begin, self.end),
            )
        };
        Some(self.resources.row(id).get_or_insert_with(new))
    }

    fn follow(&mut self, state: &State, event: &Event) {
        let time = event.time;
        match event.kind {
            Kind::TaskCreated
            | Kind::TaskReady
            | Kind::WakeCoalesced
            | Kind::PollBegun
            | Kind::PollEnded
            | Kind::TaskCompleted
            | Kind::TaskFailed
            | Kind::TaskCancelled
            | Kind::TaskDropped => self.follow_task(state, event),
            Kind::WaitBegun | Kind::WaitEnded => self.follow_wait(state, event),
            Kind::Sent
            | Kind::Received
            | Kind::Acquired
            | Kind::Released
            | Kind::HandedOver
            | Kind::Notified
            | Kind::UnitDone => self.follow_resource(state, event.object, event),
            Kind::Discarded => self.follow_resource(state, event.subject, event),
            _ => {}
        }
        match event.kind {
            Kind::Received => {
                self.totals.messages += 1;
                let stretch = self.stretch(time);
                self.received[stretch] += 1;
            }
            Kind::TaskCompleted => {
                let stretch = self.stretch(time);
                self.returned[stretch] += 1;
            }
            _ => {}
        }
    }

    fn stretch(&self, time: u64) -> usize {
        let (time, length) = (time - self.begin, self.end - self.begin);
        let place = u128::from(time) * STRETCHES as u128 / u128::from(length.max(1));
        (place as usize).min(STRETCHES - 1)
    }

    fn follow_task(&mut self, state: &State, event: &Event) {
        let Some(task) = state.task(event.subject) else {
            return;
        };
        let is_wake = matches!(event.kind, Kind::TaskReady | Kind::WakeCoalesced)
            && event.flags != Cause::Spawned.code();
        self.totals.wakes += u64::from(is_wake);
        let clock = self.task(event.subject);
        clock.figures.wakes += u64::from(is_wake);
        clock.follow(task, event.time);
        let counts = state.counts();
        let running = u64::from(state.running().is_some());
        let ready = counts.ready as u64;
        let ended = counts.completed + counts.failed + counts.cancelled + counts.dropped;
        self.ready.push(event.time, ready);
        self.running.push(event.time, ready + running);
        self.alive.push(event.time, (counts.created - ended) as u64);
    }

    fn follow_wait(&mut self, state: &State, event: &Event) {
        let waited = match event.kind {
            Kind::WaitBegun => {
                self.waits.begin(waits::key(event), event.time);
                None
            }
            _ => self.waits.end(event),
        };
        if !Waits::is_at_resource(event) {
            return;
        }
        if let Some((figures, _)) = self.resource(state, event.object) {
            match event.kind {
                Kind::WaitBegun => figures.waits += 1,
                _ => figures.wait(waited.unwrap_or(0)),
            }
        }
    }

    fn follow_resource(&mut self, state: &State, id: u32, event: &Event) {
        let Some(resource) = state.resource(id) else {
            return;
        };
        let value = occupancy(resource);
        if let Some((figures, series)) = self.resource(state, id) {
            // What is handed over is acquired later, and what is acquired comes back.
            let counts = matches!(
                event.kind,
                Kind::Sent | Kind::Received | Kind::Acquired | Kind::Notified | Kind::UnitDone
            );
            figures.operations += u64::from(counts);
            figures.max_occupancy = figures.max_occupancy.max(value);
            series.push(event.time, value);
        }
    }

    fn finish(mut self, state: &State, events: usize) -> Metrics {
        for (_, event, waited) in self.waits.rest(self.end) {
            if let Some((figures, _)) = self.resource(state, event) {
                figures.wait(waited);
            }
        }
        let ids = state.tasks().map(|task| task.id);
        let clocks = std::mem::take(&mut self.tasks);
        let tasks: Vec<TaskFigures> = ids
            .zip(state.tasks())
            .filter_map(|(id, task)| {
                let mut clock = clocks.get(id)?.clone();
                clock.close(self.end);
                Some(TaskFigures {
                    task: id,
                    polls: u64::from(task.polls)
                        - u64::from(self.polls_of.get(&id).copied().unwrap_or(0)),
                    ..clock.figures
                })
            })
            .collect();
        let counts = state.counts();
        let unit = match self.totals.messages {
            0 => Unit::Tasks,
            _ => Unit::Messages,
        };
        let (pieces, in_stretches) = match unit {
            Unit::Tasks => ((counts.completed - self.completed) as u64, &self.returned),
            Unit::Messages => (self.totals.messages, &self.received),
        };
        let totals = Totals {
            end_ns: self.end,
            begin_ns: self.begin,
            events: events as u64,
            tasks: counts.created as u64,
            polls: state.polls() - self.polls,
            failed: counts.failed as u64,
            waiting_ns: tasks.iter().map(|task| task.waiting_ns).sum(),
            throughput_thousandths: rate(pieces, self.end - self.begin),
            unit,
            ..self.totals
        };
        let mut series = vec![
            self.ready.into_series(SeriesKind::ReadyQueue),
            self.running.into_series(SeriesKind::RunningTasks),
            self.alive.into_series(SeriesKind::Concurrency),
            throughput(in_stretches, self.begin, self.end),
        ];
        let mut resources = Vec::new();
        let mut occupancies = Vec::new();
        for resource in state.resources() {
            let row = self.resources.get_mut(resource.id).and_then(Option::take);
            let (figures, thinned) = match row {
                Some((figures, thinned)) => (figures, Some(thinned)),
                None => (ResourceFigures::default(), None),
            };
            resources.push(ResourceFigures {
                resource: resource.id,
                ..figures
            });
            if let Some(thinned) = thinned.filter(|thinned| thinned.max() > 0) {
                occupancies.push((resource.id, thinned));
            }
        }
        if occupancies.len() > MOST_OCCUPANCIES {
            occupancies.sort_by_key(|(id, it)| (std::cmp::Reverse(it.changes()), *id));
            occupancies.truncate(MOST_OCCUPANCIES);
            occupancies.sort_by_key(|(id, _)| *id);
        }
        let kind = SeriesKind::Occupancy;
        let occupancies = occupancies.into_iter();
        series.extend(occupancies.map(|(id, thinned)| thinned.into_series(kind(id))));
        Metrics {
            series,
            waiting: self.waits.distribution(),
            tasks,
            resources,
            totals,
        }
    }
}

/// How many messages are inside, or how many permits are held.
fn occupancy(resource: &Resource) -> u64 {
    match resource.kind {
        Some(ResourceKind::Mutex | ResourceKind::RwLock | ResourceKind::Semaphore) => {
            resource.permits_in_use()
        }
        _ => resource.len() as u64,
    }
}

/// Thousandths of a piece in a second.
fn rate(pieces: u64, time: u64) -> u64 {
    if time == 0 {
        return 0;
    }
    let rate = u128::from(pieces) * 1_000_000_000_000 / u128::from(time);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

fn throughput(in_stretches: &[u64], begin: u64, end: u64) -> Series {
    let start = |stretch: usize| {
        // Within the run, so it fits.
        begin + (u128::from(end - begin) * stretch as u128 / STRETCHES as u128) as u64
    };
    let points: Vec<(u64, u64)> = match end - begin {
        0 => Vec::new(),
        _ => in_stretches
            .iter()
            .enumerate()
            .map(|(stretch, pieces)| {
                let length = start(stretch + 1) - start(stretch);
                (start(stretch), rate(*pieces, length) / 1_000)
            })
            .collect(),
    };
    Series {
        kind: SeriesKind::Throughput,
        max: points.iter().map(|point| point.1).max().unwrap_or(0),
        points,
    }
}
