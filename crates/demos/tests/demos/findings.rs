//! What the runtime finds in the runs of demos: the mistakes that a preset is there to show, and
//! no others.

use std::collections::BTreeSet;

use wakeline::log::{FindingKind, Kind};

use crate::support::{each_run, meant};

/// For each demo, preset (`*` for any) and kind of finding that is meant. Presets of deadlocks
/// are named elsewhere.
const MEANT: &[(&str, &str, &str)] = &[
    // A critical section that takes a while is what these are about.
    ("as-completed", "shared_line", "guard-across-await"),
    ("deadlock", "*", "guard-across-await"),
    ("lock", "*", "guard-across-await"),
    ("rwlock", "*", "guard-across-await"),
    ("blocking", "large_chunks", "long-poll"),
    ("blocking", "tutorial", "long-poll"),
    ("timeout", "uninterruptible", "long-poll"),
    ("pitfalls", "lock_across_await", "guard-across-await"),
    ("pitfalls", "lost_notification", "lost-notification"),
];

#[test]
fn a_run_has_the_findings_that_are_meant_and_no_others() {
    let mut seen = BTreeSet::new();
    each_run(|demo, preset, story| {
        let found = story.events().filter(|event| event.kind == Kind::Finding);
        for event in found {
            let kind = FindingKind::from_code(event.flags).unwrap();
            if kind == FindingKind::Deadlock && story.summary.outcome == "deadlock" {
                continue;
            }
            let name = kind.name();
            let meant = meant(MEANT, (demo, preset, name));
            seen.insert(
                meant.unwrap_or_else(|| panic!("{demo} {preset}: {name} at {}", event.time)),
            );
        }
    });
    assert_eq!(seen.len(), MEANT.len(), "some are not found: {seen:?}");
}
