//! What the runtime finds in the runs of demos: the mistakes that a preset is there to show, and
//! no others.

use std::collections::BTreeSet;

use wakeline::log::{FindingKind, Kind};
use wakeline_demos::RunSetup;
use wakeline_protocol::{Modes, Values};

use crate::support::run_setup;

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
    for spec in wakeline_demos::specs() {
        if spec.modes == Modes::Live {
            continue;
        }
        let presets = spec.presets.iter();
        let presets = presets.filter(|preset| spec.modes_with(&preset.values) != Modes::Live);
        let presets = presets.map(|preset| (&*preset.name, preset.values.clone()));
        for (preset, values) in presets.chain([("defaults", Values::new())]) {
            let story = run_setup(RunSetup {
                values,
                limit: 20_000,
                ..RunSetup::of(&spec.slug)
            });
            let found = story.events().filter(|event| event.kind == Kind::Finding);
            for event in found {
                let kind = FindingKind::from_code(event.flags).unwrap();
                if kind == FindingKind::Deadlock && story.summary.outcome == "deadlock" {
                    continue;
                }
                let meant = MEANT.iter().position(|(demo, of, name)| {
                    *demo == spec.slug && (*of == "*" || *of == preset) && *name == kind.name()
                });
                let meant = meant.unwrap_or_else(|| {
                    panic!("{} {preset}: {} at {}", spec.slug, kind.name(), event.time)
                });
                seen.insert(meant);
            }
        }
    }
    assert_eq!(seen.len(), MEANT.len(), "some are not found: {seen:?}");
}
