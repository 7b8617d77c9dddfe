//! The page that compares us with others names a test for each of its statements.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../../docs/semantics.md");

/// The last cell of each row of each table, without the heads.
fn citations() -> Vec<String> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| "));
    let cited = rows.filter(|row| !row.starts_with("| point |"));
    cited
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            assert_eq!(cells.len(), 5, "{row}");
            cells[4].trim_matches('`').to_owned()
        })
        .collect()
}

#[test]
fn every_statement_is_held_by_a_test_that_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let citations = citations();
    assert!(citations.len() > 50, "{}", citations.len());
    for citation in citations {
        let (file, test) = citation.split_once("::").expect(&citation);
        let source = fs::read_to_string(folder.join(format!("{file}.rs"))).expect(&citation);
        // A whole test: marked as one, or in a block of property tests, and not ignored.
        let at = source.find(&format!("fn {test}(")).expect(&citation);
        let before = &source[..at];
        let marked = before.rfind("#[test]").expect(&citation);
        let between = &before[marked..];
        assert!(!between.contains("\nfn "), "{citation} is no test");
        assert!(!between.contains("#[ignore"), "{citation} is ignored");
    }
}
