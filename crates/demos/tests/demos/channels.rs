//! Six kinds of channels: who waits, what grows, what is lost.

use wakeline::log::{Kind, Reason};

use crate::support::{Story, ms, run, run_preset};

/// The numbers of the messages in lines that begin so, and when, in milliseconds.
fn messages(story: &Story, begin: &str) -> Vec<(u32, u64)> {
    let lines = story.lines.iter();
    lines
        .filter_map(|line| {
            let rest = line.text.strip_prefix(begin)?;
            let number = rest.split([',', ' ']).next()?.parse().ok()?;
            Some((number, ms(line.time_ns)))
        })
        .collect()
}

/// The numbers alone.
fn numbers(story: &Story, begin: &str) -> Vec<u32> {
    let messages = messages(story, begin);
    messages.into_iter().map(|(number, _)| number).collect()
}

/// The most messages that were ever inside.
fn most_inside(story: &Story) -> u32 {
    let channel = story.resource("channel");
    story
        .events()
        .filter(|event| event.kind == Kind::Sent && event.object == channel)
        .map(|event| event.high())
        .max()
        .unwrap()
}

#[test]
fn a_bounded_channel_makes_the_sender_wait() {
    let story = run("channels", &[]);
    assert_eq!(
        story.received("channel"),
        ["1", "2", "3", "4", "5", "6", "7", "8"]
    );
    assert_eq!(most_inside(&story), 3);
    assert!(story.waits("sender", Reason::ChannelSend) > 2);
    // The first message, and then the receiver's pace.
    assert_eq!(story.end_ms(), 100 + 8 * 300);
    let roomy = run("channels", &[("capacity", "8")]);
    assert_eq!(roomy.waits("sender", Reason::ChannelSend), 0);
    assert_eq!(roomy.end_ms(), story.end_ms(), "room makes nobody faster");
}

#[test]
fn an_unbounded_channel_grows_instead() {
    let story = run_preset("channels", "growing", &[]);
    assert_eq!(story.waits("sender", Reason::ChannelSend), 0);
    assert_eq!(story.task_end_ms("sender"), 800);
    assert!(most_inside(&story) > 35, "{}", most_inside(&story));
    assert_eq!(story.end_ms(), 20 + 40 * 300);
}

#[test]
fn in_a_rendezvous_both_are_there_at_the_same_moment() {
    let story = run_preset("channels", "rendezvous", &[]);
    let taken = messages(&story, "receiver: takes message ");
    assert_eq!(taken.len(), 8);
    assert_eq!(messages(&story, "sender: rid of message "), taken);
}

#[test]
fn a_oneshot_brings_one_answer() {
    let story = run_preset("channels", "question_and_answer", &[]);
    let told: Vec<String> = (1..=8)
        .map(|number| format!("main: the answer is {}", number * number))
        .collect();
    let answers = story.saying("the answer is");
    let answers: Vec<&str> = answers.iter().map(|line| &*line.text).collect();
    assert_eq!(answers, told);
    assert_eq!(story.end_ms(), 8 * 400);
}

#[test]
fn a_broadcast_loses_the_oldest_for_whoever_is_too_slow() {
    let story = run_preset("channels", "slow_receiver", &[]);
    let all: Vec<u32> = (1..=12).collect();
    assert_eq!(numbers(&story, "receiver 1: hears message "), all);
    assert_eq!(numbers(&story, "receiver 2: hears message "), all);
    let heard = numbers(&story, "receiver 3: hears message ");
    let missed: u32 = numbers(&story, "receiver 3: missed ").iter().sum();
    assert!(missed > 2);
    assert_eq!(heard.len() as u32 + missed, 12);
    assert_eq!(story.waits("sender", Reason::ChannelSend), 0);
}

#[test]
fn with_room_for_all_a_broadcast_loses_nothing() {
    let story = run_preset("channels", "slow_receiver", &[("capacity", "12")]);
    assert_eq!(numbers(&story, "receiver 3: hears message ").len(), 12);
    assert_eq!(story.saying("missed").len(), 0);
}

#[test]
fn a_watch_shows_everybody_the_newest_and_skips_the_rest() {
    let story = run_preset("channels", "latest", &[]);
    assert_eq!(numbers(&story, "receiver 1: sees message ").len(), 12);
    let seen = numbers(&story, "receiver 3: sees message ");
    assert!(seen.len() < 6 && seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&12), "nobody misses the last one");
}
