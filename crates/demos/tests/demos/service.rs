//! Services: started in order, stopped in reverse, drained as long as there is time.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// Which services say so, in that order.
fn saying(story: &Story, text: &str) -> Vec<String> {
    let lines = story.saying(text);
    lines
        .iter()
        .map(|line| line.text.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_tutorial_drains_five_items_and_stops_at_500() {
    let story = run_preset("service", "tutorial", &[]);
    assert_eq!(story.end_ms(), 500);
    let done: Vec<u64> = story
        .saying("is done")
        .iter()
        .map(|line| ms(line.time_ns))
        .collect();
    assert_eq!(done, [100, 200, 300, 400, 500]);
    assert_eq!(ms(story.saying("main: shuts down")[0].time_ns), 0);
    assert_eq!(story.ended(Kind::TaskCancelled), [""; 0]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "all stopped, 0 items left over"
    );
}

#[test]
fn they_start_in_order_and_stop_in_reverse_whatever_the_order_of_turns() {
    for seed in 0..10 {
        let story = run_setup(RunSetup {
            values: values("service", &[]),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("service")
        });
        let order = ["service 1", "service 2", "service 3"];
        assert_eq!(saying(&story, "has started"), order);
        let mut stopped = saying(&story, "has stopped");
        stopped.reverse();
        assert_eq!(stopped, order);
        assert_eq!(story.summary.outcome, "completed");
    }
}

#[test]
fn who_is_out_of_time_is_cancelled_and_its_work_is_left() {
    let story = run_preset("service", "out_of_time", &[]);
    let cancelled = story.ended(Kind::TaskCancelled);
    assert!(cancelled.contains(&"service 3"), "{cancelled:?}");
    // All have started after 600, the signal comes at 1600, and the time is up at 2300.
    assert_eq!(story.end_ms(), 2300);
    assert!(!story.lines.last().unwrap().text.contains(" 0 items"));
    let patient = run_preset("service", "out_of_time", &[("drain_ms", "60000")]);
    assert_eq!(patient.saying("out of time").len(), 0);
    assert_eq!(
        patient.lines.last().unwrap().text,
        "all stopped, 0 items left over"
    );
}

#[test]
fn nothing_is_let_in_after_the_signal() {
    let story = run("service", &[("item_ms", "300")]);
    let signal = story.saying("main: shuts down")[0].time_ns;
    let sent = story.events().filter(|event| event.kind == Kind::Sent);
    assert!(sent.filter(|event| event.time > signal).count() == 0);
}

#[test]
fn services_with_nothing_to_do_stop_at_once() {
    let story = run_preset("service", "idle", &[]);
    assert_eq!(story.end_ms(), 3 * 200 + 1000);
    assert_eq!(saying(&story, "has stopped").len(), 3);
}
