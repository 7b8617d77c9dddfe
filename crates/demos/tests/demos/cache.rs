//! The cache: hits and misses, what expires, what has to go, and a stampede.

use wakeline::log::Reason;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run_preset, run_setup, values};

/// The numbers of the last line: hits, misses, expired, evicted, loads, most at once.
fn tally(story: &Story) -> [usize; 6] {
    let last = &story.lines.last().unwrap().text;
    let words = last.split([' ', ',']).filter_map(|word| word.parse().ok());
    let numbers: Vec<usize> = words.collect();
    numbers.try_into().unwrap()
}

#[test]
fn the_tutorial_hits_once_misses_twice_and_ends_at_7000() {
    let story = run_preset("cache", "tutorial", &[]);
    assert_eq!(story.end_ms(), 7000);
    assert_eq!(tally(&story), [1, 2, 1, 0, 2, 1]);
    let answers: Vec<u64> = story
        .saying("client 1: key 1 is 100")
        .iter()
        .map(|line| ms(line.time_ns))
        .collect();
    assert_eq!(answers, [500, 500, 7000]);
    assert_eq!(ms(story.saying("has expired")[0].time_ns), 6500);
}

#[test]
fn an_entry_that_lives_long_enough_is_not_loaded_again() {
    // It is there from 500 on, and asked for at 6500.
    for (ttl, loads) in [("6000", 2), ("6001", 1)] {
        let story = run_preset("cache", "tutorial", &[("ttl_ms", ttl)]);
        assert_eq!(tally(&story)[4], loads, "{ttl}");
    }
}

#[test]
fn in_a_stampede_everybody_loads_the_same() {
    let story = run_preset("cache", "stampede", &[]);
    let [_, misses, _, _, loads, most] = tally(&story);
    assert_eq!((loads, most), (misses, 20));
    assert!(loads >= 40, "each time it expires, all come again");
}

#[test]
fn in_a_single_flight_one_loads_and_all_wait_for_it() {
    let story = run_preset("cache", "single_flight", &[]);
    let [hits, misses, _, _, loads, most] = tally(&story);
    assert_eq!(hits + misses, 120);
    assert_eq!((most, story.saying("loads key 1").len()), (1, loads));
    assert_eq!(story.waits("client", Reason::Promise), misses);
    let stampede = run_preset("cache", "stampede", &[]);
    assert_eq!(tally(&stampede)[4], 20 * loads);
    assert_eq!(stampede.end_ms(), story.end_ms());
}

#[test]
fn a_cache_that_is_too_small_forgets_what_was_not_used_for_longest() {
    let small = run_preset("cache", "too_small", &[]);
    let large = run_preset("cache", "too_small", &[("size", "8")]);
    assert!(tally(&small)[3] > 5);
    assert_eq!(tally(&large)[3], 0);
    assert!(tally(&small)[4] > tally(&large)[4], "it loads more often");
}

#[test]
fn every_answer_is_right_and_no_key_is_loaded_twice_at_once_whatever_the_order() {
    for seed in 0..20 {
        let story = run_setup(RunSetup {
            values: values("cache", &[("clients", "8")]),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("cache")
        });
        for line in story
            .saying(": key ")
            .iter()
            .filter(|line| line.text.contains(" is "))
        {
            let words: Vec<&str> = line.text.split([' ', ',']).collect();
            let (key, value): (u32, u32) = (words[3].parse().unwrap(), words[5].parse().unwrap());
            assert_eq!(value, key * 100);
        }
        for key in 1..=5 {
            let loads = story.saying(&format!("loads key {key},"));
            let times: Vec<u64> = loads.iter().map(|line| ms(line.time_ns)).collect();
            assert!(
                times.windows(2).all(|pair| pair[1] >= pair[0] + 500),
                "{times:?}"
            );
        }
        let [hits, misses, ..] = tally(&story);
        assert_eq!(hits + misses, 48);
    }
}
