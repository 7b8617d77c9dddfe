//! Readers share, writers do not, and a writer in line is not overtaken.

use std::collections::BTreeMap;

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// The most readers at once, from the events; it is checked that a writer is alone.
fn most_readers(story: &Story) -> usize {
    let tasks = story.tasks();
    let table = story.resource("table");
    let (mut holders, mut most) = (BTreeMap::new(), 0);
    for event in story.events().filter(|event| event.object == table) {
        match event.kind {
            Kind::Acquired => {
                holders.insert(event.subject, tasks[&event.subject].starts_with("writer"));
                let is_writing = holders.values().any(|writes| *writes);
                assert!(!is_writing || holders.len() == 1, "a writer is not alone");
                if !is_writing {
                    most = most.max(holders.len());
                }
            }
            Kind::Released => drop(holders.remove(&event.subject)),
            _ => {}
        }
    }
    assert!(holders.is_empty());
    most
}

/// The longest wait of a writer as the last line tells it.
fn longest_wait(story: &Story) -> u64 {
    let words: Vec<&str> = story.lines.last().unwrap().text.split(' ').collect();
    words[words.len() - 2].parse().unwrap()
}

#[test]
fn writers_are_alone_and_readers_are_not_whatever_the_order() {
    for seed in 0..20 {
        for manner in ["in-line", "looking"] {
            let story = run_setup(RunSetup {
                values: values("rwlock", &[("writers_wait", manner)]),
                seed,
                policy: Policy::Random,
                ..RunSetup::of("rwlock")
            });
            let most = most_readers(&story);
            assert!(most > 1);
            let told = format!("version 6, at most {most} read at once");
            assert!(story.lines.last().unwrap().text.starts_with(&told));
        }
    }
}

#[test]
fn a_writer_in_line_waits_only_for_who_came_before_it() {
    let story = run_preset("rwlock", "starving_writer", &[("writers_wait", "in-line")]);
    assert!(longest_wait(&story) <= 400, "one reading at the most");
    assert!(
        story.waits("reader", Reason::Lock) > 0,
        "readers stand behind it"
    );
}

#[test]
fn a_writer_that_only_looks_starves_while_readers_overlap() {
    let story = run_preset("rwlock", "starving_writer", &[]);
    assert!(longest_wait(&story) > 1500, "{}", longest_wait(&story));
    assert_eq!(story.waits("writer", Reason::Lock), 0);
    let told = format!("after a wait of {} ms", longest_wait(&story));
    let got_it = ms(story.saying(&told)[0].time_ns) - 300;
    let asked = got_it - longest_wait(&story);
    let reads = story.saying("reads version");
    let overtaking = reads
        .iter()
        .filter(|line| (asked..got_it).contains(&ms(line.time_ns)));
    assert!(overtaking.count() > 20);
}

#[test]
fn without_writers_nobody_waits() {
    let story = run("rwlock", &[("writers", "0")]);
    assert_eq!(story.waits("reader", Reason::Lock), 0);
    assert_eq!(story.saying("reads version 0").len(), 12);
}

#[test]
fn writers_alone_go_one_by_one() {
    let story = run_preset("rwlock", "writers_only", &[]);
    assert_eq!(most_readers(&story), 1, "main, which looks at the end");
    let versions: Vec<String> = (1..=15).map(|n| format!("wrote version {n},")).collect();
    let mut last = 0;
    for version in versions {
        let wrote = story.saying(&version)[0].time_ns;
        assert!(wrote >= last + 300_000_000);
        last = wrote;
    }
}

#[test]
fn every_reader_sees_the_version_that_was_written_last() {
    let story = run_preset("rwlock", "many_readers", &[]);
    let mut current = 0;
    for line in &story.lines {
        let number = |after: &str| -> Option<u32> {
            let rest = line.text.split_once(after)?.1;
            rest.split(',').next()?.parse().ok()
        };
        if let Some(version) = number("wrote version ") {
            assert_eq!(version, current + 1);
            current = version;
        } else if let Some(version) = number("reads version ") {
            assert_eq!(version, current);
        }
    }
    assert_eq!(current, 3);
}
