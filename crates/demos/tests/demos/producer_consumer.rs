//! Producers and consumers: nothing is lost, nothing is done twice, and everybody goes home.

use std::collections::BTreeSet;

use wakeline::log::{Kind, LineLevel, Outcome, Reason};
use wakeline_demos::{Progress, RunSetup, prepare};
use wakeline_protocol::Policy;

use crate::support::{Story, ms, preset, run, run_preset, run_setup, values};

const DEMO: &str = "producer-consumer";

/// The numbers of the items that were taken from the queue, in that order.
fn taken(story: &Story) -> Vec<u32> {
    let received = story.received("queue").into_iter();
    received.filter_map(|what| what.parse().ok()).collect()
}

/// The numbers of the items that the collector heard of, good and bad.
fn reported(story: &Story) -> BTreeSet<u32> {
    let lines = story.lines.iter();
    lines
        .filter(|line| line.text.ends_with("is consumed") || line.text.ends_with("is bad"))
        .map(|line| line.text.split(' ').nth(3).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn the_tutorial_ends_at_5200_ms_and_consumes_in_order() {
    let story = run_preset(DEMO, "tutorial", &[]);
    assert_eq!(story.end_ms(), 5200);
    assert_eq!(taken(&story), (0..10).collect::<Vec<_>>());
    assert_eq!(
        story.summary.tasks.created, 4,
        "main, producer, consumer, collector"
    );
    let consumed: Vec<u64> = story
        .saying("is consumed")
        .iter()
        .map(|line| ms(line.time_ns))
        .collect();
    assert_eq!(
        consumed,
        (0..10).map(|item| 700 + 500 * item).collect::<Vec<_>>()
    );
}

#[test]
fn every_item_is_taken_once_and_reported_once_whatever_the_shutdown() {
    for shutdown in ["sentinel", "close", "join-then-cancel"] {
        for seed in 0..10 {
            for policy in [Policy::Fifo, Policy::Random] {
                let story = run_setup(RunSetup {
                    values: values(DEMO, &[("shutdown", shutdown), ("consumers", "3")]),
                    seed,
                    policy: policy.clone(),
                    ..RunSetup::of(DEMO)
                });
                let context = format!("{shutdown}, seed {seed}, {policy:?}");
                assert_eq!(story.summary.outcome, "completed", "{context}");
                let mut items = taken(&story);
                items.sort_unstable();
                assert_eq!(items, (0..18).collect::<Vec<_>>(), "{context}");
                assert_eq!(reported(&story), (0..18).collect(), "{context}");
                assert_eq!(story.summary.tasks.dropped, 0, "{context}");
            }
        }
    }
}

#[test]
fn the_queue_never_holds_more_than_its_capacity() {
    for capacity in ["1", "2", "7"] {
        let story = run(DEMO, &[("capacity", capacity), ("consumers", "1")]);
        let queue = story.resource("queue");
        let most = story
            .events()
            .filter(|event| event.kind == Kind::Sent && event.object == queue)
            .map(|event| event.high())
            .max();
        assert_eq!(most, Some(capacity.parse().unwrap()));
    }
}

#[test]
fn a_capacity_of_one_makes_producers_wait() {
    let story = run(DEMO, &[("capacity", "1")]);
    let narrow = story.waits("producer", Reason::ChannelSend);
    let wide = run(DEMO, &[("capacity", "100")]).waits("producer", Reason::ChannelSend);
    assert!(narrow >= 5, "{narrow} waits");
    assert_eq!(wide, 0);
}

#[test]
fn the_default_run_shows_both_sides_waiting() {
    let story = run(DEMO, &[]);
    assert!(story.waits("producer", Reason::ChannelSend) >= 2);
    assert!(story.waits("consumer", Reason::ChannelReceive) >= 2);
}

#[test]
fn each_shutdown_ends_the_consumers_in_its_own_way() {
    let sentinel = run(DEMO, &[("shutdown", "sentinel")]);
    assert_eq!(
        sentinel
            .received("queue")
            .iter()
            .filter(|what| **what == "stop")
            .count(),
        2
    );
    assert_eq!(sentinel.saying("goes home").len(), 2);

    let close = run(DEMO, &[("shutdown", "close")]);
    let queue = close.resource("queue");
    let closed =
        |event: &wakeline::log::Event| event.kind == Kind::ResourceClosed && event.subject == queue;
    assert!(close.events().any(|event| closed(&event)));
    assert_eq!(close.saying("goes home").len(), 2);

    let cancel = run(DEMO, &[("shutdown", "join-then-cancel")]);
    assert_eq!(
        cancel.ended(Kind::TaskCancelled),
        ["consumer 1", "consumer 2", "monitor"]
    );
    let joined = cancel.of_task("main", Kind::CancelRequested).count();
    assert_eq!(joined, 0, "main is not cancelled itself");
}

#[test]
fn consumers_are_cancelled_only_when_the_last_item_is_done() {
    let story = run(
        DEMO,
        &[("shutdown", "join-then-cancel"), ("monitor", "false")],
    );
    let last_done = story
        .events()
        .filter(|event| event.kind == Kind::UnitDone)
        .last()
        .unwrap();
    assert_eq!(last_done.value, 0, "nothing remains");
    let first_cancel = story
        .events()
        .find(|event| event.kind == Kind::CancelRequested)
        .unwrap();
    assert!(first_cancel.time >= last_done.time);
}

#[test]
fn bad_items_are_counted_and_told_as_trouble() {
    let count = |rate: &str| {
        let story = run(DEMO, &[("failure_rate", rate), ("items", "50")]);
        let bad = story.saying("is bad");
        assert!(bad.iter().all(|line| line.level == LineLevel::Error));
        let total = format!("main: consumed {}, bad {}", 150 - bad.len(), bad.len());
        assert_eq!(story.lines.last().unwrap().text, total);
        bad.len()
    };
    assert_eq!(count("0"), 0);
    assert_eq!(count("100"), 150);
    assert!((25..=65).contains(&count("30")));
}

#[test]
fn what_there_is_to_do_does_not_depend_on_who_does_it() {
    let bad = |consumers: &str| {
        let story = run(DEMO, &[("consumers", consumers), ("failure_rate", "40")]);
        let mut bad: Vec<String> = story
            .saying("is bad")
            .iter()
            .map(|line| line.text.split_once(": ").unwrap().1.to_owned())
            .collect();
        bad.sort_unstable();
        bad
    };
    assert_eq!(bad("1"), bad("5"));
    assert!(!bad("1").is_empty());
}

#[test]
fn the_monitor_looks_as_often_as_it_is_told() {
    let times = |pairs: &[(&str, &str)]| -> Vec<u64> {
        let story = run(DEMO, pairs);
        story
            .saying("monitor:")
            .iter()
            .map(|line| ms(line.time_ns))
            .collect()
    };
    assert_eq!(times(&[("monitor", "false")]), [0; 0]);
    assert_eq!(times(&[])[..4], [0, 1000, 2000, 3000]);
    assert_eq!(times(&[("monitor_ms", "300")])[..4], [0, 300, 600, 900]);
}

#[test]
fn without_items_everybody_goes_home_at_once() {
    for shutdown in ["sentinel", "close", "join-then-cancel"] {
        let story = run(DEMO, &[("items", "0"), ("shutdown", shutdown)]);
        assert_eq!(
            (story.end_ms(), &*story.summary.outcome),
            (0, "completed"),
            "{shutdown}"
        );
    }
}

#[test]
fn an_endless_run_ends_when_its_log_is_full() {
    let story = run_setup(RunSetup {
        values: preset(DEMO, "endless"),
        limit: 5000,
        ..RunSetup::of(DEMO)
    });
    assert_eq!(story.summary.outcome, Outcome::Limit.name());
    assert!(story.summary.events >= 5000);
}

#[test]
fn an_endless_run_ends_when_it_is_stopped_even_if_its_time_stands_still() {
    let nothing_takes_time = [
        ("endless", "true"),
        ("produce_min_ms", "0"),
        ("produce_max_ms", "0"),
        ("consume_min_ms", "0"),
        ("consume_max_ms", "0"),
    ];
    let mut run = prepare(RunSetup {
        values: values(DEMO, &nothing_takes_time),
        ..RunSetup::of(DEMO)
    })
    .unwrap();
    for _ in 0..50 {
        assert_eq!(run.step(10), Progress::Ready);
    }
    run.stop();
    assert_eq!(run.step(10), Progress::Ended);
    let summary = run.finish();
    assert_eq!((&*summary.outcome, summary.end_ns), ("stopped", 0));
    assert!(summary.tasks.dropped > 0);
}
