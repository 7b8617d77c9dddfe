//! What a diagnosis says of the runs of demos: it names the mistakes that a preset is there to
//! show, and finds nothing in a sound program.

use std::collections::BTreeSet;

use wakeline_demos::RunSetup;
use wakeline_protocol::{Modes, Values};
use wakeline_timeline::diagnosis::findings;

use crate::support::run_setup;

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
            for finding in findings(&story.log) {
                let name = finding.code.name();
                if name == "deadlock" && story.summary.outcome == "deadlock" {
                    continue;
                }
                let meant = MEANT.iter().position(|(demo, of, code)| {
                    *demo == spec.slug && (*of == "*" || *of == preset) && *code == name
                });
                match meant {
                    Some(meant) => drop(seen.insert(meant)),
                    None => surplus.push(format!("{} {preset}: {finding:?}", spec.slug)),
                }
            }
        }
    }
    assert!(surplus.is_empty(), "{surplus:#?}");
    assert_eq!(seen.len(), MEANT.len(), "some are not found: {seen:?}");
}
