//! The same log everywhere: the hashes of `hashes.json` are those of native runs and of runs in a
//! browser.
//!
//! The file is written by the native test when `WAKELINE_BLESS=1` is set, and otherwise only read.
//! A change of the runtime or of a demo, even of its line numbers, changes hashes; then bless, and
//! let the browser's test say whether it agrees.

use std::collections::BTreeMap;
use std::iter;

use wakeline_demos::{Progress, RunSetup, demos, prepare};
use wakeline_protocol::{Modes, Policy, Values};

const COMMITTED: &str = include_str!("hashes.json");

/// Events after which an endless run is cut off.
const LIMIT: u32 = 20_000;

/// The runs, by a name.
fn cases() -> BTreeMap<String, RunSetup> {
    let mut cases = BTreeMap::new();
    for demo in demos() {
        let (slug, spec) = (demo.slug(), demo.spec());
        let presets = spec
            .presets
            .iter()
            .map(|preset| (&*preset.name, &preset.values));
        let none = Values::new();
        for (preset, values) in iter::once(("none", &none)).chain(presets) {
            // What is real does not repeat itself.
            if spec.modes_with(values) == Modes::Live {
                continue;
            }
            for seed in [0, 1, u64::MAX] {
                for policy in [Policy::Fifo, Policy::Random] {
                    let name = format!("{slug}, preset {preset}, seed {seed}, {policy:?}");
                    let setup = RunSetup {
                        values: values.clone(),
                        seed,
                        policy,
                        limit: LIMIT,
                        ..RunSetup::of(slug)
                    };
                    cases.insert(name, setup);
                }
            }
        }
    }
    cases
}

fn hashes() -> BTreeMap<String, String> {
    let hash = |setup| {
        let mut run = prepare(setup).unwrap();
        while run.step(1000) != Progress::Ended {}
        run.finish().log_sha256
    };
    cases()
        .into_iter()
        .map(|(name, setup)| (name, hash(setup)))
        .collect()
}

fn check() {
    let committed: BTreeMap<String, String> = serde_json::from_str(COMMITTED).unwrap();
    let found = hashes();
    let differing: Vec<&String> = found
        .iter()
        .filter(|(name, hash)| committed.get(*name) != Some(*hash))
        .map(|(name, _)| name)
        .collect();
    assert!(
        differing.is_empty() && found.len() == committed.len(),
        "other logs than those of hashes.json (if that is meant, run \
         `WAKELINE_BLESS=1 cargo test -p wakeline-demos --test hashes`): {differing:#?}"
    );
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn native_runs_have_the_committed_hashes() {
    if std::env::var_os("WAKELINE_BLESS").is_none() {
        return check();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hashes.json");
    let text = serde_json::to_string_pretty(&hashes()).unwrap();
    std::fs::write(path, text + "\n").unwrap();
}

#[cfg(target_arch = "wasm32")]
mod in_a_browser {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn runs_have_the_committed_hashes() {
        super::check();
    }
}
