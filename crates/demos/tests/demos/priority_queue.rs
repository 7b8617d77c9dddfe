//! Service by priority: the order, the ties, those who starve and what helps them.

use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, run, run_preset, run_setup, values};

/// Number and priority of the items in the order in which they were taken.
fn taken(story: &Story) -> Vec<(u32, u32)> {
    let described = story.received("queue");
    described
        .iter()
        .map(|text| {
            let (number, rest) = text.split_once(" (priority ").unwrap();
            let priority = rest.trim_end_matches(')').parse().unwrap();
            (number.parse().unwrap(), priority)
        })
        .collect()
}

/// The longest wait of a priority as it is told at the end, in milliseconds.
fn longest(story: &Story, priority: u32) -> u64 {
    let begin = format!("priority {priority} waited up to ");
    let line = story.saying(&begin)[0];
    let rest = line.text.strip_prefix(&begin).unwrap();
    rest.trim_end_matches(" ms").parse().unwrap()
}

#[test]
fn the_tutorial_takes_the_urgent_ones_first() {
    let story = run_preset("priority-queue", "tutorial", &[]);
    assert_eq!(story.end_ms(), 0);
    let put: Vec<&str> = story
        .saying("comes, of priority ")
        .iter()
        .map(|line| line.text.rsplit(' ').next().unwrap())
        .collect();
    assert_eq!(put, ["3", "1", "2"]);
    assert_eq!(taken(&story), [(2, 1), (3, 2), (1, 3)]);
}

#[test]
fn what_comes_at_once_leaves_by_priority_and_ties_by_arrival() {
    for seed in 0..10 {
        let all = [("items", "30"), ("arrive_ms", "0"), ("levels", "4")];
        let story = run_setup(RunSetup {
            values: values("priority-queue", &all),
            seed,
            policy: Policy::Random,
            ..RunSetup::of("priority-queue")
        });
        let order: Vec<(u32, u32)> = taken(&story).into_iter().map(|(n, p)| (p, n)).collect();
        assert_eq!(order.len(), 30);
        assert!(order.is_sorted(), "seed {seed}: {order:?}");
    }
}

#[test]
fn with_a_single_level_it_is_a_line() {
    let story = run_preset("priority-queue", "ties", &[]);
    let numbers: Vec<u32> = taken(&story).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
}

#[test]
fn nobody_is_taken_while_somebody_more_urgent_waits() {
    let story = run_preset("priority-queue", "starvation", &[]);
    let mut waiting: Vec<(u32, u32)> = Vec::new();
    for line in &story.lines {
        let words: Vec<&str> = line.text.split(' ').collect();
        if line.text.contains("comes, of") {
            let number = words[2].parse().unwrap();
            waiting.push((words[6].parse().unwrap(), number));
        } else if line.text.contains("takes item") {
            let item = (words[7].parse().unwrap(), words[4].parse().unwrap());
            assert_eq!(waiting.iter().min(), Some(&item));
            waiting.retain(|waits| *waits != item);
        }
    }
    assert!(waiting.is_empty());
}

#[test]
fn who_is_not_urgent_starves_and_aging_helps() {
    let starving = run_preset("priority-queue", "starvation", &[]);
    let aging = run_preset("priority-queue", "aging", &[]);
    assert!(longest(&starving, 3) > 5000, "{}", longest(&starving, 3));
    assert!(longest(&aging, 3) * 2 < longest(&starving, 3));
    assert!(
        longest(&aging, 1) > longest(&starving, 1),
        "the urgent ones pay for it"
    );
    assert_eq!(aging.end_ms(), starving.end_ms(), "the work is the same");
}

#[test]
fn with_enough_servers_priorities_do_not_matter() {
    let story = run("priority-queue", &[("servers", "3")]);
    for priority in 1..=3 {
        assert_eq!(longest(&story, priority), 0);
    }
}
