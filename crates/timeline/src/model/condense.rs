//! Letting go of the oldest events.
//!
//! A log that is to stay within some size cannot keep everything. What goes is everything before
//! some event, but for those events that began what still was so then: these stay with the numbers
//! that they have, and the state at every later moment is the one that the whole log gives.

use wakeline::log::{Carried, Event, FindingKind, Kind, Log, Past, Reason};

use super::Model;
use crate::causal::parties;
use crate::numbers::Numbers;
use crate::state::State;

/// A log on its way to a shorter one, in parts: who has other things to do does them between two.
///
/// ```
/// use wakeline::log::{Log, Outcome};
/// use wakeline_timeline::{Condensing, Model};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.spawn_named("main", async {
///     for _ in 0..100 {
///         wakeline::task::yield_now().await;
///     }
/// });
/// while runtime.run_for(1) == wakeline::Progress::Ready {}
/// let whole = Model::from_log(runtime.log().clone());
/// let mut condensing = Condensing::begin(&whole, 200);
/// while !condensing.go_on(&whole, 50) {}
/// let short = condensing.finish();
/// assert_eq!((short.first(), short.len()), (200, whole.len()));
/// assert_eq!(short.state_at(250).task(1), whole.state_at(250).task(1));
/// assert_eq!(short.event(150), None);
/// ```
#[derive(Debug)]
pub struct Condensing {
    first: usize,
    state: State,
    /// How far what is under way has come.
    at: usize,
    spans: Spans,
    uses: Uses,
    /// Where the last poll began and ended before the first event that stays.
    last_poll: [Option<u32>; 2],
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// What goes is looked through for what is not over and no state knows of.
    Leaving,
    /// What stays is looked through for what it refers to.
    Staying,
    /// What stays is taken in anew.
    Following(Box<Model>),
}

/// Spans of the program that are not closed, each with an event that made it or gave it a field.
type Spans = Vec<(u32, u32)>;

/// What is referred to.
#[derive(Debug, Default)]
struct Uses {
    tasks: Numbers,
    resources: Numbers,
    texts: Numbers,
    /// By what goes.
    texts_before: Numbers,
}

impl Uses {
    fn add(&mut self, event: &Event) {
        let [task, other, resource] = parties(event);
        self.tasks.extend(&[task, other]);
        self.resources.insert(resource);
        match event.kind {
            Kind::WaitBegun | Kind::WaitEnded => {
                let reason = Reason::from_code(event.flags);
                if matches!(reason, Some(Reason::Join | Reason::JoinAny)) {
                    self.tasks.insert(event.object);
                }
            }
            Kind::Finding => match FindingKind::from_code(event.flags) {
                Some(FindingKind::Deadlock) => self.tasks.insert(event.object),
                _ => self.resources.insert(event.object),
            },
            _ => {}
        }
        self.texts.extend(&event.texts());
    }

    fn settle(&mut self) {
        for numbers in [
            &mut self.tasks,
            &mut self.resources,
            &mut self.texts,
            &mut self.texts_before,
        ] {
            numbers.settle();
        }
    }
}

impl Model {
    /// The same log from event number `first` on: see [`Condensing`], which does it in parts.
    #[must_use]
    pub fn condense(&self, first: usize) -> Self {
        let mut condensing = Condensing::begin(self, first);
        while !condensing.go_on(self, usize::MAX) {}
        condensing.finish()
    }

    /// How many events the log holds: those from the [first](Self::first) on, and those that are
    /// kept of the others.
    #[must_use]
    pub fn held(&self) -> usize {
        let past = self.log.columns.past();
        self.len() - self.first() + past.map_or(0, |past| past.events.len())
    }
}

impl Condensing {
    /// Begins to let go of what was before event number `first`, as far as it is there.
    #[must_use]
    pub fn begin(model: &Model, first: usize) -> Self {
        let first = first.clamp(model.first(), model.len());
        Self {
            first,
            state: model.state_at(first),
            at: model.first(),
            spans: Spans::new(),
            uses: Uses::default(),
            last_poll: [None; 2],
            stage: Stage::Leaving,
        }
    }

    /// Goes on with about so many events. Returns whether it is done. `model` is the one that it
    /// began with, and nothing was added to it.
    pub fn go_on(&mut self, model: &Model, events: usize) -> bool {
        let end = self.at.saturating_add(events);
        match &mut self.stage {
            Stage::Leaving => {
                if self.at == model.first()
                    && let Some(past) = model.log.columns.past()
                {
                    for (number, event) in &past.events {
                        self.leave(*number, event);
                    }
                }
                self.pass(model, end.min(self.first), Self::leave);
                if self.at == self.first {
                    self.stage = Stage::Staying;
                }
                false
            }
            Stage::Staying => {
                self.pass(model, end.min(model.len()), |this, _, event| {
                    this.uses.add(event)
                });
                if self.at == model.len() {
                    let log = self.log(model);
                    self.stage = Stage::Following(Box::new(Model {
                        log,
                        complete: model.complete,
                        ..Model::default()
                    }));
                    self.at = self.first;
                }
                false
            }
            Stage::Following(next) => {
                next.follow_to(end);
                self.at = end;
                next.tip.step() == next.len()
            }
        }
    }

    /// The model of what stays.
    #[must_use]
    pub fn finish(self) -> Model {
        match self.stage {
            Stage::Following(model) => *model,
            // Nobody asks for what is not done.
            _ => Model::new(),
        }
    }

    fn pass(&mut self, model: &Model, end: usize, mut see: impl FnMut(&mut Self, u32, &Event)) {
        while self.at < end
            && let Some(event) = model.log.columns.get(self.at)
        {
            // Numbers of events have 32 bits.
            see(self, self.at as u32, &event);
            self.at += 1;
        }
    }

    fn leave(&mut self, number: u32, event: &Event) {
        self.uses.texts_before.extend(&event.texts());
        match event.kind {
            Kind::SpanCreated => self.spans.push((event.object, number)),
            Kind::Field if self.spans.iter().any(|(span, _)| *span == event.object) => {
                self.spans.push((event.object, number));
            }
            Kind::SpanClosed => self.spans.retain(|(span, _)| *span != event.object),
            Kind::PollBegun => self.last_poll[0] = Some(number),
            Kind::PollEnded => self.last_poll[1] = Some(number),
            _ => {}
        }
    }

    /// The log of what stays.
    fn log(&mut self, model: &Model) -> Log {
        let old = &model.log;
        let mut log = Log {
            meta: old.meta.clone(),
            locations: old.locations.clone(),
            ..Log::new()
        };
        if self.first == 0 {
            log.columns = old.columns.clone();
            log.strings = old.strings.clone();
            return log;
        }
        let mut more: Vec<u32> = self.spans.iter().map(|(_, number)| *number).collect();
        more.extend(self.last_poll.iter().flatten());
        let told = model.lanes.to_tell(&self.state, &old.columns);
        more.extend(told.iter().map(|(_, since)| since));
        self.uses.settle();
        // What is kept refers to others in turn, which are named but not followed further.
        let past = self.past(model, &more);
        past.events
            .iter()
            .for_each(|(_, event)| self.uses.add(event));
        self.uses.settle();
        let mut past = self.past(model, &more);
        past.standing
            .extend(told.into_iter().map(|(task, since)| Event {
                time: 0,
                kind: Kind::Carried,
                flags: Carried::Since.code(),
                location: 0,
                subject: task,
                object: 0,
                value: since.into(),
            }));
        let events = past.events.iter().map(|(_, event)| event);
        for event in events.chain(&past.standing) {
            self.uses.texts.extend(&event.texts());
        }
        for location in &old.locations {
            self.uses.texts.insert(location.file);
        }
        self.uses.settle();
        // A text to which nothing refers may be that of an event to come.
        // So may one that whoever sends the log still knows to be here.
        let settled = match model.complete {
            true => old.strings.len(),
            false => old.strings.settled(),
        };
        let uses = &self.uses;
        let is_gone = |text| {
            (text as usize) < settled
                && uses.texts_before.contains(text)
                && !uses.texts.contains(text)
        };
        log.strings = old.strings.only(|text| !is_gone(text));
        log.columns = old.columns.condensed(self.first, past);
        log
    }

    fn past(&self, model: &Model, more: &[u32]) -> Past {
        let uses = &self.uses;
        self.state.past(
            &model.log.columns,
            &|task| uses.tasks.contains(task),
            &|resource| uses.resources.contains(resource),
            more,
        )
    }
}
