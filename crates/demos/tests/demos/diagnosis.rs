//! What a diagnosis says of the runs of demos: it names the mistakes that a preset is there to
//! show, and finds nothing in a sound program.

use std::collections::BTreeSet;

use wakeline_timeline::diagnosis::findings;

use crate::support::{each_run, meant};

/// For each demo, preset (`*` for any) and code what is meant.
const MEANT: &[(&str, &str, &str)] = &[
    // A critical section that takes a while is what these are about.
    ("as-completed", "shared_line", "lock-across-await"),
    ("lock", "*", "lock-across-await"),
    ("rwlock", "*", "lock-across-await"),
    ("deadlock", "*", "lock-across-await"),
    ("pitfalls", "lock_across_await", "lock-across-await"),
    ("blocking", "large_chunks", "long-poll"),
    ("blocking", "tutorial", "long-poll"),
    ("timeout", "uninterruptible", "long-poll"),
    ("pitfalls", "lost_notification", "lost-notification"),
    ("pitfalls", "starvation", "self-wakes"),
    ("retry", "in_step", "retry-storm"),
];

#[test]
fn a_sound_run_has_no_findings_and_others_have_those_that_are_meant() {
    let mut seen = BTreeSet::new();
    let mut surplus = Vec::new();
    each_run(|demo, preset, story| {
        for finding in findings(&story.log) {
            let name = finding.code.name();
            if name == "deadlock" && story.summary.outcome == "deadlock" {
                continue;
            }
            match meant(MEANT, (demo, preset, name)) {
                Some(meant) => drop(seen.insert(meant)),
                None => surplus.push(format!("{demo} {preset}: {finding:?}")),
            }
        }
    });
    assert!(surplus.is_empty(), "{surplus:#?}");
    assert_eq!(seen.len(), MEANT.len(), "some are not found: {seen:?}");
}
