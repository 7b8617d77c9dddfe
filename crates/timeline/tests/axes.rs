//! Where events stand on the axes that are not a plain clock.

mod support;

use std::collections::HashMap;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::{Kind, Log};
use wakeline::time::sleep;
use wakeline_timeline::{Axis, LaneKey, Look, Model};

fn logs() -> impl Strategy<Value = Log> {
    prop_oneof![
        2 => programs().prop_map(|(seed, random, deeds)| perform(seed, random, deeds).0),
        1 => nonsense(600),
    ]
}

fn depth(model: &Model, event: usize) -> u64 {
    model.position(Axis::Causal, event)
}

proptest! {
    #![proptest_config(cases(60))]

    /// The events of each lane keep their order, and each stands to the right of the one before.
    #[test]
    fn what_happens_in_a_lane_never_turns_back(log in logs()) {
        let model = Model::from_log(log);
        for index in 1..model.lanes().len() {
            let key = model.lanes().key(index).unwrap();
            let starts = (0..).map_while(|at| model.slice(key, at));
            let places: Vec<u64> = starts
                .map(|slice| model.slice_on(Axis::Causal, &slice).0)
                .collect();
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", key);
        }
    }

    /// Every depth occurs, and what is not deep has an event before it that is one less deep.
    #[test]
    fn a_depth_is_the_length_of_a_chain(log in logs()) {
        let model = Model::from_log(log);
        let mut seen = HashMap::new();
        for event in 0..model.len() {
            let depth = depth(&model, event);
            prop_assert!(depth == 0 || seen.contains_key(&(depth - 1)), "{}", event);
            seen.entry(depth).or_insert(event);
        }
        prop_assert_eq!(seen.len() as u64, model.extent(Axis::Causal));
    }

    /// A playhead that is put where it stands stays there.
    #[test]
    fn a_place_and_its_step_agree(log in logs(), share in 0.0..1.0_f64) {
        let model = Model::from_log(log);
        for axis in Axis::ALL {
            let position = share * model.extent(axis) as f64;
            let step = model.step_at(axis, position);
            let before = (0..step).map(|event| model.position(axis, event));
            prop_assert!(before.max().unwrap_or(0) as f64 <= position, "{:?}", axis);
            if step < model.len() {
                prop_assert!(model.position(axis, step) as f64 > position, "{:?}", axis);
            }
        }
    }

    /// Nothing changes its place because something follows, but for what is left out of time.
    #[test]
    fn what_follows_moves_nothing(log in logs(), share in 0.0..1.0_f64) {
        let part = (log.len() as f64 * share) as usize;
        let mut beginning = log.clone();
        beginning.columns = wakeline::log::Columns::new();
        for event in log.columns.iter_from(0).take(part) {
            beginning.columns.push(event);
        }
        let (part, whole) = (Model::from_log(beginning), Model::from_log(log));
        for axis in [Axis::Time, Axis::Step, Axis::Causal] {
            for event in 0..part.len() {
                prop_assert_eq!(part.position(axis, event), whole.position(axis, event));
            }
        }
    }

    /// Leaving idle time out keeps the order and shortens no poll.
    #[test]
    fn nothing_but_idle_time_is_left_out((seed, random, deeds) in programs()) {
        let model = Model::from_log(perform(seed, random, deeds).0);
        let places: Vec<u64> = (0..model.len()).map(|e| model.position(Axis::Active, e)).collect();
        prop_assert!(places.is_sorted());
        let slices = (0..).map_while(|at| model.slice(LaneKey::Executor, at));
        for slice in slices.filter(|slice| slice.look != Look::Idle) {
            let (from, to) = model.slice_on(Axis::Active, &slice);
            prop_assert_eq!(to - from, slice.duration());
        }
    }
}

/// Two tasks that have nothing to do with each other stand side by side; a message puts one after
/// the other.
#[test]
fn independent_tasks_stand_side_by_side() {
    let log = record(0, wakeline::Policy::Fifo, async {
        let (sender, mut receiver) = wakeline::sync::mpsc::unbounded_channel::<u32>();
        let busy = wakeline::spawn(async move {
            for turn in 0..20 {
                sleep(ms(turn)).await;
            }
            sender.send(1).unwrap();
        });
        let other = wakeline::spawn(async { sleep(ms(1000)).await });
        receiver.recv().await.unwrap();
        busy.await.unwrap();
        other.await.unwrap();
    });
    let model = Model::from_log(log);
    let find = |kind: Kind, task: u32| {
        (0..model.len())
            .rev()
            .find(|&at| {
                model
                    .event(at)
                    .is_some_and(|e| e.kind == kind && e.subject == task)
            })
            .unwrap()
    };
    // The second of the spawned tasks ends last, and has the fewest events before its end.
    let (busy, other) = (find(Kind::TaskCompleted, 2), find(Kind::TaskCompleted, 3));
    assert!(other > busy && depth(&model, other) < depth(&model, busy) / 2);
    let (sent, received) = (find(Kind::Sent, 2), find(Kind::Received, 1));
    assert!(depth(&model, received) > depth(&model, sent));
}

#[test]
fn a_long_idle_time_is_left_out_and_a_usual_one_is_not() {
    let log = record(0, wakeline::Policy::Fifo, async {
        for turn in 0..20 {
            sleep(ms(if turn == 10 { 3_600_000 } else { 10 })).await;
        }
    });
    let model = Model::from_log(log);
    let breaks = model.breaks();
    assert_eq!(breaks.all().len(), 1);
    let found = breaks.all()[0];
    assert!(found.to - found.from > 3_599_000_000_000);
    let end = model.extent(Axis::Active);
    assert!((190_000_000..500_000_000).contains(&end), "{end}");
    let even = record(0, wakeline::Policy::Fifo, async {
        for _ in 0..20 {
            sleep(ms(10)).await;
        }
    });
    assert_eq!(Model::from_log(even).breaks().all(), []);
}
