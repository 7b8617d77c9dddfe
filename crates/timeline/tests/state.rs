//! The state at a moment is what its events say, wherever one comes from.

mod support;

use proptest::prelude::*;
use support::{cases, nonsense, perform, programs};
use wakeline::log::{Log, Position, encode_since};
use wakeline_timeline::Model;
use wakeline_timeline::state::{State, Status};

fn replay(log: &Log, step: usize) -> State {
    let mut state = State::new();
    for event in log.columns.iter_from(0).take(step) {
        state.apply(&event);
    }
    state
}

/// Some steps of a log, the ends among them.
fn steps(log: &Log, seeds: &[usize]) -> Vec<usize> {
    let mut steps: Vec<usize> = seeds.iter().map(|seed| seed % (log.len() + 1)).collect();
    steps.extend([0, log.len()]);
    steps
}

fn any_step_is_a_replay(log: &Log, seeds: &[usize]) -> Result<(), TestCaseError> {
    let model = Model::from_log(log.clone());
    let mut travelling = State::new();
    for step in steps(log, seeds) {
        let expected = replay(log, step);
        prop_assert_eq!(&model.state_at(step), &expected, "at {}", step);
        model.seek(&mut travelling, step);
        prop_assert_eq!(&travelling, &expected, "moved to {}", step);
    }
    prop_assert_eq!(model.state_at(usize::MAX).step(), log.len());
    Ok(())
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn any_step_of_a_program_is_a_replay(
        (seed, random, deeds) in programs(),
        seeds in prop::collection::vec(any::<usize>(), 8),
    ) {
        any_step_is_a_replay(&perform(seed, random, deeds).0, &seeds)?;
    }

    #[test]
    fn any_step_of_nonsense_is_a_replay(
        log in nonsense(400),
        seeds in prop::collection::vec(any::<usize>(), 8),
    ) {
        any_step_is_a_replay(&log, &seeds)?;
    }

    #[test]
    fn batches_of_any_size_come_to_the_same(
        (seed, random, deeds) in programs(),
        sizes in prop::collection::vec(1..200_usize, 1..20),
    ) {
        let log = perform(seed, random, deeds).0;
        let whole = Model::from_log(log.clone());
        let mut parts = Model::new();
        let mut copy = Log::new();
        copy.meta.clone_from(&log.meta);
        let mut position = Position::default();
        let mut sizes = sizes.into_iter().cycle();
        while copy.len() < log.len() {
            let end = (copy.len() + sizes.next().unwrap_or(1)).min(log.len());
            for text in log.strings.iter_from(copy.strings.len()) {
                copy.strings.intern(text);
            }
            copy.locations.clone_from(&log.locations);
            for event in log.columns.iter_from(copy.len()).take(end - copy.len()) {
                copy.columns.push(event);
            }
            let appended = parts.append(&encode_since(&copy, position)).unwrap();
            prop_assert_eq!(appended.events, position.events..end);
            position = Position::end_of(&copy);
        }
        prop_assert_eq!(parts.tip(), whole.tip());
        prop_assert_eq!(parts.lanes().slices_len(), whole.lanes().slices_len());
        prop_assert_eq!(parts.lines(), whole.lines());
    }

    /// The tasks of the program looked at what they share while they ran. The log says the same.
    #[test]
    fn the_state_is_what_the_tasks_saw((seed, random, deeds) in programs()) {
        let (log, sights) = perform(seed, random, deeds);
        let model = Model::from_log(log);
        let named = |state: &State, name: &str| {
            let found = state.resources().find(|resource| model.log().text(resource.name) == name);
            found.map(|resource| resource.id).unwrap()
        };
        for sight in sights {
            let state = model.state_at(sight.step);
            let queue = state.resource(named(&state, "queue")).unwrap();
            prop_assert_eq!(queue.len(), sight.queue);
            let lock = state.resource(named(&state, "ledger")).unwrap();
            prop_assert_eq!(lock.permits_in_use() > 0, sight.locked);
            let machines = state.resource(named(&state, "machines")).unwrap();
            // The first in line may have collected some that it cannot use yet.
            prop_assert!(sight.free_permits as u64 <= 2 - machines.permits_in_use());
            prop_assert!(state.running().is_some(), "a task looked, so a task ran");
            prop_assert_eq!(state.time().max(sight.now), sight.now);
        }
    }

    #[test]
    fn counts_and_lists_agree((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        let mut state = State::new();
        for (index, event) in log.columns.iter_from(0).enumerate() {
            state.apply(&event);
            if index % 7 != 0 && index + 1 != log.len() {
                continue;
            }
            let counts = state.counts();
            let (mut ready, mut waiting, mut ended) = (0, 0, 0);
            for task in state.tasks() {
                match task.status() {
                    Status::Running { .. } => prop_assert_eq!(state.running(), Some(task.id)),
                    Status::Ready(_) => ready += 1,
                    Status::Waiting { .. } => waiting += 1,
                    Status::Ended(_) => ended += 1,
                }
            }
            let woken = state.tasks().filter(|task| task.woken_while_running().is_some()).count();
            prop_assert_eq!(counts.ready, ready + woken);
            prop_assert_eq!(state.ready().count(), state.ready_len());
            prop_assert_eq!(counts.waiting, waiting);
            prop_assert_eq!(
                counts.completed + counts.failed + counts.cancelled + counts.dropped,
                ended
            );
            let deadlines: Vec<_> = state.timers().map(|t| (t.deadline, t.id)).collect();
            prop_assert!(deadlines.is_sorted());
            prop_assert_eq!(deadlines.len(), state.timers_len());
        }
        prop_assert_eq!(state.tasks().filter(|task| task.end().is_none()).count(), 0);
        prop_assert_eq!(state.timers_len(), 0, "no timer outlives the run");
        for resource in state.resources() {
            prop_assert_eq!(resource.waiters_len() + resource.blocked_senders_len(), 0);
            prop_assert_eq!(resource.permits_in_use(), 0, "of {:?}", resource);
        }
    }
}

/// Long enough for several checkpoints.
#[test]
fn a_jump_over_checkpoints_is_a_replay() {
    let log = support::record(1, wakeline::Policy::Random, async {
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                wakeline::spawn(async move {
                    for turn in 0..200 {
                        if (number + turn) % 3 == 0 {
                            wakeline::task::yield_now().await;
                        } else {
                            wakeline::time::sleep(support::ms(number % 5)).await;
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert!(log.len() > 40_000, "{} events", log.len());
    let model = Model::from_log(log.clone());
    let mut state = State::new();
    let mut travelling = State::new();
    for (step, event) in log.columns.iter_from(0).enumerate() {
        if step % 3_001 == 0 || step % 4_096 == 0 {
            assert_eq!(model.state_at(step), state, "at {step}");
            model.seek(&mut travelling, step);
            assert_eq!(travelling, state, "moved to {step}");
        }
        state.apply(&event);
    }
    for step in (0..log.len()).rev().step_by(5_003) {
        model.seek(&mut travelling, step);
        assert_eq!(travelling, model.state_at(step), "back to {step}");
    }
}
