//! Every case that was given, against what the reference implementation made of it.

use std::fs;
use std::path::{Path, PathBuf};

use wakeline_scenario::{Program, parse, run};

/// Cases whose order of turns inside one instant is another here, for a reason that
/// `docs/conformance.md` gives.
const DIFFERENT_TURNS: [&str; 0] = [];

/// Cases that end differently here, for a reason that `docs/conformance.md` gives.
const DIFFERENT: [&str; 2] = ["condition-cancel-notified", "queue-get-now-steals"];

/// Every program of a folder of files, with the name of its file.
fn programs(folder: &Path) -> Vec<(String, Program)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files.iter().flat_map(|file| in_file(file)).collect()
}

fn in_file(file: &Path) -> Vec<(String, Program)> {
    let text = fs::read_to_string(file).unwrap();
    let programs = parse(&text).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    programs
        .into_iter()
        .map(|program| (program.id().unwrap_or(&name).to_owned(), program))
        .collect()
}

/// What does not match, in words.
fn mismatches(programs: &[(String, Program)]) -> Vec<String> {
    let mut mismatches = Vec::new();
    for (id, program) in programs {
        assert!(program.has_expectation(), "{id} expects nothing");
        let report = run(program).unwrap_or_else(|stopped| panic!("{id}: {stopped}"));
        let difference = if DIFFERENT_TURNS.contains(&id.as_str()) {
            report.difference_but_for_turns(program)
        } else {
            report.difference(program)
        };
        match difference {
            Some(_) if DIFFERENT.contains(&id.as_str()) => {}
            Some(difference) => {
                let level = program.level().unwrap_or("contract");
                mismatches.push(format!("{id} ({level}): {difference}"));
            }
            None => assert!(
                !DIFFERENT.contains(&id.as_str()),
                "{id} matches and is listed as different"
            ),
        }
    }
    mismatches
}

fn assert_all_match(programs: &[(String, Program)], at_least: usize) {
    assert!(programs.len() >= at_least, "only {} cases", programs.len());
    let mismatches = mismatches(programs);
    assert!(
        mismatches.is_empty(),
        "{} of {} differ:\n{}",
        mismatches.len(),
        programs.len(),
        mismatches.join("\n")
    );
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_cases_of_the_project_match() {
    assert_all_match(&programs(&here().join("tests/cases")), 101);
}

#[test]
fn the_random_cases_of_the_project_match() {
    assert_all_match(&in_file(&here().join("tests/random.json")), 100);
}

/// The folder from which the cases were taken, when it lies beside the checkout.
#[test]
fn the_cases_beside_the_checkout_match() {
    let shared = here().join("../../../shared/conformance");
    if !shared.is_dir() {
        eprintln!("skipped: there is no {}", shared.display());
        return;
    }
    assert_all_match(&programs(&shared.join("cases")), 1);
    assert_all_match(&in_file(&shared.join("random.json")), 1);
}
