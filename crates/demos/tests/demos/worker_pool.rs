//! Workers and their queue: who works when, and what becomes of jobs at the end.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// The most jobs that were under way at once.
fn at_most(story: &Story) -> i32 {
    let (mut running, mut most) = (0, 0);
    for line in &story.lines {
        running += i32::from(line.text.contains(": begins job"));
        running -= i32::from(line.text.contains(": has done job"));
        most = most.max(running);
    }
    most
}

/// The jobs that say so, in that order.
fn jobs(story: &Story, text: &str) -> Vec<u32> {
    let lines = story.saying(text);
    lines
        .iter()
        .map(|line| line.text.split(' ').nth(1).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn the_tutorial_maps_ten_jobs_in_eight_seconds_with_results_in_order() {
    let story = run_preset("worker-pool", "tutorial", &[]);
    assert_eq!(story.end_ms(), 8000);
    assert_eq!(at_most(&story), 3);
    assert_eq!(jobs(&story, "returned"), (1..=10).collect::<Vec<u32>>());
    assert_eq!(story.saying("job 7 returned 49").len(), 1);
}

#[test]
fn every_job_is_done_once_in_the_order_of_the_queue_by_at_most_so_many() {
    for seed in 0..10 {
        let pairs = [("workers", "4"), ("jobs", "40")];
        let story = run_setup(RunSetup {
            values: values("worker-pool", &pairs),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("worker-pool")
        });
        assert_eq!(at_most(&story), 4, "seed {seed}");
        let expected: Vec<String> = (1..=40).map(|number| format!("job {number}")).collect();
        assert_eq!(story.received("jobs"), expected);
        let answered = story.saying("returned").len() + story.saying("failed: ").len();
        assert_eq!(answered, 40);
    }
}

#[test]
fn a_failure_is_the_result_of_its_job_alone() {
    let story = run_preset("worker-pool", "failures", &[("failure_rate", "100")]);
    assert_eq!(jobs(&story, "failed: it had no luck").len(), 10);
    assert_eq!(story.saying("0 results, 10 failures").len(), 1);
    assert_eq!(story.ended(Kind::TaskFailed), [""; 0]);
}

#[test]
fn what_is_queued_at_the_shutdown_is_done_and_what_comes_later_is_refused() {
    let story = run_preset("worker-pool", "refused", &[("failure_rate", "0")]);
    // One every 200: the eighth comes at 1400, the ninth after the shutdown at 1500.
    assert_eq!(jobs(&story, "was refused"), [9]);
    assert_eq!(ms(story.saying("was refused")[0].time_ns), 1600);
    assert_eq!(jobs(&story, "returned"), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(story.saying("never finished").len(), 0);
}

#[test]
fn a_shutdown_at_once_leaves_jobs_without_an_answer() {
    let story = run_preset("worker-pool", "dropped", &[]);
    let cancelled = story.ended(Kind::TaskCancelled);
    assert_eq!(cancelled, ["worker 1", "worker 2", "worker 3"]);
    assert_eq!(ms(story.saying("is shut down")[0].time_ns), 1500);
    let unfinished = jobs(&story, "was never finished");
    assert!(unfinished.len() >= 3, "{unfinished:?}");
    let begun = story.saying(": begins job").len();
    let done = story.saying(": has done job").len();
    assert_eq!(begun, done + 3);
    assert_eq!(unfinished.len(), 8 - done);
}

#[test]
fn a_single_worker_does_one_after_the_other() {
    let story = run_preset("worker-pool", "one_worker", &[("jobs", "5")]);
    assert_eq!(at_most(&story), 1);
    let crowd = run("worker-pool", &[("jobs", "5"), ("workers", "5")]);
    assert_eq!(at_most(&crowd), 5);
    assert!(crowd.summary.end_ns < story.summary.end_ns);
}
