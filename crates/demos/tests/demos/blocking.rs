//! Heavy work and a heartbeat: who holds up whom, and for how long.

use wakeline::log::Kind;

use crate::support::{Story, ms, run, run_preset};

/// What the last line says: heartbeats, missed ones, and the greatest delay in milliseconds.
fn heart(story: &Story) -> (u64, u64, u64) {
    let line = &story.saying("heartbeats,")[0].text;
    let numbers: Vec<u64> = line
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    (numbers[0], numbers[1], numbers[2])
}

/// The longest poll of a task whose name begins so, in milliseconds.
fn longest_poll(story: &Story, name: &str) -> u64 {
    let tasks = story.tasks();
    let (mut begun, mut longest) = (0, 0);
    for event in story.events() {
        match event.kind {
            Kind::PollBegun => begun = event.time,
            Kind::PollEnded if tasks[&event.subject].starts_with(name) => {
                longest = longest.max(event.time - begun);
            }
            _ => {}
        }
    }
    ms(longest)
}

#[test]
fn the_tutorial_takes_the_sum_and_no_heart_beats_meanwhile() {
    let story = run_preset("blocking", "tutorial", &[]);
    assert_eq!(story.end_ms(), 6000);
    let jobs = ["job 1", "job 2", "job 3"];
    assert_eq!(story.ended(Kind::TaskCompleted)[..3], jobs);
    assert_eq!(
        jobs.map(|job| longest_poll(&story, job)),
        [2000, 1000, 3000]
    );
    // The first beat was due at 100, and the last at 5900.
    let (beats, missed, latest) = heart(&story);
    assert_eq!((beats, missed, latest), (0, 59, 5900));
}

#[test]
fn as_concurrent_waits_they_take_the_longest() {
    let story = run_preset("blocking", "tutorial", &[("way", "elsewhere")]);
    assert_eq!(story.end_ms(), 3000);
    let (beats, missed, latest) = heart(&story);
    assert_eq!((missed, latest), (0, 0));
    assert!(beats >= 29, "{beats}");
    assert_eq!(longest_poll(&story, ""), 0);
    let alone = run("blocking", &[("way", "elsewhere"), ("workers", "1")]);
    assert_eq!(alone.end_ms(), 6000);
    assert_eq!(heart(&alone).1, 0);
}

#[test]
fn chunks_hold_up_the_heart_by_a_chunk_of_each_job() {
    let story = run_preset("blocking", "chunks", &[]);
    assert_eq!(longest_poll(&story, "job"), 15);
    let (_, missed, latest) = heart(&story);
    assert!(latest > 0 && latest <= 45, "{latest}");
    let large = run_preset("blocking", "large_chunks", &[]);
    assert_eq!(longest_poll(&large, "job"), 500);
    let (_, missed_of_large, latest_of_large) = heart(&large);
    assert!(latest_of_large > 45 && latest_of_large <= 1500);
    assert!(missed_of_large > missed);
}

#[test]
fn a_budget_takes_longer_and_the_heart_hardly_notices() {
    let story = run_preset("blocking", "budget", &[]);
    // 600 of work in pieces of 8: 25 for the first, 13 for the second (the last of 4), 38 for the
    // third (the last of 4). The last of the 76 begins after 75 frames.
    assert!(
        (1200..=1216).contains(&story.end_ms()),
        "{}",
        story.end_ms()
    );
    assert_eq!(longest_poll(&story, "job"), 8);
    let (beats, missed, latest) = heart(&story);
    assert_eq!(missed, 0);
    assert!(beats >= 11 && latest <= 8, "{beats} {latest}");
}

#[test]
fn every_way_does_all_the_work() {
    for way in ["blocking", "chunks", "budget", "elsewhere"] {
        let pairs = [("way", way), ("first_ms", "70"), ("third_ms", "0")];
        let story = run("blocking", &pairs);
        assert_eq!(story.saying("is done").len(), 3, "{way}");
        assert_eq!(story.summary.outcome, "completed");
        let held: u64 = story
            .events()
            .filter(|event| event.kind == Kind::ClockAdvanced)
            .map(|event| event.time - event.value)
            .sum();
        assert_eq!(held, story.summary.end_ns, "{way}");
    }
}
