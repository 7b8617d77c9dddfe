//! Logs that were made to hurt: each would cost the square of its length if some step of the
//! model did. The tests end, and that is what they test.

use wakeline::log::{
    Decoder, Event, Kind, Log, Outcome, Reason, ResourceKind, TimerPurpose, encode, pack,
};
use wakeline_phrases::Language;
use wakeline_timeline::state::MOST_WAITS;
use wakeline_timeline::{Axis, LaneKey, Model, Viewport};

const LENGTH: u32 = 60_000;

fn event(kind: Kind, subject: u32, object: u32) -> Event {
    Event {
        time: 0,
        kind,
        flags: 0,
        location: 0,
        subject,
        object,
        value: 0,
    }
}

/// A log of these events, which every query is asked about.
fn survive(events: impl Iterator<Item = Event>) -> Model {
    let mut log = Log::new();
    log.strings.intern("text");
    events.for_each(|event| log.columns.push(event));
    let bytes = encode(&log);
    let mut copy = Log::new();
    assert_eq!(Decoder::new().read(&mut copy, &bytes), Ok(true));
    let mut model = Model::new();
    assert!(model.append(&bytes).unwrap().complete);
    let (mut spans, mut levels, mut marks) = (Vec::new(), Vec::new(), Vec::new());
    for axis in Axis::ALL {
        let extent = model.extent(axis) as f64;
        for (start, end) in [
            (0.0, extent + 1.0),
            (extent * 0.4, extent * 0.401),
            (-1e300, 1e300),
        ] {
            let view = Viewport {
                axis,
                start,
                end,
                pixels: 500,
            };
            for index in (0..model.lanes().len()).step_by(1 + model.lanes().len() / 50) {
                let key = model.lanes().key(index).unwrap();
                model.spans(key, &view, &mut spans);
                model.marks(key, &view, &mut marks);
                assert!(spans.len() <= 500 && marks.len() <= 500);
                if let LaneKey::Resource(id) = key {
                    model.levels(id, &view, &mut levels);
                    assert!(levels.len() <= 500);
                }
            }
        }
    }
    let mut state = model.state_at(0);
    for step in (0..=model.len()).step_by(model.len() / 7) {
        model.seek(&mut state, step);
        for task in [1, 2, LENGTH] {
            assert!(
                !model
                    .why(&state, task)
                    .text(&model, Language::English)
                    .is_empty()
            );
        }
    }
    assert_eq!(model.summary().events, model.len());
    model
}

#[test]
fn a_task_that_waits_for_everything() {
    let first = std::iter::once(event(Kind::TaskCreated, 1, 0));
    let begun = (1..LENGTH).map(|id| Event {
        flags: Reason::Timer.code(),
        ..event(Kind::WaitBegun, 1, id)
    });
    let ended = (1..LENGTH).rev().map(|id| Event {
        flags: Reason::Timer.code(),
        ..event(Kind::WaitEnded, 1, id)
    });
    let model = survive(first.chain(begun).chain(ended));
    let state = model.state_at(LENGTH as usize);
    assert_eq!(state.task(1).unwrap().waits().len(), MOST_WAITS);
    assert!(model.tip().task(1).unwrap().waits().is_empty());
}

#[test]
fn a_lock_that_everybody_holds_and_waits_for() {
    let lock = Event {
        flags: ResourceKind::Mutex.code(),
        ..event(Kind::ResourceCreated, 1, 0)
    };
    let tasks = LENGTH / 4;
    let events = (1..=tasks).flat_map(|task| {
        let wait = Event {
            flags: Reason::Lock.code(),
            ..event(Kind::WaitBegun, task, 1)
        };
        let held = Event {
            value: u64::MAX,
            ..event(Kind::HandedOver, task, 1)
        };
        [event(Kind::TaskCreated, task, 0), wait, held]
    });
    let released = (1..=tasks).map(|task| Event {
        value: 1,
        ..event(Kind::Released, task, 1)
    });
    survive(std::iter::once(lock).chain(events).chain(released));
}

#[test]
fn a_run_that_ends_all_the_time() {
    let tasks = (1..LENGTH / 2).map(|task| event(Kind::TaskCreated, task, 0));
    let dropped = (1..LENGTH / 2).map(|task| event(Kind::TaskDropped, task, 0));
    let ends = (0..LENGTH / 2).map(|_| Event {
        flags: Outcome::Deadlock.code(),
        value: 1,
        ..event(Kind::RunEnded, 0, 0)
    });
    let model = survive(tasks.chain(dropped).chain(ends));
    assert!(model.lanes().tasks()[7].stuck_since.is_some());
}

#[test]
fn a_queue_that_is_filled_and_emptied_from_the_wrong_end() {
    let queue = Event {
        flags: ResourceKind::Queue.code(),
        ..event(Kind::ResourceCreated, 1, 0)
    };
    let sent = (1..LENGTH).map(|inside| Event {
        value: pack(inside % 2, inside),
        ..event(Kind::Sent, 0, 1)
    });
    let received = (1..LENGTH).map(|gone| Event {
        value: pack(1, LENGTH - 1 - gone),
        ..event(Kind::Received, 0, 1)
    });
    let model = survive(std::iter::once(queue).chain(sent).chain(received));
    assert!(model.tip().resource(1).unwrap().is_empty());
    assert_eq!(model.flights(1, 0..model.len(), 10).len(), 10);
}

#[test]
fn timers_and_ids_from_the_far_end_of_time() {
    let events = (0..LENGTH).map(|number| match number % 5 {
        0 => event(Kind::TaskCreated, number + 1, number),
        1 => Event {
            time: u64::MAX - 1,
            flags: TimerPurpose::Interval.code(),
            value: u64::MAX - u64::from(number),
            ..event(Kind::TimerArmed, number, u32::MAX - number)
        },
        2 => event(Kind::TaskReady, u32::MAX, u32::MAX),
        3 => event(Kind::PollBegun, number - 2, 0),
        _ => event(Kind::NetworkBegun, number - 3, u32::MAX),
    });
    // Times never run backwards in a log that decodes.
    let mut time = 0;
    let model = survive(events.map(|event| {
        time = event.time.max(time);
        Event { time, ..event }
    }));
    assert!(model.lanes().len() < LENGTH as usize);
    assert_eq!(model.tip().timers().count(), model.tip().timers_len());
}
