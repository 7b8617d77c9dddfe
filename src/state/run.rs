//! The runs that the page knows: the one it shows, and the one that is to take its place.
//!
//! In virtual time a run takes a few milliseconds, and every edit of the form starts one. The
//! picture of the run before stays until the new run is complete, so that nothing flickers. A run
//! that takes longer than a moment, or keeps real time, is shown while it grows.

use wakeline_protocol::{Clock, Policy, RunSummary, Values};
use wakeline_timeline::Model;

use super::newest::{LettingGo, Limit};
use crate::model::ModelHandle;

/// What to run: everything that a log depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPlan {
    /// The demo's slug.
    pub demo: String,
    /// Every parameter's value.
    pub params: Values,
    /// The seed.
    pub seed: u64,
    /// The scheduling policy.
    pub policy: Policy,
    /// Whose time.
    pub clock: Clock,
    /// The companion server's address.
    pub server: String,
    /// How large its log may grow.
    pub limit: Limit,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The engine was asked.
    Asked,
    /// Events arrive.
    Running,
    /// It ended by itself or was stopped.
    Ended(RunSummary),
    /// It was cut off with its engine, which did not answer or failed. Its events up to then are here.
    CutOff,
    /// It took the engine down.
    Crashed,
    /// Its events were damaged on the way; those before the damage are here.
    Damaged,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The page's number for it.
    pub number: u32,
    /// What was asked for.
    pub plan: RunPlan,
    /// Its events.
    pub model: ModelHandle,
    /// How far it is.
    pub phase: Phase,
    /// It takes longer than a moment: whoever waits for it should see that something happens.
    pub late: bool,
    /// Its oldest events are being let go.
    pub letting_go: Option<LettingGo>,
    /// So much in it is under way that letting go is of no use: it is to be stopped.
    pub crowded: bool,
}

impl Run {
    fn new(number: u32, plan: RunPlan) -> Self {
        Self {
            number,
            plan,
            model: ModelHandle::new(Model::new()),
            phase: Phase::Asked,
            late: false,
            letting_go: None,
            crowded: false,
        }
    }

    /// Whether events may still arrive.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Asked | Phase::Running)
    }

    /// The summary, once it ended in good order.
    #[must_use]
    pub fn summary(&self) -> Option<&RunSummary> {
        match &self.phase {
            Phase::Ended(summary) => Some(summary),
            _ => None,
        }
    }

    /// The number of events received.
    #[must_use]
    pub fn events(&self) -> usize {
        self.model.read().len()
    }
}

/// What a message about a run did to the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Effect {
    /// Nothing: the message is about a run that nobody waits for any more.
    Stale,
    /// The run that is shown, or the one in preparation, changed.
    Changed,
    /// The run in preparation took the place of the one that was shown.
    Replaced,
}

/// The runs that the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs {
    /// The run on screen.
    pub shown: Option<Run>,
    /// The run that is to take its place.
    pub next: Option<Run>,
}

impl Runs {
    /// The engine was asked for a run. What was in preparation is forgotten.
    pub fn ask(&mut self, number: u32, plan: RunPlan) {
        self.next = Some(Run::new(number, plan));
    }

    /// The run of which events may still arrive.
    #[must_use]
    pub fn under_way(&self) -> Option<&Run> {
        [&self.next, &self.shown]
            .into_iter()
            .flatten()
            .find(|run| run.is_under_way())
    }

    /// The newest run, shown or not.
    #[must_use]
    pub fn newest(&self) -> Option<&Run> {
        self.next.as_ref().or(self.shown.as_ref())
    }

    fn find(&mut self, number: u32) -> Option<&mut Run> {
        [&mut self.next, &mut self.shown]
            .into_iter()
            .flatten()
            .find(|run| run.number == number)
    }

    /// The run began. One in real time is shown from here on.
    pub fn started(&mut self, number: u32) -> Effect {
        let Some(run) = self.find(number) else {
            return Effect::Stale;
        };
        run.phase = Phase::Running;
        if run.plan.clock == Clock::Live && self.is_next(number) {
            self.show_next()
        } else {
            Effect::Changed
        }
    }

    /// Events of the run arrived.
    ///
    /// # Errors
    /// The code of what is wrong with them. The run ends there.
    pub fn batch(&mut self, number: u32, bytes: &[u8]) -> Result<Effect, String> {
        let Some(run) = self.find(number) else {
            return Ok(Effect::Stale);
        };
        if let Some(letting_go) = &run.letting_go {
            letting_go.hold(bytes.to_vec());
            return Ok(Effect::Changed);
        }
        let (model, result) = run.model.change(|model| model.append(bytes));
        run.model = model;
        if let Err(error) = result {
            run.phase = Phase::Damaged;
            return Err(error.code().to_owned());
        }
        let limit = run.plan.limit;
        if limit.is_reached(&run.model.read()) {
            run.letting_go = Some(LettingGo::begin(&run.model.read(), limit));
        }
        if run.late && self.is_next(number) {
            return Ok(self.show_next());
        }
        Ok(Effect::Changed)
    }

    /// The oldest events of the run have been let go. Returns how it ended, if that happened
    /// meanwhile.
    ///
    /// # Errors
    /// As [`batch`](Self::batch), of what came meanwhile.
    pub fn let_go(&mut self, number: u32) -> Result<Option<Phase>, String> {
        let Some(run) = self.find(number) else {
            return Ok(None);
        };
        let Some(letting_go) = run.letting_go.take() else {
            return Ok(None);
        };
        let (model, batches, mut over) = letting_go.finish();
        if let Some(rest) = model {
            run.crowded = run.plan.limit.is_crowded(&rest);
            run.model = run.model.change(|model| *model = rest).0;
        }
        for batch in batches {
            let _ = self.batch(number, &batch)?;
        }
        // It may be too much again, and the end comes after that.
        let again = self.find(number).and_then(|run| run.letting_go.as_ref());
        if let (Some(again), Some(phase)) = (again, over.clone()) {
            again.end(phase);
            over = None;
        }
        Ok(over)
    }

    /// The run is over, in the way that `phase` says, and what there is of it is shown.
    pub fn over(&mut self, number: u32, phase: Phase) -> Effect {
        let Some(run) = self.find(number) else {
            return Effect::Stale;
        };
        if let Some(letting_go) = &run.letting_go {
            letting_go.end(phase);
            return Effect::Changed;
        }
        // Damage is final: a summary of events that are not here would mislead.
        if run.phase != Phase::Damaged {
            run.phase = phase;
        }
        if self.is_next(number) {
            self.show_next()
        } else {
            Effect::Changed
        }
    }

    /// The run will not take place: the picture stays as it is.
    pub fn refused(&mut self, number: u32) -> Effect {
        if self.is_next(number) {
            self.next = None;
            Effect::Changed
        } else {
            Effect::Stale
        }
    }

    /// The run in preparation takes a while: it is shown from here on, as soon as anything of it
    /// is here.
    pub fn late(&mut self, number: u32) -> Effect {
        match &mut self.next {
            Some(run) if run.number == number => {
                run.late = true;
                if run.events() > 0 {
                    self.show_next()
                } else {
                    Effect::Changed
                }
            }
            _ => Effect::Stale,
        }
    }

    /// The run under way that a person can see or waits for.
    #[must_use]
    pub fn noticed(&self) -> Option<&Run> {
        let next = self.next.iter().find(|run| run.late);
        let shown = self.shown.iter().find(|run| run.is_under_way());
        next.or(shown)
    }

    fn is_next(&self, number: u32) -> bool {
        self.next.as_ref().is_some_and(|run| run.number == number)
    }

    fn show_next(&mut self) -> Effect {
        match self.next.take() {
            Some(run) => {
                self.shown = Some(run);
                Effect::Replaced
            }
            None => Effect::Changed,
        }
    }
}
