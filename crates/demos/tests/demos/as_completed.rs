//! Downloads: handled in the order of arrival or of start, on lines of their own or a shared one.

use wakeline::log::{Kind, Reason};
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// Which file was handled when, in milliseconds.
fn handled(story: &Story) -> Vec<(u32, u64)> {
    let lines = story.saying("main: handles file ");
    lines
        .iter()
        .map(|line| {
            let number = line.text.rsplit(' ').next().unwrap().parse().unwrap();
            (number, ms(line.time_ns))
        })
        .collect()
}

#[test]
fn the_tutorial_completes_in_the_order_of_the_sizes() {
    let story = run_preset("as-completed", "tutorial", &[]);
    assert_eq!(handled(&story), [(1, 500), (3, 800), (2, 1200), (4, 2000)]);
    let ended = ["file 1", "file 3", "file 2", "file 4"];
    assert_eq!(story.ended(Kind::TaskCompleted)[..4], ended);
    assert_eq!(story.end_ms(), 2000);
}

#[test]
fn in_the_order_of_start_the_large_one_holds_up_the_others() {
    let story = run_preset("as-completed", "in_order_of_start", &[]);
    let order: Vec<u32> = handled(&story).iter().map(|(number, _)| *number).collect();
    assert_eq!(order, [1, 2, 3, 4, 5, 6]);
    assert_eq!(handled(&story)[0].1, 3000, "though five are here before");
    assert_eq!(story.task_end_ms("file 3"), 800);

    let quick = run_preset(
        "as-completed",
        "in_order_of_start",
        &[("order", "completion")],
    );
    assert!(handled(&quick)[0].1 < 1000);
    assert_eq!(handled(&quick).last(), Some(&(1, 3000)));
    assert!(
        quick.end_ms() < story.end_ms(),
        "the handling overlaps with the waiting"
    );
}

#[test]
fn whatever_arrives_while_one_is_handled_waits_its_turn() {
    let story = run("as-completed", &[("handle_ms", "1000")]);
    let times: Vec<u64> = handled(&story).iter().map(|(_, time)| *time).collect();
    assert_eq!(times.len(), 6);
    assert!(times.windows(2).all(|pair| pair[1] >= pair[0] + 1000));
}

#[test]
fn a_shared_line_carries_no_more_than_its_bandwidth() {
    let story = run_preset(
        "as-completed",
        "shared_line",
        &[("files", "4"), ("handle_ms", "0")],
    );
    // 1.5, 1.2, 0.8 and 2 million bytes at a million a second.
    assert_eq!(story.end_ms(), 5500);
    assert!(story.waits("file", Reason::Lock) > 40);
    // While the four take turns, the smallest gets a quarter of the line.
    assert!((3100..=3200).contains(&story.task_end_ms("file 3")));
}

#[test]
fn every_file_is_handled_once_whatever_the_order_of_turns() {
    for seed in 0..10 {
        for order in ["completion", "start"] {
            for line in ["own", "shared"] {
                let story = run_setup(RunSetup {
                    values: values("as-completed", &[("order", order), ("line", line)]),
                    seed,
                    policy: Policy::Random,
                    ..RunSetup::of("as-completed")
                });
                let mut numbers: Vec<u32> = handled(&story).iter().map(|(n, _)| *n).collect();
                numbers.sort_unstable();
                assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
            }
        }
    }
}
