//! Stages: what arrives, when, and how a slow one holds back those before it.

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// What arrived, as the last line tells it.
fn arrived(story: &Story) -> Vec<u64> {
    let last = &story.lines.last().unwrap().text;
    let (_, list) = last.split_once(": ").unwrap();
    list.split(", ")
        .map(|value| value.parse().unwrap())
        .collect()
}

/// When the source made each value, in milliseconds.
fn made(story: &Story) -> Vec<u64> {
    let lines = story.saying("source: makes");
    lines.iter().map(|line| ms(line.time_ns)).collect()
}

#[test]
fn the_tutorial_doubles_five_values_in_500() {
    let story = run_preset("pipeline", "tutorial", &[]);
    assert_eq!(story.end_ms(), 500);
    assert_eq!(arrived(&story), [0, 2, 4, 6, 8]);
    assert_eq!(made(&story), [100, 200, 300, 400, 500]);
}

#[test]
fn pulled_by_one_task_the_times_add_up_and_nothing_runs_ahead() {
    let story = run_preset("pipeline", "pulled", &[]);
    assert_eq!(story.end_ms(), 10 * (100 + 150 + 100));
    let expected: Vec<u64> = (0..10).map(|round| 100 + 350 * round).collect();
    assert_eq!(made(&story), expected);
    assert_eq!(story.tasks().len(), 1);
}

#[test]
fn as_tasks_the_slowest_stage_sets_the_pace() {
    let story = run("pipeline", &[]);
    assert_eq!(story.end_ms(), 100 + 10 * 150 + 100);
    let quick = run("pipeline", &[("transform_ms", "50")]);
    assert_eq!(quick.end_ms(), 10 * 100 + 50 + 100);
}

#[test]
fn a_slow_sink_holds_back_the_source() {
    let story = run_preset("pipeline", "slow_sink", &[]);
    assert!(story.waits("source", Reason::ChannelSend) > 0);
    assert!(story.waits("transform", Reason::ChannelSend) > 0);
    for name in ["behind source", "behind transform"] {
        let buffer = story.resource(name);
        let inside = story
            .events()
            .filter(|event| event.kind == Kind::Sent && event.object == buffer)
            .map(|event| event.high());
        assert_eq!(inside.max(), Some(2), "{name}");
    }
    // With two buffers of two, and one value in the hands of each stage.
    let ahead = |time| made(&story).iter().filter(|made| **made <= time).count();
    let sunk = |time| {
        let lines = story.saying("sink: ");
        lines.iter().filter(|line| ms(line.time_ns) <= time).count()
    };
    for time in (0..6000).step_by(100) {
        assert!(ahead(time) <= sunk(time) + 7, "at {time}");
    }
}

#[test]
fn the_values_and_their_order_do_not_depend_on_the_stages_or_the_order_of_turns() {
    for seed in 0..10 {
        for stages in ["pulled", "tasks"] {
            let pairs = [
                ("stages", stages),
                ("source", "fibonacci"),
                ("keep", "even"),
            ];
            let story = run_setup(RunSetup {
                values: values("pipeline", &pairs),
                seed,
                policy: Policy::Random,
                ..RunSetup::of("pipeline")
            });
            assert_eq!(arrived(&story), [0, 4, 16, 68]);
        }
    }
}

#[test]
fn the_longest_sequence_does_not_overflow() {
    let story = run("pipeline", &[("source", "fibonacci"), ("values", "90")]);
    assert_eq!(
        arrived(&story).last(),
        Some(&(2 * 1_779_979_416_004_714_189))
    );
}
