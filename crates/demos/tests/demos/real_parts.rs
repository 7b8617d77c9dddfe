//! Demos that use what is real, on a machine of the tests.

use std::rc::Rc;

use wakeline::log::{Kind, Reason, ResourceKind};
use wakeline_demos::{RunSetup, prepare};
use wakeline_protocol::Modes;

use crate::machine::{Machine, run_real};
use crate::support::{Story, preset, values};

/// Waits for work that is done elsewhere.
fn waits_for_work(story: &Story) -> usize {
    let works: Vec<u32> = story
        .events()
        .filter(|e| e.kind == Kind::ResourceCreated && e.flags == ResourceKind::Work.code())
        .map(|event| event.subject)
        .collect();
    story
        .events()
        .filter(|e| e.kind == Kind::WaitBegun && e.flags == Reason::Outside.code())
        .filter(|event| works.contains(&event.object))
        .count()
}

#[test]
fn real_parts_make_a_run_live() {
    for (demo, preset_name) in [("blocking", "real"), ("worker-pool", "real")] {
        let spec = wakeline_demos::find(demo).unwrap().spec();
        let values = preset(demo, preset_name);
        assert_eq!(spec.modes, Modes::Any);
        assert_eq!(spec.modes_with(&values), Modes::Live);
        assert_eq!(spec.modes_with(&preset(demo, "tutorial")), Modes::Any);
        let refused = prepare(RunSetup {
            values,
            ..RunSetup::of(demo)
        });
        let problems = refused.unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, "real-is-live");
    }
}

#[test]
fn real_workers_count_primes_while_the_heart_beats() {
    let machine = Rc::new(Machine::default());
    let pairs = [
        ("way", "elsewhere"),
        ("parts", "real"),
        ("first_ms", "1"),
        ("second_ms", "10"),
        ("third_ms", "0"),
        ("heartbeat_ms", "3"),
        ("workers", "2"),
    ];
    let story = run_real("blocking", values("blocking", &pairs), &machine);
    assert_eq!(story.summary.outcome, "completed");
    // So many primes there are up to 1,010,000 and 1,100,000, from 1,000,000 on.
    assert_eq!(story.saying("job 1: 753 prime numbers").len(), 1);
    assert_eq!(story.saying("job 2: 7216 prime numbers").len(), 1);
    assert_eq!(story.saying("job 3: 0 prime numbers").len(), 1);
    assert_eq!(machine.most.get(), 2);
    assert_eq!(waits_for_work(&story), 3);
    let progress = story.events().filter(|event| event.kind == Kind::Metric);
    assert_eq!(progress.count(), 60);
    assert!(story.saying(" 0 missed").len() == 1);
}

#[test]
fn a_pool_with_real_work_tells_failures_from_results() {
    let machine = Rc::new(Machine::default());
    let pairs = [
        ("parts", "real"),
        ("jobs", "4"),
        ("workers", "2"),
        ("job_min_ms", "1"),
        ("job_max_ms", "1"),
    ];
    let with = |rate| [&pairs[..], &[("failure_rate", rate)]].concat();
    let values = |rate| values("worker-pool", &with(rate));
    let story = run_real("worker-pool", values("0"), &machine);
    assert_eq!(story.saying("returned 753").len(), 4);
    assert_eq!(machine.most.get(), 2);
    let story = run_real("worker-pool", values("100"), &machine);
    assert_eq!(story.saying("failed: it had no luck").len(), 4);
    assert_eq!(story.summary.outcome, "completed");
}

#[test]
fn a_pool_that_drops_everything_stops_the_work() {
    let machine = Rc::new(Machine::default());
    let pairs = [
        ("parts", "real"),
        ("mode", "submit"),
        ("shutdown", "now"),
        ("workers", "2"),
        ("every_ms", "1"),
        ("shutdown_ms", "5"),
        ("job_min_ms", "0"),
        ("job_max_ms", "0"),
    ];
    let story = run_real("worker-pool", values("worker-pool", &pairs), &machine);
    assert_eq!(story.summary.outcome, "completed");
    assert_eq!((machine.stopped.get(), machine.at_work.get()), (2, 0));
    assert!(!story.saying("was never finished").is_empty());
}

#[test]
fn workers_that_cannot_be_started_are_told_in_words() {
    let machine = Rc::new(Machine::default());
    machine.no_workers.set(true);
    let story = run_real("blocking", preset("blocking", "real"), &machine);
    assert_eq!(story.summary.outcome, "failed");
    let reason = "no worker could be started: none to be had";
    assert!(
        story.summary.reason.contains(reason),
        "{}",
        story.summary.reason
    );
    let story = run_real("worker-pool", preset("worker-pool", "real"), &machine);
    assert_eq!(story.summary.outcome, "completed");
    assert!(!story.saying(reason).is_empty());
}

#[test]
fn a_live_run_uses_real_files_and_removes_them() {
    let machine = Rc::new(Machine::default());
    let spec = wakeline_demos::find("files").unwrap().spec();
    let all = spec.presets.iter().map(|preset| preset.values.clone());
    for values in all.chain([wakeline_protocol::Values::new()]) {
        let story = run_real("files", values, &machine);
        assert_eq!(story.summary.outcome, "completed");
        assert_eq!(story.lines[0].text, "the files of this run are real");
        assert!(waits_for_work(&story) > 1);
        assert_eq!(machine.directories.get(), 0);
    }
    assert!(machine.directories_made.get() > 3);
}

#[test]
fn what_is_wrong_with_files_is_told_apart_and_nothing_is_left() {
    let machine = Rc::new(Machine::default());
    machine.room.set(Some(100_000));
    let story = run_real("files", values("files", &[("scene", "large")]), &machine);
    assert_eq!(story.summary.outcome, "failed");
    assert_eq!(story.summary.reason, "there is no room left");
    assert_eq!(
        (machine.directories.get(), machine.directories_made.get()),
        (0, 1)
    );

    // While other tasks still have files open.
    machine.room.set(Some(50_000));
    let story = run_real("files", values("files", &[("scene", "many")]), &machine);
    assert_eq!(story.summary.outcome, "failed");
    assert_eq!(machine.directories.get(), 0);

    machine.no_files.set(true);
    let story = run_real("files", values("files", &[]), &machine);
    assert_eq!(story.summary.reason, "there is no file system here");
}
