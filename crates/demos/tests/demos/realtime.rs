//! Measurements, from their source to those who subscribed.

use wakeline::log::Kind;

use crate::support::{Story, run, run_preset};

/// The figures of the last line: processed, batches, the largest, dropped, alerts.
fn figures(story: &Story) -> [u64; 5] {
    let last = &story.lines.last().unwrap().text;
    let numbers = last.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u64> = numbers.filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().unwrap()
}

#[test]
fn the_tutorial_processes_a_hundred_readings_one_at_a_time() {
    let story = run_preset("realtime", "tutorial", &[]);
    let [processed, batches, largest, dropped, _] = figures(&story);
    assert_eq!((processed, batches, largest, dropped), (100, 100, 1, 0));
}

#[test]
fn readings_are_processed_or_dropped_and_never_both() {
    for capacity in ["1", "7", "20", "1000"] {
        let story = run_preset("realtime", "overrun", &[("capacity", capacity)]);
        let [processed, batches, largest, dropped, _] = figures(&story);
        assert_eq!(processed + dropped, 1000, "capacity {capacity}");
        assert!(largest <= 10 && processed <= batches * 10);
        assert_eq!(dropped == 0, capacity == "1000");
    }
}

#[test]
fn every_subscriber_gets_every_batch_or_hears_that_it_missed_some() {
    let story = run("realtime", &[("subscribers", "3")]);
    let [processed, batches, ..] = figures(&story);
    let all = format!("{processed} readings, 0 batches missed");
    assert_eq!(story.saying(&all).len(), 3);

    let story = run_preset("realtime", "slow_subscriber", &[]);
    let [.., alerts] = figures(&story);
    assert!(story.saying("missed 1 batches").len() + story.saying("missed 2 batches").len() > 0);
    assert_eq!(story.saying("alert: ").len() as u64, alerts);
    assert!(batches > 0);
}

#[test]
fn an_alert_is_a_reading_beyond_the_threshold() {
    for (threshold, least) in [("100", 0), ("-50", 50)] {
        let story = run("realtime", &[("threshold", threshold)]);
        let [processed, .., alerts] = figures(&story);
        assert_eq!(alerts, least.min(processed));
        assert_eq!(story.saying("alert: ").len() as u64, alerts);
    }
}

#[test]
fn a_feed_gives_the_same_readings_as_are_made_up_here() {
    let alerts = |source| {
        let story = run("realtime", &[("source", source), ("threshold", "20")]);
        let lines = story.saying("alert: ");
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    let generated = alerts("generated");
    assert!(generated.len() > 5);
    assert_eq!(generated, alerts("feed"));
}

#[test]
fn only_a_feed_needs_a_network() {
    let begun = |source| {
        let story = run("realtime", &[("source", source)]);
        story
            .events()
            .filter(|event| event.kind == Kind::NetworkBegun)
            .count()
    };
    assert_eq!(begun("generated"), 0);
    assert!(begun("feed") > 0);
}

#[test]
fn statistics_come_at_their_times() {
    let story = run(
        "realtime",
        &[("report_ms", "1000"), ("duration_ms", "3500")],
    );
    let times: Vec<u64> = story
        .saying("statistics: ")
        .iter()
        .map(|line| line.time_ns / 1_000_000)
        .collect();
    assert_eq!(times, [1000, 2000, 3000, 4000][..times.len()]);
    assert!(times.len() >= 3);
}
