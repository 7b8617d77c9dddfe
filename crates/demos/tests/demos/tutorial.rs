//! The tutorials: when each ends, and what it has to show, in one table.

use wakeline::log::Kind;

use crate::support::{Story, ms, run_preset};

/// Changes of a tutorial's parameters.
type Changes = &'static [(&'static str, &'static str)];

/// When a tutorial ends, in milliseconds.
const ENDS: &[(&str, Changes, u64)] = &[
    ("hello", &[], 3000),
    ("hello", &[("mode", "concurrent")], 2000),
    ("lifecycle", &[], 1000),
    ("futures", &[], 1000),
    ("blocking", &[], 6000),
    ("blocking", &[("way", "elsewhere")], 3000),
    ("gather", &[], 3000),
    ("wait", &[], 300),
    ("as-completed", &[], 2000),
    ("task-group", &[], 1500),
    ("cancellation", &[], 4000),
    ("timeout", &[], 7000),
    ("retry", &[], 7500),
    ("lock", &[], 5000),
    ("semaphore", &[], 8000),
    ("event", &[], 2000),
    ("condition", &[], 2500),
    ("producer-consumer", &[], 5200),
    ("priority-queue", &[], 0),
    ("pipeline", &[], 500),
    ("batching", &[], 500),
    ("resource-guard", &[], 1200),
    ("connection-pool", &[], 400),
    ("cache", &[], 7000),
    ("service", &[], 500),
    ("worker-pool", &[], 8000),
    ("custom-loop", &[], 3000),
    ("http-server", &[], 270),
    ("tcp-messages", &[], 240),
    ("realtime", &[], 10_050),
];

#[test]
fn every_tutorial_ends_when_it_should() {
    for (demo, changes, end_ms) in ENDS {
        let story = run_preset(demo, "tutorial", changes);
        assert_eq!(story.end_ms(), *end_ms, "{demo} {changes:?}");
        assert_eq!(story.summary.outcome, "completed", "{demo}");
    }
}

#[test]
fn every_tutorial_is_in_the_table_or_has_no_end_to_check() {
    // What these have to show is not their end.
    const OTHERS: &[&str] = &["event-loop", "task-scheduler", "profiler"];
    for spec in wakeline_demos::specs() {
        let has_tutorial = spec.presets.iter().any(|preset| preset.name == "tutorial");
        let is_checked = ENDS.iter().any(|(demo, ..)| *demo == spec.slug);
        let is_other = OTHERS.contains(&&*spec.slug);
        assert_eq!(has_tutorial, is_checked || is_other, "{}", spec.slug);
    }
}

/// The times of the lines that contain a text, in milliseconds.
fn times(story: &Story, text: &str) -> Vec<u64> {
    let lines = story.saying(text);
    lines.iter().map(|line| ms(line.time_ns)).collect()
}

#[test]
fn the_callbacks_of_the_event_loop_come_soon_after_100_and_at_200() {
    let story = run_preset("event-loop", "tutorial", &[]);
    assert_eq!(times(&story, ": called"), [0, 100, 200]);
    assert_eq!(times(&story, "sleeper: sleeps"), [0]);
}

#[test]
fn the_first_of_three_completes_and_the_rest_are_cancelled() {
    let story = run_preset("wait", "tutorial", &[]);
    let completed = story.ended(Kind::TaskCompleted);
    assert_eq!(completed.iter().filter(|name| **name != "main").count(), 1);
    assert_eq!(story.ended(Kind::TaskCancelled).len(), 2);
}

#[test]
fn downloads_complete_by_size() {
    let story = run_preset("as-completed", "tutorial", &[]);
    let files = ["file 1", "file 3", "file 2", "file 4"];
    assert_eq!(
        files.map(|file| story.task_end_ms(file)),
        [500, 800, 1200, 2000]
    );
}
