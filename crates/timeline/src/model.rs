//! A log with everything that is known about it.

mod condense;

use std::ops::Range;

use wakeline::log::{DecodeError, Decoder, Event, Kind, Log};

use std::cell::RefCell;
use std::rc::Rc;

use crate::breaks::Breaks;
use crate::causal::Depths;
use crate::chart::Chart;
use crate::checkpoints::{Checkpoints, advance};
use crate::edges::Edges;
use crate::lanes::{At, LaneKey, Lanes, Level, Mark, Slice, Slices, Span};
use crate::links::Links;
use crate::state::State;
use crate::{Axis, Viewport};

pub use condense::Condensing;

/// What [`Model::append`] took in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The new events.
    pub events: Range<usize>,
    /// Whether the log is complete now.
    pub complete: bool,
}

/// Bytes of memory, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The events themselves.
    pub events: usize,
    /// The table of text.
    pub text: usize,
    /// What is drawn, with its levels of detail.
    pub lanes: usize,
    /// What connects one lane with another.
    pub links: usize,
    /// The state after the last event.
    pub state: usize,
    /// States along the log.
    pub checkpoints: usize,
    /// The causal axis; nothing before it was looked along.
    pub depths: usize,
}

impl Memory {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> usize {
        let index = self.lanes + self.links + self.state + self.checkpoints + self.depths;
        self.events + self.text + index
    }
}

/// The log of a run, and every index over it.
///
/// It grows batch by batch: a run that is under way and a log from a file take the same path,
/// at a constant cost for each event. All questions are answered from the log alone.
///
/// ```
/// use wakeline::log::{Log, encode};
/// use wakeline_timeline::Model;
///
/// let mut model = Model::new();
/// let appended = model.append(&encode(&Log::new())).unwrap();
/// assert!(appended.complete);
/// assert_eq!(model.state_at(0).running(), None);
/// ```
#[derive(Debug, Default)]
pub struct Model {
    log: Log,
    decoder: Decoder,
    complete: bool,
    tip: State,
    checkpoints: Checkpoints,
    lanes: Lanes,
    links: Links,
    /// For the causal axis, once somebody looked along it.
    depths: RefCell<Rc<Depths>>,
    /// What was found to be left out, and in how many events.
    breaks: RefCell<(usize, Rc<Breaks>)>,
    /// Of the view that was drawn last.
    edges: RefCell<Option<Rc<Edges>>>,
    lines: Vec<u32>,
    findings: Vec<u32>,
}

/// Pixels of a view, and no screen has more, up to which their edges are kept.
const MOST_EDGES: u32 = 1 << 15;

impl Model {
    /// The model of a log without events.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The model of a log at hand.
    #[must_use]
    pub fn from_log(log: Log) -> Self {
        let mut model = Self {
            log,
            complete: true,
            ..Self::default()
        };
        model.follow();
        model
    }

    /// Takes in a batch of a stream, or a file.
    ///
    /// # Errors
    /// If the bytes are damaged or do not continue the log; see [`Decoder::read`]. What came
    /// before the damage has been taken in.
    pub fn append(&mut self, batch: &[u8]) -> Result<Appended, DecodeError> {
        let first = self.log.len();
        let read = self.decoder.read(&mut self.log, batch);
        self.edges.take();
        self.follow();
        self.log.columns.pack();
        self.complete = read?;
        Ok(Appended {
            events: first..self.log.len(),
            complete: self.complete,
        })
    }

    /// Brings every index up to the end of the log.
    fn follow(&mut self) {
        self.follow_to(usize::MAX);
    }

    /// The log begins with more than nothing: its first events were let go.
    fn begin(&mut self) {
        let columns = &self.log.columns;
        let Some(past) = columns.past() else { return };
        let state = State::begin(columns);
        let at = At {
            // Numbers of events have 32 bits.
            event: columns.first() as u32 - 1,
            columns,
        };
        self.lanes = Lanes::begin(&state, past, at);
        let mut links = Links::of(&state);
        State::replay(columns, &mut |state, event, at| {
            links.follow(state, event, at)
        });
        self.links = links;
        self.depths = RefCell::new(Rc::new(Depths::begin(&state)));
        self.checkpoints = Checkpoints::begin(state.clone());
        self.tip = state;
    }

    /// Brings every index up to a step of the log.
    pub(crate) fn follow_to(&mut self, step: usize) {
        if self.tip.step() < self.first() {
            self.begin();
        }
        while self.tip.step() < step
            && let Some(event) = self.log.columns.get(self.tip.step())
        {
            let at = At {
                // The binary form and the recorder's limit keep sequence numbers to 32 bits.
                event: self.tip.step() as u32,
                columns: &self.log.columns,
            };
            let ran = self.tip.running();
            self.tip.apply(&event);
            self.lanes.follow(&self.tip, &event, at, ran);
            self.links.follow(&self.tip, &event, at.event);
            match event.kind {
                Kind::Line => self.lines.push(at.event),
                Kind::Finding => self.findings.push(at.event),
                _ => {}
            }
            self.checkpoints.consider(&mut self.tip);
        }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// What the log and all that is known about it take in memory.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let text = self.log.strings.iter_from(0);
        Memory {
            events: self.log.columns.memory(),
            // Each with its index, its counters, and its place in the table.
            text: text.map(|text| text.len() + 40).sum(),
            lanes: self.lanes.memory(),
            links: self.links.memory(),
            state: self.tip.memory(),
            checkpoints: self.checkpoints.memory(),
            depths: self.depths.borrow().memory(),
        }
    }

    /// Whether the log is complete: nothing can follow.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The number of the first event from which on the log is whole, which is also the first step:
    /// 0 unless earlier events were [let go](Self::condense).
    #[must_use]
    pub fn first(&self) -> usize {
        self.log.columns.first()
    }

    /// Where the log begins on an axis: 0 unless earlier events were let go.
    #[must_use]
    pub fn begin_on(&self, axis: Axis) -> u64 {
        let first = self.first();
        match axis {
            _ if first == 0 => 0,
            Axis::Step => first as u64,
            Axis::Causal => 0,
            Axis::Time => self.log.columns.time(first),
            Axis::Active => self.breaks().shorten(self.log.columns.time(first)),
        }
    }

    /// Number of events so far, those that were let go included, which is also the last step.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.len()
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// An event by its sequence number.
    #[must_use]
    pub fn event(&self, index: usize) -> Option<Event> {
        self.log.columns.get(index)
    }

    /// The time of the last event so far, in nanoseconds since the run began.
    #[must_use]
    pub fn end_time(&self) -> u64 {
        self.log.columns.time(usize::MAX)
    }

    /// The state after all events so far.
    #[must_use]
    pub fn tip(&self) -> &State {
        &self.tip
    }

    /// The state after the first `step` events; the last one if there are fewer, the one with
    /// which the log begins if these were let go.
    #[must_use]
    pub fn state_at(&self, step: usize) -> State {
        if step >= self.len() {
            return self.tip.clone();
        }
        self.checkpoints.state_at(&self.log, step)
    }

    /// Moves a state to another step of this model, by the shorter of two ways: on from where
    /// it is, or from a checkpoint. A playhead that runs forwards pays only for what is new.
    pub fn seek(&self, state: &mut State, step: usize) {
        let step = step.min(self.len()).max(self.first());
        let from = self.checkpoints.nearest(step);
        if !state.begins_with(self.first()) {
            // It is from before events were let go.
            *state = self.state_at(step);
            return;
        }
        if step == self.len() && step - from.min(step) > 0 && state.step() != step {
            state.clone_from(&self.tip);
        } else if (from..=step).contains(&state.step()) {
            advance(state, &self.log, step);
        } else {
            *state = self.state_at(step);
        }
    }

    /// The events by which the runtime told what it noticed, in order. The first
    /// [`State::findings_len`] of them belong to a state.
    #[must_use]
    pub fn findings(&self) -> &[u32] {
        &self.findings
    }

    /// The events by which the program printed its lines, in order. The first
    /// [`State::lines_len`] of them belong to a state.
    #[must_use]
    pub fn lines(&self) -> &[u32] {
        &self.lines
    }

    /// The lanes.
    #[must_use]
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    pub(crate) fn links(&self) -> &Links {
        &self.links
    }

    /// Where an event stands on an axis.
    #[must_use]
    pub fn position(&self, axis: Axis, event: usize) -> u64 {
        match axis {
            Axis::Time => self.log.columns.time(event),
            Axis::Step => event as u64,
            _ => self
                .chart(axis)
                .place(u32::try_from(event).unwrap_or(u32::MAX)),
        }
    }

    /// From where to where a slice reaches on an axis.
    #[must_use]
    pub fn slice_on(&self, axis: Axis, slice: &Slice) -> (u64, u64) {
        if axis == Axis::Time {
            return (slice.start_time, slice.end_time);
        }
        let chart = self.chart(axis);
        let end = match slice.open {
            true => chart.end(),
            false => chart.place(slice.end),
        };
        (chart.place(slice.start), end)
    }

    /// What [`Axis::Active`] leaves out. Of a run that grows, this is looked for again when it has
    /// become longer by a quarter, and when it is complete.
    #[must_use]
    pub fn breaks(&self) -> Rc<Breaks> {
        let mut found = self.breaks.borrow_mut();
        let (known, len) = (found.0, self.len());
        if known == 0 || known > len || len - known > known / 4 || (self.complete && known != len) {
            let breaks = Breaks::of(self.lanes.executor(), &self.log.columns);
            *found = (len, Rc::new(breaks));
        }
        Rc::clone(&found.1)
    }

    pub(crate) fn chart(&self, axis: Axis) -> Chart<'_> {
        let breaks = (axis == Axis::Active).then(|| self.breaks());
        let end = match &breaks {
            Some(breaks) => breaks.shorten(self.end_time()),
            None => self.extent(axis),
        };
        let depths = (axis == Axis::Causal).then(|| self.depths());
        Chart::new(axis, &self.log.columns, depths, breaks, end)
    }

    /// An axis for what a view shows of many lanes.
    pub(crate) fn chart_of(&self, view: &Viewport) -> Chart<'_> {
        let chart = self.chart(view.axis);
        if !view.axis.is_clock() || view.is_empty() || view.pixels > MOST_EDGES {
            return chart;
        }
        let mut edges = self.edges.borrow_mut();
        let edges = match &*edges {
            Some(known) if known.fit(view, self.len()) => Rc::clone(known),
            _ => {
                let found = Edges::of(view, &chart, self.len(), edges.as_deref());
                let found = Rc::new(found);
                Rc::clone(edges.insert(found))
            }
        };
        chart.with_edges(edges)
    }

    /// How deep the events are, up to the last. The first call looks at all of them, a later one
    /// at those that came since.
    fn depths(&self) -> Rc<Depths> {
        let mut depths = self.depths.borrow_mut();
        if depths.len() < self.len() {
            Rc::make_mut(&mut depths).follow(&self.log.columns);
        }
        Rc::clone(&depths)
    }

    /// Where the run ends on an axis, so far.
    #[must_use]
    pub fn extent(&self, axis: Axis) -> u64 {
        match axis {
            Axis::Time => self.end_time(),
            Axis::Step => self.len() as u64,
            Axis::Causal => self.depths().count() as u64,
            Axis::Active => self.breaks().shorten(self.end_time()),
        }
    }

    /// Where the playhead stands after the first `step` events: on an axis of time, at the last of
    /// them. On the step axis that is between two events: everything to its left has happened,
    /// nothing to its right has. On the causal axis it is after the last event, and what has
    /// happened differs from lane to lane.
    #[must_use]
    pub fn playhead(&self, axis: Axis, step: usize) -> f64 {
        let last = step.min(self.len()).max(self.first()).checked_sub(1);
        let place = last.map(|last| self.position(axis, last) as f64);
        match axis.is_clock() {
            true => place.unwrap_or(0.0),
            false => place.unwrap_or(-1.0) + 0.5,
        }
    }

    /// The step of a playhead at a position: how many events stand at the position or before it.
    /// On the causal axis, how many happened before the first that stands after it.
    #[must_use]
    pub fn step_at(&self, axis: Axis, position: f64) -> usize {
        let first = self.first();
        if position.is_nan() || position < 0.0 {
            return first;
        }
        // Casts from floating point saturate.
        let step = match axis {
            Axis::Time => self
                .log
                .columns
                .first_at_or_after((position.floor() as u64).saturating_add(1)),
            Axis::Step => (position.floor() as usize)
                .saturating_add(1)
                .min(self.len()),
            Axis::Causal => self
                .depths()
                .first((position.floor() as usize).saturating_add(1)),
            Axis::Active => {
                let time = self.breaks().last_at(position.floor() as u64);
                self.log.columns.first_at_or_after(time.saturating_add(1))
            }
        };
        step.max(first)
    }

    /// The events in view, the last one excluded. On the causal axis others may be among them:
    /// their order is another one.
    #[must_use]
    pub fn events_in(&self, view: &Viewport) -> Range<usize> {
        let before = |position: f64| {
            if position <= 0.0 || position.is_nan() {
                return self.first();
            }
            let event = match view.axis {
                Axis::Time => self.log.columns.first_at_or_after(position.ceil() as u64),
                Axis::Step => (position.ceil() as usize).min(self.len()),
                Axis::Causal => self.depths().first(position.ceil() as usize),
                Axis::Active => {
                    let time = self.breaks().first_at(position.ceil() as u64);
                    self.log.columns.first_at_or_after(time)
                }
            };
            event.max(self.first())
        };
        let first = before(view.start);
        let end = match view.axis {
            Axis::Causal => self.len(),
            _ => before(view.end),
        };
        first..end.max(first)
    }

    /// The slices of a lane, if it has a place on the axis.
    fn slices_on(&self, key: LaneKey, axis: Axis) -> Option<&Slices> {
        let alone = key == LaneKey::Executor && axis == Axis::Causal;
        self.lanes.slices(key).filter(|_| !alone)
    }

    /// Fills `spans` with what a view shows of a lane's slices, from left to right: at most one
    /// span for each pixel, none where there is nothing. The cost depends on the pixels, not on
    /// the slices.
    pub fn spans(&self, key: LaneKey, view: &Viewport, spans: &mut Vec<Span>) {
        match self.slices_on(key, view.axis) {
            Some(slices) => slices.query(view, &self.chart_of(view), spans),
            None => spans.clear(),
        }
    }

    /// Fills `levels` with what a view shows of a resource's contents or permits.
    pub fn levels(&self, resource: u32, view: &Viewport, levels: &mut Vec<Level>) {
        match self.lanes.resource(resource) {
            Some(lane) => lane.series.query(view, &self.chart_of(view), levels),
            None => levels.clear(),
        }
    }

    /// Fills `levels` with how many tasks a view shows to wait for room in a channel.
    pub fn blocked(&self, resource: u32, view: &Viewport, levels: &mut Vec<Level>) {
        match self.lanes.resource(resource) {
            Some(lane) => lane.blocked.query(view, &self.chart_of(view), levels),
            None => levels.clear(),
        }
    }

    /// Fills `levels` with how many tasks a view shows to wait for what a resource gives.
    pub fn waiting(&self, resource: u32, view: &Viewport, levels: &mut Vec<Level>) {
        match self.lanes.resource(resource) {
            Some(lane) => lane.waiting.query(view, &self.chart_of(view), levels),
            None => levels.clear(),
        }
    }

    /// Fills `marks` with what a view shows of a lane's marks, at most one for each pixel.
    pub fn marks(&self, key: LaneKey, view: &Viewport, marks: &mut Vec<Mark>) {
        match self.lanes.marks(key) {
            Some(all) => all.query(view, &self.chart(view.axis), marks),
            None => marks.clear(),
        }
    }

    /// A slice of a lane by its number.
    #[must_use]
    pub fn slice(&self, key: LaneKey, index: usize) -> Option<Slice> {
        self.lanes.slices(key)?.get(index, &self.log.columns)
    }

    /// The numbers of the slices of a lane that lie between two positions, be it with an end.
    #[must_use]
    pub fn slices_between(&self, key: LaneKey, axis: Axis, from: u64, to: u64) -> Range<usize> {
        match self.slices_on(key, axis) {
            Some(slices) => slices.range(&self.chart(axis), from, to),
            None => 0..0,
        }
    }

    /// The slice of a lane under a pointer: the most important one within `tolerance` units of
    /// the position, and of several the nearest.
    #[must_use]
    pub fn hit(&self, key: LaneKey, axis: Axis, position: f64, tolerance: f64) -> Option<Slice> {
        let slices = self.slices_on(key, axis)?;
        let index = slices.hit(&self.chart(axis), position, tolerance)?;
        slices.get(index, &self.log.columns)
    }
}
