//! Where a playhead goes, and what connects one lane with another.

mod support;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::Policy;
use wakeline::log::{Cause, Kind, Log};
use wakeline::sync::mpsc;
use wakeline::sync::queue;
use wakeline_timeline::arrows::{ArrowKind, WakeEffect};
use wakeline_timeline::duration;
use wakeline_timeline::state::{End, Fate, State, Status};
use wakeline_timeline::steps::is_visible;
use wakeline_timeline::{Axis, LaneKey, Look, Model};

/// All that panels show of a state.
fn shown(state: &State) -> String {
    let tasks: Vec<_> = state
        .tasks()
        .map(|task| {
            let said = (task.name, task.priority, task.cancel());
            (said, task.status(), task.waits().to_vec())
        })
        .map(|parts| format!("{parts:?}"))
        .collect();
    let resources: Vec<_> = state
        .resources()
        .map(|resource| {
            let messages: Vec<_> = resource.messages().collect();
            let lines: Vec<_> = resource
                .blocked_senders()
                .chain(resource.waiters())
                .collect();
            let flags = (
                resource.closed(),
                resource.notified,
                resource.units(),
                resource.name,
                resource.capacity(),
            );
            let connection = &resource.connection;
            format!(
                "{messages:?}{lines:?}{:?}{flags:?}{connection:?}",
                resource.holders()
            )
        })
        .collect();
    let timers: Vec<_> = state.timers().collect();
    let ready: Vec<_> = state.ready().collect();
    format!(
        "{} {:?} {:?} {} {ready:?} {timers:?} {tasks:?} {resources:?} {:?}",
        duration::exact(state.time()),
        state.running(),
        state.lines_len(),
        state.findings_len(),
        state.end(),
    )
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn a_step_changes_something_that_is_shown((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        let model = Model::from_log(log.clone());
        let mut state = State::new();
        let mut step = 0;
        let mut before = shown(&state);
        while let Some(next) = model.next_visible(step).filter(|next| *next < 600) {
            model.seek(&mut state, next);
            let after = shown(&state);
            // A notification that releases others shows in what they do next; every one is a
            // mark on the lane of its resource.
            let pulse = log.columns.kind(next - 1) == Some(Kind::Notified);
            prop_assert!(before != after || pulse, "{:?}", log.columns.get(next - 1));
            prop_assert_eq!(model.previous_visible(next), Some(step), "and back");
            (step, before) = (next, after);
        }
    }

    #[test]
    fn steps_by_poll_are_the_polls(log in prop_oneof![
        programs().prop_map(|(seed, random, deeds)| perform(seed, random, deeds).0),
        nonsense(300),
    ]) {
        let model = Model::from_log(log);
        let slices = (0..).map_while(|index| model.slice(LaneKey::Executor, index));
        let polls: Vec<usize> = slices
            .filter(|slice| slice.look != Look::Idle)
            .map(|slice| slice.start as usize + 1)
            .collect();
        for step in 0..=model.len() {
            let next = polls.iter().copied().find(|poll| *poll > step);
            prop_assert_eq!(model.next_poll(step), next, "after {}", step);
            let previous = polls.iter().copied().rev().find(|poll| *poll < step);
            prop_assert_eq!(model.previous_poll(step), previous, "before {}", step);
        }
    }

    #[test]
    fn the_step_of_a_position_is_how_much_has_happened(
        log in nonsense(200),
        places in prop::collection::vec(-0.2..1.2_f64, 20),
    ) {
        let model = Model::from_log(log);
        // On the causal axis, what has happened has another order: tests/axes.rs.
        for axis in [Axis::Time, Axis::Step, Axis::Active] {
            for place in &places {
                let position = place * model.extent(axis) as f64;
                let happened = (0..model.len())
                    .filter(|event| model.position(axis, *event) as f64 <= position)
                    .count();
                prop_assert_eq!(model.step_at(axis, position), happened);
            }
            for step in 0..=model.len() {
                let head = model.playhead(axis, step);
                // Events at the same instant stand in the same place on the axis of time.
                let found = model.step_at(axis, head);
                prop_assert!(found >= step || axis == Axis::Step && found == step);
                if axis == Axis::Step {
                    prop_assert_eq!(found, step);
                }
            }
        }
    }

    #[test]
    fn every_wake_is_found_from_both_ends((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        let model = Model::from_log(log.clone());
        let all = 0..model.len();
        let mut found = 0;
        for task in model.lanes().tasks() {
            for wake in model.wakes_of(task.id, all.clone()) {
                found += 1;
                prop_assert_eq!(wake.task, task.id);
                if let Some(waker) = wake.waker() {
                    prop_assert!(model.wakes_by(waker, all.clone()).any(|other| other == wake));
                    prop_assert_eq!(
                        model.woke_next(waker, wake.event as usize).is_some_and(|w| w == wake),
                        wake.effect == WakeEffect::Useful
                    );
                }
                if wake.effect != WakeEffect::Coalesced {
                    prop_assert_eq!(model.woken_by(task.id, wake.event as usize + 1), Some(wake));
                }
            }
        }
        let wakes = log.columns.iter_from(0)
            .filter(|event| matches!(event.kind, Kind::TaskReady | Kind::WakeCoalesced))
            .count();
        prop_assert_eq!(found, wakes);
    }

    /// Each message leaves once, after it was sent, and what is inside has not left.
    #[test]
    fn messages_are_paired((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        let model = Model::from_log(log.clone());
        for resource in model.tip().resources() {
            let flights = model.flights(resource.id, 0..model.len(), usize::MAX);
            let events = |kind| log.columns.iter_from(0)
                .filter(|event| event.kind == kind && event.object == resource.id).count();
            prop_assert_eq!(flights.len(), events(Kind::Sent));
            let received = flights.iter().filter(|flight| flight.left.is_some() && !flight.discarded);
            prop_assert_eq!(received.count(), events(Kind::Received));
            prop_assert!(flights.iter().all(|flight| flight.left.is_none_or(|left| left > flight.sent)));
            for step in (0..model.len()).step_by(37) {
                let state = model.state_at(step);
                let inside: Vec<u32> = match state.resource(resource.id) {
                    Some(resource) => resource.messages().map(|message| message.sent).collect(),
                    None => Vec::new(),
                };
                let crossing: Vec<u32> = model.flights(resource.id, step..step, usize::MAX)
                    .into_iter().map(|flight| flight.sent).collect();
                prop_assert_eq!(inside, crossing, "at {}", step);
            }
        }
    }
}

#[test]
fn kinds_that_change_nothing_are_no_steps() {
    assert!(!is_visible(Kind::WakeCoalesced) && !is_visible(Kind::Metric));
    assert!(is_visible(Kind::PollBegun) && is_visible(Kind::ClockAdvanced));
}

fn family() -> Log {
    record(0, Policy::Fifo, async {
        let child = wakeline::spawn_named("child", async { wakeline::time::sleep(ms(2)).await });
        let victim = wakeline::spawn_named("victim", wakeline::time::sleep(ms(9)));
        child.await.unwrap();
        victim.abort();
        assert!(victim.await.is_err());
    })
}

#[test]
fn arrows_tell_who_did_what_to_whom() {
    let model = Model::from_log(family());
    let (main, child, victim) = (1, 2, 3);
    let kinds = |task| {
        let mut kinds: Vec<_> = model
            .arrows(task, 0..model.len(), usize::MAX)
            .into_iter()
            .map(|arrow| (arrow.to_event, arrow.kind, arrow.from, arrow.to))
            .collect();
        kinds.sort_by_key(|arrow| arrow.0);
        kinds
            .into_iter()
            .map(|(_, kind, from, to)| (kind, from, to))
            .collect::<Vec<_>>()
    };
    let lane = LaneKey::Task;
    assert_eq!(
        kinds(child),
        [
            (ArrowKind::Spawn, lane(main), lane(child)),
            (ArrowKind::Wake, lane(child), lane(main)),
            (ArrowKind::Join, lane(child), lane(main)),
        ]
    );
    assert_eq!(
        kinds(victim),
        [
            (ArrowKind::Spawn, lane(main), lane(victim)),
            (ArrowKind::Cancel, lane(main), lane(victim)),
            (ArrowKind::Wake, lane(main), lane(victim)),
            (ArrowKind::Wake, lane(victim), lane(main)),
            (ArrowKind::Join, lane(victim), lane(main)),
        ]
    );
    // A join begins where the other task ended.
    let joins = model.arrows(child, 0..model.len(), usize::MAX);
    let join = joins
        .iter()
        .find(|arrow| arrow.kind == ArrowKind::Join)
        .unwrap();
    let end = model.tip().task(child).and_then(|task| task.end()).unwrap();
    assert_eq!((join.from_event, end.fate), (end.at, Fate::Completed));
    // The child was woken by its timer, and by nobody's hand.
    let wake = model.woken_by(child, model.len()).unwrap();
    assert_eq!((wake.cause, wake.waker()), (Some(Cause::Timer), None));
}

#[test]
fn timers_go_from_their_arming_to_their_end() {
    let model = Model::from_log(family());
    let spans = |task| model.timers_of(task, 0..model.len()).collect::<Vec<_>>();
    let (child, victim) = (spans(2), spans(3));
    assert_eq!(
        (child.len(), child[0].deadline, child[0].fired),
        (1, 2_000_000, true)
    );
    assert_eq!(
        (victim.len(), victim[0].deadline, victim[0].fired),
        (1, 9_000_000, false)
    );
    for span in [child[0], victim[0]] {
        assert!(span.over.unwrap() > span.armed);
    }
}

#[test]
fn a_queue_in_another_order_gives_what_it_says() {
    let log = record(0, Policy::Fifo, async {
        let jobs: queue::PriorityQueue<u32> = queue::Builder::new("jobs")
            .describe(|job: &u32| format!("job {job}"))
            .unbounded_in_order();
        for job in [5, 1, 4, 1, 3] {
            jobs.try_put(job).unwrap();
        }
        while let Ok(job) = jobs.try_get() {
            wakeline::println!("{job}");
        }
    });
    let model = Model::from_log(log);
    let mut contents = Vec::new();
    for step in 0..=model.len() {
        let state = model.state_at(step);
        let texts = |resource: &wakeline_timeline::state::Resource| {
            let texts = resource
                .messages()
                .map(|message| model.log().text(message.text).to_owned());
            texts.collect::<Vec<_>>().join(" ").replace("job ", "")
        };
        let inside = state.resource(1).map(texts).unwrap_or_default();
        if contents.last() != Some(&inside) {
            contents.push(inside);
        }
    }
    assert_eq!(
        contents,
        [
            "",
            "5",
            "5 1",
            "5 1 4",
            "5 1 4 1",
            "5 1 4 1 3",
            "5 4 1 3",
            "5 4 3",
            "5 4",
            "5",
            ""
        ]
    );
}

#[test]
fn the_contents_of_a_channel_are_its_messages_in_order() {
    let log = record(0, Policy::Fifo, async {
        let (sender, mut receiver) = mpsc::Builder::new("line")
            .describe(|n: &u32| format!("n{n}"))
            .bounded(3);
        for n in 0..3 {
            sender.try_send(n).unwrap();
        }
        receiver.recv().await.unwrap();
        wakeline::println!("look");
        drop(receiver);
        wakeline::println!("look");
    });
    let model = Model::from_log(log);
    let inside = |line: usize| {
        let state = model.state_at(model.lines()[line] as usize);
        let resource = state.resource(1).unwrap();
        resource
            .messages()
            .map(|m| model.log().text(m.text).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(inside(0), ["n1", "n2"]);
    assert!(inside(1).is_empty(), "they were dropped unread");
    let flights = model.flights(1, 0..model.len(), usize::MAX);
    assert_eq!(
        flights.iter().map(|f| f.discarded).collect::<Vec<_>>(),
        [false, true, true]
    );
}

#[test]
fn figures_add_up() {
    let log = record(0, Policy::Fifo, async {
        let other = wakeline::spawn_named("other", async {
            wakeline::time::block(ms(20));
            wakeline::time::sleep(ms(30)).await;
        });
        other.await.unwrap();
    });
    let model = Model::from_log(log);
    let other = model.task_summary(2).unwrap();
    assert_eq!(
        (other.running(), other.time[Look::Sleep.index()]),
        (20_000_000, 30_000_000)
    );
    assert_eq!(
        (other.lived, other.polls, other.longest_poll),
        (50_000_000, 2, 20_000_000)
    );
    let main = model.task_summary(1).unwrap();
    assert_eq!((main.waiting(), main.ready()), (50_000_000, 0));
    let all = model.summary();
    assert_eq!(
        (all.end_time, all.polls, all.tasks.completed),
        (50_000_000, 4, 2)
    );
    assert_eq!((all.busiest, all.longest_poll), (Some(1), 20_000_000));
    assert_eq!(model.task_summary(3), None);
    let ended = |id| {
        model.tip().task(id).map(|task| {
            matches!(
                task.status(),
                Status::Ended(End {
                    fate: Fate::Completed,
                    ..
                })
            )
        })
    };
    assert_eq!((ended(1), ended(2)), (Some(true), Some(true)));
}
