//! What stands beside the slices of a lane, and what connects lanes.

mod support;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::{Kind, Log, Reason};
use wakeline::sync::mpsc;
use wakeline::time::{sleep, timeout};
use wakeline_timeline::arrows::WakeEffect;
use wakeline_timeline::{Axis, Model};

fn logs() -> impl Strategy<Value = Log> {
    prop_oneof![
        2 => programs().prop_map(|(seed, random, deeds)| perform(seed, random, deeds).0),
        1 => nonsense(600),
    ]
}

/// The reason of each arm of the first task, and whether it was cut.
fn arms(model: &Model) -> Vec<(Option<Reason>, bool)> {
    let reason = |begun: u32| {
        let event = model.event(begun as usize).unwrap();
        assert_eq!(event.kind, Kind::WaitBegun);
        Reason::from_code(event.flags)
    };
    let arms = model.arms(1).iter();
    arms.map(|arm| (reason(arm.begun), arm.cut)).collect()
}

#[test]
fn of_a_wait_and_its_limit_the_loser_is_cut() {
    let run = |wait: u64| {
        let log = record(0, wakeline::Policy::Fifo, async move {
            let (sender, mut receiver) = mpsc::channel::<u32>(1);
            wakeline::spawn(async move {
                sleep(ms(10)).await;
                let _ = sender.send(1).await;
            });
            let _ = timeout(ms(wait), receiver.recv()).await;
        });
        let mut found = arms(&Model::from_log(log));
        found.sort_by_key(|(reason, _)| reason.map(|reason| reason.code()));
        found
    };
    let (timer, receive) = (Some(Reason::Timer), Some(Reason::ChannelReceive));
    assert_eq!(run(5), [(timer, false), (receive, true)]);
    assert_eq!(run(50), [(timer, true), (receive, false)]);
}

#[test]
fn a_wait_that_is_alone_is_no_arm() {
    let log = record(0, wakeline::Policy::Fifo, async {
        for _ in 0..3 {
            sleep(ms(1)).await;
        }
    });
    assert!(Model::from_log(log).arms(1).is_empty());
}

#[test]
fn a_wake_for_nothing_is_told_from_one_that_led_somewhere() {
    let log = record(0, wakeline::Policy::Fifo, async {
        let place: Rc<RefCell<Option<Waker>>> = Rc::default();
        let shared = Rc::clone(&place);
        let mut turns = 0;
        let waiting = wakeline::spawn(async move {
            poll_fn(|cx| {
                turns += 1;
                *shared.borrow_mut() = Some(cx.waker().clone());
                if turns == 3 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        });
        for _ in 0..2 {
            sleep(ms(1)).await;
            let waker = place.borrow_mut().take();
            waker.unwrap().wake();
        }
        waiting.await.unwrap();
    });
    let model = Model::from_log(log);
    let wakes: Vec<_> = model.wakes_of(2, 0..model.len()).collect();
    let useful = wakes
        .iter()
        .filter(|wake| wake.effect == WakeEffect::Useful);
    let spurious: Vec<bool> = useful.map(|wake| model.is_spurious(wake)).collect();
    // The spawn led to a first poll that did nothing either; the last wake ended the task.
    assert_eq!(spurious, [true, true, false]);
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn arms_begin_in_order_and_end_after_they_began(log in logs()) {
        let model = Model::from_log(log);
        for lane in model.lanes().tasks() {
            let arms = model.arms(lane.id);
            for arm in arms {
                let event = model.event(arm.begun as usize).unwrap();
                prop_assert_eq!((event.kind, event.subject), (Kind::WaitBegun, lane.id));
                prop_assert!(arm.over == 0 || arm.over > arm.begun);
                if arm.over != 0 {
                    let over = model.event(arm.over as usize).unwrap();
                    prop_assert_eq!((over.kind, over.subject), (Kind::WaitEnded, lane.id));
                    let reason = |code| Reason::from_code(code).unwrap_or(Reason::Other);
                    prop_assert_eq!(reason(over.flags), reason(event.flags));
                    prop_assert_eq!(over.object, event.object);
                }
            }
        }
    }

    /// What a page searches by its place stands in order on every axis.
    #[test]
    fn lists_of_a_lane_stand_in_order_on_every_axis(log in logs()) {
        let model = Model::from_log(log);
        for axis in Axis::ALL {
            let in_order = |events: &[u32]| {
                let places: Vec<u64> =
                    events.iter().map(|&at| model.position(axis, at as usize)).collect();
                places.is_sorted()
            };
            for lane in model.lanes().tasks() {
                prop_assert!(in_order(model.incoming(lane.id)), "{:?}", axis);
                prop_assert!(in_order(model.network(lane.id)), "{:?}", axis);
                let begun: Vec<u32> = model.arms(lane.id).iter().map(|arm| arm.begun).collect();
                prop_assert!(in_order(&begun), "{:?} {:?}", axis, begun);
                let armed: Vec<u32> = (0..model.timers_len(lane.id))
                    .map(|number| model.timer(lane.id, number).unwrap().armed)
                    .collect();
                prop_assert!(in_order(&armed), "{:?}", axis);
            }
            for lane in model.lanes().resources() {
                let sent: Vec<u32> = (0..model.flights_len(lane.id))
                    .map(|number| model.flight(lane.id, number).unwrap().sent)
                    .collect();
                prop_assert!(in_order(&sent), "{:?}", axis);
            }
        }
    }
}
