//! Batches: by size, by time, and what they cost.

use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// When each batch went out, in milliseconds, and with how many items.
fn batches(story: &Story) -> Vec<(u64, usize)> {
    let lines = story.saying(" goes out with ");
    lines
        .iter()
        .map(|line| {
            let size = line.text.split(' ').nth(6).unwrap().parse().unwrap();
            (ms(line.time_ns), size)
        })
        .collect()
}

/// The sizes alone.
fn sizes(story: &Story) -> Vec<usize> {
    batches(story).iter().map(|(_, size)| *size).collect()
}

/// How long an item took on average, as the last line tells it.
fn average(story: &Story) -> u64 {
    let words: Vec<&str> = story.lines.last().unwrap().text.split(' ').collect();
    words[words.len() - 4].parse().unwrap()
}

#[test]
fn the_tutorial_makes_four_batches_and_ends_at_500() {
    let story = run_preset("batching", "tutorial", &[]);
    assert_eq!(story.end_ms(), 500);
    assert_eq!(batches(&story), [(0, 5); 4]);
    let last = &story.lines.last().unwrap().text;
    assert_eq!(last, "20 items in 4 batches, each took 500 ms on average");
}

#[test]
fn a_full_batch_goes_out_at_once_and_another_when_its_time_is_up() {
    let by_size = run("batching", &[("linger_ms", "10000")]);
    assert_eq!(
        batches(&by_size),
        [(400, 5), (800, 5), (1200, 5), (1600, 5)]
    );
    let by_time = run_preset("batching", "by_time", &[]);
    // The first comes at 80; four come within 300 ms, and the next batch begins with the next.
    assert_eq!(batches(&by_time)[..3], [(380, 4), (700, 4), (1020, 4)]);
}

#[test]
fn no_item_is_lost_and_their_order_is_kept_whatever_the_order_of_turns() {
    for seed in 0..20 {
        for linger in ["0", "100", "300"] {
            let story = run_setup(RunSetup {
                values: values("batching", &[("linger_ms", linger), ("at_once", "1")]),
                seed,
                policy: Policy::Random,
                ..RunSetup::of("batching")
            });
            assert_eq!(sizes(&story).iter().sum::<usize>(), 20);
            assert!(sizes(&story).iter().all(|size| (1..=5).contains(size)));
            let expected: Vec<String> = (1..=20).map(|number| number.to_string()).collect();
            assert_eq!(story.received("items"), expected);
            assert_eq!(story.saying(": item ").len(), 20);
        }
    }
}

#[test]
fn one_by_one_every_item_pays_for_a_call() {
    let single = run_preset("batching", "one_by_one", &[]);
    assert_eq!(sizes(&single), [1; 20]);
    // Two calls at once, ten after each other, 220 ms each, and the first begins at 80.
    assert!(single.end_ms() >= 80 + 10 * 220);
    let batched = run("batching", &[]);
    assert!(batched.end_ms() < single.end_ms());
    assert!(average(&batched) < average(&single));
}

#[test]
fn a_batch_that_waits_to_be_full_makes_its_first_item_wait() {
    let story = run_preset("batching", "waits_to_be_full", &[]);
    // The rest goes out when it is known that nothing more comes.
    assert_eq!(batches(&story), [(1200, 15), (1600, 5)]);
    assert!(average(&story) > average(&run("batching", &[])) + 200);
}

#[test]
fn no_more_calls_at_once_than_there_may_be() {
    let all = [("arrive_ms", "0"), ("at_once", "1")];
    let story = run("batching", &all);
    assert_eq!(story.end_ms(), 4 * (200 + 5 * 20));
    let two = run("batching", &[("arrive_ms", "0"), ("at_once", "2")]);
    assert_eq!(two.end_ms(), 2 * (200 + 5 * 20));
}
