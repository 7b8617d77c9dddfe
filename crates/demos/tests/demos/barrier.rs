//! Phases: nobody is ahead of anybody, and who is missing holds up everybody.

use std::collections::BTreeMap;

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// For each phase, when each party was done with it, in milliseconds.
fn phases(story: &Story) -> BTreeMap<u32, Vec<u64>> {
    let mut phases: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for line in story.saying("done with phase") {
        let phase = line.text.split(' ').nth(5).unwrap().parse().unwrap();
        phases.entry(phase).or_default().push(ms(line.time_ns));
    }
    phases
}

#[test]
fn nobody_is_done_with_a_phase_before_all_were_done_with_the_one_before() {
    for seed in 0..20 {
        let story = run_setup(RunSetup {
            values: values("barrier", &[("parties", "7"), ("phases", "5")]),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("barrier")
        });
        let phases: Vec<Vec<u64>> = phases(&story).into_values().collect();
        assert_eq!(phases.iter().map(Vec::len).collect::<Vec<_>>(), [7; 5]);
        for pair in phases.windows(2) {
            let over = pair[0].iter().max().unwrap();
            // The work of the next phase takes at least half a second.
            assert!(pair[1].iter().all(|done| *done >= over + 500));
        }
        assert_eq!(story.saying("came last").len(), 5, "one leads each phase");
    }
}

#[test]
fn each_phase_lasts_as_long_as_its_slowest() {
    let story = run("barrier", &[]);
    let ends: Vec<u64> = phases(&story)
        .values()
        .map(|times| *times.iter().max().unwrap())
        .collect();
    let told: Vec<u64> = story
        .saying("came last")
        .iter()
        .map(|line| ms(line.time_ns))
        .collect();
    assert_eq!(told, ends);
    assert_eq!(story.end_ms(), *ends.last().unwrap());
}

#[test]
fn the_last_to_come_releases_all_the_others() {
    let story = run("barrier", &[]);
    let barrier = story.resource("end of phase");
    let released: Vec<u64> = story
        .events()
        .filter(|event| event.kind == Kind::Notified && event.object == barrier)
        .map(|event| event.value)
        .collect();
    assert_eq!(released, [3, 3, 3]);
    assert_eq!(story.waits("party", Reason::Event), 9);
}

#[test]
fn in_step_nobody_waits_for_long() {
    let story = run_preset("barrier", "in_step", &[]);
    assert_eq!(story.end_ms(), 1500);
    let last = &story.lines.last().unwrap().text;
    assert_eq!(last, "3 phases in 1500 ms, 0 ms spent waiting");
}

#[test]
fn one_slow_party_costs_everybody_its_time() {
    let story = run_preset("barrier", "slow_one", &[("jitter_ms", "0")]);
    assert_eq!(story.end_ms(), 7500);
    let last = &story.lines.last().unwrap().text;
    assert_eq!(last, "3 phases in 7500 ms, 18000 ms spent waiting");
    assert_eq!(story.saying("party 1: came last").len(), 3);
}

#[test]
fn when_one_has_gone_home_the_others_wait_for_ever() {
    let story = run_preset("barrier", "deserted", &[]);
    assert_eq!(story.summary.outcome, "deadlock");
    assert_eq!(story.ended(Kind::TaskCompleted), ["party 1"]);
    assert_eq!(phases(&story)[&2].len(), 3);
    assert!(!phases(&story).contains_key(&3));
    let reason = &story.summary.reason;
    for party in ["party 2", "party 3", "party 4"] {
        assert!(reason.contains(party), "{reason}");
    }
    assert!(reason.contains("end of phase"), "{reason}");
}

#[test]
fn to_leave_after_the_last_phase_is_no_desertion() {
    for after in ["3", "4"] {
        let story = run("barrier", &[("leaves_after", after)]);
        assert_eq!(story.summary.outcome, "completed");
    }
}
