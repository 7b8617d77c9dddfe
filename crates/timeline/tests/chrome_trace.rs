//! The exported trace keeps the rules of the trace-event format, and says what the log says.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::{Kind, Log};
use wakeline::sync::mpsc;
use wakeline::time::{block, sleep};
use wakeline::{Policy, spawn_named};
use wakeline_timeline::export::chrome_trace;
use wakeline_timeline::{LaneKey, Look, Model};

fn events(log: &Log) -> Vec<Value> {
    let trace: Value = serde_json::from_str(&chrome_trace(log)).unwrap();
    trace["traceEvents"].as_array().unwrap().clone()
}

/// A time of the trace in nanoseconds, exactly.
fn time(event: &Value) -> u64 {
    let text = event["ts"].to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole: u64 = whole.parse().unwrap();
    whole * 1_000 + format!("{fraction:0<3}").parse::<u64>().unwrap()
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {event}"))
}

/// What a trace holds once its rules have been checked.
#[derive(Debug, Default)]
struct Checked {
    /// Slices of the executor.
    polls: u64,
    /// Flows from one poll to another.
    flows: u64,
    /// For each track: its name, and the time between its first and last event.
    lives: BTreeMap<String, (String, u64)>,
    /// For each track and name of a slice in it: how many, and how long together.
    inner: BTreeMap<(String, String), (u64, u64)>,
    instants: u64,
    counters: BTreeSet<String>,
}

/// Checks the rules: phases, pairs, ids, order, nesting.
fn check(events: &[Value]) -> Result<Checked, TestCaseError> {
    let mut checked = Checked::default();
    let mut thread: Vec<&Value> = Vec::new();
    let mut tracks: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    let mut flows: BTreeMap<u64, u64> = BTreeMap::new();
    let mut last = 0;
    let mut before = "";
    for event in events {
        let (phase, at) = (text(event, "ph"), time(event));
        prop_assert!(event["pid"].is_u64() && event["tid"].is_u64());
        prop_assert!(at >= last, "time runs backwards at {}", event);
        last = at;
        match phase {
            "M" => prop_assert!(event["args"]["name"].is_string()),
            "B" => {
                prop_assert!(thread.is_empty(), "polls overlap at {}", event);
                thread.push(event);
                checked.polls += 1;
            }
            "E" => prop_assert!(thread.pop().is_some(), "an end without a beginning"),
            "b" => {
                let track = tracks.entry(text(event, "id")).or_default();
                prop_assert_eq!(text(event, "cat"), "task");
                if track.is_empty() {
                    let id = text(event, "id").to_owned();
                    let life = (text(event, "name").to_owned(), at);
                    let known = checked.lives.insert(id, life);
                    prop_assert!(known.is_none(), "a task in two pieces: {}", event);
                }
                prop_assert!(
                    track.len() < 2,
                    "deeper than life and what is in it: {}",
                    event
                );
                track.push(event);
            }
            "e" => {
                let id = text(event, "id");
                let begun = tracks.get_mut(id).and_then(Vec::pop);
                let begun = begun.unwrap_or_else(|| panic!("no beginning of {event}"));
                prop_assert_eq!(text(begun, "name"), text(event, "name"));
                let length = at - time(begun);
                if tracks[id].is_empty() {
                    checked.lives.get_mut(id).unwrap().1 = length;
                    prop_assert!(event["args"]["end"].is_string());
                } else {
                    let key = (id.to_owned(), text(event, "name").to_owned());
                    let inner = checked.inner.entry(key).or_default();
                    *inner = (inner.0 + 1, inner.1 + length);
                }
            }
            "s" => {
                prop_assert!(!thread.is_empty(), "a flow from nowhere: {}", event);
                let known = flows.insert(event["id"].as_u64().unwrap(), at);
                prop_assert!(known.is_none(), "two flows of one id");
            }
            "f" => {
                prop_assert_eq!(before, "B", "a flow leads to the beginning of a poll");
                prop_assert_eq!(text(event, "bp"), "e");
                let begun = flows.remove(&event["id"].as_u64().unwrap());
                prop_assert!(
                    begun.is_some_and(|begun| begun <= at),
                    "no beginning: {}",
                    event
                );
                checked.flows += 1;
            }
            "i" => {
                prop_assert_eq!(text(event, "s"), "t");
                checked.instants += 1;
            }
            "C" => {
                let values = event["args"].as_object().unwrap();
                prop_assert!(!values.is_empty() && values.values().all(Value::is_u64));
                checked.counters.insert(text(event, "name").to_owned());
            }
            _ => prop_assert!(false, "an unknown phase: {}", event),
        }
        before = phase;
    }
    prop_assert!(thread.is_empty(), "a poll without an end");
    prop_assert!(tracks.values().all(Vec::is_empty), "a life without an end");
    prop_assert!(flows.is_empty(), "flows without an end: {:?}", flows);
    let names: BTreeSet<&str> = checked.lives.values().map(|life| &*life.0).collect();
    prop_assert_eq!(names.len(), checked.lives.len(), "two tasks of one name");
    Ok(checked)
}

fn says_what_the_log_says(log: &Log) -> Result<(), TestCaseError> {
    let checked = check(&events(log))?;
    let count = |kind| {
        log.columns
            .iter_from(0)
            .filter(|event| event.kind == kind)
            .count() as u64
    };
    prop_assert_eq!(checked.polls, count(Kind::PollBegun));
    prop_assert_eq!(checked.instants, count(Kind::Line));
    prop_assert_eq!(checked.lives.len() as u64, count(Kind::TaskCreated));
    let model = Model::from_log(log.clone());
    for lane in model.lanes().tasks() {
        let id = format!("0x{:x}", lane.id);
        let summary = model.task_summary(lane.id).unwrap();
        prop_assert_eq!(checked.lives[&id].1, summary.lived, "life of {}", &id);
        let inner = |name: &str| {
            let key = (id.clone(), name.to_owned());
            checked.inner.get(&key).copied().unwrap_or_default()
        };
        prop_assert_eq!(inner("poll").1, summary.running(), "polls of {}", &id);
        prop_assert_eq!(inner("ready").1, summary.ready(), "readiness of {}", &id);
        let slices = model.lanes().slices(LaneKey::Task(lane.id)).unwrap();
        let polls = (0..slices.len())
            .filter_map(|index| model.slice(LaneKey::Task(lane.id), index))
            .filter(|slice| slice.look.is_poll());
        prop_assert_eq!(inner("poll").0, polls.count() as u64);
        for look in Look::ALL.into_iter().filter(|look| look.is_wait()) {
            let waits = checked.inner.iter().filter(|((track, name), _)| {
                let reason = name.split_once(": ").map_or(&**name, |(reason, _)| reason);
                *track == id && reason == look.name()
            });
            let waited: u64 = waits.map(|(_, (_, length))| *length).sum();
            let expected = summary.time[look.index()];
            prop_assert_eq!(waited, expected, "{} of {}", look.name(), &id);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn the_trace_of_a_program_says_what_its_log_says((seed, random, deeds) in programs()) {
        says_what_the_log_says(&perform(seed, random, deeds).0)?;
    }

    #[test]
    fn the_trace_of_nonsense_keeps_the_rules(log in nonsense(400)) {
        check(&events(&log))?;
    }
}

#[test]
fn wakes_are_flows_and_contents_are_counters() {
    let log = record(0, Policy::Fifo, async {
        let (sender, mut receiver) = mpsc::Builder::<u32>::new("parcels").bounded(1);
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let sender = sender.clone();
                spawn_named("worker", async move {
                    sleep(ms(3)).await;
                    block(ms(1));
                    sender.send(1).await.unwrap();
                })
            })
            .collect();
        drop(sender);
        while receiver.recv().await.is_some() {}
        for worker in workers {
            worker.await.unwrap();
        }
    });
    let events = events(&log);
    let checked = check(&events).unwrap();
    assert!(
        checked.flows >= 3,
        "two spawns and a message at least: {checked:?}"
    );
    assert!(checked.counters.contains("parcels") && checked.counters.contains("ready queue"));
    let names: Vec<&str> = checked.lives.values().map(|life| &*life.0).collect();
    assert_eq!(names, ["main", "worker #2", "worker #3"]);
    let inner: BTreeSet<&str> = checked.inner.keys().map(|(_, name)| &**name).collect();
    assert!(
        inner.contains("receive: parcels") && inner.contains("sleep"),
        "{inner:?}"
    );
}
