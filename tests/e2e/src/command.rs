//! `wakeline run`, whose results the page must show too.

use std::process::Command;

use serde_json::Value;

use crate::places;

/// What `wakeline run DEMO … --json` prints.
///
/// # Panics
/// If it fails, or prints no object.
#[must_use]
pub fn run(demo: &str, options: &[&str]) -> Value {
    let mut command = Command::new(places::wakeline());
    json(command.args(["run", demo]).args(options).arg("--json"))
}

/// The hash of that run's log.
///
/// # Panics
/// As [`run`].
#[must_use]
pub fn hash(demo: &str, options: &[&str]) -> String {
    let object = run(demo, options);
    let hash = object["log_sha256"].as_str().unwrap_or_default();
    assert_eq!(hash.len(), 64, "no hash in {object}");
    hash.to_owned()
}

/// The slugs of all demos that run on the virtual clock.
///
/// # Panics
/// If `wakeline list --json` fails, or prints something else.
#[must_use]
pub fn demos_on_the_virtual_clock() -> Vec<String> {
    let list = json(Command::new(places::wakeline()).args(["list", "--json"]));
    let demos = list.as_array().expect("a list of demos");
    demos
        .iter()
        .filter(|demo| demo["modes"] != "live")
        .map(|demo| demo["slug"].as_str().expect("a slug").to_owned())
        .collect()
}

/// What `wakeline list DEMO --json` prints: parameters and presets.
///
/// # Panics
/// If there is no such demo.
#[must_use]
pub fn described(demo: &str) -> Value {
    json(Command::new(places::wakeline()).args(["list", demo, "--json"]))
}

fn json(command: &mut Command) -> Value {
    let output = command.output().expect("the wakeline program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{said}",
        output.status
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{command:?} prints no JSON: {error}\n{said}"))
}
