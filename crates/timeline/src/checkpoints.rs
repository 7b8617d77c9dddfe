//! States kept along the log, so that a jump replays little.
//!
//! A checkpoint shares with its neighbours all that did not change between them, so what it
//! costs is what changed. The next one is due when that is a small part of what the log itself
//! takes, or when there is as much to replay as one jump may. If all of them together take too
//! much all the same, every second one goes, and they stand further apart from then on.
//!
//! Whoever jumps goes on from there, often backwards. So a jump that had to replay much leaves a
//! state a little before its end, which shares almost everything with the one that it led to.

use std::cell::RefCell;

use wakeline::log::Log;

use crate::state::State;

/// Events between two checkpoints at least.
const LEAST: usize = 4 * 1024;
/// Events between two checkpoints at most: what one jump may have to replay.
const MOST: usize = 16 * 1024;
/// Bytes of an event in the log.
const EVENT: usize = 28;
/// Checkpoints are to take this part of the memory of the log.
const PART: usize = 8;
/// Bytes that all checkpoints may take, whatever the log takes. A page has less to give than a
/// process of its own: there a jump in a log of very many tasks takes longer.
const BUDGET: usize = if cfg!(target_pointer_width = "64") {
    64 << 20
} else {
    12 << 20
};

/// States along a log, the earliest first.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoints {
    /// The state with which the log begins.
    first: State,
    states: Vec<State>,
    /// The step of the last one.
    last: usize,
    /// Bytes that were copied on their account, by a generous estimate.
    bytes: usize,
    /// Bytes that were copied since the last one.
    since: usize,
    /// They stand so many times further apart than they could.
    stretch: usize,
    /// A state a little before the one that was asked for last, if that was far from the others.
    behind: RefCell<Option<State>>,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            first: State::new(),
            states: Vec::new(),
            last: 0,
            bytes: 0,
            since: 0,
            stretch: 1,
            behind: RefCell::new(None),
        }
    }
}

impl Checkpoints {
    /// Along a log that begins with this state.
    pub(crate) fn begin(first: State) -> Self {
        Self {
            last: first.step(),
            first,
            ..Self::default()
        }
    }

    /// Keeps a copy of the state if it is time to.
    #[inline]
    pub(crate) fn consider(&mut self, state: &mut State) {
        if state.step() - self.last >= LEAST && state.step().is_multiple_of(256) {
            self.consider_closely(state);
        }
    }

    fn consider_closely(&mut self, state: &mut State) {
        let distance = state.step() - self.last;
        self.since += state.take_copied();
        // What was copied since the last one is what that one holds alone.
        while self.bytes + self.since > BUDGET && self.states.len() > 1 {
            self.thin(state);
        }
        let cheap = self.since.saturating_mul(PART) <= distance * EVENT;
        let due = distance >= LEAST * self.stretch && cheap || distance >= MOST * self.stretch;
        if !due {
            return;
        }
        self.last = state.step();
        self.bytes += std::mem::take(&mut self.since);
        self.states.push(state.clone());
    }

    /// Gives up every second state, the first of all among them: those that stay stand at equal
    /// distances from the beginning on. What few events changed is still shared by them and by
    /// the state at the end: so what they take is counted anew.
    fn thin(&mut self, tip: &State) {
        let mut keep = true;
        self.states.retain(|_| {
            keep = !keep;
            keep
        });
        let pairs = self.states.windows(2);
        let pairs: usize = pairs.map(|pair| pair[1].apart_from(&pair[0])).sum();
        let last = self.states.last().map_or(0, |last| tip.apart_from(last));
        (self.bytes, self.since) = (pairs + last, 0);
        self.stretch *= 2;
    }

    /// Bytes that they hold beyond the state at the end, by a generous estimate.
    pub(crate) fn memory(&self) -> usize {
        self.bytes + self.since + (1 + self.states.capacity()) * size_of::<State>()
    }

    /// The state after the first `step` events.
    pub(crate) fn state_at(&self, log: &Log, step: usize) -> State {
        let mut state = self.before(step).unwrap_or_else(|| self.first.clone());
        let distance = step.saturating_sub(state.step());
        // Going back from here by less than this costs no more than this.
        let back = (distance / 16).max(LEAST);
        if distance > 4 * LEAST {
            advance(&mut state, log, step - back);
            self.behind.replace(Some(state.clone()));
        }
        advance(&mut state, log, step);
        state
    }

    /// The last state before a step, or at it, that is kept.
    fn before(&self, step: usize) -> Option<State> {
        let after = self.states.partition_point(|state| state.step() <= step);
        let kept = after.checked_sub(1).map(|before| &self.states[before]);
        let behind = self.behind.borrow();
        let behind = behind.as_ref().filter(|state| state.step() <= step);
        let later = kept.into_iter().chain(behind);
        later.max_by_key(|state| state.step()).cloned()
    }

    /// The last step before `step`, or at it, at which a state is kept; the first step of
    /// the log if there is none.
    pub(crate) fn nearest(&self, step: usize) -> usize {
        let kept = |state: &&State| state.step() <= step;
        let after = self.states.partition_point(|state| kept(&state));
        let before = after.checked_sub(1).map(|at| self.states[at].step());
        let behind = self.behind.borrow().as_ref().filter(kept).map(State::step);
        before.max(behind).unwrap_or(self.first.step())
    }
}

/// Applies the events up to `step`.
pub(crate) fn advance(state: &mut State, log: &Log, step: usize) {
    while state.step() < step {
        let Some(event) = log.columns.get(state.step()) else {
            return;
        };
        state.apply(&event);
    }
}

#[cfg(test)]
mod tests {
    use wakeline::log::{Event, Kind};

    use super::*;

    /// A log of many tasks that all change all the time, which is what costs most.
    fn log(tasks: u32, events: usize) -> Log {
        let mut log = Log::new();
        let event = |kind, subject| Event {
            time: 0,
            kind,
            flags: 0,
            location: 0,
            subject,
            object: 0,
            value: 0,
        };
        for task in 1..=tasks {
            log.columns.push(event(Kind::TaskCreated, task));
        }
        for turn in 0.. {
            if log.len() >= events {
                break;
            }
            // A stride that is prime to the number of tasks.
            let task = 1 + (turn * 7_919) % tasks;
            log.columns.push(event(Kind::PollBegun, task));
            log.columns.push(event(Kind::PollEnded, task));
        }
        log
    }

    /// The checkpoints of a log, and the state at its end.
    fn checkpoints(log: &Log) -> (Checkpoints, State) {
        let mut checkpoints = Checkpoints::default();
        let mut state = State::new();
        while state.step() < log.len() {
            let step = state.step() + 1;
            advance(&mut state, log, step);
            checkpoints.consider(&mut state);
        }
        (checkpoints, state)
    }

    fn replayed(log: &Log, step: usize) -> State {
        let mut state = State::new();
        advance(&mut state, log, step);
        state
    }

    #[test]
    fn small_states_are_kept_often() {
        let (kept, _) = checkpoints(&log(10, 100_000));
        assert!(kept.states.len() >= 20, "{}", kept.states.len());
        assert_eq!(kept.stretch, 1);
    }

    #[test]
    fn large_states_are_kept_within_the_budget() {
        let log = log(60_000, 900_000);
        let (kept, tip) = checkpoints(&log);
        let pairs = kept.states.windows(2);
        let pairs: usize = pairs.map(|pair| pair[1].apart_from(&pair[0])).sum();
        let last = kept.states.last().map_or(0, |last| tip.apart_from(last));
        assert!(
            pairs + last <= BUDGET + BUDGET / 8,
            "{} bytes, and {} counted",
            pairs + last,
            kept.bytes + kept.since
        );
        assert!(kept.stretch > 1, "the test is to reach the budget");
        assert!(kept.states.len() >= 2, "{}", kept.states.len());
        let step = 700_001;
        assert_eq!(kept.state_at(&log, step), replayed(&log, step));
    }

    #[test]
    fn whoever_jumped_far_has_not_far_to_go_back() {
        let log = log(20_000, 400_000);
        // Nothing is kept, so that every jump is one from the beginning.
        let kept = Checkpoints::default();
        let step = 390_000;
        assert_eq!(kept.nearest(step), 0);
        assert_eq!(kept.state_at(&log, step), replayed(&log, step));
        let behind = kept.nearest(step - 1);
        assert!((350_000..step).contains(&behind), "{behind}");
        for step in [step - 1, behind + 1, behind, behind - 1, 5, step + 100] {
            assert_eq!(kept.state_at(&log, step), replayed(&log, step), "{step}");
        }
    }
}
