//! How large a log may grow, and a run that goes on beyond that by letting go of its oldest events.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use wakeline_timeline::{Condensing, Model};

use super::run::Phase;

/// How many events the log of a run may have, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The number of events.
    pub events: u32,
    /// Whether the run goes on then and its oldest events are let go. Otherwise it is stopped.
    pub newest: bool,
}

impl Default for Limit {
    /// What a page can draw and hold on a phone.
    fn default() -> Self {
        Self {
            events: 1_000_000,
            newest: false,
        }
    }
}

impl Limit {
    /// The numbers of events that can be chosen.
    pub const SIZES: [u32; 3] = [10_000, 100_000, 1_000_000];

    /// As it stands in a link and in the browser's storage: `10000`, `10000-newest`.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = self.events.to_string();
        if self.newest {
            name.push_str(NEWEST);
        }
        name
    }

    /// The limit with this name, if it can be chosen.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let events = name.strip_suffix(NEWEST).unwrap_or(name);
        let sizes = Self::SIZES.into_iter();
        let mut sizes = sizes.filter(|size| size.to_string() == events);
        Some(Self {
            events: sizes.next()?,
            newest: name.len() > events.len(),
        })
    }

    /// Whether so many events of a run are here that the oldest must go.
    pub(super) fn is_reached(self, model: &Model) -> bool {
        self.newest && model.held() >= self.events as usize
    }

    /// Whether so much of what is here is still under way that letting go is of little use.
    pub(super) fn is_crowded(self, model: &Model) -> bool {
        self.newest && model.held() > self.events as usize / 4 * 3
    }
}

const NEWEST: &str = "-newest";

/// Events that are looked at before the page does something else: a few milliseconds' worth.
const PART: usize = 16_384;

/// A run that is letting go of its oldest events. What comes meanwhile waits.
#[derive(Clone)]
pub struct LettingGo(Rc<RefCell<Work>>);

struct Work {
    condensing: Option<Condensing>,
    batches: Vec<Vec<u8>>,
    over: Option<Phase>,
}

impl LettingGo {
    /// Begins to let go of so much that half of what the limit allows is left.
    pub(super) fn begin(model: &Model, limit: Limit) -> Self {
        let first = model.len().saturating_sub(limit.events as usize / 2);
        Self(Rc::new(RefCell::new(Work {
            condensing: Some(Condensing::begin(model, first)),
            batches: Vec::new(),
            over: None,
        })))
    }

    /// Goes on for a moment, with the model that it began with. Returns whether it is done.
    #[must_use]
    pub fn go_on(&self, model: &Model) -> bool {
        let mut work = self.0.borrow_mut();
        let condensing = work.condensing.as_mut();
        condensing.is_none_or(|condensing| condensing.go_on(model, PART))
    }

    /// Whether nobody waits for it any more.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    /// Keeps a batch until this is done.
    pub(super) fn hold(&self, batch: Vec<u8>) {
        self.0.borrow_mut().batches.push(batch);
    }

    /// The run is over, as soon as this is done.
    pub(super) fn end(&self, phase: Phase) {
        self.0.borrow_mut().over.get_or_insert(phase);
    }

    /// What is left of the log, what came meanwhile, and how the run ended if it did.
    pub(super) fn finish(&self) -> (Option<Model>, Vec<Vec<u8>>, Option<Phase>) {
        let mut work = self.0.borrow_mut();
        let model = work.condensing.take().map(Condensing::finish);
        (model, std::mem::take(&mut work.batches), work.over.take())
    }
}

impl PartialEq for LettingGo {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for LettingGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LettingGo").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use wakeline_protocol::{Clock, Policy, Values};
    use wakeline_timeline::log::{Event, Kind, Log, Position, encode_rest, encode_until};

    use crate::state::{Run, RunPlan, Runs};

    /// A task that is polled over and over, and a line now and then.
    fn long(polls: u64) -> Log {
        let mut log = Log::new();
        let mut push = |kind, time, value| {
            log.columns.push(Event {
                time,
                kind,
                flags: 0,
                location: 0,
                subject: 1,
                object: 0,
                value,
            });
        };
        push(Kind::TaskCreated, 0, 0);
        for poll in 0..polls {
            push(Kind::TaskReady, poll, 0);
            push(Kind::PollBegun, poll, 0);
            push(Kind::PollEnded, poll, 0);
        }
        log
    }

    fn begin(limit: Limit) -> Runs {
        let mut runs = Runs::default();
        let plan = RunPlan {
            demo: String::new(),
            params: Values::new(),
            seed: 0,
            policy: Policy::Fifo,
            clock: Clock::Live,
            server: String::new(),
            limit,
        };
        runs.ask(1, plan);
        let _ = runs.started(1);
        runs
    }

    fn shown(runs: &Runs) -> &Run {
        runs.shown.as_ref().unwrap()
    }

    /// Lets go for as long as there is something to, in parts; what is shown stays as it is
    /// meanwhile.
    fn let_go(runs: &mut Runs) -> Option<Phase> {
        let letting_go = shown(runs).letting_go.clone()?;
        let (first, len) = (shown(runs).model.read().first(), shown(runs).events());
        while !letting_go.go_on(&shown(runs).model.read()) {
            assert_eq!(shown(runs).model.read().first(), first);
            assert_eq!(shown(runs).events(), len);
        }
        runs.let_go(1).unwrap()
    }

    #[test]
    fn a_run_that_keeps_the_newest_stays_within_its_limit_and_loses_nothing_else() {
        const LIMIT: Limit = Limit {
            events: 10_000,
            newest: true,
        };
        let log = long(40_000);
        let mut runs = begin(LIMIT);
        let (mut position, mut times) = (Position::default(), 0);
        while position.events < log.len() {
            let end = (position.events + 1_500).min(log.len());
            let batch = match end == log.len() {
                true => encode_rest(&log, position),
                false => encode_until(&log, position, end),
            };
            let _ = runs.batch(1, &batch).unwrap();
            position = Position {
                events: end,
                ..Position::end_of(&log)
            };
            let held = shown(&runs).model.read().held();
            assert!(held < 10_000 + 1_500, "{held}");
            if shown(&runs).letting_go.is_some() && times % 2 == 0 && end < log.len() {
                // Batches come before it is done.
                let next = (end + 1_500).min(log.len() - 1);
                let _ = runs.batch(1, &encode_until(&log, position, next)).unwrap();
                position.events = next;
                assert!(shown(&runs).events() < next);
            }
            times += u32::from(let_go(&mut runs).is_none());
        }
        let _ = runs.over(1, Phase::CutOff);
        while let Some(phase) = let_go(&mut runs) {
            let _ = runs.over(1, phase);
        }
        assert_eq!(shown(&runs).phase, Phase::CutOff);
        assert!(times > 20, "{times}");
        let model = shown(&runs).model.read();
        assert!(model.is_complete());
        assert_eq!(model.len(), log.len());
        assert!(model.held() >= 5_000, "{}", model.held());
        for number in model.first()..model.len() {
            assert_eq!(model.event(number), log.columns.get(number));
        }
        let whole = Model::from_log(log);
        let step = model.first() + 2_000;
        let (now, then) = (model.state_at(step), whole.state_at(step));
        assert_eq!(now.task(1), then.task(1));
        assert_eq!((now.polls(), now.time()), (then.polls(), then.time()));
    }

    #[test]
    fn a_run_that_is_to_stop_lets_go_of_nothing() {
        let mut runs = begin(Limit {
            events: 10_000,
            newest: false,
        });
        let log = long(5_000);
        let _ = runs
            .batch(1, &encode_rest(&log, Position::default()))
            .unwrap();
        assert_eq!(shown(&runs).letting_go, None);
        assert_eq!(shown(&runs).model.read().held(), log.len());
    }

    #[test]
    fn the_end_of_a_run_waits_until_its_events_are_here() {
        let mut runs = begin(Limit {
            events: 10_000,
            newest: true,
        });
        let log = long(5_000);
        let _ = runs
            .batch(1, &encode_until(&log, Position::default(), 12_000))
            .unwrap();
        let position = Position {
            events: 12_000,
            ..Position::end_of(&log)
        };
        let _ = runs.batch(1, &encode_rest(&log, position)).unwrap();
        assert_eq!(
            runs.over(1, Phase::CutOff),
            crate::state::run::Effect::Changed
        );
        assert!(shown(&runs).is_under_way());
        assert_eq!(let_go(&mut runs), Some(Phase::CutOff));
        assert_eq!(shown(&runs).events(), log.len());
    }

    #[test]
    fn a_log_of_what_does_not_end_is_crowded() {
        let mut log = Log::new();
        for subject in 1..=11_000 {
            log.columns.push(Event {
                time: 0,
                kind: Kind::TaskCreated,
                flags: 0,
                location: 0,
                subject,
                object: 0,
                value: 0,
            });
        }
        let mut runs = begin(Limit {
            events: 10_000,
            newest: true,
        });
        let _ = runs
            .batch(1, &encode_until(&log, Position::default(), 11_000))
            .unwrap();
        assert_eq!(let_go(&mut runs), None);
        assert!(shown(&runs).crowded);
    }

    #[test]
    fn a_limit_has_one_name_and_no_other_is_one() {
        for events in Limit::SIZES {
            for newest in [false, true] {
                let limit = Limit { events, newest };
                assert_eq!(Limit::from_name(&limit.name()), Some(limit));
            }
        }
        for other in ["", "5", "10000-", "10000-oldest", "-newest", "010000"] {
            assert_eq!(Limit::from_name(other), None, "{other}");
        }
    }
}
