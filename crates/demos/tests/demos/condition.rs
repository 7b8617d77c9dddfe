//! The hand-made buffer: its bound holds, and who looks only once is fooled.

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// The items that were taken, in that order.
fn taken(story: &Story) -> Vec<u32> {
    let lines = story.saying("takes item");
    lines
        .iter()
        .map(|line| line.text.rsplit(' ').next().unwrap().parse().unwrap())
        .collect()
}

/// How many items were inside after each was put.
fn inside(story: &Story) -> Vec<usize> {
    let lines = story.saying(" inside");
    lines
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.text.split(' ').collect();
            words[4].parse().unwrap()
        })
        .collect()
}

/// How often somebody was woken in vain, as the last line tells it.
fn in_vain(story: &Story) -> u32 {
    let last = &story.lines.last().unwrap().text;
    let (_, told) = last.split_once("left, ").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn the_tutorial_consumes_the_first_two_and_ends_at_2500() {
    let story = run_preset("condition", "tutorial", &[]);
    assert_eq!(story.end_ms(), 2500);
    assert_eq!(taken(&story), [0, 1]);
    assert_eq!(story.task_end_ms("consumer 1"), 500);
    assert_eq!(story.task_end_ms("consumer 2"), 1000);
    let last = &story.lines.last().unwrap().text;
    assert_eq!(last, "2 consumed, 3 left, 0 woken in vain");
}

#[test]
fn the_log_says_which_notifications_reached_nobody() {
    let story = run_preset("condition", "tutorial", &[]);
    let items = story.resource("items");
    let told: Vec<(u64, u64, u8)> = story
        .events()
        .filter(|event| event.kind == Kind::Notified && event.object == items)
        .map(|event| (ms(event.time), event.value, event.flags))
        .collect();
    let lost = |time| (time, 0, 1);
    let expected = [
        (500, 1, 0),
        (1000, 1, 0),
        lost(1500),
        lost(2000),
        lost(2500),
    ];
    assert_eq!(told[..5], expected);
}

#[test]
fn nothing_is_lost_taken_twice_or_too_much_whatever_the_order() {
    for seed in 0..20 {
        for notify in ["one", "all"] {
            let story = run_setup(RunSetup {
                values: values("condition", &[("notify", notify)]),
                seed,
                policy: Policy::Random,
                ..RunSetup::of("condition")
            });
            let mut all = taken(&story);
            all.sort_unstable();
            assert_eq!(all, (0..10).collect::<Vec<_>>());
            assert!(inside(&story).iter().all(|count| *count <= 3));
            assert_eq!(story.saying("there is no item").len(), 0);
        }
    }
}

#[test]
fn a_full_buffer_makes_producers_wait() {
    let story = run_preset("condition", "full_buffer", &[]);
    assert!(story.waits("producer", Reason::Condition) > 5);
    assert_eq!(inside(&story).into_iter().max(), Some(3));
    let empty = run("condition", &[("produce_ms", "1000")]);
    assert_eq!(empty.waits("producer", Reason::Condition), 0);
}

#[test]
fn to_wake_all_for_one_item_wakes_most_of_them_in_vain() {
    let one = run_preset("condition", "stampede", &[("notify", "one")]);
    let all = run_preset("condition", "stampede", &[]);
    assert!(
        in_vain(&all) > in_vain(&one) + 10,
        "{} {}",
        in_vain(&all),
        in_vain(&one)
    );
    assert_eq!(taken(&one).len(), taken(&all).len());
    assert_eq!(all.saying("there is no item").len(), 0, "they look again");
}

#[test]
fn who_does_not_look_again_finds_nothing() {
    let story = run_preset("condition", "looks_once", &[]);
    assert!(story.saying("there is no item").len() > 10);
    assert_eq!(taken(&story).len(), 10);
}

#[test]
fn a_producer_that_does_not_look_again_puts_too_much() {
    let pairs = [
        ("look_again", "false"),
        ("notify", "all"),
        ("producers", "8"),
        ("consumers", "1"),
        ("bound", "1"),
    ];
    let story = run("condition", &pairs);
    assert!(story.saying(": too many").len() > 5);
    assert_eq!(taken(&story).len(), 40);
}

#[test]
fn producers_do_not_wait_for_consumers_that_have_gone_home() {
    let pairs = [("takes", "1"), ("consumers", "1"), ("bound", "2")];
    let story = run("condition", &pairs);
    assert_eq!(story.summary.outcome, "completed");
    assert_eq!(story.saying("nobody will make space").len(), 2);
    let last = &story.lines.last().unwrap().text;
    assert!(last.starts_with("1 consumed, 2 left"), "{last}");
}
